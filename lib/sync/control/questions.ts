/** Questions that wait for a person: conflicts, held deletions, items that became private. */
import { toSyncError, type SyncError } from '../../model/error';
import type { TenantRuntime } from '../runtime';

/** What is told of the questions: their number, or why it is unknown. */
export type QuestionsTold = number | SyncError;

/** Looks after the number of open questions. */
export interface QuestionsWatch {
  /** Looks now and tells what is found, news or not. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
}

/** How often their number is looked for, ms. */
const intervalMs = 10_000;

/** Tells the number of open questions at once, then every ten seconds, until it is stopped. */
export const watchQuestions = (tenant: TenantRuntime, tell: (told: QuestionsTold) => void): QuestionsWatch => {
  let stopped = false;
  const look = async (): Promise<void> => {
    const told = await tenant.database.store.parkedCount().catch((thrown: unknown) => toSyncError(thrown));
    if (!stopped) tell(told);
  };
  const timer = setInterval(() => void look(), intervalMs);
  void look();
  return {
    look,
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
};
