/** Queries on `sync_run`: first synchronisations, how far they are and what became of them. */
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import mergeWith from 'lodash/mergeWith';
import { noCounts, type FirstRun, type FirstRunCounts, type FirstRunOutcome, type FirstRunSettings } from '../../model/first-run';
import { SyncError } from '../../model/error';
import type { JournalState } from '../../model/journal';
import type { Direction } from '../../model/kind';
import type { Folder, FirstRunFilter } from '../store';
import type { RunTable, Tables } from '../tables';
import { resetFolderState } from './folder-state';

type RunRow = Selectable<RunTable>;

/** Only this program writes the columns. */
const parsed = <T>(json: string, from: (value: unknown) => T): T => from(JSON.parse(json));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isSettings = (value: unknown): value is FirstRunSettings => isObject(value) && 'mode' in value;
const isCounts = (value: unknown): value is FirstRunCounts => isObject(value) && 'linked' in value;
const isOutcome = (value: unknown): value is FirstRunOutcome => isObject(value) && 'changed' in value;

const settingsOf = (value: unknown): FirstRunSettings =>
  isSettings(value) ? value : { mode: 'manual', startDate: null, changedSince: null };
const countsOf = (value: unknown): FirstRunCounts => (isCounts(value) ? value : noCounts);
const outcomeOf = (value: unknown): FirstRunOutcome | null => (isOutcome(value) ? value : null);

