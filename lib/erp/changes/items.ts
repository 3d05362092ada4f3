/** Queries on links and journal rows of the records that a look is about. */
import chunk from 'lodash/chunk';
import { sql, type Kysely, type Transaction } from 'kysely';
import { deletionHeld } from '../../model/held';
import type { Kind } from '../../model/kind';
import { erpBaseOf } from '../rows';
import type { Tables } from '../tables';
import type { KnownLink, News } from './news';

/** Keys per statement; an engine limits the number of parameters. */
const keysPerStatement = 500;

/** A link, and whether its record was missed by a comparison of keys. */
export interface WatchedLink extends KnownLink {
  readonly gone: boolean;
}

/** Links of records of all employees. */
export const linksOfRecords = async (db: Kysely<Tables>, kind: Kind, erpIds: readonly string[]): Promise<readonly WatchedLink[]> => {
  if (erpIds.length === 0) return [];
  const rows = await db
    .selectFrom('sync_link')
    .select(['id', 'employee_id', 'erp_id', 'state', 'erp_base', 'gone_at'])
    .where('kind', '=', kind)
    .where('erp_id', 'in', erpIds)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    employeeId: row.employee_id,
    erpId: row.erp_id,
    state: row.state,
    erpBase: erpBaseOf(row.erp_base),
    gone: row.gone_at !== null,
  }));
};

/** A page of a kind's links by id, without their snapshots. */
export const linkPage = (db: Kysely<Tables>, kind: Kind, after: number, limit: number) =>
  db
    .selectFrom('sync_link')
    .select(['id', 'employee_id', 'erp_id', 'gone_at'])
    .where('kind', '=', kind)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();

/** Names an item within a kind. */
export const itemName = ({ employeeId, erpId }: { readonly employeeId: string; readonly erpId: string }): string =>
  JSON.stringify([employeeId, erpId]);

/** Items that have outbound rows in work: `open` ones will be read as they are then, `leased` ones may have been read already. */
export const itemsInWork = async (
  db: Kysely<Tables>,
  kind: Kind,
  items: readonly Pick<News, 'employeeId' | 'erpId'>[],
): Promise<{ readonly open: ReadonlySet<string>; readonly leased: ReadonlySet<string> }> => {
  const open = new Set<string>();
  const leased = new Set<string>();
  const employeeIds = [...new Set(items.map(({ employeeId }) => employeeId))];
  for (const keys of chunk([...new Set(items.map(({ erpId }) => erpId))], keysPerStatement)) {
    for (const employees of chunk(employeeIds, keysPerStatement)) {
      const rows = await db
        .selectFrom('sync_journal')
        .select(['employee_id', 'erp_id', 'state'])
        .where('direction', '=', sql.lit('outbound'))
        .where((where) => where.or([where('state', '=', sql.lit('open')), where('state', '=', sql.lit('leased'))]))
        .where('employee_id', 'in', employees)
        .where('kind', '=', kind)
        .where('erp_id', 'in', keys)
        .execute();
      for (const row of rows)
        (row.state === 'open' ? open : leased).add(itemName({ employeeId: row.employee_id, erpId: row.erp_id ?? '' }));
    }
  }
  return { open, leased };
};

/** How many deletions are held and not decided on, by employee. */
export const heldCounts = async (db: Kysely<Tables>, kind: Kind): Promise<ReadonlyMap<string, number>> => {
  const rows = await db
    .selectFrom('sync_journal')
    .select((select) => ['employee_id', select.fn.countAll<number>().as('count')])
    .where('state', '=', 'conflict')
    .where('direction', '=', 'outbound')
    .where('kind', '=', kind)
    .where('note_code', '=', deletionHeld)
    .groupBy('employee_id')
    .execute();
  return new Map(rows.map((row) => [row.employee_id, row.count]));
};

/** Notes that the records of links are gone, so that their deletion is queued or held once. */
export const noteGone = async (trx: Transaction<Tables>, linkIds: readonly number[], now: string): Promise<void> => {
  for (const ids of chunk(linkIds, keysPerStatement))
    await trx.updateTable('sync_link').set({ gone_at: now }).where('id', 'in', ids).execute();
};

/** Records that were missing are there again: their links are as before, and deletions that are held end. */
export const noteBack = async (
  trx: Transaction<Tables>,
  kind: Kind,
  links: readonly { readonly id: number; readonly employeeId: string; readonly erpId: string }[],
  now: string,
): Promise<void> => {
  for (const part of chunk(links, keysPerStatement)) {
    const ids = part.map(({ id }) => id);
    await trx.updateTable('sync_link').set({ gone_at: null }).where('id', 'in', ids).execute();
    const rows = await trx
      .selectFrom('sync_journal')
      .select(['id', 'employee_id', 'erp_id'])
      .where('state', '=', 'conflict')
      .where('direction', '=', 'outbound')
      .where('kind', '=', kind)
      .where('note_code', '=', deletionHeld)
      .where(
        'erp_id',
        'in',
        part.map(({ erpId }) => erpId),
      )
      .execute();
    const back = new Set(part.map(itemName));
    const ended = rows.filter((row) => back.has(itemName({ employeeId: row.employee_id, erpId: row.erp_id ?? '' }))).map((row) => row.id);
    if (ended.length === 0) continue;
    const note = 'The record is there again; nothing was deleted.';
    await trx
      .updateTable('sync_journal')
      .set({ state: 'skipped', note, note_code: 'record-back', finished_at: now })
      .where('id', 'in', ended)
      .execute();
  }
};
