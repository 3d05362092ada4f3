/** Ending rows without a write to the ERP's tables: row, link and what is queued with it change together or not at all. */
import type { Transaction } from 'kysely';
import { SyncError, toSyncError } from '../../model/error';
import type { Engine } from '../engine';
import { inHalves } from '../halves';
import type { Closing } from '../store';
import type { Tables } from '../tables';
import { optionsStand } from './employees';
import { endLeased, queueRows } from './journal';
import { removeLinks, updateLink } from './links';
import { moveParked, parkedAfterClosing } from './parked';

const closeChanged = new SyncError('link-changed', 'retry', 'The lease, the link or an option is no longer what the writer knew.');

/** All closings or none: throws when a lease, a link or an option moved on. */
const closeTogether = async (engine: Engine, trx: Transaction<Tables>, closings: readonly Closing[]): Promise<void> => {
  if (!(await endLeased(engine, trx, closings))) throw closeChanged;
  // After the rows are held: who stores other options meanwhile waits for them, and opens them again.
  if (
    !(await optionsStand(
      trx,
      closings.flatMap(({ judgedBy }) => judgedBy ?? []),
    ))
  )
    throw closeChanged;
  const moved = closings.flatMap(({ link }) =>
    link.type === 'update' && link.moved === true ? [[link.update.id, link.update.exchangeId] as const] : [],
  );
  await moveParked(engine, trx, new Map(moved));
  for (const { link } of closings) if (link.type === 'update' && !(await updateLink(trx, link.update))) throw closeChanged;
  await parkedAfterClosing(engine, trx, closings);
  if (
    !(await removeLinks(
      trx,
      closings.flatMap(({ link }) => (link.type === 'remove' ? [link] : [])),
    ))
  )
    throw closeChanged;
  await queueRows(
    engine,
    trx,
    closings.flatMap(({ enqueue }) => enqueue ?? []),
  );
};

/** Lease, link or option moved on, or another link holds the Exchange item. */
const isOfOne = (thrown: unknown): boolean => [closeChanged.code, 'erp-refused'].includes(toSyncError(thrown).code);

/** Carries out closings; false for those whose lease, link or option moved on, nothing is changed then. */
export const closeMany = (engine: Engine, closings: readonly Closing[]): Promise<readonly boolean[]> =>
  inHalves(closings, {
    together: async (part) => {
      await engine.write((trx) => closeTogether(engine, trx, part));
      return part.map(() => true);
    },
    alone: async (closing) => {
      try {
        await engine.write((trx) => closeTogether(engine, trx, [closing]));
        return true;
      } catch (thrown) {
        if (isOfOne(thrown)) return false;
        throw thrown;
      }
    },
    isOfOne,
  });
