import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import { dayText } from '../../../simulator/calendar/days';
import { recurrenceDays } from '../../../simulator/calendar/recurrence';
import { occurrences, occurrencesIn } from '../../../simulator/calendar/series';
import type { Properties } from '../../../simulator/storage/properties';
import { formatUtc } from '../../../simulator/time';
import { t, type XmlElement } from '../../../simulator/xml/element';

/** A series of one hour in the morning in Vienna. */
const series = (pattern: XmlElement, range: XmlElement, start: string, hours = 1): Properties => {
  const first = DateTime.fromISO(start, { zone: 'Europe/Vienna' });
  return {
    Recurrence: t('Recurrence', [pattern, range]),
    StartTimeZone: t('StartTimeZone', '', { Id: 'W. Europe Standard Time' }),
    Start: t('Start', formatUtc(first)),
    End: t('End', formatUtc(first.plus({ hours }))),
  };
};
const from = (start: string): XmlElement => t('StartDate', start);
const local = (moment: number): string =>
  DateTime.fromMillis(moment, { zone: 'Europe/Vienna' }).toISO({ suppressMilliseconds: true, suppressSeconds: true }) ?? '';
const numbered = (pattern: XmlElement, start: string, count: number, time = '09:00'): readonly string[] =>
  [...occurrences(series(pattern, t('NumberedRecurrence', [from(start), t('NumberOfOccurrences', count)]), `${start}T${time}`))].map(
    ({ starts }) => local(starts),
  );
const days = (pattern: XmlElement, start: string, count: number): readonly string[] =>
  numbered(pattern, start, count).map((text) => text.slice(0, 10));
const every = (interval: number): XmlElement => t('Interval', interval);

describe('simulator recurrence', () => {
  it('keeps the local time across a clock change', () =>
    assert.deepEqual(numbered(t('DailyRecurrence', [every(2)]), '2026-03-27', 3), [
      '2026-03-27T09:00+01:00',
      '2026-03-29T09:00+02:00',
      '2026-03-31T09:00+02:00',
    ]));

  it('counts weeks from the first day of the week', () => {
    const weekly = (first: string): XmlElement =>
      t('WeeklyRecurrence', [every(2), t('DaysOfWeek', 'Sunday Tuesday'), t('FirstDayOfWeek', first)]);
    assert.deepEqual(days(weekly('Monday'), '2026-03-03', 4), ['2026-03-03', '2026-03-08', '2026-03-17', '2026-03-22']);
    assert.deepEqual(days(weekly('Sunday'), '2026-03-03', 4), ['2026-03-03', '2026-03-15', '2026-03-17', '2026-03-29']);
  });

  const cases: readonly (readonly [string, XmlElement, string, readonly string[]])[] = [
    [
      'the last day where a month is too short',
      t('AbsoluteMonthlyRecurrence', [every(1), t('DayOfMonth', 31)]),
      '2026-01-31',
      ['2026-01-31', '2026-02-28', '2026-03-31'],
    ],
    [
      'a day of the month after the start',
      t('AbsoluteMonthlyRecurrence', [every(2), t('DayOfMonth', 5)]),
      '2026-01-04',
      ['2026-01-05', '2026-03-05', '2026-05-05'],
    ],
    [
      'the second Tuesday',
      t('RelativeMonthlyRecurrence', [every(1), t('DaysOfWeek', 'Tuesday'), t('DayOfWeekIndex', 'Second')]),
      '2026-01-15',
      ['2026-02-10', '2026-03-10', '2026-04-14'],
    ],
    [
      'the last weekday',
      t('RelativeMonthlyRecurrence', [every(1), t('DaysOfWeek', 'Weekday'), t('DayOfWeekIndex', 'Last')]),
      '2026-01-01',
      ['2026-01-30', '2026-02-27', '2026-03-31'],
    ],
    [
      '29 February',
      t('AbsoluteYearlyRecurrence', [t('DayOfMonth', 29), t('Month', 'February')]),
      '2026-01-01',
      ['2026-02-28', '2027-02-28', '2028-02-29'],
    ],
    [
      'the first Sunday of May',
      t('RelativeYearlyRecurrence', [t('DaysOfWeek', 'Sunday'), t('DayOfWeekIndex', 'First'), t('Month', 'May')]),
      '2026-06-01',
      ['2027-05-02', '2028-05-07', '2029-05-06'],
    ],
  ];
  for (const [name, pattern, start, expected] of cases) it(`finds ${name}`, () => assert.deepEqual(days(pattern, start, 3), expected));

  it('ends with the last day, and runs on without one', () => {
    const daily = (range: XmlElement): XmlElement => t('Recurrence', [t('DailyRecurrence', [every(1)]), range]);
    const ending = daily(t('EndDateRecurrence', [from('2026-01-01+01:00'), t('EndDate', '2026-01-03Z')]));
    assert.deepEqual([...recurrenceDays(ending)].map(dayText), ['2026-01-01', '2026-01-02', '2026-01-03']);
    const [far] = recurrenceDays(daily(t('NoEndRecurrence', [from('2026-01-01')])), 500_000);
    assert.equal(far, 500_000);
  });

  it('lets the clocks decide where they change', () => {
    const daily = t('DailyRecurrence', [every(1)]);
    assert.deepEqual(numbered(daily, '2026-03-28', 3, '02:30'), [
      '2026-03-28T02:30+01:00',
      '2026-03-29T03:30+02:00',
      '2026-03-30T02:30+02:00',
    ]);
    assert.deepEqual(numbered(daily, '2026-10-24', 2, '02:30'), ['2026-10-24T02:30+02:00', '2026-10-25T02:30+01:00']);
    const night = series(daily, t('NoEndRecurrence', [from('2026-10-23')]), '2026-10-23T22:00', 8);
    const ends = occurrencesIn(night, Date.parse('2026-10-24T12:00Z'), Date.parse('2026-10-25T12:00Z')).map((found) => local(found.ends));
    assert.deepEqual(ends, ['2026-10-25T06:00+01:00']);
  });

  const far: readonly (readonly [string, XmlElement])[] = [
    ['days', t('DailyRecurrence', [every(7)])],
    ['weeks', t('WeeklyRecurrence', [every(3), t('DaysOfWeek', 'Monday Thursday'), t('FirstDayOfWeek', 'Sunday')])],
    ['months', t('AbsoluteMonthlyRecurrence', [every(5), t('DayOfMonth', 31)])],
    ['weekdays of months', t('RelativeMonthlyRecurrence', [every(2), t('DaysOfWeek', 'WeekendDay'), t('DayOfWeekIndex', 'Last')])],
    ['years', t('AbsoluteYearlyRecurrence', [t('DayOfMonth', 29), t('Month', 'February')])],
  ];
  for (const [name, pattern] of far)
    it(`finds the same far away as counted from the start: ${name}`, () => {
      const recurrence = t('Recurrence', [pattern, t('NoEndRecurrence', [from('2026-01-15')])]);
      const all: number[] = [];
      for (const day of recurrenceDays(recurrence)) {
        if (day > 40_000) break;
        all.push(day);
      }
      for (const first of [20_500, 25_111, 33_333, 39_000])
        assert.equal(
          recurrenceDays(recurrence, first).next().value,
          all.find((day) => day >= first),
        );
    });
});
