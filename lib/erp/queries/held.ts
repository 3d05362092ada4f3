/** Queries on rows that wait for a person: what the guard judges by, and what a person's word does to them. */
import { sql, type Kysely, type Transaction } from 'kysely';
import groupBy from 'lodash/groupBy';
import { deletionHeld, deletionKept, heldCodes, removalHeld, removalKept } from '../../model/held';
import type { JournalEntry } from '../../model/journal';
import type { Direction, Kind } from '../../model/kind';
import type { LinkDecision } from '../../model/link';
import type { DeletionCounts } from '../store';
import type { Tables } from '../tables';
import { openAgain } from './journal';

/** Column by which a row of a direction names its item. */
const itemColumn = (direction: Direction) => (direction === 'inbound' ? 'exchange_id' : 'erp_id');

const itemOf = ({ direction, exchangeId, erpId }: JournalEntry): string => (direction === 'inbound' ? exchangeId : erpId) ?? '';

const askedAlike = async (db: Kysely<Tables>, entries: readonly JournalEntry[], first: JournalEntry): Promise<readonly number[]> => {
  const column = itemColumn(first.direction);
  const rows = await db
    .selectFrom('sync_journal')
    .select([column, 'id', 'note_code'])
    .where('direction', '=', first.direction)
    .where('kind', '=', first.kind)
    .where('employee_id', '=', first.employeeId)
    .where(column, 'in', entries.map(itemOf))
    .where((where) => where.or([where('state', '=', 'done'), where('note_code', 'in', [removalHeld, removalKept])]))
    .orderBy('id')
    .execute();
  // The newest row of each item says what happened last.
  const last = new Map(rows.map((row) => [row[column], row.note_code]));
  const asked: ReadonlySet<string | null | undefined> = new Set([removalHeld, removalKept]);
  return entries.filter((entry) => asked.has(last.get(itemOf(entry)))).map(({ id }) => id);
};

/** Those of the rows about whose item a person was asked already. */
export const askedRemovals = async (db: Kysely<Tables>, entries: readonly JournalEntry[]): Promise<readonly number[]> => {
  const asked: number[] = [];
  for (const group of Object.values(groupBy(entries, ({ direction, kind, employeeId }) => JSON.stringify([direction, kind, employeeId])))) {
    const [first] = group;
    if (first !== undefined) asked.push(...(await askedAlike(db, group, first)));
  }
  return asked;
};

/** The decision that lets a deletion pass. */
const released = (direction: Direction): LinkDecision => ({ take: 'deletion', side: direction === 'outbound' ? 'exchange' : 'erp' });

/** Deletions of an employee's items of a kind in one direction, and the employee's links. */
export const deletionCounts = async (
  db: Kysely<Tables>,
  employeeId: string,
  kind: Kind,
  direction: Direction,
  since: string,
): Promise<DeletionCounts> => {
  const rows = db
    .selectFrom('sync_journal')
    .where('sync_journal.employee_id', '=', employeeId)
    .where('sync_journal.kind', '=', kind)
    .where('sync_journal.direction', '=', direction);
  const column = itemColumn(direction);
  const queued = await rows
    .innerJoin('sync_link', (join) =>
      join
        .onRef('sync_link.employee_id', '=', 'sync_journal.employee_id')
        .onRef('sync_link.kind', '=', 'sync_journal.kind')
        .onRef(`sync_link.${column}`, '=', `sync_journal.${column}`),
    )
    .select((select) => select.fn.count<number>('sync_link.id').distinct().as('count'))
    .where('sync_journal.operation', '=', 'delete')
    .where('sync_journal.state', 'in', ['open', 'leased'])
    .where((where) =>
      where.or([where('sync_link.decision', 'is', null), where('sync_link.decision', '<>', JSON.stringify(released(direction)))]),
    )
    .executeTakeFirst();
  const held = await rows
    .select((select) => select.fn.count<number>(`sync_journal.${column}`).distinct().as('count'))
    .where('state', '=', 'conflict')
    .where('note_code', '=', deletionHeld)
    .executeTakeFirst();
  const done = await rows
    .select((select) => select.fn.count<number>(`sync_journal.${column}`).distinct().as('count'))
    .where('state', '=', 'done')
    .where('note_code', '=', 'delete')
    .where('created_at', '>=', since)
    .executeTakeFirst();
  const links = await db
    .selectFrom('sync_link')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return {
    queued: queued?.count ?? 0,
    held: held?.count ?? 0,
    done: done?.count ?? 0,
    links: links?.count ?? 0,
  };
};

/** Opens held rows; the word stays with the link, so that it outlives a restart and every attempt that fails. */
export const releaseHeld = async (trx: Transaction<Tables>, ids: readonly number[]): Promise<number> => {
  const rows = await trx
    .selectFrom('sync_journal')
    .select(['id', 'direction', 'kind', 'employee_id', 'connection', 'erp_id', 'exchange_id'])
    .where('id', 'in', ids)
    .where('state', '=', 'conflict')
    .where('note_code', 'in', heldCodes)
    .execute();
  if (rows.length === 0) return 0;
  for (const row of rows) {
    await trx
      .updateTable('sync_link')
      .set((set) => ({ decision: JSON.stringify(released(row.direction)), version: set('version', '+', 1) }))
      .where('employee_id', '=', row.employee_id)
      .where('kind', '=', row.kind)
      .where((where) =>
        row.direction === 'outbound'
          ? where('erp_id', '=', row.erp_id)
          : where.and([where('connection', '=', row.connection ?? ''), where('exchange_id', '=', row.exchange_id)]),
      )
      .execute();
  }
  const opened = await trx
    .updateTable('sync_journal')
    .set({ ...openAgain, details: null })
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .executeTakeFirst();
  return Number(opened.numUpdatedRows);
};

/** The code of a row that a person finished: what was kept is not asked again. */
export const finishedCode = sql<string>`CASE note_code WHEN ${sql.lit(deletionHeld)} THEN ${sql.lit(deletionKept)} WHEN ${sql.lit(removalHeld)} THEN ${sql.lit(removalKept)} ELSE ${sql.lit('by-person')} END`;
