import { EwsError } from '../errors';
import { text, withTexts, type Properties } from '../storage/properties';
import { dayOf } from '../time';
import { recurrenceParts, withRangeStart, rangeStart } from '../calendar/recurrence';

const days = ['StartDate', 'DueDate', 'CompleteDate'] as const;

const isDay = (value: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(value);

/** Tasks know days, not times: each is kept as the calendar day it is in the zone of the request. */
const withDays = (properties: Properties, zone: string): Properties =>
  withTexts(
    properties,
    Object.fromEntries(
      days.map((name) => {
        const value = text(properties, name);
        return [name, value === undefined || isDay(value) ? value : dayOf(value, zone)];
      }),
    ),
  );

const completed = (properties: Properties, today: string): Properties =>
  withTexts(properties, { Status: 'Completed', PercentComplete: 100, CompleteDate: text(properties, 'CompleteDate') ?? today });

const open = (properties: Properties, status: string, percent: number): Properties =>
  withTexts(properties, { Status: status, PercentComplete: percent, CompleteDate: undefined });

/** Status, percentage and completion date follow whichever of them was set. */
const coupled = (properties: Properties, set: ReadonlySet<string>, today: string): Properties => {
  const status = text(properties, 'Status') ?? 'NotStarted';
  const percent = Number(text(properties, 'PercentComplete') ?? 0);
  if (percent < 0 || percent > 100 || Number.isNaN(percent)) throw new EwsError('ErrorInvalidPercentCompleteValue');
  const isCompletedBy =
    (set.has('Status') && status === 'Completed') ||
    (set.has('PercentComplete') && percent === 100 && !set.has('Status')) ||
    (set.has('CompleteDate') && properties['CompleteDate'] !== undefined && !set.has('Status') && !set.has('PercentComplete'));
  if (isCompletedBy) return completed(properties, today);
  if (set.has('Status')) return open(properties, status, status === 'NotStarted' ? 0 : percent === 100 ? 0 : percent);
  if (set.has('PercentComplete')) {
    const kept = status === 'Completed' || status === 'NotStarted' ? 'InProgress' : status;
    return open(properties, percent === 0 ? 'NotStarted' : kept, percent);
  }
  if (set.has('CompleteDate')) return open(properties, 'NotStarted', 0);
  return withTexts(properties, { Status: status, PercentComplete: percent });
};

/** Completes a new or changed task; `set` names the properties the request wrote or deleted. */
export function completeTask(given: Properties, set: ReadonlySet<string>, zone: string, today: string): Properties {
  const dated = coupled(withDays(given, zone), set, today);
  const recurrence = dated['Recurrence'];
  if (!recurrence) return dated;
  recurrenceParts(recurrence);
  return { ...dated, Recurrence: withRangeStart(recurrence, rangeStart(recurrence)) };
}
