/** Which row stands for which occurrence of a series, in an ERP that holds rows of occurrences (`sync_occurrence`). */
import { sql, type Kysely, type Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { ErpAppointment, ErpException } from '../../model/item';
import type { Engine, Row } from '../engine';
import { isPresent } from '../schema/condition';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { inOrder } from './exceptions';
import { isOneOf } from './keys';
import { differences, occurrenceAt, type OccurrenceChanges } from './occurrences';

/** What is known of an occurrence; one that nothing is known of is as the series says. */
export interface Occurrence {
  readonly originalStart: string;
  /** The row that tells what it is like; a row that is gone tells that it is deleted. Null: there is none. */
  readonly rowKey: string | null;
  /** Without a row: what differs from the series; null: it is deleted. */
  readonly changes: OccurrenceChanges | null;
}

/** A series and its occurrences. */
export interface KnownSeries {
  /** As it was written last, without its exceptions; null: by an earlier version, which knew of none. */
  readonly series: ErpAppointment | null;
  readonly occurrences: readonly Occurrence[];
}

const isContent = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isSeriesContent = (value: object): value is ErpAppointment => 'kind' in value && value.kind === 'appointment';

/** Only this program writes the column. */
const contentOf = (json: string | null): object | null => {
  if (json === null) return null;
  const value: unknown = JSON.parse(json);
  if (isContent(value)) return value;
  throw new SyncError('unexpected', 'item', 'sync_occurrence holds something else than this program has written.');
};

/** What is known of series, by their records. */
export const knownSeries = async (
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownSeries>> => {
  const rows =
    ids.length === 0
      ? []
      : await db.selectFrom('sync_occurrence').selectAll().where('kind', '=', kind.kind).where('erp_id', 'in', ids).execute();
  const known = new Map<string, { series: ErpAppointment | null; occurrences: Occurrence[] }>();
  for (const { erp_id: id, original_start: originalStart, row_key: rowKey, content } of rows) {
    const one = known.get(id) ?? { series: null, occurrences: [] };
    known.set(id, one);
    const value = contentOf(content);
    if (originalStart !== '') one.occurrences.push({ originalStart, rowKey, changes: value });
    else if (value !== null && isSeriesContent(value)) one.series = value;
  }
  return known;
};

/** A row of an occurrence, as `CompiledKind.selection` gives it. */
export type OccurrenceRow = Row & { readonly record_key: string };

/** Rows of series, by their keys. */
export const rowsOfSeries = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OccurrenceRow>> => {
  const { table, deleted } = kind.mapping;
  if (kind.occurrences === null || ids.length === 0) return new Map();
  const ofRecord = isOneOf(engine, { table, row: 'r' }, kind.occurrences.occurrencesOf, ids);
  const { rows } = await sql<OccurrenceRow>`SELECT ${sql.raw(kind.selection)} FROM ${sql.raw(kind.source)}
    WHERE ${ofRecord} AND ${sql.raw(isPresent(engine.dialect, 'r', deleted))} ORDER BY ${sql.raw(kind.order)}`.execute(db);
  return new Map(rows.map((row) => [row.record_key, row]));
};

/** An appointment as the ERP would hold it. */
export const storedSingle = (kind: CompiledKind, record: ErpAppointment): ErpAppointment => {
  const stored = kind.asStored(record);
  return stored.kind === 'appointment' ? stored : record;
};

/** What a row makes of its occurrence; null: it is as the series says. */
const exceptionOf = (
  kind: CompiledKind,
  { originalStart, rowKey, changes }: Occurrence,
  series: ErpAppointment,
  row: ErpAppointment | null,
  zone: string,
): ErpException | null => {
  const told =
    rowKey === null
      ? changes
      : row === null
        ? null
        : differences(row, storedSingle(kind, occurrenceAt(series, originalStart, {}, zone)), series, zone);
  if (told === null) return { originalStart, deleted: true };
  return Object.keys(told).length === 0 ? null : { originalStart, deleted: false, changes: told };
};

/** The exceptions of a series, as its rows tell them. `rowOf`: the appointment in a row; null: it is gone. */
export const exceptionsOfRows = (
  kind: CompiledKind,
  occurrences: readonly Occurrence[],
  series: ErpAppointment,
  rowOf: (key: string) => ErpAppointment | null,
  zone: string,
): readonly ErpException[] =>
  inOrder(
    occurrences.flatMap(
      (occurrence) => exceptionOf(kind, occurrence, series, occurrence.rowKey === null ? null : rowOf(occurrence.rowKey), zone) ?? [],
    ),
  );

/** Forgets an occurrence that is as the series says and has no row. */
export const forgetOccurrence = async (
  trx: Transaction<Tables>,
  { kind }: CompiledKind,
  id: string,
  originalStart: string,
): Promise<void> => {
  await trx
    .deleteFrom('sync_occurrence')
    .where('kind', '=', kind)
    .where('erp_id', '=', id)
    .where('original_start', '=', originalStart)
    .execute();
};

const store = async (
  trx: Transaction<Tables>,
  kind: CompiledKind,
  id: string,
  { originalStart, rowKey, content }: { readonly originalStart: string; readonly rowKey: string | null; readonly content: object | null },
): Promise<void> => {
  await forgetOccurrence(trx, kind, id, originalStart);
  const json = content === null ? null : JSON.stringify(content);
  const row = { kind: kind.kind, erp_id: id, original_start: originalStart, row_key: rowKey, content: json };
  await trx.insertInto('sync_occurrence').values(row).execute();
};

/** Remembers what is known of occurrences, in place of what was known of them. */
export const rememberOccurrences = async (
  trx: Transaction<Tables>,
  kind: CompiledKind,
  id: string,
  occurrences: readonly Occurrence[],
): Promise<void> => {
  for (const { changes, ...occurrence } of occurrences) await store(trx, kind, id, { ...occurrence, content: changes });
};

/** Remembers a series as it is without its exceptions. */
export const rememberSeries = (trx: Transaction<Tables>, kind: CompiledKind, id: string, series: ErpAppointment): Promise<void> =>
  store(trx, kind, id, { originalStart: '', rowKey: null, content: { ...series, exceptions: [] } });

/** Forgets all that is known of series. */
export const forgetOccurrences = async (trx: Transaction<Tables>, { kind }: CompiledKind, ids: readonly string[]): Promise<void> => {
  await trx.deleteFrom('sync_occurrence').where('kind', '=', kind).where('erp_id', 'in', ids).execute();
};
