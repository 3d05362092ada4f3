/** `SyncStore.collectChanges`: changes of an ERP whose tables have no triggers. */
import type { Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import { kinds, type Kind } from '../../model/kind';
import type { Engine } from '../engine';
import type { CompiledKind, CompiledKinds } from '../records/compile';
import type { ChangeDetection } from '../schema/mapping';
import type { Collected, ErpRecords, SyncStore } from '../store';
import type { Tables } from '../tables';
import { changesByTracking } from './change-tracking';
import { compareKeys } from './compare-keys';
import { compareOccurrences } from './compare-occurrences';
import { lookAt, type Look, type Looking, type Watched } from './look';
import { beginMarks, forgetUnlisted, markOf, moveMark, takeLook, type Mark } from './marks';
import type { News } from './news';
import { allKeys, changesByStamp } from './polling';
import type { ChangeSource } from './source';

type Collecting = Exclude<ChangeDetection, { readonly by: 'triggers' }>;

/** What the store has to read of the ERP anyway. */
export type ErpReading = Pick<ErpRecords, 'employees' | 'read'>;

const nothing: Collected = { queued: 0, notices: [] };

/** A clock that was set back makes everything due, rather than nothing for as long as it was set back. */
const isDue = (last: string, intervalMs: number, now: Date): boolean => {
  const passed = now.getTime() - Date.parse(last);
  return passed < 0 || passed >= intervalMs;
};

/** Null: the mapping names no way to find changes, which its check refuses. */
const sourceOf = (engine: Engine, kind: CompiledKind, by: Collecting['by']): ChangeSource | null => {
  const { changeStamp } = kind.mapping;
  if (by === 'change-tracking') return changesByTracking(engine.dialect, kind.mapping);
  return changeStamp === null ? null : changesByStamp(engine, kind, changeStamp);
};

const historyCut = (kind: Kind): SyncError =>
  new SyncError(
    'erp-history-cut',
    'configuration',
    `The ERP no longer knows what changed (${kind}) since the last look; all records were compared once. Lengthen CHANGE_RETENTION if this ` +
      'comes again.',
    { kind },
  );

/** False: another instance took the look over. */
const moveOn = ({ engine }: Watched, look: Look, move: (trx: Transaction<Tables>) => Promise<void>): Promise<boolean> =>
  engine.write(async (trx) => {
    if (!(await takeLook(trx, look, engine.now().toISOString()))) return false;
    await move(trx);
    return true;
  });

/** What is known to have changed since the mark; null: another instance took the look over; `unknown`: the server has forgotten. */
const collectKnown = async (watched: Looking, source: ChangeSource, look: Look, mark: string): Promise<number | 'unknown' | null> => {
  const { engine, kind } = watched;
  const isKnown = () => engine.read((db) => source.isKnown(db, mark));
  if (!(await isKnown())) return 'unknown';
  const next = await engine.read((db) => source.next(db, mark));
  const found = next.anything ? await lookAt(watched, look, mark, source.changed) : { queued: 0, listed: new Set<string>() };
  if (found === null) return null;
  if (!(await isKnown())) return 'unknown';
  const moved = await moveOn(watched, look, async (trx) => {
    await forgetUnlisted(trx, kind, found.listed);
    await moveMark(trx, kind, { mark: next.mark });
  });
  return moved ? found.queued : null;
};

/** Instead of the time of the last comparison: keys have to be compared at once, even if the service ends before it comes to that. */
const neverCompared = '';

/** Compares all records, because what changed since the mark cannot be told. */
const collectAll = async (watched: Looking, source: ChangeSource, look: Look): Promise<number | null> => {
  const { engine, kind, compiled } = watched;
  const start = await engine.read(source.start);
  const found = await lookAt(watched, look, start, allKeys(engine, compiled));
  if (found === null) return null;
  const moved = await moveOn(watched, look, (trx) => moveMark(trx, kind, { mark: start, source: source.name, compared_at: neverCompared }));
  return moved ? found.queued : null;
};

/** One look that this instance has taken. */
const collectTaken = async (watched: Looking, source: ChangeSource, how: Collecting, look: Look, mark: Mark): Promise<Collected> => {
  const { engine, kind } = watched;
  // A mark of another source, or another column, means nothing.
  const known = mark.source === source.name ? await collectKnown(watched, source, look, mark.mark) : 'unknown';
  const queued = known === 'unknown' ? await collectAll(watched, source, look) : known;
  if (queued === null) return nothing;
  const cut = known === 'unknown';
  const compares =
    cut ||
    mark.compared_at === neverCompared ||
    (how.by === 'polling' && isDue(mark.compared_at, how.deletionsEveryMinutes * 60_000, engine.now()));
  const occurrences = compares ? await compareOccurrences(watched, look) : 0;
  if (occurrences === null) return nothing;
  const compared = compares ? await compareKeys(watched, look, how.deletions) : null;
  const notices = [...(cut ? [historyCut(kind)] : []), ...(compared?.notice == null ? [] : [compared.notice])];
  return { queued: queued + occurrences + (compared?.queued ?? 0), notices };
};

/** The first mark. Another instance's stays. */
const begin = async ({ engine, kind }: Pick<Watched, 'engine' | 'kind'>, source: ChangeSource): Promise<Mark | null> => {
  const mark = await engine.read(source.start);
  const now = engine.now().toISOString();
  return engine.write(async (trx) => {
    await beginMarks(trx, kind, source.name, mark, now);
    return markOf(trx, kind);
  });
};

/** Employees whose folder was read at least once. */
const employeesBegun = async ({ engine, kind }: Pick<Watched, 'engine' | 'kind'>): Promise<ReadonlySet<string>> => {
  const rows = await engine.read((db) => db.selectFrom('sync_folder_state').select('employee_id').where('kind', '=', kind).execute());
  return new Set(rows.map((row) => row.employee_id));
};

const collectKind = async (
  watched: Omit<Watched, 'isServed'>,
  source: ChangeSource,
  reading: ErpReading,
  how: Collecting,
): Promise<Collected> => {
  const { engine, kind } = watched;
  const known = await engine.read((db) => markOf(db, kind));
  const now = engine.now();
  if (known !== null && !isDue(known.collected_at, how.everySeconds * 1000, now)) return nothing;
  const mark = known ?? (await begin(watched, source));
  if (mark === null) return nothing;
  const look = { kind, version: mark.version + 1 };
  if (!(await engine.write((trx) => takeLook(trx, mark, now.toISOString(), look.version)))) return nothing;
  const employees = await reading.employees();
  const served = new Set(employees.filter(({ active, email }) => active && (email ?? '') !== '').map(({ id }) => id));
  const isServed = (id: string) => served.has(id);
  // What is there when all begins is queued by the first synchronisation of each mailbox; no need to do it twice.
  const begun = known === null ? await employeesBegun(watched) : null;
  const isWanted = ({ operation, employeeId }: News) =>
    isServed(employeeId) && (begun === null || operation !== 'create' || begun.has(employeeId));
  return collectTaken({ ...watched, isServed, isWanted }, source, how, look, mark);
};

/** Collects for all kinds whose interval is over; does nothing for those with triggers. */
export const createChangeCollector = (engine: Engine, compiledKinds: CompiledKinds, reading: ErpReading): SyncStore['collectChanges'] => {
  const looked = new Map<Kind, string>();
  const collectDue = async (compiled: CompiledKind, how: Collecting): Promise<Collected> => {
    const { kind } = compiled;
    const now = engine.now();
    const last = looked.get(kind);
    const source = sourceOf(engine, compiled, how.by);
    // Asked many times a second under load: the database is asked only when something may be due.
    if (source === null || (last !== undefined && !isDue(last, how.everySeconds * 1000, now))) return nothing;
    const read: Watched['read'] = (keys, tellUnreadable) => reading.read(kind, keys, tellUnreadable);
    const collected = await collectKind({ engine, kind, compiled, read }, source, reading, how);
    looked.set(kind, now.toISOString());
    return collected;
  };
  return async () => {
    const all: Collected[] = [];
    for (const kind of kinds) {
      const compiled = compiledKinds[kind];
      const how = compiled?.mapping.changes;
      if (compiled !== null && how !== undefined && how.by !== 'triggers') all.push(await collectDue(compiled, how));
    }
    return { queued: all.reduce((sum, { queued }) => sum + queued, 0), notices: all.flatMap(({ notices }) => notices) };
  };
};
