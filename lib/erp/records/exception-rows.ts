/** Exceptions of series in the ERP's table of exceptions: read with the records, written with them. */
import { sql, type Kysely, type Transaction } from 'kysely';
import groupBy from 'lodash/groupBy';
import isEqual from 'lodash/isEqual';
import { toSyncError } from '../../model/error';
import type { ErpAppointment, ErpException, ErpRecord } from '../../model/item';
import { fail, ok } from '../../model/result';
import type { Engine, Row } from '../engine';
import { columnOf, splitKey } from '../schema/key';
import type { ExceptionsMapping } from '../schema/mapping';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { inOrder, type ExceptionShape } from './exceptions';
import { aliasOf } from './fields';
import { allOf, keyIsOneOf, sameKey, type Condition } from './keys';
import type { Reading } from './reading';
import { deleteRows, updateRows } from './statements';
import { writtenValues, type Writing } from './written-values';

/** The exceptions of a kind, made ready once per open database. */
export interface CompiledExceptions {
  readonly mapping: ExceptionsMapping;
  readonly shape: ExceptionShape;
}

/** A row with the key of its record and the columns of the shape. */
type ExceptionRow = Row & { readonly record_key: string };

/** Rows of series; `held`: how they are locked. */
const rowsOf = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  { mapping, shape }: CompiledExceptions,
  ids: readonly string[],
  held: Condition,
): Promise<readonly ExceptionRow[]> => {
  const { dialect } = engine;
  const record = { table: kind.mapping.table, row: 'r', columns: kind.keyColumns };
  const named = { table: mapping.table, row: 'x', columns: mapping.record };
  const columns = shape.columns.map((column, index) => `${columnOf(dialect, 'x', column)} AS ${aliasOf(index)}`);
  const { rows } = await sql<ExceptionRow>`SELECT ${sql.raw(kind.keyText)} AS record_key, ${sql.raw(columns.join(', '))}
    FROM ${sql.raw(kind.source)} JOIN ${sql.raw(dialect.quoteTable(mapping.table))} x${held} ON ${sameKey(engine, record, named)}
    WHERE ${keyIsOneOf(engine, record, ids)}`.execute(db);
  return rows;
};

const seriesIn = ({ result }: Reading): ErpAppointment | null =>
  result.ok && result.value.record.kind === 'appointment' && result.value.record.recurrenceRule !== null ? result.value.record : null;

const withRows = (reading: Reading, shape: ExceptionShape, rows: readonly ExceptionRow[]): Reading => {
  const series = seriesIn(reading);
  if (series === null || !reading.result.ok || rows.length === 0) return reading;
  try {
    const exceptions = inOrder(rows.flatMap((row) => shape.read(row, series) ?? []));
    return { ...reading, result: ok({ ...reading.result.value, record: { ...series, exceptions } }) };
  } catch (thrown) {
    return { ...reading, result: fail(toSyncError(thrown)) };
  }
};

/** Series with their exceptions; `held`: how the rows are locked. */
export const withExceptions = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  readings: readonly Reading[],
  held: Condition,
): Promise<readonly Reading[]> => {
  const { exceptions } = kind;
  const ids = readings.filter((reading) => seriesIn(reading) !== null).map(({ id }) => id);
  if (exceptions === null || ids.length === 0) return readings;
  const rows = groupBy(await rowsOf(engine, db, kind, exceptions, ids, held), (row) => row.record_key);
  return readings.map((reading) => withRows(reading, exceptions.shape, rows[reading.id] ?? []));
};

/** What writing exceptions needs; see `WriteContext`. */
interface Place extends Pick<Writing, 'engine' | 'employeeId'> {
  readonly trx: Transaction<Tables>;
  readonly kind: CompiledKind;
}

const ofRecords = ({ engine }: Place, { mapping }: CompiledExceptions, ids: readonly string[]): Condition =>
  keyIsOneOf(engine, { table: mapping.table, row: null, columns: mapping.record }, ids);

/** Exactly this row, by what its columns hold. */
const isRow = (place: Place, exceptions: CompiledExceptions, id: string, row: Row): Condition => {
  const { columns, originalColumns } = exceptions.shape;
  const holds = originalColumns.map((name) => {
    const column = sql.raw(columnOf(place.engine.dialect, null, name));
    const value = row[aliasOf(columns.indexOf(name))] ?? null;
    return value === null ? sql`${column} IS NULL` : sql`${column} = ${value}`;
  });
  return allOf([ofRecords(place, exceptions, [id]), ...holds]);
};

