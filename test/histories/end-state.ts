/** What must be true when a history has come to rest: nothing lost, nothing doubled, nothing unfinished, both sides alike. */
import { isEqual } from 'lodash';
import { erpContents, mailboxContents } from '../support/both-contents';
import { spellingsOf } from './memory';
import { employees, seenBy, zone, type World } from './world';

const [anna] = employees;
const annaId = 1;

const difference = (left: readonly unknown[], right: readonly unknown[]): readonly unknown[] => {
  const rest = [...right];
  return left.filter((one) => {
    const index = rest.findIndex((other) => isEqual(one, other));
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
};

const contentFaults = ({ erp, simulator }: World): readonly string[] => {
  const inErp = erpContents({ erp: erp.database }, annaId);
  const inMailbox = mailboxContents({ simulator }, anna);
  return [
    ...difference(inErp, inMailbox).map((item) => `only in the ERP: ${JSON.stringify(item)}`),
    ...difference(inMailbox, inErp).map((item) => `only in Exchange: ${JSON.stringify(item)}`),
  ];
};

const linkFaults = ({ erp, simulator }: World): readonly string[] => {
  const links = erp.database.prepare('SELECT * FROM sync_link').all();
  const items = ['calendar', 'tasks'].flatMap((folder) => simulator.items(anna, folder));
  const ids = items.map(({ id }) => id);
  const records = erp.items(anna).map(({ kind, id }) => `${kind} ${id}`);
  const linkedRecords = links.map((link) => `${String(link['kind'])} ${String(link['erp_id'])}`);
  const linkedItems = links.map((link) => String(link['exchange_id']));
  const syncIds = items.flatMap((item) => item.extended['ErpSyncId'] ?? []);
  return [
    ...difference(ids, linkedItems).map((id) => `an item without link: ${items.find((item) => item.id === id)?.subject ?? ''}`),
    ...difference(records, linkedRecords).map((record) => `a record without link: ${String(record)}`),
    ...difference(linkedItems, ids).map((id) => `a link without item: ${JSON.stringify(links.find((link) => link['exchange_id'] === id))}`),
    ...difference(linkedRecords, records).map((record) => `a link without record: ${String(record)}`),
    ...links.filter((link) => link['state'] !== 'active').map((link) => `a link that is not finished: ${String(link['erp_id'])}`),
    ...syncIds.filter((id, index) => syncIds.indexOf(id) !== index).map((id) => `a sync id that is there twice: ${id}`),
    ...items
      .filter((item) => item.extended['ErpSyncId'] !== undefined)
      .filter((item) => !links.some((link) => link['exchange_id'] === item.id && link['sync_id'] === item.extended['ErpSyncId']))
      .map((item) => `an item with the sync id of another link: ${item.subject}`),
  ];
};

const journalFaults = ({ erp }: World): readonly string[] => [
  ...erp.database
    .prepare("SELECT * FROM sync_journal WHERE state NOT IN ('done', 'skipped') AND operation <> 'connect'")
    .all()
    .map((row) => `an unfinished row: ${JSON.stringify(row)}`),
  ...erp.database
    .prepare("SELECT * FROM sync_journal WHERE state = 'open' AND operation = 'connect'")
    .all()
    .map((row) => `a problem that stays open: ${JSON.stringify(row)}`),
  ...erp.database
    .prepare('SELECT * FROM sync_writing')
    .all()
    .map(() => 'a write that is half done'),
];

const memoryFaults = (world: World): readonly string[] => {
  const seen = seenBy(world);
  const details = world.erp.database
    .prepare('SELECT details FROM sync_journal WHERE details IS NOT NULL')
    .all()
    .map((row) => String(row['details']))
    .join('\n');
  const recreated = Number(world.erp.database.prepare("SELECT count(*) AS n FROM sync_journal WHERE note_code = 'recreated'").get()?.['n']);
  const subjectsOf = (items: readonly (readonly string[])[]): readonly string[] =>
    items.flatMap((item) => item.filter((entry) => entry.startsWith('subject:')));
  const back = [...new Set(subjectsOf(seen.erp))].filter((subject) => world.memory.deleted().has(subject));
  return [
    ...world.memory
      .expected()
      .filter((entry) => !spellingsOf(entry, zone).some((text) => details.includes(text)))
      .flatMap((entry) =>
        (['erp', 'exchange'] as const)
          .filter((side) => !seen[side].some((item) => item.includes(entry)))
          .map((side) => `lost in ${side}: ${entry}`),
      ),
    ...(['erp', 'exchange'] as const).flatMap((side) => {
      const subjects = subjectsOf(seen[side]);
      return [...new Set(subjects)]
        .map((entry) => entry.slice('subject:'.length))
        .filter((subject) => subjects.filter((entry) => entry === `subject:${subject}`).length > world.memory.allowed(subject))
        .map((subject) => `doubled in ${side}: ${subject}`);
    }),
    ...(back.length > recreated ? back.map((subject) => `deleted, and there again: ${subject}`) : []),
  ];
};

/** Everything that is wrong, in words; empty when nothing is. */
export const faultsOf = (world: World): readonly string[] => [
  ...journalFaults(world),
  ...memoryFaults(world),
  ...linkFaults(world),
  ...contentFaults(world),
];
