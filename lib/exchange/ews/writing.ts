/** The writing half of the connection: create, update, delete. */
import { groupBy, isEmpty, zip } from 'lodash';
import type { Kind } from '../../model/kind';
import { SyncError } from '../../model/error';
import { fail, ok } from '../../model/result';
import type { Result } from '../../model/result';
import type { ExchangeConnection, FoundItem, ItemIdentity, ItemToCreate, ItemToDelete, ItemToUpdate } from '../connection';
import { inBatches, prepared, runPrepared } from './batches';
import { distinguishedFolder } from './folders';
import { concernsAttendees } from './invitations';
import type { AnnouncedItems } from './invitations';
import { composeItemChange, composeMark, composeNewItem, requestZone } from './items/write';
import { createItem } from './operations/create-item';
import { deleteItem } from './operations/delete-item';
import { updateItem } from './operations/update-item';
import type { EwsOptions } from './options';
import type { Reading } from './reading';
import type { SeriesContext, SettleSeries, WrittenSeries } from './series-writing';
import type { SoapClient } from './soap/client';
import type { ComposedXml } from './xml/compose';

/** What writes. */
export type Writing = Pick<ExchangeConnection, 'createMany' | 'updateMany' | 'deleteMany'>;

/** An update on its way. */
interface ComposedUpdate extends Composed<ItemToUpdate> {
  /** A meeting whose attendees are told: of this change, and of what becomes of its occurrences. */
  readonly announce: boolean;
  readonly announceOccurrences: boolean;
}

/** A member of a batch, composed. */
interface Composed<I> {
  readonly member: I;
  readonly xml: ComposedXml;
  /** Windows zone of the request that carries it. */
  readonly zone: string;
}

/** Without a sync id nothing tells whether an earlier request has created the item: creating it again could double it. */
const outcomeUnknown = (): SyncError =>
  new SyncError(
    'outcome-unknown',
    'item',
    'Exchange ran out of time; look in the mailbox whether the item was created before you try again.',
  );

/** Runs members of one group (zone, kind) after the other; results in the order of all. */
const byGroup = async <I, O>(
  members: readonly I[],
  groupOf: (member: I) => string,
  run: (group: readonly I[]) => Promise<readonly Result<O>[]>,
): Promise<readonly Result<O>[]> => {
  const results = new Map<I, Result<O>>();
  for (const group of Object.values(groupBy(members, groupOf))) {
    const groupResults = await run(group);
    group.forEach((member, index) => {
      const result = groupResults[index];
      if (result !== undefined) results.set(member, result);
    });
  }
  return members.flatMap((member) => results.get(member) ?? []);
};

/** What writing relies on. */
export interface WritingParts {
  /** Looks for what an earlier request of unknown outcome has created. */
  readonly reading: Reading;
  /** Writes the exceptions of series. */
  readonly settle: SettleSeries;
  readonly announcedItems: AnnouncedItems;
}

