/** Times at which most people of a meeting are free (MS-OXWAVLS, SuggestionsViewOptions). */
import { weekdayName } from '../time-zones/definition';
import type { Clock } from '../time-zones/clock';
import { childText, t, type XmlElement } from '../xml/element';
import type { PersonsTime } from './calendar-of';
import { busyDigit, busyTypes } from './merged';

/** Somebody to meet; without a time nothing is known of him. */
export interface Attendee {
  readonly isRequired: boolean;
  readonly time: PersonsTime | undefined;
}

const minute = 60_000;
const step = 30 * minute;
const qualities = ['Excellent', 'Good', 'Fair', 'Poor'] as const;
type Quality = (typeof qualities)[number];

interface Suggested {
  readonly moment: number;
  readonly isWorkTime: boolean;
  readonly quality: Quality;
  readonly element: XmlElement;
}

const qualityOf = (freeShare: number, goodThreshold: number): Quality => {
  if (freeShare === 1) return 'Excellent';
  if (freeShare * 100 >= goodThreshold + 50) return 'Good';
  return freeShare >= 0.5 ? 'Fair' : 'Poor';
};

const isWorkTime = (first: PersonsTime | undefined, local: string, length: number): boolean => {
  const date = new Date(`${local}Z`);
  const minutes = date.getUTCHours() * 60 + date.getUTCMinutes();
  const weekday = weekdayName(date.getUTCDay() === 0 ? 7 : date.getUTCDay());
  const hours = first?.hours;
  return hours !== undefined && hours.days.includes(weekday) && minutes >= hours.from && minutes + length / minute <= hours.to;
};

const suggested = (attendees: readonly Attendee[], moment: number, length: number, clock: Clock, threshold: number): Suggested => {
  const kinds = attendees.map(({ time }) => (time ? busyDigit(time.busy, moment, moment + length) : undefined));
  const required = kinds.filter((_, index) => attendees[index]?.isRequired === true);
  const free = required.filter((digit) => digit === undefined || ['Free', 'WorkingElsewhere'].includes(busyTypes[digit] ?? '')).length;
  const quality = qualityOf(required.length === 0 ? 1 : free / required.length, threshold);
  const local = clock.toLocal(moment);
  const worksThen = isWorkTime(attendees[0]?.time, local, length);
  const conflicts = kinds.map((digit) =>
    digit === undefined
      ? t('UnknownAttendeeConflictData')
      : t('IndividualAttendeeConflictData', [t('BusyType', busyTypes[digit] ?? 'NoData')]),
  );
  const element = t('Suggestion', [
    t('MeetingTime', local),
    t('IsWorkTime', worksThen),
    t('SuggestionQuality', quality),
    t('AttendeeConflictDataArray', conflicts),
  ]);
  return { moment, isWorkTime: worksThen, quality, element };
};

const best = (found: readonly Suggested[], most: number): readonly Suggested[] =>
  [...found].sort((one, two) => qualities.indexOf(one.quality) - qualities.indexOf(two.quality) || one.moment - two.moment).slice(0, most);

const dayResult = (day: string, found: readonly Suggested[], options: XmlElement): XmlElement => {
  const number = (name: string, otherwise: number): number => Number(childText(options, name) ?? otherwise);
  const worst = qualities.findIndex((quality) => quality === (childText(options, 'MinimumSuggestionQuality') ?? 'Fair'));
  const allowed = found.filter(({ quality }) => qualities.indexOf(quality) <= worst);
  const shown = [
    ...best(
      allowed.filter((one) => one.isWorkTime),
      number('MaximumResultsByDay', 10),
    ),
    ...best(
      allowed.filter((one) => !one.isWorkTime),
      number('MaximumNonWorkHourResultsByDay', 0),
    ),
  ];
  return t('SuggestionDayResult', [
    t('Date', `${day}T00:00:00`),
    t('DayQuality', best(shown, 1)[0]?.quality ?? 'Poor'),
    t(
      'SuggestionArray',
      best(shown, shown.length).map(({ element }) => element),
    ),
  ]);
};

/** A SuggestionDayResult for each day of a window (ms). */
export function suggestionDays(
  attendees: readonly Attendee[],
  from: number,
  to: number,
  options: XmlElement,
  clock: Clock,
): readonly XmlElement[] {
  const length = Number(childText(options, 'MeetingDurationInMinutes') ?? 60) * minute;
  const threshold = Number(childText(options, 'GoodThreshold') ?? 25);
  const days = new Map<string, Suggested[]>();
  for (let moment = from; moment < to; moment += step) {
    const day = clock.toLocal(moment).slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), suggested(attendees, moment, length, clock, threshold)]);
  }
  return [...days].map(([day, found]) => dayResult(day, found, options));
}
