/** Writing series of an ERP that holds rows of occurrences: the rows ahead follow the record, those of the past stay as they are. */
import isEqual from 'lodash/isEqual';
import { toSyncError } from '../../model/error';
import type { ErpAppointment, ErpException, ErpRecord } from '../../model/item';
import { breathe, type Engine, type Row } from '../engine';
import { addDays, toLocalTime, withTime } from '../local-time';
import type { OccurrenceRows } from '../schema/mapping';
import type { CompiledKind } from './compile';
import {
  forgetOccurrence,
  forgetOccurrences,
  knownSeries,
  rememberOccurrences,
  rememberSeries,
  rowsOfSeries,
  storedSingle,
  type Occurrence,
  type OccurrenceRow,
} from './occurrence-rows';
import { changesAt, furtherOccurrences, headStart, occurrenceAt } from './occurrences';
import { readRecords } from './read';
import { entryOrThrow } from './reading';
import { insertRecords, removeRecords, updateRecord, type WriteContext } from './write';

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
const keysOfRows = async ({ engine, trx, kind }: WriteContext, ids: readonly string[], from: string | null): Promise<readonly string[]> => {
  const isAhead = (row: Row): boolean => {
    const record = from === null ? null : kind.read(row);
    return record?.kind !== 'appointment' || withTime(record.start) >= (from ?? '');
  };
  const rows = await rowsOfSeries(engine, trx, kind, ids);
  return [...rows].filter(([, row]) => isAhead(row)).map(([key]) => key);
};

const forget = async ({ trx, kind }: WriteContext, ids: readonly string[]): Promise<void> => {
  await trx.deleteFrom('sync_series').where('kind', '=', kind.kind).where('erp_id', 'in', ids).execute();
  await forgetOccurrences(trx, kind, ids);
};

const isWithin = ({ start }: ErpAppointment, { from, until }: Stretch): boolean => withTime(start) >= from && withTime(start) < until;

/** Inserts rows for the occurrences that begin in a stretch, moved ones where they have been moved to; `known`: those that need none. */
const insertOccurrences = async (
  context: WriteContext,
  rows: OccurrenceRows,
  id: string,
  series: ErpAppointment,
  stretch: Stretch,
  known: ReadonlySet<string>,
): Promise<void> => {
  const { timeZone } = context.engine;
  const candidates = new Set([
    ...furtherOccurrences(series, timeZone, stretch).map(({ originalStart }) => originalStart),
    ...series.exceptions.map(({ originalStart }) => originalStart),
  ]);
  const wanted = [...candidates].sort().flatMap((originalStart) => {
    const changes = known.has(originalStart) ? null : changesAt(series, originalStart);
    const record = changes === null ? null : occurrenceAt(series, originalStart, changes, timeZone);
    return record === null || !isWithin(record, stretch) ? [] : [{ originalStart, record }];
  });
  const keys = await insertRecords(
    context,
    wanted.map(({ record }) => ({ record, extra: { [rows.occurrencesOf]: id } })),
  );
  const occurrences = wanted.map(({ originalStart }, index) => ({ originalStart, rowKey: keys[index] ?? '', changes: null }));
  await rememberOccurrences(context.trx, context.kind, id, occurrences);
};

/** What an exception without a row is known by. */
const withoutRow = (exception: ErpException): Occurrence => ({
  originalStart: exception.originalStart,
  rowKey: null,
  changes: exception.deleted ? null : exception.changes,
});

/** Whether the ERP has deleted the record that stood for one of the occurrences. */
const isRecordGone = (was: ErpAppointment, occurrences: readonly Occurrence[], id: string, zone: string): boolean => {
  const head = occurrences.find(({ rowKey }) => rowKey === id)?.originalStart;
  return head !== undefined && changesAt(was, head) === null && headStart(was, zone) !== head;
};

