/** Writing series of an ERP that holds rows of occurrences: the rows ahead follow the record, those of the past stay as they are. */
import { sql } from 'kysely';
import isEqual from 'lodash/isEqual';
import { toSyncError } from '../../model/error';
import type { ErpAppointment, ErpRecord } from '../../model/item';
import { breathe, type Engine, type Row } from '../engine';
import { addDays, toLocalTime, withTime } from '../local-time';
import type { OccurrenceRows } from '../schema/mapping';
import type { CompiledKind } from './compile';
import { isOneOf } from './keys';
import { furtherOccurrences } from './occurrences';
import { readRecords } from './read';
import { entryOrThrow } from './reading';
import { insertRecords, removeRecords, type WriteContext } from './write';

const seriesOf = (record: ErpRecord | null): ErpAppointment | null =>
  record?.kind === 'appointment' && record.recurrenceRule !== null ? record : null;

/** A stretch of time, local times of the tenant; `until` is exclusive. */
interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** Local midnight of today, and of the day up to which occurrences are written. */
const horizon = (engine: Engine, { days }: OccurrenceRows): Stretch => {
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

const insertOccurrences = async (
  context: WriteContext,
  rows: OccurrenceRows,
  id: string,
  series: ErpAppointment,
  stretch: Stretch,
): Promise<void> => {
  const occurrences = furtherOccurrences(series, context.engine.timeZone, stretch);
  await insertRecords(
    context,
    occurrences.map((record) => ({ record, extra: { [rows.occurrencesOf]: id } })),
  );
};

const remember = async (context: WriteContext, rows: OccurrenceRows, id: string, series: ErpAppointment): Promise<void> => {
  const { engine, trx, kind } = context;
  const ahead = horizon(engine, rows);
  await insertOccurrences(context, rows, id, series, ahead);
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
  const rows = context.kind.occurrences;
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
  const rows = context.kind.occurrences;
  if (rows === null || ids.length === 0) return;
  await removeRecords(context, await occurrencesOf(context, rows, ids, null));
  await forget(context, ids);
};

/** Series of one query. */
const seriesAtOnce = 100;

/** Extends a series whose rows end at `stretch.from`; whoever moves its mark first does it. */
const extendOne = async (context: WriteContext, rows: OccurrenceRows, id: string, stretch: Stretch): Promise<void> => {
  const { engine, trx, kind } = context;
  const marked = await trx
    .updateTable('sync_series')
    .set({ expanded_until: stretch.until })
    .where('kind', '=', kind.kind)
    .where('erp_id', '=', id)
    .where('expanded_until', '=', stretch.from)
    .executeTakeFirst();
  const [reading] = await readRecords(engine, trx, kind, [id]);
  if (reading === undefined) return forget(context, [id]);
  if (marked.numUpdatedRows === 0n) return;
  const { employeeIds, record } = entryOrThrow(reading);
  const employeeId = reading.inCharge ?? employeeIds[0];
  if (employeeId === undefined || record.kind !== 'appointment') return;
  const own = { ...context, employeeId };
  await engine.writingFor(trx, employeeId, () => insertOccurrences(own, rows, id, record, stretch));
};

const dueSeries = (engine: Engine, kind: CompiledKind, until: string, after: string) =>
  engine.read((db) =>
    db
      .selectFrom('sync_series')
      .select(['erp_id', 'expanded_until'])
      .where('kind', '=', kind.kind)
      .where('expanded_until', '<', until)
      .where('erp_id', '>', after)
      .orderBy('erp_id')
      .limit(seriesAtOnce)
      .execute(),
  );

/** A series that the ERP does not take must not hold up the others, nor the feed; the next day it is tried again. */
const extendAll = async (engine: Engine, kind: CompiledKind, rows: OccurrenceRows, until: string): Promise<void> => {
  let after = '';
  while (true) {
    const due = await dueSeries(engine, kind, until, after);
    for (const { erp_id: id, expanded_until: from } of due) {
      after = id;
      try {
        await engine.write((trx) => extendOne({ engine, trx, kind, employeeId: '' }, rows, id, { from: from ?? until, until }));
      } catch (thrown) {
        if (toSyncError(thrown).scope !== 'item') throw thrown;
      }
      await breathe();
    }
    if (due.length < seriesAtOnce) return;
  }
};

/** Writes the occurrences that have come into reach since, once a day; nothing to do in an ERP that knows series. */
export const createSeriesExtender = (engine: Engine, kind: CompiledKind | null): (() => Promise<void>) => {
  const rows = kind?.occurrences ?? null;
  let extendedTo = '';
  return async () => {
    if (kind === null || rows === null) return;
    const { until } = horizon(engine, rows);
    if (until === extendedTo) return;
    await extendAll(engine, kind, rows, until);
    extendedTo = until;
  };
};
