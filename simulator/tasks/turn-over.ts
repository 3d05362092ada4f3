import type { Session } from '../session';
import type { Item } from '../storage/items';
import { text, withTexts, type Properties } from '../storage/properties';
import { dayOf, formatUtc } from '../time';
import { EwsError } from '../errors';
import { nextOccurrence } from './recurrence';

/** What becomes of a recurring task of which an occurrence is completed: that occurrence as a task of its own, and the one to do next. */
export interface TurnedOver {
  readonly done: Properties;
  readonly next: Properties;
}

const today = (session: Session): string => dayOf(formatUtc(session.now()), session.zone);

/** Splits a task that a change completes; undefined where it does not recur, was completed before, or this was its last occurrence. */
export function turnedOver(session: Session, before: Item, after: Properties): TurnedOver | undefined {
  const isNow = text(after, 'Status') === 'Completed' && text(before.properties, 'Status') !== 'Completed';
  if (before.element !== 'Task' || !isNow) return undefined;
  const next = nextOccurrence(after, text(after, 'CompleteDate') ?? today(session));
  return next && { done: Object.fromEntries(Object.entries(after).filter(([name]) => name !== 'Recurrence')), next };
}

/** A recurring task without its current occurrence; `ErrorCannotDeleteTaskOccurrence` where it does not recur or that was the last one. */
export function withoutCurrent(session: Session, task: Item): Properties {
  const next = nextOccurrence(task.properties, today(session));
  if (!next) throw new EwsError('ErrorCannotDeleteTaskOccurrence');
  return withTexts(next, { ChangeCount: Number(text(next, 'ChangeCount') ?? 1) + 1 });
}