/** `gone`: the record is, and stands for no occurrence. */
const remember = async (context: WriteContext, rows: OccurrenceRows, id: string, given: ErpAppointment, gone: boolean): Promise<void> => {
  const { engine, trx, kind } = context;
  const ahead = horizon(engine, rows);
  const series = storedSingle(kind, given);
  await rememberSeries(trx, kind, id, series);
  await rememberOccurrences(trx, kind, id, series.exceptions.map(withoutRow));
  const heads = gone ? [] : [headStart(series, engine.timeZone)];
  await rememberOccurrences(
    trx,
    kind,
    id,
    heads.map((originalStart) => ({ originalStart, rowKey: id, changes: null })),
  );
  await insertOccurrences(context, rows, id, series, ahead, new Set(heads));
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

/** Whether only exceptions differ, so that every other row stays as it is. */
const sameSeries = (was: ErpAppointment, is: ErpAppointment): boolean => isEqual({ ...was, exceptions: [] }, { ...is, exceptions: [] });

/** One occurrence as its series now says. */
const rewriteOccurrence = async (
  context: WriteContext,
  rows: OccurrenceRows,
  id: string,
  series: ErpAppointment,
  { originalStart, row }: { readonly originalStart: string; readonly row: OccurrenceRow | null },
): Promise<void> => {
  const { engine, trx, kind } = context;
  const changes = changesAt(series, originalStart);
  if (changes === null) {
    if (row !== null) await removeRecords(context, [row.record_key]);
    return rememberOccurrences(trx, kind, id, [{ originalStart, rowKey: null, changes: null }]);
  }
  const record = occurrenceAt(series, originalStart, changes, engine.timeZone);
  if (row !== null) {
    await updateRecord(context, row.record_key, kind.read(row), record);
    return;
  }
  if (isWithin(record, horizon(engine, rows))) {
    const [key = ''] = await insertRecords(context, [{ record, extra: { [rows.occurrencesOf]: id } }]);
    return rememberOccurrences(trx, kind, id, [{ originalStart, rowKey: key, changes: null }]);
  }
  if (Object.keys(changes).length === 0) return forgetOccurrence(trx, kind, id, originalStart);
  return rememberOccurrences(trx, kind, id, [{ originalStart, rowKey: null, changes }]);
};

/** The rows whose exceptions came, changed or went; the record itself was written before. */
const writeExceptionRows = async (
  context: WriteContext,
  rows: OccurrenceRows,
  id: string,
  was: ErpAppointment,
  given: ErpAppointment,
  known: readonly Occurrence[],
): Promise<void> => {
  const { engine, trx, kind } = context;
  const is = storedSingle(kind, given);
  const present = await rowsOfSeries(engine, trx, kind, [id]);
  const rowOf = (start: string) => present.get(known.find(({ originalStart }) => originalStart === start)?.rowKey ?? '') ?? null;
  const oldHead = known.find(({ rowKey }) => rowKey === id)?.originalStart ?? null;
  const head = oldHead === null || isRecordGone(was, known, id, engine.timeZone) ? null : headStart(is, engine.timeZone);
  const starts = new Set([...was.exceptions, ...is.exceptions].map(({ originalStart }) => originalStart));
  const differing = [...starts].filter((start) => !isEqual(changesAt(was, start), changesAt(is, start)));
  if (head !== null && head !== oldHead && oldHead !== null) {
    // The record now stands for another occurrence, whose own row goes.
    const row = rowOf(head);
    if (row !== null) await removeRecords(context, [row.record_key]);
    await rememberOccurrences(trx, kind, id, [{ originalStart: head, rowKey: id, changes: null }]);
    if (!differing.includes(oldHead)) differing.push(oldHead);
  }
  for (const originalStart of differing) {
    if (originalStart !== head) await rewriteOccurrence(context, rows, id, is, { originalStart, row: rowOf(originalStart) });
  }
};

/** Brings rule and further rows in line with a record that was just written; `before` null: it is new. */
export const writeSeries = async (context: WriteContext, id: string, before: ErpRecord | null, after: ErpRecord): Promise<void> => {
  const rows = context.kind.occurrences;
  if (rows === null || isEqual(before, after)) return;
  const [was, is] = [seriesOf(before), seriesOf(after)];
  const known = was === null ? undefined : (await knownSeries(context.trx, context.kind, [id])).get(id);
  if (was !== null && is !== null && sameSeries(was, is) && (known?.series ?? null) !== null) {
    return writeExceptionRows(context, rows, id, was, is, known?.occurrences ?? []);
  }
  if (was !== null) {
    await removeRecords(context, await keysOfRows(context, [id], horizon(context.engine, rows).from));
    await forget(context, [id]);
  }
  const gone = was !== null && isRecordGone(was, known?.occurrences ?? [], id, context.engine.timeZone);
  if (is !== null) await remember(context, rows, id, is, gone);
};

/** Deletes the occurrences of records that are being deleted. */
export const removeSeries = async (context: WriteContext, ids: readonly string[]): Promise<void> => {
  if (context.kind.occurrences === null || ids.length === 0) return;
  await removeRecords(context, await keysOfRows(context, ids, null));
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
  const known = (await knownSeries(trx, kind, [id])).get(id)?.occurrences ?? [];
  const withRow = new Set(known.filter(({ rowKey }) => rowKey !== null).map(({ originalStart }) => originalStart));
  await engine.writingFor(trx, employeeId, () => insertOccurrences(own, rows, id, record, stretch, withRow));
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
