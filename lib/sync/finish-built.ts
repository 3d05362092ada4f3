/** What becomes of claimed rows that led to no message: ended, given back, or failed. */
import type { Closing } from '../erp/store';
import type { SyncError } from '../model/error';
import { dealWithFailure } from './failures';
import type { Health } from './health';
import type { Built } from './messages/built';
import type { TenantRuntime } from './runtime';
import { targetChangedError } from './writing';

/** Ends rows that need no message; one whose link or options moved on meanwhile comes again. */
const closeOrRelease = async ({ database: { store }, directory, instance }: TenantRuntime, closings: readonly Closing[]): Promise<void> => {
  if (closings.length === 0) return;
  const closed = await store.close(closings);
  const overtaken = closings.filter((_, index) => closed[index] !== true);
  if (overtaken.length === 0) return;
  if (overtaken.some(({ judgedBy }) => judgedBy !== undefined)) directory.forgetOptions();
  const { message: note, code: noteCode } = targetChangedError();
  const ids = overtaken.map(({ journalId }) => journalId);
  await store.release(ids, instance, { waitMs: 0, counts: false, note, noteCode });
};

/** Deals with every row of `built` that has no message; answers the failures that are news. */
export const finishBuilt = async (tenant: TenantRuntime, health: Health, built: Built): Promise<readonly SyncError[]> => {
  await closeOrRelease(tenant, built.closings);
  const news: SyncError[] = [];
  for (const { claimed, error } of built.failures) {
    const key = `employee ${claimed.entry.employeeId}`;
    const outcome = await dealWithFailure(tenant, health, key, { journalId: claimed.entry.id, attempt: claimed.entry.attempt }, error);
    if (outcome.tell) news.push(outcome.error);
  }
  return news;
};
