/** VTODO -> task (RFC 5545, section 3.6.2). */
import { addDays } from '../mapping/calendar-days';
import { instantFromLocal } from '../mapping/local-time';
import type { ExchangeTask, TaskStatus } from '../model/item';
import { alarmTimes } from './alarm';
import { propertyOf, wordOf, type Component } from './content-lines';
import { addDuration, localDay, readDuration, readMoment, Unreadable, type Moment, type MomentContext } from './moment';
import { readSharedFields } from './shared-fields';

const momentOf = (todo: Component, name: string, context: MomentContext): Moment | null => {
  const property = propertyOf(todo, name);
  return property === null ? null : readMoment(property, context);
};

const dueOf = (todo: Component, start: Moment | null, context: MomentContext): Moment | null => {
  const due = momentOf(todo, 'DUE', context);
  const duration = propertyOf(todo, 'DURATION');
  if (due !== null || duration === null || start === null) return due;
  const length = readDuration(duration);
  if (start.type === 'time') return { ...start, instant: addDuration(start.instant, length, start.timeZone ?? context.tenantZone) };
  return { type: 'day', day: addDays(start.day, length.days + Math.floor(length.seconds / 86_400)) };
};

const progressOf = (todo: Component): { readonly status: TaskStatus; readonly percentComplete: number } => {
  const percent = Math.round(Math.min(100, Math.max(0, Number(wordOf(todo, 'PERCENT-COMPLETE')) || 0)));
  const status = wordOf(todo, 'STATUS');
  if (status === 'COMPLETED' || percent === 100 || propertyOf(todo, 'COMPLETED') !== null)
    return { status: 'completed', percentComplete: 100 };
  return status === 'IN-PROCESS' || percent > 0
    ? { status: 'inProgress', percentComplete: percent }
    : { status: 'notStarted', percentComplete: 0 };
};

/** The task of a VTODO; times become days of the tenant's zone. Throws Unreadable. */
export const readTodo = (todo: Component, context: MomentContext): ExchangeTask => {
  if (wordOf(todo, 'STATUS') === 'CANCELLED') throw new Unreadable('it was cancelled');
  for (const name of ['RRULE', 'RDATE', 'RECURRENCE-ID'])
    if (propertyOf(todo, name) !== null) throw new Unreadable(`recurring tasks are not supported yet (${name})`);
  const { tenantZone } = context;
  const start = momentOf(todo, 'DTSTART', context);
  const due = dueOf(todo, start, context);
  const instantOf = (moment: Moment) => (moment.type === 'time' ? moment.instant : instantFromLocal(`${moment.day}T00:00:00`, tenantZone));
  const [first, last] = [start ?? due, due ?? start];
  const anchor = first === null || last === null ? null : { start: instantOf(first), end: instantOf(last), timeZone: tenantZone };
  const [reminder] = alarmTimes(todo, anchor, context);
  return {
    kind: 'task',
    ...readSharedFields(todo),
    startDate: start === null ? null : localDay(start, tenantZone),
    dueDate: due === null ? null : localDay(due, tenantZone),
    ...progressOf(todo),
    reminderAt: reminder ?? null,
  };
};
