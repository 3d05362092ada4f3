import { mailboxOf } from '../../session';
import { text } from '../../storage/properties';
import { showDay } from '../../time';
import { t } from '../../xml/element';
import type { Compute, Computed } from './compute';
import { recurrenceShown } from './recurrence';

const taskDay =
  (name: string): Compute =>
  (item, session) => {
    const day = text(item.properties, name);
    return day === undefined ? undefined : t(name, showDay(day, session.zone));
  };

/** How Exchange words a status in English. */
const statusTexts: Readonly<Record<string, string>> = {
  NotStarted: 'Not Started',
  InProgress: 'In Progress',
  Completed: 'Completed',
  WaitingOnOthers: 'Waiting on someone else',
  Deferred: 'Deferred',
};

/** Properties of tasks (MS-OXWSTASK). */
export const taskComputed: Computed = {
  StartDate: taskDay('StartDate'),
  DueDate: taskDay('DueDate'),
  CompleteDate: taskDay('CompleteDate'),
  IsComplete: (item) => text(item.properties, 'Status') === 'Completed',
  IsRecurring: (item) => item.properties['Recurrence'] !== undefined,
  Recurrence: (item, session) => recurrenceShown(item, session.zone),
  IsTeamTask: () => false,
  ChangeCount: (item) => Number(text(item.properties, 'ChangeCount') ?? 1),
  DelegationState: () => 'NoMatch',
  IsAssignmentEditable: () => 0,
  Owner: (item, session) => text(item.properties, 'Owner') ?? mailboxOf(session, item).name,
  StatusDescription: (item) => statusTexts[text(item.properties, 'Status') ?? 'NotStarted'],
};
