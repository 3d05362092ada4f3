/** Rows that wait for a person (`conflict`): at most one of each link, ended as soon as the link moves on without him. */
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Direction } from '../../model/kind';
import type { LinkDecision } from '../../model/link';
import type { Engine } from '../engine';
import type { Closing, NewEntry } from '../store';
import type { LinkTable, Tables } from '../tables';
import { claimedEntries, noLease, queueRows } from './journal';
import { reopen } from './journal-list';

/** A row that waits for a person, with what its link says of the item. */
type Parked = Pick<Selectable<LinkTable>, 'kind' | 'employee_id' | 'connection' | 'erp_id' | 'exchange_id'> & {
  readonly id: number;
  readonly direction: Direction;
  readonly note_code: string | null;
  readonly link_id: number;
};

const parkedColumns = [
  'sync_journal.id as id',
  'sync_journal.direction as direction',
  'sync_journal.note_code as note_code',
  'sync_link.id as link_id',
  'sync_link.kind as kind',
  'sync_link.employee_id as employee_id',
  'sync_link.connection as connection',
  'sync_link.erp_id as erp_id',
  'sync_link.exchange_id as exchange_id',
] as const;

/** The parked rows of links. State and direction are spelled out, so that SQLite finds them by their index. */
const parkedOf = (db: Kysely<Tables>, linkIds: readonly number[]): Promise<readonly Parked[]> =>
  db
    .selectFrom('sync_link')
    .innerJoin('sync_journal', (join) =>
      join
        .onRef('sync_journal.employee_id', '=', 'sync_link.employee_id')
        .onRef('sync_journal.kind', '=', 'sync_link.kind')
        .onRef('sync_journal.erp_id', '=', 'sync_link.erp_id'),
    )
    .select(parkedColumns)
    .where('sync_journal.direction', '=', sql.lit('outbound'))
    .where('sync_journal.state', '=', sql.lit('conflict'))
    .where('sync_link.id', 'in', linkIds)
    .unionAll(
      db
        .selectFrom('sync_link')
        .innerJoin('sync_journal', (join) =>
          join
            .onRef('sync_journal.connection', '=', 'sync_link.connection')
            .onRef('sync_journal.exchange_id', '=', 'sync_link.exchange_id'),
        )
        .select(parkedColumns)
        .where('sync_journal.direction', '=', sql.lit('inbound'))
        .where('sync_journal.state', '=', sql.lit('conflict'))
        .where('sync_link.id', 'in', linkIds),
    )
    .execute();

/** How many rows wait for a person. The index knows. */
export const parkedCount = async (db: Kysely<Tables>): Promise<number> => {
  const row = await db
    .selectFrom('sync_journal')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', sql.lit('conflict'))
    .executeTakeFirst();
  return row?.count ?? 0;
};

/** Parked rows of links whose items were found under new ids: they ask about these, and nobody needs to ask about a deletion any more. */
export const moveParked = async (engine: Engine, trx: Transaction<Tables>, newIds: ReadonlyMap<number, string>): Promise<void> => {
  if (newIds.size === 0) return;
  const rows = (await parkedOf(trx, [...newIds.keys()])).filter(({ direction }) => direction === 'inbound');
  if (rows.length === 0) return;
  const parked = await trx
    .selectFrom('sync_journal')
    .select(['id', 'operation'])
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  const deletions = new Set(parked.filter(({ operation }) => operation === 'delete').map(({ id }) => id));
  await endParked(trx, [...deletions], 'conflict-settled', 'The item was found again under a new id; nobody has to decide.', engine.now());
  // What the ERP changed meanwhile has no row any more: it is looked at once more.
  await queueRows(
    engine,
    trx,
    rows.flatMap((row) => (deletions.has(row.id) ? [rowAgainst('inbound', row)] : [])),
  );
  for (const { id, link_id: linkId } of rows) {
    if (deletions.has(id)) continue;
    await trx
      .updateTable('sync_journal')
      .set({ exchange_id: newIds.get(linkId) ?? null })
      .where('id', '=', id)
      .execute();
  }
};

/** Ends rows; both versions stay readable in their details. */
const endParked = async (trx: Transaction<Tables>, ids: readonly number[], noteCode: string, note: string, now: Date): Promise<void> => {
  if (ids.length === 0) return;
  await trx
    .updateTable('sync_journal')
    .set({ state: 'skipped', note, note_code: noteCode, finished_at: now.toISOString(), ...noLease })
    .where('id', 'in', ids)
    .where('state', '=', 'conflict')
    .execute();
};

/** The row that looks at the other side of a parked item than a row of this direction does. */
const rowAgainst = (
  direction: Direction,
  { kind, employee_id: employeeId, connection, erp_id: erpId, exchange_id: exchangeId }: Parked,
): NewEntry => {
  const shared = { kind, employeeId, operation: 'update' } as const;
  return direction === 'inbound'
    ? { ...shared, direction: 'outbound', connection: null, erpId, exchangeId: null }
    : { ...shared, direction: 'inbound', connection, erpId: null, exchangeId };
};

/** A link that a journal row moved on, removed or parked. */
interface LinkOfRow {
  readonly linkId: number;
  readonly journalId: number;
}

