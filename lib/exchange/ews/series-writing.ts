/**
 * The second half of a series' update: its exceptions. Each occurrence is an item of its own to Exchange, so after the series was written
 * it is read, compared with what it should be, and only what differs is written. The steps can be repeated after a failure anywhere.
 */
import { isEqual } from 'lodash';
import { SyncError } from '../../model/error';
import type { ExchangeAppointment } from '../../model/item';
import { unseenChangeKey } from '../../model/link';
import { fail, ok } from '../../model/result';
import type { Result } from '../../model/result';
import type { ItemIdentity } from '../connection';
import { inBatches, prepared, runPrepared } from './batches';
import type { ItemReading } from './item-reading';
import type { ReadItem } from './items/entry';
import { leavesNothing, occurrenceDay, seriesWork } from './items/exceptions';
import type { OccurrenceWork, SeriesWork } from './items/exceptions';
import { occurrenceIndex } from './items/occurrences';
import { composeNewRecurrence, composeOccurrenceChange } from './items/write';
import { deleteItem } from './operations/delete-item';
import type { ItemReference } from './operations/get-item';
import { updateItem } from './operations/update-item';
import type { EwsOptions } from './options';
import type { SoapClient } from './soap/client';
import type { ComposedXml } from './xml/compose';

/** A series that was just written. */
export interface WrittenSeries {
  readonly identity: ItemIdentity;
  /** With the exceptions that it should have. */
  readonly item: ExchangeAppointment;
}

/** Where and how the series are written. */
export interface SeriesContext {
  readonly mailbox: string;
  readonly windowsZone: string;
  /** Attendees are told of every occurrence. */
  readonly announce: boolean;
}

/** Gives series their exceptions; one result each with the change key after the last request. */
export type SettleSeries = (context: SeriesContext, written: readonly WrittenSeries[]) => Promise<readonly Result<ItemIdentity>[]>;

/** A series as it is in Exchange, and what has to be done to it. */
interface OpenSeries extends WrittenSeries {
  readonly found: ExchangeAppointment;
  /** Ids of its changed occurrences by their day. */
  readonly changedIds: ReadonlyMap<string, string>;
  readonly work: SeriesWork;
}

/** One occurrence on its way into a request. */
interface OpenOccurrence {
  readonly series: OpenSeries;
  readonly work: OccurrenceWork;
  readonly id: string;
}

const changedMeanwhile = (): SyncError =>
  new SyncError('item-changed', 'retry', 'The series was changed in Exchange while its exceptions were written; it is read again.');

const nothingLeft = (): SyncError =>
  new SyncError('item-refused', 'item', 'Every occurrence of the series is deleted. Delete the series instead.');

/** What has to be done to a series that was read after it was written. */
const openSeries = (written: WrittenSeries, { entry, changedOccurrences }: ReadItem): OpenSeries => {
  const { item } = entry;
  if (item.kind !== 'appointment') throw changedMeanwhile();
  const work = seriesWork(item, written.item.exceptions);
  const isOurs = entry.changeKey === written.identity.changeKey;
  const ids = changedOccurrences.map(({ id, originalStart }) => [occurrenceDay(item, originalStart), id] as const);
  const series = { ...written, found: item, changedIds: new Map(work.rebuild ? [] : ids), work };
  if (!isOurs && hasWork(series)) throw changedMeanwhile();
  if (leavesNothing(item, written.item.exceptions)) throw nothingLeft();
  return series;
};

/** An exception that was moved to a later day makes room only for those before it, and the other way round. */
const inWorkingOrder = (occurrences: readonly OpenOccurrence[]): readonly OpenOccurrence[] => {
  const movesLater = ({ work }: OpenOccurrence): boolean => !work.deleted && work.occurrence.start.slice(0, 10) > work.day;
  return [...occurrences.filter((one) => !movesLater(one)), ...occurrences.filter(movesLater).reverse()];
};

/** The first failure of each series. */
type Failures = Map<OpenSeries, SyncError>;

const isLost = (series: OpenSeries, failures: Failures): boolean => failures.has(series);

