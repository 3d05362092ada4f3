/** What a failure does to the journal row of the message at hand: in one place, so that no node forgets a row. */
import { toSyncError } from '../model/error';
import type { SyncError } from '../model/error';
import type { TenantRuntime } from './runtime';
import type { Health } from './health';

/** A row and how often it was tried. */
export interface FailedRow {
  readonly journalId: number;
  readonly attempt: number;
}

/** What happened to the row. `tell`: the failure is news and should reach the flow's catch nodes. */
export interface FailureOutcome {
  readonly state: 'failed' | 'waiting';
  readonly error: SyncError;
  readonly tell: boolean;
}

/** Waiting time before the same item is tried again after an unexpected or passing failure of its own, ms. */
const itemWaitMs = 2_000;

/** Somebody else was faster: no failure of the item, however often it happens. */
const overtakenCodes: ReadonlySet<string> = new Set(['item-changed', 'node-closing']);

const mayTryAgain = (tenant: TenantRuntime, { scope, code }: SyncError, attempt: number): boolean => {
  if (overtakenCodes.has(code)) return true;
  if (scope === 'retry' || code === 'unexpected') return attempt < tenant.maxAttempts;
  return scope !== 'item';
};

/**
 * Gives the row back, or ends it as failed when trying again cannot help or was tried often enough.
 * `key`: what `health` keeps apart, a mailbox for instance.
 */
export const dealWithFailure = async (
  tenant: TenantRuntime,
  health: Health | null,
  key: string,
  row: FailedRow,
  thrown: unknown,
): Promise<FailureOutcome> => {
  const error = toSyncError(thrown);
  const { store } = tenant.database;
  const note = { note: error.message, noteCode: error.code };
  const concernsItem = error.scope === 'item' || error.scope === 'retry';
  if (!mayTryAgain(tenant, error, row.attempt)) {
    await store.close([
      { journalId: row.journalId, instance: tenant.instance, outcome: { state: 'failed', ...note }, link: { type: 'keep' } },
    ]);
    tenant.workWaiting.raise();
    return { state: 'failed', error, tell: true };
  }
  const verdict = concernsItem || health === null ? { waitMs: itemWaitMs, tell: false } : health.fail(key, error);
  await store.release([row.journalId], tenant.instance, {
    waitMs: verdict.waitMs,
    counts: concernsItem && !overtakenCodes.has(error.code),
    ...note,
  });
  return { state: 'waiting', error, tell: verdict.tell };
};
