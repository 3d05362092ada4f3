import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert';
import fc from 'fast-check';
import { SyncError } from '../../../lib/model/error';
import type { Recurrence, RecurrencePattern, RecurrenceRange } from '../../../lib/model/recurrence';
import { addDays, weekdays } from '../../../lib/mapping/calendar-days';
import { ical } from '../../../lib/model/ical-js';
import { occurrenceDays } from '../../../lib/mapping/occurrences';
import { canonicalRule, recurrenceToRule, ruleToRecurrence } from '../../../lib/mapping/recurrence-rule';

const zone = 'Europe/Vienna';
/** 2026-03-02 is a Monday. */
const monday = '2026-03-02T09:00:00';

const take = (days: Iterable<string>, last: string): readonly string[] => {
  const found: string[] = [];
  for (const day of days) {
    if (day > last) break;
    found.push(day);
  }
  return found;
};

const icalTime = (text: string) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/\D/).map(Number);
  return ical.Time.fromData({ year, month, day, hour, minute, second, isDate: text.length === 10 });
};

/** Days of a rule as ical.js expands it, an implementation independent of ours. */
function* daysOfRule(rule: string, start: string): Generator<string> {
  const iterator = ical.Recur.fromString(rule).iterator(icalTime(start));
  for (let time = iterator.next(); time as unknown; time = iterator.next()) yield time.toString().slice(0, 10);
}