const idsOf = (links: readonly LinkOfRow[]): readonly number[] => links.map(({ linkId }) => linkId);

/**
 * Ends the conflicts of links that were moved on in one direction. What was parked in the other one, or was superseded by it, has no row
 * any more: it is looked at once more.
 */
export const settleParked = async (engine: Engine, trx: Transaction<Tables>, moved: readonly LinkOfRow[]): Promise<void> => {
  if (moved.length === 0) return;
  // What the guard or an employee's options hold back is no matter of versions.
  const rows = (await parkedOf(trx, idsOf(moved))).filter((row) => row.note_code === 'conflict');
  if (rows.length === 0) return;
  const ended = rows.map(({ id }) => id);
  await endParked(trx, ended, 'conflict-settled', 'A later change settled it; nobody has to decide any more.', engine.now());
  const settled = moved.filter(({ linkId }) => rows.some((row) => row.link_id === linkId));
  const directions = await trx
    .selectFrom('sync_journal')
    .select(['id', 'direction'])
    .where(
      'id',
      'in',
      settled.map(({ journalId }) => journalId),
    )
    .execute();
  const directionOf = new Map(directions.map(({ id, direction }) => [id, direction]));
  const again = settled.flatMap(({ linkId, journalId }) => {
    const [row, direction] = [rows.find((parked) => parked.link_id === linkId), directionOf.get(journalId)];
    return row === undefined || direction === undefined ? [] : [rowAgainst(direction, row)];
  });
  await queueRows(engine, trx, again);
};

/** Ends the parked rows of links that are about to be removed. */
export const endParkedOfRemoved = async (engine: Engine, trx: Transaction<Tables>, linkIds: readonly number[]): Promise<void> => {
  if (linkIds.length === 0) return;
  const ids = (await parkedOf(trx, linkIds)).map(({ id }) => id);
  await endParked(trx, ids, 'conflict-settled', 'The item is not synchronised as one any more; nobody has to decide.', engine.now());
};

/** Ends older parked rows of links of which newer ones were parked. */
const supersedeParked = async (engine: Engine, trx: Transaction<Tables>, parked: readonly LinkOfRow[]): Promise<void> => {
  if (parked.length === 0) return;
  const newest = new Map(parked.map(({ linkId, journalId }) => [linkId, journalId]));
  const rows = await parkedOf(trx, idsOf(parked));
  for (const { id, link_id: linkId } of rows) {
    const newer = newest.get(linkId) ?? id;
    if (newer !== id) await endParked(trx, [id], 'superseded', `It was parked anew with the newest versions (${newer}).`, engine.now());
  }
};

/** What closings do to parked rows; before their links are removed. */
export const parkedAfterClosing = async (engine: Engine, trx: Transaction<Tables>, closings: readonly Closing[]): Promise<void> => {
  const parked = closings.flatMap(({ journalId, link }) => (link.type === 'park' ? [{ journalId, linkId: link.linkId }] : []));
  const moved = closings.flatMap(({ journalId, link }) => (link.type === 'update' ? [{ journalId, linkId: link.update.id }] : []));
  const removed = closings.flatMap(({ link }) => (link.type === 'remove' ? [link.linkId] : []));
  await supersedeParked(engine, trx, parked);
  await settleParked(engine, trx, moved);
  await endParkedOfRemoved(engine, trx, removed);
};

/** Whether the target was gone when a row was parked. */
const targetGone = (details: string | null): boolean => {
  const versions: unknown = details === null ? null : JSON.parse(details);
  return typeof versions === 'object' && versions !== null && 'target' in versions && versions.target === null;
};

/**
 * Stores what a person decided about the item of a parked row and opens the row again; a row that was superseded stands for its successor.
 * Both directions are worked through: the parked row stands for changes of both sides. A writer that does not know the decision yet finds
 * that the link moved on. False when nothing of the item is parked.
 */
export const decideParked = async (
  engine: Engine,
  trx: Transaction<Tables>,
  journalId: number,
  decision: LinkDecision,
): Promise<boolean> => {
  const asked = await trx
    .selectFrom('sync_journal')
    .select(['direction'])
    .where('id', '=', journalId)
    .where((where) => where.or([where('state', '=', 'conflict'), where('note_code', '=', 'superseded')]))
    .executeTakeFirst();
  if (asked === undefined) return false;
  const [claimed] = await claimedEntries(trx, asked.direction, [journalId]);
  const link = claimed?.link ?? null;
  const [row] = link === null ? [] : await parkedOf(trx, [link.id]);
  if (link === null || row === undefined) return false;
  const stored = { decision: JSON.stringify(decision), version: link.version + 1 };
  await trx.updateTable('sync_link').set(stored).where('id', '=', link.id).execute();
  const { details } = await trx.selectFrom('sync_journal').select('details').where('id', '=', row.id).executeTakeFirstOrThrow();
  await reopen(trx, row.id);
  if (decision.take === 'both' || decision.take === 'deletion') return true;
  const against = rowAgainst(row.direction, row);
  await queueRows(engine, trx, [against.direction === 'inbound' && targetGone(details) ? { ...against, operation: 'delete' } : against]);
  return true;
};
