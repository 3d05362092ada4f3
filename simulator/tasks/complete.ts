import { EwsError } from '../errors';
import { text, withTexts, type Properties } from '../storage/properties';
import { dayOf } from '../time';
import { withFirstOccurrence } from './recurrence';

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

/** A task does not start after it is due: the day that was not set follows the one that was. */
const inOrder = (properties: Properties, set: ReadonlySet<string>): Properties => {
  const [start, due] = [text(properties, 'StartDate'), text(properties, 'DueDate')];
  if (start === undefined || due === undefined || start <= due) return properties;
  return withTexts(properties, set.has('StartDate') ? { DueDate: start } : { StartDate: due });
};

const open = (properties: Properties, status: string, percent: number): Properties =>
  withTexts(properties, { Status: status, PercentComplete: percent, CompleteDate: undefined });

const percentOf = (properties: Properties): number => Number(text(properties, 'PercentComplete') ?? 0);

/** What setting one of the three means for the others; `given` is what was sent, `state` what it has come to. */
type Step = (state: Properties, given: Properties, today: string) => Properties;

const completed: Step = (state, given, today) =>
  withTexts(state, { Status: 'Completed', PercentComplete: 100, CompleteDate: text(given, 'CompleteDate') ?? today });

const steps: Readonly<Record<string, Step>> = {
  CompleteDate: (state, given, today) => (given['CompleteDate'] ? completed(state, given, today) : open(state, 'NotStarted', 0)),
  PercentComplete: (state, given, today) => {
    const percent = percentOf(given);
    if (percent === 100) return completed(state, given, today);
    const status = text(state, 'Status') ?? 'NotStarted';
    const kept = status === 'Completed' || status === 'NotStarted' ? 'InProgress' : status;
    return open(state, percent === 0 ? 'NotStarted' : kept, percent);
  },
  Status: (state, given, today) => {
    const status = text(given, 'Status') ?? 'NotStarted';
    if (status === 'Completed') return completed(state, given, today);
    const percent = percentOf(state);
    return open(state, status, status === 'NotStarted' || percent === 100 ? 0 : percent);
  },
};

/** Status, percentage and completion date follow whichever of them was written last (MS-OXWSTASK 2.2.4.6). */
const coupled = (given: Properties, set: ReadonlySet<string>, today: string): Properties => {
  const percent = percentOf(given);
  if (percent < 0 || percent > 100 || Number.isNaN(percent)) throw new EwsError('ErrorInvalidPercentCompleteValue');
  const known = withTexts(given, { Status: text(given, 'Status') ?? 'NotStarted', PercentComplete: percent });
  return [...set].reduce((state, name) => steps[name]?.(state, given, today) ?? state, known);
};

/** Completes a new or changed task; `set` names the properties the request wrote or deleted, in their order. */
export function completeTask(given: Properties, set: ReadonlySet<string>, zone: string, today: string): Properties {
  const dated = inOrder(coupled(withDays(given, zone), set, today), set);
  const counted = withTexts(dated, { ChangeCount: Number(text(given, 'ChangeCount') ?? 0) + 1 });
  return set.has('Recurrence') ? withFirstOccurrence(counted) : counted;
}
