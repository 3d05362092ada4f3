/** Whose appointment it is (requirement D12): what a mailbox may change in the ERP, and the ERP in a mailbox. Pure. */
import { isEmpty, pick } from 'lodash';
import type { SyncContext } from '../model/message';
import type { Verdict } from './decide';

/** What an attendee's copy of a meeting has of its own; the rest is the organiser's. Names of Exchange. */
const ownFields: readonly string[] = ['reminderMinutes', 'freeBusy', 'categories', 'importance', 'sensitivity'];

/**
 * Whether an item is nobody's alone: an ERP appointment of several employees, or a meeting that somebody else organises. Its creation
 * travels like any other.
 */
export const isShared = (
  { meeting, base, participants = 1 }: Pick<SyncContext, 'meeting' | 'base' | 'participants'>,
  targetIsShared: boolean,
): boolean => base !== null && (targetIsShared || participants > 1 || meeting?.role === 'attendee');

/** What of a verdict may be written to an attendee's copy; null: nothing of it. */
export const forAttendee = (verdict: Verdict): Verdict | null => {
  if (verdict.type !== 'write' || verdict.decision.action !== 'update') return verdict;
  const changes = pick(verdict.decision.changes, ownFields);
  return isEmpty(changes) ? null : { type: 'write', decision: { ...verdict.decision, changes } };
};
