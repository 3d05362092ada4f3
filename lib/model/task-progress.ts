/** Status and percentage of a task say the same thing twice; this keeps them in agreement. */
import type { TaskStatus } from './item';

/** Status and percentage that agree. */
export interface TaskProgress {
  readonly status: TaskStatus;
  /** 0–100. */
  readonly percentComplete: number;
}

/**
 * 100 percent is completed and the reverse; not started is 0 percent, unless some work is recorded.
 * The percentage is rounded and kept within 0–100.
 */
export const normalizeProgress = (status: TaskStatus, percentComplete: number): TaskProgress => {
  const percent = Number.isFinite(percentComplete) ? Math.min(100, Math.max(0, Math.round(percentComplete))) : 0;
  if (status === 'completed' || percent === 100) return { status: 'completed', percentComplete: 100 };
  if (status === 'notStarted' && percent > 0) return { status: 'inProgress', percentComplete: percent };
  return { status, percentComplete: percent };
};

/**
 * Progress after a change that may name only one of the two: reopening by status takes back the 100 percent,
 * lowering the percentage takes back the completion.
 */
export const changeProgress = (before: TaskProgress, changes: Partial<TaskProgress>): TaskProgress => {
  const { status, percentComplete } = changes;
  if (status !== undefined && percentComplete !== undefined) return normalizeProgress(status, percentComplete);
  if (status !== undefined) {
    const reopened = before.percentComplete === 100 && status !== 'completed';
    return normalizeProgress(status, reopened || status === 'notStarted' ? 0 : before.percentComplete);
  }
  if (percentComplete !== undefined) {
    const reopened = before.status === 'completed' && percentComplete < 100;
    return normalizeProgress(reopened ? 'notStarted' : before.status, percentComplete);
  }
  return normalizeProgress(before.status, before.percentComplete);
};
