/** Ending rows without a write to the ERP's tables: row, link and what is queued with it change together or not at all. */
import type { Transaction } from 'kysely';
import { SyncError, toSyncError } from '../../model/error';
import type { Engine } from '../engine';
import { rowFromNewEntry } from '../rows';
import type { Closing } from '../store';
import type { Tables } from '../tables';
import { endLeased } from './journal';
import { removeLinks, updateLink } from './links';

const closeChanged = new SyncError('link-changed', 'retry', 'The lease or the link is no longer what the writer knew.');

/** All closings or none: throws when a lease or a link moved on. */
const closeTogether = async (engine: Engine, trx: Transaction<Tables>, closings: readonly Closing[]): Promise<void> => {
  const now = engine.now();
  if (!(await endLeased(trx, closings, now))) throw closeChanged;
  for (const { link } of closings) if (link.type === 'update' && !(await updateLink(trx, link.update))) throw closeChanged;
  const removed = closings.flatMap(({ link }) => (link.type === 'remove' ? [link.linkId] : []));
  if (removed.length > 0) await removeLinks(trx, removed);
  for (const { enqueue } of closings) {
    if (enqueue !== undefined) await engine.insert.journal(trx, rowFromNewEntry(enqueue, now.toISOString()));
  }
};

/** False when lease or link moved on, or when another link holds the Exchange item; nothing is changed then. */
const closed = async (engine: Engine, trx: Transaction<Tables>, closings: readonly Closing[]): Promise<boolean> => {
  try {
    await engine.part(trx, () => closeTogether(engine, trx, closings));
    return true;
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (error.code === closeChanged.code || error.code === 'erp-refused') return false;
    throw error;
  }
};

/** Closings as parts of a transaction: all at once first, each alone when one of them does not go. */
export const closeMany = async (engine: Engine, trx: Transaction<Tables>, closings: readonly Closing[]): Promise<readonly boolean[]> => {
  if (await closed(engine, trx, closings)) return closings.map(() => true);
  if (closings.length === 1) return [false];
  const results: boolean[] = [];
  for (const closing of closings) results.push(await closed(engine, trx, [closing]));
  return results;
};
