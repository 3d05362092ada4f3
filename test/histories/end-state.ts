/** What must be true when a history has come to rest: nothing lost, nothing doubled, nothing unfinished, both sides alike. */
import { isEqual } from 'lodash';
import { openErpDatabase } from '../../lib/erp/open';
import { createEwsConnection } from '../../lib/exchange/ews';
import { createMapping, type MappingContext } from '../../lib/mapping/mapping';
import type { ErpRecord, ExchangeItem } from '../../lib/model/item';
import { kinds } from '../../lib/model/kind';
import { erpContents, mailboxContents } from '../support/both-contents';
import { isOfOccurrence, spellingsOf } from './memory';
import { employees, service, zone } from './setting';
import { inFolders, seenBy, seenInErp, seenInExchange, type World } from './world';

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

/** Items that are on one side only, because that is what somebody wanted: records as kind and key, items by id, and what a person sees in them. */
interface Alone {
  readonly erp: ReadonlySet<string>;
  readonly exchange: ReadonlySet<string>;
  readonly seen: readonly (readonly string[])[];
}

/** Deletions that came while the employee's deletions did not travel stay undone: the item stays where nobody deleted it, and its link with it. */
const missedDeletions = ({ erp, simulator }: World): Alone => {
  const rows = erp.database.prepare("SELECT * FROM sync_journal WHERE note_code = 'deletion-off'").all();
  const [records, items] = [erp.items(anna), inFolders(simulator)];
  const links = erp.database.prepare('SELECT * FROM sync_link').all();
  const isMissed = (direction: string, column: string, link: (typeof links)[number]): boolean =>
    rows.some((row) => row['direction'] === direction && row['kind'] === link['kind'] && row[column] === link[column]);
  const inErp = records.filter(({ kind, id }) =>
    links
      .filter((link) => link['kind'] === kind && link['erp_id'] === String(id))
      .some((link) => !items.some((item) => item.id === link['exchange_id']) && isMissed('inbound', 'exchange_id', link)),
  );
  const inExchange = items.filter(({ id }) =>
    links
      .filter((link) => link['exchange_id'] === id)
      .some(
        (link) =>
          !records.some((record) => record.kind === link['kind'] && String(record.id) === link['erp_id']) &&
          isMissed('outbound', 'erp_id', link),
      ),
  );
  return {
    erp: new Set(inErp.map(({ kind, id }) => `${kind} ${id}`)),
    exchange: new Set(inExchange.map(({ id }) => id)),
    seen: [...inErp.map(seenInErp), ...inExchange.map(seenInExchange)],
  };
};

const contentFaults = ({ erp, simulator }: World, alone: Alone): readonly string[] => {
  const inErp = erpContents({ erp: erp.database }, annaId, alone.erp);
  const inMailbox = mailboxContents({ simulator }, anna, alone.exchange);
  return [
    ...difference(inErp, inMailbox).map((item) => `only in the ERP: ${JSON.stringify(item)}`),
    ...difference(inMailbox, inErp).map((item) => `only in Exchange: ${JSON.stringify(item)}`),
  ];
};

