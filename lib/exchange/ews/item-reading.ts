/** Items with their exceptions: GetItem for the items, and once more for the changed occurrences that they name. */
import { zip } from 'lodash';
import { SyncError, toSyncError } from '../../model/error';
import type { ExchangeAppointment, ExchangeException } from '../../model/item';
import { fail, ok } from '../../model/result';
import type { Result } from '../../model/result';
import { inBatches } from './batches';
import type { ReadItem } from './items/entry';
import { changedException, inOrder } from './items/exceptions';
import type { ShapeBreadth } from './items/shape';
import { getItem } from './operations/get-item';
import type { ItemReference } from './operations/get-item';
import type { EwsOptions } from './options';
import type { SoapClient } from './soap/client';

/** Reads items by reference; one result each, in order. */
export interface ItemReading {
  /** As GetItem tells them: a series without its changed occurrences. */
  readonly read: (mailbox: string, references: readonly ItemReference[]) => Promise<readonly Result<ReadItem>[]>;
  /** With all exceptions; asks a second time only for items that have changed occurrences. */
  readonly readWhole: (mailbox: string, references: readonly ItemReference[]) => Promise<readonly Result<ReadItem>[]>;
}

const refusesShape = (error: SyncError): boolean => error.params['responseCode'] === 'ErrorInvalidPropertyRequest';

const changedMeanwhile = (): SyncError =>
  new SyncError('item-changed', 'retry', 'An occurrence of the series was changed in Exchange meanwhile; it is read again.');

const exceptionOf = (
  series: ExchangeAppointment,
  originalStart: string,
  occurrence: Result<ReadItem> | undefined,
): Result<ExchangeException | null> => {
  if (occurrence === undefined) return fail(changedMeanwhile());
  if (!occurrence.ok) return fail(occurrence.error.code === 'item-not-found' ? changedMeanwhile() : occurrence.error);
  const { item } = occurrence.value.entry;
  return item.kind === 'appointment' ? ok(changedException(series, originalStart, item)) : fail(changedMeanwhile());
};

const withExceptions = (read: ReadItem, occurrences: ReadonlyMap<string, Result<ReadItem>>): Result<ReadItem> => {
  const { entry, changedOccurrences } = read;
  const { item } = entry;
  if (item.kind !== 'appointment' || changedOccurrences.length === 0) return ok(read);
  const changed: ExchangeException[] = [];
  for (const { id, originalStart } of changedOccurrences) {
    const exception = exceptionOf(item, originalStart, occurrences.get(id));
    if (!exception.ok) return exception;
    if (exception.value !== null) changed.push(exception.value);
  }
  return ok({ ...read, entry: { ...entry, item: { ...item, exceptions: inOrder([...item.exceptions, ...changed]) } } });
};

/** Reading of items through `client`. */
export const createItemReading = (client: SoapClient, options: EwsOptions): ItemReading => {
  /** `all` for ever after a server refused to look for a task's property in an appointment. */
  let breadth: ShapeBreadth = 'exact';

  const readBatch = async (mailbox: string, references: readonly ItemReference[]): Promise<readonly Result<ReadItem>[]> => {
    // Other batches may change it meanwhile.
    const asked = breadth;
    const results = await client
      .call(getItem(references, { breadth: asked, bodies: options.bodies }, options.timeZone), { mailbox })
      .catch((thrown: unknown) => {
        const error = toSyncError(thrown);
        if (refusesShape(error)) return references.map(() => fail(error));
        throw error;
      });
    if (asked === 'all' || !results.some((result) => !result.ok && refusesShape(result.error))) return results;
    breadth = 'all';
    return readBatch(mailbox, references);
  };

  const read: ItemReading['read'] = (mailbox, references) =>
    inBatches<ItemReference, ReadItem>(references, { size: options.batchSize, parallel: true }, (batch) => readBatch(mailbox, batch));

  return {
    read,
    readWhole: async (mailbox, references) => {
      const items = await read(mailbox, references);
      const ids = items.flatMap((result) => (result.ok ? result.value.changedOccurrences.map(({ id }) => id) : []));
      if (ids.length === 0) return items;
      const occurrences = await read(
        mailbox,
        ids.map((id) => ({ id })),
      );
      const byId = new Map(
        zip(ids, occurrences).flatMap(([id, result]) => (id === undefined || result === undefined ? [] : [[id, result] as const])),
      );
      return items.map((result) => (result.ok ? withExceptions(result.value, byId) : result));
    },
  };
};