const runFromRow = (row: RunRow): FirstRun => ({
  id: row.id,
  connection: row.connection,
  employeeId: row.employee_id,
  kind: row.kind,
  state: row.state,
  settings: parsed(row.settings, settingsOf),
  counts: parsed(row.counts, countsOf),
  listed: row.listed_at !== null,
  outcome: row.outcome === null ? null : parsed(row.outcome, outcomeOf),
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

const newRuns = (connection: string, folders: readonly Folder[], settings: FirstRunSettings, now: Date) =>
  folders.map(({ employeeId, kind }) => ({
    connection,
    employee_id: employeeId,
    kind,
    state: 'waiting' as const,
    settings: JSON.stringify(settings),
    counts: JSON.stringify(noCounts),
    created_at: now.toISOString(),
  }));

/** Rows per statement; an engine limits the number of parameters. */
const rowsPerInsert = 100;

const insertRuns = async (trx: Transaction<Tables>, rows: ReturnType<typeof newRuns>): Promise<void> => {
  for (let first = 0; first < rows.length; first += rowsPerInsert) {
    await trx
      .insertInto('sync_run')
      .values(rows.slice(first, first + rowsPerInsert))
      .execute();
  }
};

const keyOf = (employeeId: string, kind: string): string => JSON.stringify([employeeId, kind]);

/** Keys of folders that have a state or a run under way: nothing is to be planned for them. */
const plannedFolders = async (db: Kysely<Tables>, connection: string): Promise<ReadonlySet<string>> => {
  const states = await db.selectFrom('sync_folder_state').select(['employee_id', 'kind']).where('connection', '=', connection).execute();
  const runs = await db
    .selectFrom('sync_run')
    .select(['employee_id', 'kind'])
    .where('connection', '=', connection)
    .where('state', 'in', ['waiting', 'running'])
    .execute();
  return new Set([...states, ...runs].map((row) => keyOf(row.employee_id, row.kind)));
};

/** Those of the folders that were never read and have no run under way. */
export const unplanned = async (db: Kysely<Tables>, connection: string, folders: readonly Folder[]): Promise<readonly Folder[]> => {
  const planned = await plannedFolders(db, connection);
  return folders.filter(({ employeeId, kind }) => !planned.has(keyOf(employeeId, kind)));
};

/** A run that waits for each folder that needs one; a folder that was read before goes on as it was told then. */
export const planRuns = async (
  trx: Transaction<Tables>,
  connection: string,
  folders: readonly Folder[],
  settings: FirstRunSettings,
  now: Date,
): Promise<void> => {
  for (const folder of await unplanned(trx, connection, folders)) {
    const last = await trx
      .selectFrom('sync_run')
      .select('settings')
      .where('connection', '=', connection)
      .where('employee_id', '=', folder.employeeId)
      .where('kind', '=', folder.kind)
      .where('state', '=', 'done')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    await insertRuns(trx, newRuns(connection, [folder], last === undefined ? settings : parsed(last.settings, settingsOf), now));
  }
};

/** Runs anew, in place of those that are under way. */
export const restartRuns = async (
  trx: Transaction<Tables>,
  connection: string,
  folders: readonly Folder[],
  settings: FirstRunSettings,
  now: Date,
): Promise<void> => {
  for (const { employeeId, kind } of folders) {
    await trx
      .updateTable('sync_run')
      .set({ state: 'stopped', finished_at: now.toISOString(), reported_at: now.toISOString() })
      .where('connection', '=', connection)
      .where('employee_id', '=', employeeId)
      .where('kind', '=', kind)
      .where('state', 'in', ['waiting', 'running'])
      .execute();
  }
  await insertRuns(trx, newRuns(connection, folders, settings, now));
};

/** Begins a run: from now on everything in its folder counts as news. False when it does not wait any more. */
export const beginRun = async (trx: Transaction<Tables>, id: number, now: Date): Promise<boolean> => {
  const begun = await trx
    .updateTable('sync_run')
    .set({ state: 'running', started_at: now.toISOString() })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (begun.numUpdatedRows !== 1n) return false;
  const run = await trx.selectFrom('sync_run').select(['connection', 'employee_id', 'kind']).where('id', '=', id).executeTakeFirst();
  if (run !== undefined) await resetFolderState(trx, run.connection, run.employee_id, run.kind);
  return true;
};

const added = (before: FirstRunCounts, more: FirstRunCounts): FirstRunCounts =>
  mergeWith({}, before, more, (a: unknown, b: unknown) => (typeof a === 'number' && typeof b === 'number' ? a + b : undefined));

/** What a page of a run brought. */
export interface RunPage {
  readonly id: number;
  readonly counts: FirstRunCounts;
  /** Ids of the rows that it queued. */
  readonly entries: readonly number[];
  readonly last: boolean;
}

/** Notes what a page brought, in the page's transaction; throws when the run was stopped meanwhile. */
export const advanceRun = async (trx: Transaction<Tables>, page: RunPage, now: Date): Promise<void> => {
  const before = await trx
    .selectFrom('sync_run')
    .select(['counts', 'first_entry', 'last_entry'])
    .where('id', '=', page.id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (before === undefined) throw new SyncError('first-run-stopped', 'retry', 'Another first synchronisation took the place of this one.');
  const entries = [...page.entries, before.first_entry, before.last_entry].filter((id) => id !== null);
  await trx
    .updateTable('sync_run')
    .set({
      counts: JSON.stringify(added(parsed(before.counts, countsOf), page.counts)),
      ...(entries.length === 0
        ? {}
        : { first_entry: entries.reduce((a, b) => Math.min(a, b)), last_entry: entries.reduce((a, b) => Math.max(a, b)) }),
      ...(page.last ? { listed_at: now.toISOString() } : {}),
    })
    .where('id', '=', page.id)
    .execute();
};

/** Runs by filter, oldest first. */
export const listRuns = async (db: Kysely<Tables>, { connection, states, unreported }: FirstRunFilter): Promise<readonly FirstRun[]> => {
  const rows = await db
    .selectFrom('sync_run')
    .selectAll()
    .$if(connection !== undefined, (query) => query.where('connection', '=', connection ?? ''))
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(unreported === true, (query) => query.where('reported_at', 'is', null))
    .orderBy('id')
    .execute();
  return rows.map(runFromRow);
};

/** Runs with their rows of the journal. */
const withRows = (db: Kysely<Tables>) =>
  db
    .selectFrom('sync_run')
    .innerJoin('sync_journal', (join) =>
      join
        .onRef('sync_journal.employee_id', '=', 'sync_run.employee_id')
        .onRef('sync_journal.kind', '=', 'sync_run.kind')
        .onRef('sync_journal.id', '>=', 'sync_run.first_entry')
        .onRef('sync_journal.id', '<=', 'sync_run.last_entry'),
    );

/** Rows of running runs that have not ended, of one direction. */
const unfinishedOf = async (db: Kysely<Tables>, direction: Direction) =>
  withRows(db)
    .select((select) => ['sync_run.id', select.fn.countAll<number>().as('count')])
    .where('sync_run.state', '=', sql.lit('running'))
    .where('sync_journal.direction', '=', sql.lit(direction))
    .where((where) => where.or([where('sync_journal.state', '=', sql.lit('open')), where('sync_journal.state', '=', sql.lit('leased'))]))
    .where('sync_journal.operation', '<>', sql.lit('connect'))
    .$if(direction === 'inbound', (query) => query.whereRef('sync_journal.connection', '=', 'sync_run.connection'))
    .groupBy('sync_run.id')
    .execute();

/** How many rows of each running run have not ended; runs without any are left out. */
export const unfinishedRows = async (db: Kysely<Tables>): Promise<ReadonlyMap<number, number>> => {
  const counts = new Map<number, number>();
  for (const direction of ['outbound', 'inbound'] as const) {
    for (const { id, count } of await unfinishedOf(db, direction)) counts.set(id, (counts.get(id) ?? 0) + count);
  }
  return counts;
};

interface EndedRows {
  readonly direction: Direction;
  readonly state: JournalState;
  readonly note_code: string | null;
  readonly count: number;
}

const outcomeFrom = (rows: readonly EndedRows[]): FirstRunOutcome => {
  const total = (holds: (row: EndedRows) => boolean): number => rows.filter(holds).reduce((sum, { count }) => sum + count, 0);
  const created = (direction: Direction) =>
    total((row) => row.state === 'done' && row.direction === direction && row.note_code === 'create');
  const skipped: Record<string, number> = {};
  for (const { state, note_code: code, count } of rows) {
    // Another row of the same item took its place.
    if (state !== 'skipped' || code === 'superseded') continue;
    skipped[code ?? ''] = (skipped[code ?? ''] ?? 0) + count;
  }
  return {
    createdInErp: created('inbound'),
    createdInExchange: created('outbound'),
    changed: total((row) => row.state === 'done' && row.note_code !== 'create'),
    failed: total(({ state }) => state === 'failed'),
    conflicts: total(({ state }) => state === 'conflict'),
    skipped,
  };
};

/** Ends a running run with what became of its rows. */
export const finishRun = async (trx: Transaction<Tables>, id: number, now: Date): Promise<void> => {
  const rows = await withRows(trx)
    .select((select) => [
      'sync_journal.direction',
      'sync_journal.state',
      'sync_journal.note_code',
      select.fn.countAll<number>().as('count'),
    ])
    .where('sync_run.id', '=', id)
    .where('sync_journal.operation', '<>', 'connect')
    .groupBy(['sync_journal.direction', 'sync_journal.state', 'sync_journal.note_code'])
    .execute();
  await trx
    .updateTable('sync_run')
    .set({ state: 'done', finished_at: now.toISOString(), outcome: JSON.stringify(outcomeFrom(rows)) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
};

/** Notes that runs were told of. */
export const runsReported = async (trx: Transaction<Tables>, ids: readonly number[], now: Date): Promise<void> => {
  await trx.updateTable('sync_run').set({ reported_at: now.toISOString() }).where('id', 'in', ids).execute();
};