const insertExceptions = async (
  place: Place,
  { mapping, shape }: CompiledExceptions,
  id: string,
  series: ErpAppointment,
  added: readonly ErpException[],
): Promise<void> => {
  const parts = splitKey(id, mapping.record.length) ?? [];
  const named = Object.fromEntries(mapping.record.map((column, index) => [column, parts[index] ?? null]));
  const rows = added.map((exception) => ({
    ...named,
    ...writtenValues(mapping.insert, { ...place, author: place.kind.author }),
    ...shape.write(exception, series),
  }));
  await place.engine.insertRows(place.trx, mapping.table, rows, null);
};

/** Columns in which a row must change; what the ERP spells in its own way and nobody changed stays untouched. */
const changedColumns = (shape: ExceptionShape, row: Row, wanted: ErpException, series: ErpAppointment): Row => {
  const unchanged: ErpException = { originalStart: wanted.originalStart, deleted: false, changes: {} };
  const before = shape.write(shape.read(row, series) ?? unchanged, series);
  const after = shape.write(wanted, series);
  return Object.fromEntries(
    Object.entries(after).filter(([column, value]) => !shape.originalColumns.includes(column) && before[column] !== value),
  );
};

const seriesOf = (record: ErpRecord | null): ErpAppointment | null =>
  record?.kind === 'appointment' && record.recurrenceRule !== null ? record : null;

/** Brings the rows that are there in line; answers what has no row yet, and whether anything was written. */
const writeRows = async (
  place: Place,
  exceptions: CompiledExceptions,
  id: string,
  was: ErpAppointment,
  is: ErpAppointment,
): Promise<{ readonly missing: readonly ErpException[]; readonly written: boolean }> => {
  const { mapping, shape } = exceptions;
  const wanted = new Map(shape.asStored(is).map((exception) => [exception.originalStart, exception]));
  const known = new Set(was.exceptions.map(({ originalStart }) => originalStart));
  const missing = new Map(wanted);
  let written = false;
  for (const row of await rowsOf(place.engine, place.trx, place.kind, exceptions, [id], sql``)) {
    const originalStart = shape.originalStart(row, was);
    if (originalStart === null) continue;
    const exception = wanted.get(originalStart);
    missing.delete(originalStart);
    if (exception !== undefined) {
      const changed = isEqual(shape.read(row, is), exception) ? {} : changedColumns(shape, row, exception, is);
      if (Object.keys(changed).length === 0) continue;
      await updateRows(place, mapping.table, changed, isRow(place, exceptions, id, row));
    } else {
      // What nobody knew of when the change was decided is a change of its own.
      if (!known.has(originalStart) && shape.read(row, was) !== null) continue;
      if (shape.read(row, is) === null) continue;
      await deleteRows(place, mapping.table, isRow(place, exceptions, id, row));
    }
    written = true;
  }
  return { missing: [...missing.values()], written };
};

/**
 * Brings the rows of exceptions in line with a record that is being written: only what differs. `before` null: it is new. Whether anything
 * was written.
 */
export const writeExceptions = async (place: Place, id: string, before: ErpRecord | null, after: ErpRecord): Promise<boolean> => {
  const { exceptions } = place.kind;
  const [was, is] = [seriesOf(before), seriesOf(after)];
  if (exceptions === null || (was === null && (is === null || is.exceptions.length === 0))) return false;
  // What is left of a series that the record was once.
  if (before !== null && (was === null || is === null))
    await deleteRows(place, exceptions.mapping.table, ofRecords(place, exceptions, [id]));
  if (is === null) return was !== null && was.exceptions.length > 0;
  const { missing, written } =
    was === null ? { missing: exceptions.shape.asStored(is), written: false } : await writeRows(place, exceptions, id, was, is);
  if (missing.length > 0) await insertExceptions(place, exceptions, id, is, missing);
  return written || missing.length > 0;
};

/** Deletes the rows of records that are being deleted, where no foreign key takes them along. */
export const removeExceptions = async (place: Place, ids: readonly string[]): Promise<void> => {
  const { exceptions } = place.kind;
  if (exceptions !== null) await deleteRows(place, exceptions.mapping.table, ofRecords(place, exceptions, ids));
};