/** Writing through `client`. */
export const createWriting = (client: SoapClient, { reading, settle, announcedItems }: WritingParts, options: EwsOptions): Writing => {
  const batching = { size: options.batchSize, parallel: false };
  const folderMailbox = (mailbox: string): string | null => (options.impersonation ? null : mailbox);

  const create = async (mailbox: string, batch: readonly Composed<ItemToCreate>[]): Promise<readonly Result<ItemIdentity>[]> => {
    const [first] = batch;
    if (first === undefined) return [];
    const folder = { distinguished: distinguishedFolder(first.member.item.kind), mailbox: folderMailbox(mailbox) };
    const items = batch.map(({ xml }) => xml);
    return client.call(createItem(folder, items), { mailbox, windowsZone: first.zone });
  };

  /** After a request of unknown outcome: only what is not there yet. */
  const createMissing = async (mailbox: string, batch: readonly Composed<ItemToCreate>[]): Promise<readonly Result<ItemIdentity>[]> => {
    const kind = batch[0]?.member.item.kind ?? 'appointment';
    const found = await reading.findBySyncId(
      mailbox,
      kind,
      batch.flatMap(({ member }) => member.syncId ?? []),
    );
    const existing = new Map(found.filter((item) => !item.deleted).map((item): [string, FoundItem] => [item.syncId, item]));
    return byGroup(
      batch,
      ({ member }) => (member.syncId === null ? 'unknown' : existing.has(member.syncId) ? 'existing' : 'missing'),
      async (group) => {
        if (group.some(({ member }) => member.syncId === null)) return group.map(() => fail(outcomeUnknown()));
        const known = group.flatMap(({ member }) => existing.get(member.syncId ?? '') ?? []);
        return known.length === group.length ? known.map(({ id, changeKey }) => ok({ id, changeKey })) : create(mailbox, group);
      },
    );
  };

  /** Series go on with their exceptions, but for those that only got their sync id; everything else is written as it is. */
  const withExceptions = async (
    context: SeriesContext,
    group: readonly ComposedUpdate[],
    results: readonly Result<ItemIdentity>[],
  ): Promise<readonly Result<ItemIdentity>[]> => {
    const written = new Map<Result<ItemIdentity>, WrittenSeries>();
    group.forEach(({ member: { item, changes } }, position) => {
      const result = results[position];
      if (result?.ok === true && item.kind === 'appointment' && item.recurrence !== null && !isEmpty(changes))
        written.set(result, { identity: result.value, item });
    });
    const settled = await settle(context, [...written.values()]);
    const settledOf = new Map([...written.keys()].map((result, position) => [result, settled[position]]));
    return results.map((result) => settledOf.get(result) ?? result);
  };

  const update = async (mailbox: string, group: readonly ComposedUpdate[]): Promise<readonly Result<ItemIdentity>[]> => {
    const [first] = group;
    if (first === undefined) return [];
    const { zone: windowsZone, announce, announceOccurrences } = first;
    const results = await inBatches<ComposedUpdate, ItemIdentity>(group, batching, (batch) =>
      client.call(
        updateItem(
          batch.map(({ xml }) => xml),
          { resolution: 'NeverOverwrite', announce },
        ),
        { mailbox, windowsZone },
      ),
    );
    return withExceptions({ mailbox, windowsZone, announce: announceOccurrences }, group, results);
  };

  /**
   * Marks items with their sync ids, which fails for those that are no longer as expected: DeleteItem itself asks for no change key. What
   * ails a single item otherwise does not keep it from being deleted.
   */
  const changedItems = async (
    mailbox: string,
    kind: Kind,
    items: readonly ItemToDelete[],
  ): Promise<ReadonlyMap<ItemToDelete, Result<never>>> => {
    const marks = items.flatMap((item) =>
      item.expected === undefined ? [] : [{ item, xml: composeMark(kind, { id: item.id, ...item.expected }) }],
    );
    const results = await inBatches<(typeof marks)[number], ItemIdentity>(marks, batching, (batch) =>
      client.call(
        updateItem(
          batch.map(({ xml }) => xml),
          { resolution: 'NeverOverwrite', announce: false },
        ),
        { mailbox },
      ),
    );
    return new Map(
      zip(marks, results).flatMap(([mark, result]) =>
        mark === undefined || result === undefined || result.ok || result.error.scope === 'item' ? [] : [[mark.item, result] as const],
      ),
    );
  };

  return {
    createMany: (mailbox, items) =>
      runPrepared(
        prepared(items, (member) => ({ member, xml: composeNewItem(member), zone: requestZone(member.item) })),
        (good) =>
          byGroup(
            good,
            ({ member, zone }) => `${member.item.kind} ${zone}`,
            (group) =>
              inBatches<Composed<ItemToCreate>, ItemIdentity>(group, batching, (batch, repeated) =>
                repeated ? createMissing(mailbox, batch) : create(mailbox, batch),
              ),
          ),
      ),
    updateMany: async (mailbox, items) => {
      const appointments = items.filter(({ item }) => item.kind === 'appointment');
      const announced = await announcedItems(
        mailbox,
        appointments.map(({ id }) => id),
      );
      const composed = prepared(items, (member): ComposedUpdate => ({
        member,
        xml: composeItemChange(member),
        zone: requestZone(member.item),
        announce: announced.has(member.id) && concernsAttendees(member.changes),
        announceOccurrences: announced.has(member.id),
      }));
      return runPrepared(composed, (good) =>
        byGroup(
          good,
          ({ zone, announce, announceOccurrences }) => `${zone} ${announce} ${announceOccurrences}`,
          (group) => update(mailbox, group),
        ),
      );
    },
    deleteMany: async (mailbox, kind, items) => {
      const ids = items.map(({ id }) => id);
      const announced = kind === 'appointment' ? await announcedItems(mailbox, ids) : new Set<string>();
      const changed = await changedItems(mailbox, kind, items);
      const results = await byGroup(
        items.filter((item) => !changed.has(item)),
        ({ id }) => String(announced.has(id)),
        (group) =>
          inBatches(group, batching, (batch) =>
            client.call(
              deleteItem(
                kind,
                batch.map(({ id }) => id),
                batch.some(({ id }) => announced.has(id)),
              ),
              { mailbox },
            ),
          ),
      );
      const deleted = results.values();
      return items.flatMap((item) => changed.get(item) ?? deleted.next().value ?? []);
    },
  };
};