const noteFailures = (members: readonly OpenOccurrence[], results: readonly Result<unknown>[], failures: Failures): void => {
  members.forEach(({ series }, position) => {
    const result = results[position];
    if (result?.ok === false && !failures.has(series)) failures.set(series, result.error);
  });
};

const hasWork = ({ work }: OpenSeries): boolean => work.rebuild || work.works.length > 0;

/**
 * A series is read in two requests, its occurrences after it. What a person made of one in between would be taken for what is to be
 * overwritten: so the series has to be the same afterwards.
 */
const isStillOurs = ({ identity }: OpenSeries, read: Result<ReadItem> | undefined): boolean =>
  read?.ok === true && read.value.entry.changeKey === identity.changeKey;

/** Settling of series through `client`. */
export const createSeriesWriting = (client: SoapClient, items: ItemReading, options: EwsOptions): SettleSeries => {
  const batching = { size: options.batchSize, parallel: false };

  const open = async (mailbox: string, written: readonly WrittenSeries[]): Promise<readonly Result<OpenSeries>[]> => {
    const read = await items.readWhole(
      mailbox,
      written.map(({ identity }) => ({ id: identity.id })),
    );
    const pairs = written.flatMap((series, position) => {
      const result = read[position];
      return result === undefined ? [] : [{ series, result }];
    });
    const opened = prepared(pairs, ({ series, result }) => {
      if (!result.ok) throw result.error;
      return openSeries(series, result.value);
    });
    return confirmed(mailbox, opened);
  };

  /** Those that have something to do are asked for once more: whether they were the same all the while. */
  const confirmed = async (mailbox: string, opened: readonly Result<OpenSeries>[]): Promise<readonly Result<OpenSeries>[]> => {
    const doubtful = opened.flatMap((result) => (result.ok && hasWork(result.value) ? [result.value] : []));
    if (doubtful.length === 0) return opened;
    const read = await items.read(
      mailbox,
      doubtful.map(({ identity }) => ({ id: identity.id })),
    );
    return opened.map((result) => {
      const position = result.ok ? doubtful.indexOf(result.value) : -1;
      if (!result.ok || position < 0 || isStillOurs(result.value, read[position])) return result;
      return fail(changedMeanwhile());
    });
  };

  /** Takes all exceptions away where a deleted occurrence has to come back. */
  const rebuild = async (context: SeriesContext, all: readonly OpenSeries[], failures: Failures): Promise<void> => {
    for (const series of all.filter(({ work }) => work.rebuild)) {
      const changes = composeNewRecurrence(series.identity.id, series.found);
      // Both changes in one request, unless attendees are to hear of the second only.
      for (const request of context.announce ? changes.map((change) => [change]) : [changes]) {
        const announce = context.announce && request[0] === changes.at(-1);
        const results = await client.call(updateItem(request, { resolution: 'AlwaysOverwrite', announce }), context);
        for (const result of results) if (!result.ok) failures.set(series, result.error);
      }
    }
  };

  /** Ids of the occurrences to write. Exchange counts them by its own reckoning: one that is not of the day that was meant is left alone. */
  const occurrencesOf = async (mailbox: string, all: readonly OpenSeries[], failures: Failures): Promise<readonly OpenOccurrence[]> => {
    const works = all.flatMap((series) => (isLost(series, failures) ? [] : series.work.works.map((work) => ({ series, work }))));
    const unknown = works.flatMap(({ series, work }) => {
      const index = series.changedIds.has(work.day) ? null : occurrenceIndex(series.found, work.day);
      return index === null ? [] : [{ series, work, reference: { seriesId: series.identity.id, index } satisfies ItemReference }];
    });
    const read =
      unknown.length === 0
        ? []
        : await items.read(
            mailbox,
            unknown.map(({ reference }) => reference),
          );
    const ids = new Map<OccurrenceWork, string>();
    unknown.forEach(({ series, work }, position) => {
      const result = read[position];
      if (result?.ok !== true) {
        if (!failures.has(series)) failures.set(series, result?.error ?? changedMeanwhile());
      } else if (result.value.originalStart === null || occurrenceDay(series.found, result.value.originalStart) !== work.day) {
        failures.set(series, changedMeanwhile());
      } else ids.set(work, result.value.entry.id);
    });
    return works.flatMap(({ series, work }) => {
      const id = series.changedIds.get(work.day) ?? ids.get(work);
      return id === undefined || isLost(series, failures) ? [] : [{ series, work, id }];
    });
  };

  const remove = async (context: SeriesContext, occurrences: readonly OpenOccurrence[], failures: Failures): Promise<void> => {
    const results = await inBatches(occurrences, batching, (batch) =>
      client.call(
        deleteItem(
          'appointment',
          batch.map(({ id }) => id),
          context.announce,
        ),
        context,
      ),
    );
    noteFailures(occurrences, results, failures);
  };

  const change = async (context: SeriesContext, occurrences: readonly OpenOccurrence[]): Promise<readonly Result<ItemIdentity>[]> =>
    runPrepared(
      prepared(occurrences, ({ series, work, id }): ComposedXml => {
        if (work.deleted) throw changedMeanwhile();
        return composeOccurrenceChange(id, series.found, work.occurrence, work.fields);
      }),
      (good) =>
        inBatches<ComposedXml, ItemIdentity>(good, batching, (batch) =>
          client.call(updateItem(batch, { resolution: 'AlwaysOverwrite', announce: context.announce }), context),
        ),
    );

  /** One occurrence may have to make room for another: what failed is tried again as long as others succeed. */
  const changeAll = async (context: SeriesContext, occurrences: readonly OpenOccurrence[], failures: Failures): Promise<void> => {
    let waiting = inWorkingOrder(occurrences);
    while (waiting.length > 0) {
      const results = await change(context, waiting);
      const refused = waiting.filter((_, position) => results[position]?.ok === false);
      if (refused.length === waiting.length) {
        noteFailures(waiting, results, failures);
        return;
      }
      waiting = refused;
    }
  };

  /** Change keys after the last request; a series that is not as it should be has one that counts as not seen, so that it is compared. */
  const finish = async (mailbox: string, all: readonly OpenSeries[]): Promise<readonly Result<ItemIdentity>[]> => {
    const read = await items.readWhole(
      mailbox,
      all.map(({ identity }) => ({ id: identity.id })),
    );
    return all.map((series, position): Result<ItemIdentity> => {
      const result = read[position];
      if (result?.ok !== true) return fail(result?.error ?? changedMeanwhile());
      const { id, changeKey, item } = result.value.entry;
      if (item.kind !== 'appointment') return fail(changedMeanwhile());
      const { rebuild: again, works } = seriesWork(item, series.item.exceptions);
      const isAsWritten = !again && works.length === 0 && isEqual({ ...item, exceptions: [] }, { ...series.found, exceptions: [] });
      return ok({ id, changeKey: isAsWritten ? changeKey : unseenChangeKey });
    });
  };

  const work = async (context: SeriesContext, all: readonly OpenSeries[]): Promise<readonly Result<ItemIdentity>[]> => {
    const { mailbox } = context;
    const failures: Failures = new Map();
    await rebuild(context, all, failures);
    const occurrences = await occurrencesOf(mailbox, all, failures);
    await remove(
      context,
      occurrences.filter((one) => one.work.deleted),
      failures,
    );
    await changeAll(
      context,
      occurrences.filter((one) => !one.work.deleted && !isLost(one.series, failures)),
      failures,
    );
    const finished = await finish(mailbox, all);
    return finished.map((result, position) => {
      const series = all[position];
      const failure = series === undefined ? undefined : failures.get(series);
      return failure === undefined ? result : fail(failure);
    });
  };

  return async (context, written) => {
    if (written.length === 0) return [];
    const opened = await open(context.mailbox, written);
    return runPrepared(opened, async (all) => {
      const toDo = all.filter(hasWork);
      const results = toDo.length === 0 ? [] : await work(context, toDo);
      return all.map((series) => results[toDo.indexOf(series)] ?? ok(series.identity));
    });
  };
};
