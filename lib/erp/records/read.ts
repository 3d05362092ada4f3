/** Reading records by the mapping. */
import { sql, type Kysely } from 'kysely';
import { DateTime } from 'luxon';
import { toSyncError } from '../../model/error';
import type { ErpEntry } from '../../model/item';
import { fail, ok } from '../../model/result';
import type { Engine, Row, Value } from '../engine';
import { readLocalTime } from '../local-time';
import { keyTextOf } from '../schema/key';
import type { ChangeStamp } from '../schema/mapping';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { withEquipment } from './equipment';
import { withExceptions } from './exception-rows';
import { keyIsOneOf, sameKey, type Condition, type KeyColumns } from './keys';
import { knownSeries, rowsOfSeries } from './occurrence-rows';
import type { Reading } from './reading';
import { withSeries } from './series';

/** The columns of `CompiledKind.selection`, with `c0`, `c1`, … beside them. */
interface RecordRow {
  readonly record_key: string | null;
  readonly in_charge: string | null;
  readonly stamp: Value;
  readonly in_filter: number;
}

/** The record's own key columns, as `r`. */
export const keyOfRecord = (kind: CompiledKind): KeyColumns => ({ table: kind.mapping.table, row: 'r', columns: kind.keyColumns });

/** The first rows only; an engine has one of both. */
export const limits = ({ dialect }: Engine, limit: number | null): { readonly top: Condition; readonly limit: Condition } => ({
  top: limit !== null && dialect.name === 'mssql' ? sql`TOP (${sql.lit(limit)}) ` : sql``,
  limit: limit !== null && dialect.name === 'sqlite' ? sql` LIMIT ${sql.lit(limit)}` : sql``,
});

/** UTC instant of a stamp; null when it does not tell: it only helps to find the later of two changes. */
const instantOf = (value: Value, stamp: ChangeStamp | null, timeZone: string): string | null => {
  if (typeof value !== 'string' || stamp === null) return null;
  // What is UTC already keeps its fractions of a second.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return value;
  if (stamp.as === 'utc' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+$/.test(value)) return `${value}Z`;
  const utc = readLocalTime(value, 'UTC', stamp.as === 'utc' ? 'UTC' : timeZone);
  return utc !== null && DateTime.fromISO(utc).isValid ? `${utc}Z` : null;
};

/** Employees who take part in records, besides the one in charge. */
export const participantsOf = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { participants } = kind.mapping;
  if (participants === null || ids.length === 0) return new Map();
  const { dialect } = engine;
  const named = { table: participants.table, row: 'p', columns: participants.record };
  const record = keyOfRecord(kind);
  const { rows } = await sql<{ readonly record_key: string; readonly employee: string | null }>`
    SELECT ${sql.raw(kind.keyText)} AS record_key, ${sql.raw(keyTextOf(dialect, 'p', participants.employee))} AS employee
    FROM ${sql.raw(kind.source)} JOIN ${sql.raw(dialect.quoteTable(participants.table))} p ON ${sameKey(engine, record, named)}
    WHERE ${keyIsOneOf(engine, record, ids)} ORDER BY ${sql.raw(`p.${dialect.quoteName(participants.employee)}`)}`.execute(db);
  const byRecord = new Map<string, string[]>();
  for (const { record_key: id, employee } of rows) {
    if (employee === null) continue;
    const list = byRecord.get(id);
    if (list === undefined) byRecord.set(id, [employee]);
    else list.push(employee);
  }
  return byRecord;
};

const entryOf = (engine: Engine, kind: CompiledKind, row: RecordRow & Row, id: string, participants: readonly string[]): ErpEntry => ({
  id,
  kind: kind.kind,
  employeeIds: [...new Set([...(row.in_charge === null ? [] : [row.in_charge]), ...participants])],
  modifiedAt: instantOf(row.stamp, kind.mapping.changeStamp, engine.timeZone),
  inFilter: row.in_filter === 1,
  record: kind.read(row),
});

/** Records that a condition on `r` holds for, in order of their keys; `held`: how their rows are locked. */
export const selectRecords = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  condition: Condition,
  first: number | null = null,
  held: Condition = sql``,
): Promise<readonly Reading[]> => {
  const { top, limit } = limits(engine, first);
  const { rows } = await sql<RecordRow & Row>`SELECT ${top}${sql.raw(kind.selection)} FROM ${sql.raw(kind.source)}${held}
    WHERE ${sql.raw(kind.isRecord)} AND ${condition} ORDER BY ${sql.raw(kind.order)}${limit}`.execute(db);
  const ids = rows.flatMap((row) => row.record_key ?? []);
  const participants = await participantsOf(engine, db, kind, ids);
  const readings = rows.flatMap((row): readonly Reading[] => {
    const id = row.record_key;
    if (id === null) return [];
    const shared = { id, inCharge: row.in_charge };
    try {
      return [{ ...shared, result: ok(entryOf(engine, kind, row, id, participants.get(id) ?? [])) }];
    } catch (thrown) {
      return [{ ...shared, result: fail(toSyncError(thrown)) }];
    }
  });
  const series = await withExceptions(engine, db, kind, await withSeries(engine, db, kind, readings), held);
  return withEquipment(engine, db, kind, series);
};

/** Records that are gone while other rows of their series are there: who deletes one occurrence does not mean the series. */
export const headlessSeries = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<readonly Reading[]> => {
  if (kind.occurrences === null || ids.length === 0) return [];
  const rows = await rowsOfSeries(engine, db, kind, ids);
  const readings: Reading[] = [];
  for (const [id, { occurrences }] of await knownSeries(db, kind, ids)) {
    const row = occurrences.map(({ rowKey }) => rows.get(rowKey ?? '')).find((one) => one !== undefined);
    if (row === undefined) continue;
    const { in_charge: inCharge, in_filter: inFilter, stamp } = row;
    const named: RecordRow & Row = {
      ...row,
      in_charge: typeof inCharge === 'string' ? inCharge : null,
      in_filter: inFilter === 1 ? 1 : 0,
      stamp: stamp ?? null,
    };
    const participants = await participantsOf(engine, db, kind, [row.record_key]);
    const entry = entryOf(engine, kind, named, id, participants.get(row.record_key) ?? []);
    readings.push({ id, inCharge: named.in_charge, result: ok(entry) });
  }
  return withSeries(engine, db, kind, readings, new Set(readings.map(({ id }) => id)));
};

const selectByKey = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
  held: Condition,
): Promise<readonly Reading[]> => {
  if (ids.length === 0) return [];
  const found = await selectRecords(engine, db, kind, keyIsOneOf(engine, keyOfRecord(kind), ids), null, held);
  const there = new Set(found.map(({ id }) => id));
  return [
    ...found,
    ...(await headlessSeries(
      engine,
      db,
      kind,
      ids.filter((id) => !there.has(id)),
    )),
  ];
};

/** Records by key; what does not exist is left out. */
export const readRecords = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<readonly Reading[]> => selectByKey(engine, db, kind, ids, sql``);

/**
 * Records that are about to be written, as they are now and until the transaction ends: SQL Server may show an older version to whoever only
 * reads, and lets others write in between. SQLite's transaction keeps everybody else from writing.
 */
export const holdRecords = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<readonly Reading[]> => {
  const held = engine.dialect.name === 'mssql' ? sql` WITH (UPDLOCK)` : sql``;
  return selectByKey(engine, db, kind, ids, held);
};
