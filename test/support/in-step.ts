/** What must be true of one employee when everything has come to rest: nothing lost, doubled or unfinished, both sides alike. */
import assert from 'node:assert/strict';
import { openErpDatabase } from '../../lib/erp/open';
import { createEwsConnection } from '../../lib/exchange/ews';
import { createMapping } from '../../lib/mapping/mapping';
import type { ErpRecord } from '../../lib/model/item';
import { kinds } from '../../lib/model/kind';
import { erpContents, mailboxContents, type Content } from './both-contents';
import { service, type BothSides } from './site';

const zone = 'Europe/Vienna';

const text = (value: unknown): string => String(value);

/** Asserts it, exceptions of series aside; answers what both sides hold. */
export const assertInStep = (sides: BothSides, address: string, employeeId: number): readonly Content[] => {
  const { erp, simulator } = sides;
  const contents = mailboxContents(sides, address);
  assert.deepEqual(erpContents(sides, employeeId), contents, 'both sides hold the same');
  const unfinished = sides
    .journal()
    .filter(({ employee, state }) => employee === String(employeeId) && !['done', 'skipped'].includes(state));
  assert.deepEqual(unfinished, [], 'every journal row has ended well');
  const links = erp.prepare('SELECT * FROM sync_link WHERE employee_id = ?').all(String(employeeId));
  const items = ['calendar', 'tasks'].flatMap((folder) => simulator.items(address, folder));
  const linkedItems = links.map((link) => text(link['exchange_id'])).toSorted();
  assert.deepEqual(linkedItems, items.map(({ id }) => id).toSorted(), 'each item has one link');
  const records = kinds.flatMap((kind) =>
    erp
      .prepare(`SELECT id FROM ${kind} WHERE employee_id = ?`)
      .all(employeeId)
      .map((row) => `${kind} ${text(row['id'])}`),
  );
  const linkedRecords = links.map((link) => `${text(link['kind'])} ${text(link['erp_id'])}`);
  assert.deepEqual(linkedRecords.toSorted(), records.toSorted(), 'each record has one link');
  assert.ok(
    links.every((link) => link['state'] === 'active'),
    'every link is finished',
  );
  // What came from Exchange carries none until it is written for the first time.
  const marked = items.filter(({ extended }) => extended['ErpSyncId'] !== undefined);
  const marks = marked.map(({ id, extended }) => [id, extended['ErpSyncId'] ?? '']);
  const syncIdOf = new Map(links.map((link) => [link['exchange_id'], link['sync_id']]));
  assert.deepEqual(
    marks,
    marks.map(([id]) => [id, syncIdOf.get(id ?? '')]),
    'each item carries the sync id of its link',
  );
  assert.equal(erp.prepare('SELECT count(*) AS n FROM sync_writing').get()?.['n'], 0, 'no write is left half done');
  return contents;
};

/** A linked series and what the two sides hold of it, as the product reads it. */
export interface LinkedSeries {
  readonly subject: string;
  /** Exceptions in the ERP, oldest first. */
  readonly exceptions: readonly object[];
  /** Fields in which the two sides differ, exceptions included. */
  readonly differences: readonly string[];
}

/** Series of an employee with their exceptions, which a person's view of a series does not show. */
export const linkedSeries = async (sides: BothSides, address: string, employeeId: number): Promise<readonly LinkedSeries[]> => {
  const database = await openErpDatabase({ connection: { driver: 'sqlite', file: sides.database }, timeZone: zone });
  const { address: user, password } = service;
  const exchange = createEwsConnection({ url: sides.simulator.url, user, password, timeZone: zone, allowPlainHttp: true });
  try {
    const links = await database.store.linksOfEmployee(String(employeeId), 'appointment');
    const context = {
      timeZone: zone,
      activityTypes: await database.records.activityTypes(),
      asStored: (record: ErpRecord) => database.records.asStored(record),
    };
    const found: LinkedSeries[] = [];
    for (const { erpId, exchangeId } of links) {
      const [entry] = await database.records.read('appointment', [erpId]);
      const [result] = await exchange.getMany(address, [exchangeId ?? '']);
      if (entry?.record.kind !== 'appointment' || entry.record.recurrenceRule === null) continue;
      assert.ok(result?.ok, 'the item of the series is there');
      const { subject, exceptions } = entry.record;
      found.push({ subject, exceptions, differences: createMapping().differences(entry.record, result.value.item, context) });
    }
    return found;
  } finally {
    await exchange.close();
    await database.close();
  }
};
