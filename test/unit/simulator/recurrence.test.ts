import assert from 'node:assert/strict';
import { expand, take } from '../../../simulator/calendar/recurrence';
import { t, type XmlElement } from '../../../simulator/xml/element';

const numbered = (pattern: XmlElement, start: string, count: number): readonly string[] =>
  [
    ...expand(
      t('Recurrence', [pattern, t('NumberedRecurrence', [t('StartDate', start), t('NumberOfOccurrences', count)])]),
      '09:00:00',
      'Europe/Vienna',
    ),
  ].map((date) => date.toISO({ suppressMilliseconds: true, suppressSeconds: true }) ?? '');
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
    const ending = daily(t('EndDateRecurrence', [t('StartDate', '2026-01-01+01:00'), t('EndDate', '2026-01-03Z')]));
    assert.equal([...expand(ending, '23:30:00', 'Europe/Vienna')].length, 3);
    const endless = daily(t('NoEndRecurrence', [t('StartDate', '2026-01-01')]));
    assert.equal(take(expand(endless, '09:00:00', 'Europe/Vienna'), 500).length, 500);
  });
});
