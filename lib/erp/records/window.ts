/** Records of an employee: all keys, and those that may touch a window. */
import { sql, type Kysely } from 'kysely';
import { DateTime } from 'luxon';
import type { ErpEntry } from '../../model/item';
import { breathe, type Engine } from '../engine';
import { addDays, withTime } from '../local-time';
import { columnOf } from '../schema/key';
import type { AppointmentMapping, TimeColumn } from '../schema/mapping';
import type { TellUnreadable } from '../store';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { allOf, anyOf, isOneOf, keyIsAfter, sameKey, type Condition } from './keys';
import { keyOfRecord, selectRecords } from './read';
import { readable } from './reading';
import { isSeries } from './series';

/** Records per query: bounds the time that the event loop is held. */
export const pageSize = 200;

/** `r` belongs to an employee: in charge, or among the participants. */
const isOfEmployee = (engine: Engine, kind: CompiledKind, employeeId: string): Condition => {
  const { table, employee, participants } = kind.mapping;
  const inCharge = employee === null ? [] : [isOneOf(engine, { table, row: 'r' }, employee, [employeeId])];
  if (participants === null) return anyOf(inCharge);
  const named = { table: participants.table, row: 'p', columns: participants.record };
  const from = sql.raw(engine.dialect.quoteTable(participants.table));
  const takesPart = isOneOf(engine, named, participants.employee, [employeeId]);
  const [only, ...others] = participants.record;
  const [keyColumn = ''] = kind.keyColumns;
  // SQLite finds records by a list in their index, but looks at every record for EXISTS.
  const part =
    only !== undefined && others.length === 0
      ? sql`${sql.raw(columnOf(engine.dialect, 'r', keyColumn))} IN (SELECT ${sql.raw(columnOf(engine.dialect, 'p', only))} FROM ${from} p WHERE ${takesPart})`
      : sql`EXISTS (SELECT 1 FROM ${from} p WHERE ${sameKey(engine, keyOfRecord(kind), named)} AND ${takesPart})`;
  return anyOf([...inCharge, part]);
};

/** Keys of the employee's records in the filter, in their order. */
export const keysOfEmployee = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  employeeId: string,
): Promise<readonly string[]> => {
  const { rows } = await sql<{ readonly record_key: string | null }>`SELECT ${sql.raw(kind.keyText)} AS record_key
    FROM ${sql.raw(kind.source)} WHERE ${isOfEmployee(engine, kind, employeeId)} AND ${sql.raw(kind.isRecord)}
    AND ${sql.raw(kind.inFilter)} ORDER BY ${sql.raw(kind.order)}`.execute(db);
  return rows.flatMap(({ record_key: id }) => id ?? []);
};

/** Local times of the tenant; `to` is exclusive. */
interface Window {
  readonly from: string;
  readonly to: string;
}

/** Formats whose texts and numbers are in the order of the times they mean. */
const inOrder = /^y{4}[^A-Za-z']*MM[^A-Za-z']*dd([^A-Za-z']*HH[^A-Za-z']*mm([^A-Za-z']*ss)?)?$/;

/** A day as the column of a time spells it, null when its values cannot be compared as times. */
const dayIn = ({ format }: TimeColumn, day: string, engine: Engine): string | null => {
  if (format !== undefined) {
    return inOrder.test(format) ? DateTime.fromISO(day, { zone: 'UTC' }).toFormat(format, { locale: 'en-US' }) : null;
  }
  // Texts come in several spellings that agree in the first ten characters; for SQL Server see `converters/time.ts`.
  return engine.dialect.name === 'sqlite' ? day : `${day}T00:00:00`;
};

/**
 * Whether `r` may touch a window, by day. A day is added on each side for values in other zones and for all-day ends that count the last
 * day itself; the exact comparison is made on the records. Null when the columns cannot tell.
 */
const mayTouch = (engine: Engine, kind: CompiledKind, mapping: AppointmentMapping, window: Window): Condition | null => {
  const { start, end } = mapping.fields;
  const [first, last] = [addDays(window.from.slice(0, 10), -1), addDays(window.to.slice(0, 10), 2)];
  const [earliest, latest] = [dayIn(start, first, engine), dayIn(start, last, engine)];
  if (earliest === null || latest === null) return null;
  const column = (name: string) => sql.raw(columnOf(engine.dialect, 'r', name));
  const endsFrom = end.as === 'minutes' ? null : dayIn(end, first, engine);
  const begins = sql`${column(start.column)} < ${latest}`;
  const series = isSeries(engine, kind, mapping);
  if (endsFrom === null) return anyOf([begins, ...series]);
  const ends = sql`(${column(end.column)} >= ${endsFrom} OR ${column(end.column)} IS NULL)`;
  // An end before the start is read as its day.
  return anyOf([allOf([begins, ends]), allOf([begins, sql`${column(start.column)} >= ${earliest}`]), ...series]);
};

/** Every task touches every window. */
const inWindow = (engine: Engine, kind: CompiledKind, window: Window): readonly Condition[] => {
  const condition = kind.appointment === null ? null : mayTouch(engine, kind, kind.appointment, window);
  return condition === null ? [] : [condition];
};

/** Whether a record may touch the window: every series and task does, a single appointment when it overlaps it. */
const touches = ({ record }: ErpEntry, { from, to }: Window): boolean => {
  if (record.kind === 'task' || record.recurrenceRule !== null) return true;
  const [start, end] = [withTime(record.start), withTime(record.end)];
  return start < withTime(to) && (end > withTime(from) || start >= withTime(from));
};

/** Records of an employee that may touch the window, page by page. */
export const listWindow = async (
  engine: Engine,
  kind: CompiledKind,
  employeeId: string,
  window: Window,
  tellUnreadable: TellUnreadable | undefined,
): Promise<readonly ErpEntry[]> => {
  const found: ErpEntry[] = [];
  const conditions = [isOfEmployee(engine, kind, employeeId), ...inWindow(engine, kind, window)];
  let after: string | null = null;
  while (true) {
    const where: Condition = allOf([...conditions, keyIsAfter(engine, keyOfRecord(kind), after)]);
    const page = await engine.read((db) => selectRecords(engine, db, kind, where, pageSize));
    found.push(...readable(page, tellUnreadable).filter((entry) => touches(entry, window)));
    if (page.length < pageSize) return found;
    after = page.at(-1)?.id ?? after;
    await breathe();
  }
};
