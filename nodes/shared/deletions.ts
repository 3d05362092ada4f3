/** The limits of the guard against mass deletion, in the dialogs of the in-nodes. */
import { defaultLimits, type DeletionLimits } from '../../lib/sync/guard';
import { numberBetween } from './settings';

/** Fields of a dialog; nodes of earlier versions have none. */
export interface DeletionFields {
  readonly deletionCount?: unknown;
  /** Percent. */
  readonly deletionShare?: unknown;
}

/** Limits as the dialog says. */
export const deletionLimits = ({ deletionCount, deletionShare }: DeletionFields): DeletionLimits => ({
  count: numberBetween(deletionCount, 'Deletions at once', { min: 0, max: 1_000_000, or: defaultLimits.count }),
  share: numberBetween(deletionShare, 'Share of deletions', { min: 0, max: 100, or: 100 * defaultLimits.share }) / 100,
});