describe('RRULE to a recurrence of Exchange', () => {
  const expressible: readonly (readonly [rule: string, start: string, canonical: string])[] = [
    ['FREQ=DAILY', monday, 'FREQ=DAILY'],
    ['RRULE:FREQ=DAILY;INTERVAL=3;COUNT=5', monday, 'FREQ=DAILY;INTERVAL=3;COUNT=5'],
    ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', monday, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    ['FREQ=DAILY;BYMONTHDAY=2', monday, 'FREQ=MONTHLY;BYMONTHDAY=2'],
    ['FREQ=WEEKLY', monday, 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO;WKST=SU', monday, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU'],
    ['FREQ=MONTHLY', monday, 'FREQ=MONTHLY;BYMONTHDAY=2'],
    ['FREQ=MONTHLY;BYDAY=MO', monday, 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=MONTHLY;BYDAY=1MO', monday, 'FREQ=MONTHLY;BYDAY=1MO'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1', monday, 'FREQ=MONTHLY;BYDAY=1MO'],
    ['FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1,2,3,4,5,6,7', monday, 'FREQ=MONTHLY;BYDAY=1MO'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1', monday, 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1'],
    ['FREQ=MONTHLY;BYDAY=-1TU', '2026-03-31', 'FREQ=MONTHLY;BYDAY=-1TU'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-02-28', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    ['FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1', '2026-02-28', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1'],
    ['FREQ=MONTHLY;BYMONTH=3', monday, 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2'],
    ['FREQ=MONTHLY;INTERVAL=12', '2026-01-31', 'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;COUNT=1', '2026-01-31', 'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=1'],
    ['FREQ=YEARLY', monday, 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2'],
    ['FREQ=YEARLY;INTERVAL=1;BYMONTH=3', monday, 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2'],
    ['FREQ=YEARLY;INTERVAL=2', monday, 'FREQ=MONTHLY;INTERVAL=24;BYMONTHDAY=2'],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2026-11-26', 'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'],
    ['FREQ=YEARLY;BYMONTH=3,9', monday, 'FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=2'],
    ['FREQ=YEARLY;BYMONTHDAY=2', monday, 'FREQ=MONTHLY;BYMONTHDAY=2'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1', '2026-02-28', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'],
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0', monday, 'FREQ=DAILY'],
    ['FREQ=DAILY;BYHOUR=9', '2026-03-02', 'FREQ=DAILY'],
    ['FREQ=DAILY;UNTIL=20260310', '2026-03-02', 'FREQ=DAILY;UNTIL=20260310'],
    ['FREQ=DAILY;UNTIL=20260310T000000Z', '2026-03-02', 'FREQ=DAILY;UNTIL=20260310'],
    ['FREQ=DAILY;UNTIL=20260310', monday, 'FREQ=DAILY;UNTIL=20260310T225959Z'],
    ['FREQ=DAILY;UNTIL=20260310T080000Z', monday, 'FREQ=DAILY;UNTIL=20260310T225959Z'],
    ['FREQ=DAILY;UNTIL=20260310T075959Z', monday, 'FREQ=DAILY;UNTIL=20260309T225959Z'],
    ['FREQ=DAILY;UNTIL=20260310T090000', monday, 'FREQ=DAILY;UNTIL=20260310T225959Z'],
    // After 29 March Vienna is two hours ahead of UTC.
    ['FREQ=DAILY;UNTIL=20260401T070000Z', monday, 'FREQ=DAILY;UNTIL=20260401T215959Z'],
  ];
  for (const [rule, start, canonical] of expressible) {
    it(`${rule} from ${start} is ${canonical}`, () => {
      const recurrence = ruleToRecurrence(rule, { start, timeZone: zone });
      strictEqual(recurrenceToRule(recurrence, { start, timeZone: zone }), canonical);
      deepStrictEqual(ruleToRecurrence(canonical, { start, timeZone: zone }), recurrence);
    });
  }

  const refused: readonly (readonly [rule: string, start: string, part: string])[] = [
    ['FREQ=HOURLY', monday, 'FREQ=HOURLY'],
    ['FREQ=MONTHLY;BYMONTHDAY=2,16', monday, 'BYMONTHDAY=2,16'],
    ['FREQ=MONTHLY;BYMONTHDAY=-2', '2026-03-30', 'BYMONTHDAY=-2'],
    ['FREQ=MONTHLY;BYDAY=5MO', '2026-03-30', 'BYDAY=5'],
    ['FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=1', monday, 'BYDAY'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2026-03-13', 'BYMONTHDAY'],
    ['FREQ=MONTHLY;INTERVAL=100', monday, 'INTERVAL'],
    ['FREQ=YEARLY;INTERVAL=9', monday, 'INTERVAL'],
    ['FREQ=YEARLY;BYWEEKNO=10', monday, 'BYWEEKNO'],
    ['FREQ=YEARLY;BYYEARDAY=61', monday, 'BYYEARDAY'],
    ['FREQ=YEARLY;BYDAY=20MO', monday, 'BYDAY'],
    ['FREQ=YEARLY;BYMONTH=3,4', monday, 'BYMONTH'],
    ['FREQ=DAILY;BYHOUR=9,15', monday, 'BYHOUR'],
    ['FREQ=DAILY;INTERVAL=2;BYDAY=MO', monday, 'BYDAY'],
    ['FREQ=WEEKLY;BYDAY=TU', monday, 'DTSTART'],
    ['FREQ=YEARLY;BYMONTH=4', monday, 'DTSTART'],
    ['FREQ=MONTHLY;BYMONTHDAY=3', monday, 'DTSTART'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', monday, 'COUNT'],
    ['FREQ=DAILY;UNTIL=20260101', monday, 'UNTIL'],
    ['FREQ=MONTHLY', '2026-01-31', 'BYMONTHDAY'],
    ['FREQ=YEARLY', '2024-02-29', 'BYMONTHDAY'],
    ['FREQ=DAILY;X-WHAT=1', monday, 'X-WHAT=1'],
    ['nonsense', monday, 'NONSENSE'],
    ['FREQ=SOMETIMES', monday, 'RRULE'],
  ];
  for (const [rule, start, part] of refused) {
    it(`${rule} from ${start} is refused because of ${part}`, () => {
      throws(
        () => ruleToRecurrence(rule, { start, timeZone: zone }),
        (error) =>
          error instanceof SyncError &&
          error.code === 'recurrence-not-expressible' &&
          error.scope === 'item' &&
          error.params['part'] === part,
      );
    });
  }

  it('leaves a rule that is not expressible as it is, for comparison', () => {
    strictEqual(canonicalRule('freq=HOURLY; INTERVAL=2', { start: monday, timeZone: zone }), 'FREQ=HOURLY;INTERVAL=2');
  });
});

/** Plain objects as JSON gives them. */
const record = <T>(model: { [Field in keyof T]: fc.Arbitrary<T[Field]> }): fc.Arbitrary<T> => fc.record(model, { noNullPrototype: true });
const day = fc.integer({ min: 0, max: 9000 }).map((offset) => addDays('2010-01-01', offset));
const relativeDay = fc.constantFrom(...weekdays, 'day' as const, 'weekday' as const, 'weekendDay' as const);
const index = fc.constantFrom('first' as const, 'second' as const, 'third' as const, 'fourth' as const, 'last' as const);
const interval = fc.integer({ min: 1, max: 30 });
const pattern: fc.Arbitrary<RecurrencePattern> = fc.oneof(
  record({ type: fc.constant('daily' as const), interval }),
  record({
    type: fc.constant('weekly' as const),
    interval: fc.integer({ min: 1, max: 4 }),
    days: fc.subarray([...weekdays], { minLength: 1 }),
    firstDayOfWeek: fc.constantFrom(...weekdays),
  }),
  record({ type: fc.constant('absoluteMonthly' as const), interval, day: fc.integer({ min: 1, max: 31 }) }),
  record({ type: fc.constant('relativeMonthly' as const), interval, day: relativeDay, index }),
  record({ type: fc.constant('absoluteYearly' as const), month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }) }),
  record({ type: fc.constant('relativeYearly' as const), month: fc.integer({ min: 1, max: 12 }), day: relativeDay, index }),
);
const range = (first: string): fc.Arbitrary<RecurrenceRange> =>
  fc.oneof(
    fc.constant({ type: 'noEnd' as const }),
    fc.integer({ min: 1, max: 40 }).map((count) => ({ type: 'numbered' as const, count })),
    fc.integer({ min: 0, max: 3000 }).map((days) => ({ type: 'endDate' as const, until: addDays(first, days) })),
  );
/** A pattern from a day, moved to the pattern's first own day. */
const series: fc.Arbitrary<{ readonly recurrence: Recurrence; readonly first: string }> = fc
  .tuple(pattern, day)
  .map(([chosen, near]) => {
    const from = 'month' in chosen ? `${near.slice(0, 5)}${String(chosen.month).padStart(2, '0')}-01` : near;
    const first = occurrenceDays({ pattern: chosen, range: { type: 'noEnd' } }, from).next().value as string;
    return { pattern: chosen, first };
  })
  .chain(({ pattern: chosen, first }) => range(first).map((ends) => ({ recurrence: { pattern: chosen, range: ends }, first })));

describe('a recurrence as RRULE and back', () => {
  for (const time of ['', 'T09:00:00']) {
    it(`is the same, ${time === '' ? 'all day' : 'with a time'}, and has the same days over five years as ical.js finds`, () => {
      fc.assert(
        fc.property(series, ({ recurrence, first }) => {
          const start = { start: first + time, timeZone: zone };
          const rule = recurrenceToRule(recurrence, start);
          deepStrictEqual(ruleToRecurrence(rule, start), recurrence);
          // ical.js 2.2 ignores BYSETPOS beside BYMONTHDAY; the next test looks at those rules.
          if (rule.includes('BYMONTHDAY=28,')) return;
          const last = addDays(first, 5 * 366);
          deepStrictEqual(take(daysOfRule(rule, start.start), last), take(occurrenceDays(recurrence, first), last), rule);
        }),
        { numRuns: 400 },
      );
    });
  }

  it('takes the last day of short months as Exchange does', () => {
    const recurrence: Recurrence = { pattern: { type: 'absoluteMonthly', interval: 1, day: 30 }, range: { type: 'numbered', count: 4 } };
    deepStrictEqual([...occurrenceDays(recurrence, '2028-01-30')], ['2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30']);
    strictEqual(
      recurrenceToRule(recurrence, { start: '2028-01-30', timeZone: zone }),
      'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=4',
    );
  });

  it('is refused when it does not begin with one of its own days', () => {
    const recurrence: Recurrence = { pattern: { type: 'absoluteMonthly', interval: 1, day: 3 }, range: { type: 'noEnd' } };
    throws(() => recurrenceToRule(recurrence, { start: monday, timeZone: zone }), /2026-03-02/);
    ok(recurrenceToRule(recurrence, { start: '2026-03-03', timeZone: zone }));
  });
});
