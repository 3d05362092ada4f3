/** Changes by a stamp that the ERP keeps in every record: a time, or SQL Server's rowversion. */
import { sql } from 'kysely';
import { SyncError } from '../../model/error';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { allOf, keyIsAfter, type Condition } from '../records/keys';
import { keyOfRecord, limits } from '../records/read';
import { columnOf } from '../schema/key';
import type { ChangeStamp } from '../schema/mapping';
import { instantOf, nextMark, overlapMs, stampText, type StampZone, type TimeMark } from './stamp';
import type { Changed, ChangeSource } from './source';

const changedSince =
  (engine: Engine, kind: CompiledKind, since: (mark: string) => Condition): ChangeSource['changed'] =>
  async (db, mark, after, count) => {
    const { top, limit } = limits(engine, count);
    const where = allOf([since(mark), keyIsAfter(engine, keyOfRecord(kind), after)]);
    const { rows } = await sql<{ readonly record_key: string }>`SELECT ${top}${sql.raw(kind.keyText)} AS record_key
      FROM ${sql.raw(kind.source)} WHERE ${where} ORDER BY ${sql.raw(kind.order)}${limit}`.execute(db);
    return rows.map((row): Changed => ({ erpId: row.record_key, deleted: false }));
  };

/** All keys, in the server's order: a page. */
export const allKeys = (engine: Engine, kind: CompiledKind): ChangeSource['changed'] => changedSince(engine, kind, () => sql`1 = 1`);

/** The records themselves tell: nothing is forgotten. */
const always = (): Promise<boolean> => Promise.resolve(true);

const sourceName = (way: string, { source }: CompiledKind, stamp: ChangeStamp): string => [way, source, stamp.column, stamp.as].join(' ');

/** SQLite: stamps are texts in several spellings that agree in the day; a day is added for those with an offset. */
const dayBefore = (text: string): string => new Date(Date.parse(text.slice(0, 10)) - 86_400_000).toISOString().slice(0, 10);

const isTimeMark = (value: unknown): value is TimeMark =>
  typeof value === 'object' &&
  value !== null &&
  'at' in value &&
  typeof value.at === 'number' &&
  'takenAt' in value &&
  typeof value.takenAt === 'number';

const readTimeMark = (mark: string): TimeMark => {
  const value: unknown = JSON.parse(mark);
  if (isTimeMark(value)) return value;
  throw new SyncError(
    'erp-mark-unreadable',
    'configuration',
    'sync_change_mark holds no mark. Delete its row: changes are then collected anew.',
  );
};

const byTime = (engine: Engine, kind: CompiledKind, stamp: ChangeStamp, as: StampZone): ChangeSource => {
  const { dialect, timeZone, now } = engine;
  const column = sql.raw(columnOf(dialect, 'r', stamp.column));
  const table = sql.raw(kind.source);
  const comparable = dialect.name === 'sqlite' ? sql`strftime('%Y-%m-%dT%H:%M:%f', ${column})` : column;
  const since = (mark: string): Condition => {
    const text = stampText(readTimeMark(mark).at - overlapMs, now().getTime(), as, timeZone);
    return dialect.name === 'sqlite'
      ? sql`${column} >= ${dayBefore(text)} AND ${comparable} >= ${text.slice(0, 23)}`
      : sql`${column} >= ${text}`;
  };
  // In SQLite, `strftime` has brought a stamp with an offset to UTC.
  const spelled = dialect.name === 'sqlite' && as === 'offset' ? 'utc' : as;
  const highest = (text: string | null): number | null => (text === null ? null : instantOf(text, spelled, timeZone));
  return {
    name: sourceName('stamp', kind, stamp),
    start: async (db) => {
      const { rows } = await sql<{ highest: string | null }>`SELECT MAX(${comparable}) AS highest FROM ${table}`.execute(db);
      const takenAt = now().getTime();
      const at = Math.min(takenAt, highest(rows[0]?.highest ?? null) ?? takenAt);
      return JSON.stringify({ at, takenAt });
    },
    isKnown: always,
    next: async (db, mark) => {
      const begun = now().getTime();
      const { rows } = await sql<{ highest: string | null }>`
        SELECT MAX(${comparable}) AS highest FROM ${table} WHERE ${since(mark)}`.execute(db);
      const text = rows[0]?.highest ?? null;
      return { mark: JSON.stringify(nextMark(readTimeMark(mark), highest(text), begun)), anything: text !== null };
    },
    changed: changedSince(engine, kind, since),
  };
};

/**
 * SQL Server's rowversion is given when a row is written and becomes visible with the commit. MIN_ACTIVE_ROWVERSION is the smallest that
 * a transaction still open may hold: whatever is below can be seen now.
 */
const byRowVersion = (engine: Engine, kind: CompiledKind, stamp: ChangeStamp): ChangeSource => {
  const column = sql.raw(columnOf(engine.dialect, 'r', stamp.column));
  const active: ChangeSource['start'] = async (db) => {
    const { rows } = await sql<{ mark: string }>`SELECT CONVERT(nvarchar(18), MIN_ACTIVE_ROWVERSION(), 1) AS mark`.execute(db);
    return rows[0]?.mark ?? '0x0000000000000000';
  };
  return {
    name: sourceName('rowversion', kind, stamp),
    start: active,
    // Both have 16 digits. What has not been reached yet is of before the database was restored.
    isKnown: async (db, mark) => (await active(db)) >= mark,
    // The same mark again does not mean that nothing happened: a long transaction holds it back, others go on.
    next: async (db) => ({ mark: await active(db), anything: true }),
    changed: changedSince(engine, kind, (mark) => sql`${column} >= CONVERT(binary(8), ${mark}, 1)`),
  };
};

/** Changes of a kind's records by their change stamp. */
export const changesByStamp = (engine: Engine, kind: CompiledKind, stamp: ChangeStamp): ChangeSource =>
  stamp.as === 'rowversion' ? byRowVersion(engine, kind, stamp) : byTime(engine, kind, stamp, stamp.as);
