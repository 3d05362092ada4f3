/** How recurring tasks go on ([MS-OXOTASK] 3.1.4): one item stands for the series and moves to the next occurrence when one is completed. */
import { DateTime } from 'luxon';
import { dayNumber, dayText } from '../calendar/days';
import { intervalOf } from '../calendar/patterns';
import { checkRecurrence, rangeStart, recurrenceDays, recurrenceParts, withRangeStart } from '../calendar/recurrence';
import { EwsError } from '../errors';
import { text, withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { childText, t, type XmlElement } from '../xml/element';

const units: Readonly<Record<string, 'days' | 'weeks' | 'months' | 'years'>> = {
  DailyRegeneration: 'days',
  WeeklyRegeneration: 'weeks',
  MonthlyRegeneration: 'months',
  YearlyRegeneration: 'years',
};

/** The day on which a task begins, or else is due. */
const currentDay = (properties: Properties, recurrence: XmlElement): string =>
  text(properties, 'StartDate') ?? text(properties, 'DueDate') ?? rangeStart(recurrence);

/** The task on another day, all its dates as far apart as before. */
const movedTo = (properties: Properties, from: string, to: string): Properties => {
  const distance = dayNumber(to) - dayNumber(from);
  const day = (name: string): string | undefined => {
    const value = text(properties, name);
    return value === undefined ? undefined : dayText(dayNumber(value) + distance);
  };
  const reminder = text(properties, 'ReminderDueBy');
  return withTexts(properties, {
    StartDate: day('StartDate'),
    DueDate: day('DueDate'),
    ReminderDueBy: reminder === undefined ? undefined : formatUtc(DateTime.fromISO(reminder, { zone: 'UTC' }).plus({ days: distance })),
  });
};

/** Puts a new recurring task on its first occurrence. A recurrence that Exchange refuses is refused. */
export function withFirstOccurrence(properties: Properties): Properties {
  const recurrence = properties['Recurrence'];
  if (!recurrence) return properties;
  const dated = withRangeStart(recurrence, rangeStart(recurrence));
  checkRecurrence(dated);
  const { pattern, range } = recurrenceParts(dated);
  const isRegenerating = units[pattern.name] !== undefined;
  if (isRegenerating && range.name === 'EndDateRecurrence') throw new EwsError('ErrorUnsupportedRecurrence');
  const [first] = recurrenceDays(dated);
  const day = isRegenerating || first === undefined ? rangeStart(dated) : dayText(first);
  const isDated = properties['StartDate'] !== undefined || properties['DueDate'] !== undefined;
  const placed = isDated
    ? movedTo(properties, currentDay(properties, dated), day)
    : withTexts(properties, { StartDate: day, DueDate: day });
  return { ...placed, Recurrence: dated };
}

/** The recurrence of a task that is generated anew a while after each completion: it starts again, with one less to come. */
const regenerated = (recurrence: XmlElement, start: string): XmlElement | undefined => {
  const { pattern, range } = recurrenceParts(recurrence);
  const count = childText(range, 'NumberOfOccurrences');
  if (count === undefined) return withRangeStart(recurrence, start);
  if (Number(count) <= 1) return undefined;
  const rest = t(range.name, [t('StartDate', start), t('NumberOfOccurrences', Number(count) - 1)]);
  return t('Recurrence', [pattern, rest]);
};

/** A recurring task as it is after its current occurrence was completed or left out on a day; undefined where that was the last one. */
export function nextOccurrence(properties: Properties, completedOn: string): Properties | undefined {
  const recurrence = properties['Recurrence'];
  if (!recurrence) return undefined;
  const { pattern } = recurrenceParts(recurrence);
  const current = currentDay(properties, recurrence);
  const unit = units[pattern.name];
  const reset = withTexts(properties, { Status: 'NotStarted', PercentComplete: 0, CompleteDate: undefined });
  if (unit) {
    const next = DateTime.fromISO(completedOn, { zone: 'UTC' })
      .plus({ [unit]: intervalOf(pattern) })
      .toFormat('yyyy-MM-dd');
    const rest = regenerated(recurrence, next);
    return rest && { ...movedTo(reset, current, next), Recurrence: rest };
  }
  const [next] = recurrenceDays(recurrence, dayNumber(current) + 1);
  return next === undefined ? undefined : movedTo(reset, current, dayText(next));
}
