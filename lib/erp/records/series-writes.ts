/** Writing series of an ERP that holds rows of occurrences: the rows ahead follow the record, those of the past stay as they are. */
import { sql } from 'kysely';
import isEqual from 'lodash/isEqual';
import type { ErpAppointment, ErpRecord } from '../../model/item';
import type { Engine, Row } from '../engine';
import { addDays, toLocalTime, withTime } from '../local-time';
import type { OccurrenceRows } from '../schema/mapping';
import type { CompiledKind } from './compile';
import { isOneOf } from './keys';
import { furtherOccurrences } from './occurrences';
import { insertRecords, removeRecords, type WriteContext } from './write';

const occurrenceRows = ({ appointment }: CompiledKind): OccurrenceRows | null => {
  const rule = appointment?.fields.recurrenceRule;
  return rule !== undefined && 'occurrencesOf' in rule ? rule : null;
};

const seriesOf = (record: ErpRecord | null): ErpAppointment | null =>
  record?.kind === 'appointment' && record.recurrenceRule !== null ? record : null;

/** Local midnight of today, and of the day up to which occurrences are written. */
const horizon = (engine: Engine, { days }: OccurrenceRows): { readonly from: string; readonly until: string } => {
  const today = toLocalTime(engine.now(), engine.timeZone).slice(0, 10);
  return { from: withTime(today), until: withTime(addDays(today, days)) };
};

/** Keys of the occurrences of records; with `from` (local time of the tenant) only of those that begin then or later. */
const occurrencesOf = async (
  { engine, trx, kind }: WriteContext,
  { occurrencesOf: column }: OccurrenceRows,
  ids: readonly string[],
  from: string | null,
): Promise<readonly string[]> => {
  const ofRecord = isOneOf(engine, { table: kind.mapping.table, row: 'r' }, column, ids);
  const { rows } = await sql<{ readonly record_key: string } & Row>`SELECT ${sql.raw(kind.selection)} FROM ${sql.raw(kind.source)}
    WHERE ${ofRecord}`.execute(trx);
  const isAhead = (row: Row): boolean => {
    const record = from === null ? null : kind.read(row);
    return record?.kind !== 'appointment' || withTime(record.start) >= (from ?? '');
  };
  return rows.filter(isAhead).map((row) => row.record_key);
};

const forget = async ({ trx, kind }: WriteContext, ids: readonly string[]): Promise<void> => {
  await trx.deleteFrom('sync_series').where('kind', '=', kind.kind).where('erp_id', 'in', ids).execute();
};

const remember = async (context: WriteContext, rows: OccurrenceRows, id: string, series: ErpAppointment): Promise<void> => {
  const { engine, trx, kind } = context;
  const ahead = horizon(engine, rows);
  const occurrences = furtherOccurrences(series, engine.timeZone, ahead);
  await insertRecords(
    context,
    occurrences.map((record) => ({ record, extra: { [rows.occurrencesOf]: id } })),
  );
  await trx
    .insertInto('sync_series')
    .values({
      kind: kind.kind,
      erp_id: id,
      recurrence_rule: series.recurrenceRule ?? '',
      time_zone: series.timeZone,
      expanded_until: ahead.until,
    })
    .execute();
};

/** Brings rule and further rows in line with a record that was just written; `before` null: it is new. */
export const writeSeries = async (context: WriteContext, id: string, before: ErpRecord | null, after: ErpRecord): Promise<void> => {
  const rows = occurrenceRows(context.kind);
  if (rows === null || isEqual(before, after)) return;
  const [was, is] = [seriesOf(before), seriesOf(after)];
  if (was !== null) {
    await removeRecords(context, await occurrencesOf(context, rows, [id], horizon(context.engine, rows).from));
    await forget(context, [id]);
  }
  if (is !== null) await remember(context, rows, id, is);
};

/** Deletes the occurrences of records that are being deleted. */
export const removeSeries = async (context: WriteContext, ids: readonly string[]): Promise<void> => {
  const rows = occurrenceRows(context.kind);
  if (rows === null || ids.length === 0) return;
  await removeRecords(context, await occurrencesOf(context, rows, ids, null));
  await forget(context, ids);
};