const linkFaults = ({ erp, simulator }: World, alone: Alone): readonly string[] => {
  const links = erp.database.prepare('SELECT * FROM sync_link').all();
  const items = inFolders(simulator);
  const ids = items.map(({ id }) => id);
  const records = erp.items(anna).map(({ kind, id }) => `${kind} ${id}`);
  const linkedRecords = links.map((link) => `${String(link['kind'])} ${String(link['erp_id'])}`);
  const linkedItems = links.map((link) => String(link['exchange_id']));
  const syncIds = items.flatMap((item) => item.extended['ErpSyncId'] ?? []);
  return [
    ...difference(ids, linkedItems).map((id) => `an item without link: ${items.find((item) => item.id === id)?.subject ?? ''}`),
    ...difference(records, linkedRecords).map((record) => `a record without link: ${String(record)}`),
    ...difference(
      links
        .filter((link) => !alone.erp.has(`${String(link['kind'])} ${String(link['erp_id'])}`))
        .map((link) => String(link['exchange_id'])),
      ids,
    ).map((id) => `a link without item: ${JSON.stringify(links.find((link) => link['exchange_id'] === id))}`),
    ...difference(
      links
        .filter((link) => !alone.exchange.has(String(link['exchange_id'])))
        .map((link) => `${String(link['kind'])} ${String(link['erp_id'])}`),
      records,
    ).map((record) => `a link without record: ${String(record)}`),
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

/** A linked pair as the product reads it: series with their exceptions, which a person's view of a series does not show. */
interface Pair {
  readonly record: ErpRecord;
  readonly item: ExchangeItem;
}

const readPairs = async ({ erp, simulator }: World, work: (pairs: readonly Pair[], context: MappingContext) => void): Promise<void> => {
  const database = await openErpDatabase({ connection: { driver: 'sqlite', file: erp.file }, timeZone: zone });
  const { address: user, password } = service;
  const exchange = createEwsConnection({ url: simulator.url, user, password, timeZone: zone, allowPlainHttp: true });
  try {
    const pairs: Pair[] = [];
    for (const kind of kinds) {
      for (const link of await database.store.linksOfEmployee(String(annaId), kind)) {
        const [entry] = await database.records.read(kind, [link.erpId]);
        const [result] = await exchange.getMany(anna, [link.exchangeId ?? '']);
        if (entry !== undefined && result?.ok === true) pairs.push({ record: entry.record, item: result.value.item });
      }
    }
    const activityTypes = await database.records.activityTypes();
    work(pairs, { timeZone: zone, activityTypes, asStored: (record) => database.records.asStored(record) });
  } finally {
    await exchange.close();
    await database.close();
  }
};

const pairFaults = async (world: World, occurrences: Readonly<Record<'erp' | 'exchange', string[]>>): Promise<readonly string[]> => {
  const faults: string[] = [];
  const mapping = createMapping();
  await readPairs(world, (pairs, context) => {
    for (const { record, item } of pairs) {
      const differences = mapping.differences(record, item, context);
      if (differences.length > 0) faults.push(`differs in ${differences.join(', ')}: ${JSON.stringify(record)} / ${JSON.stringify(item)}`);
      occurrences.erp.push(JSON.stringify('exceptions' in record ? record.exceptions : []));
      occurrences.exchange.push(JSON.stringify('exceptions' in item ? item.exceptions : []));
    }
  });
  return faults;
};

const memoryFaults = (
  world: World,
  occurrences: Readonly<Record<'erp' | 'exchange', readonly string[]>>,
  alone: Alone,
): readonly string[] => {
  const seen = seenBy(world);
  const isAlone = (entry: string): boolean => alone.seen.some((item) => item.includes(entry));
  const isThere = (side: 'erp' | 'exchange', entry: string): boolean =>
    isOfOccurrence(entry)
      ? spellingsOf(entry, zone).some((value) => occurrences[side].some((text) => text.includes(value)))
      : seen[side].some((item) => item.includes(entry));
  const details = world.erp.database
    .prepare('SELECT details FROM sync_journal WHERE details IS NOT NULL')
    .all()
    .map((row) => String(row['details']))
    .join('\n');
  const recreated = Number(world.erp.database.prepare("SELECT count(*) AS n FROM sync_journal WHERE note_code = 'recreated'").get()?.['n']);
  const subjectsOf = (items: readonly (readonly string[])[]): readonly string[] =>
    items.flatMap((item) => item.filter((entry) => entry.startsWith('subject:')));
  const back = [...new Set(subjectsOf(seen.erp))].filter((subject) => world.memory.deleted().has(subject) && !isAlone(subject));
  return [
    ...world.memory
      .expected()
      .filter((entry) => !isAlone(entry) && !spellingsOf(entry, zone).some((text) => details.includes(text)))
      .flatMap((entry) =>
        (['erp', 'exchange'] as const).filter((side) => !isThere(side, entry)).map((side) => `lost in ${side}: ${entry}`),
      ),
    ...(['erp', 'exchange'] as const).flatMap((side) => {
      const subjects = subjectsOf(seen[side]);
      return [...new Set(subjects)]
        .map((entry) => entry.slice('subject:'.length))
        .filter((subject) => subjects.filter((entry) => entry === `subject:${subject}`).length > world.memory.allowed(subject))
        .map((subject) => `doubled in ${side}: ${subject}`);
    }),
    ...(back.length > recreated + world.memory.removals() ? back.map((subject) => `deleted, and there again: ${subject}`) : []),
  ];
};

/** Everything that is wrong, in words; empty when nothing is. */
export const faultsOf = async (world: World): Promise<readonly string[]> => {
  const occurrences = { erp: [], exchange: [] };
  const differing = await pairFaults(world, occurrences);
  const alone = missedDeletions(world);
  return [
    ...journalFaults(world),
    ...memoryFaults(world, occurrences, alone),
    ...linkFaults(world, alone),
    ...contentFaults(world, alone),
    ...differing,
  ];
};
