/** What a first synchronisation brings over, and how its progress is told (requirements S6). */
import assert from 'node:assert/strict';
import type { ErpRecord } from '../../../../lib/model/item';
import { progressOf, withSample } from '../../../../lib/sync/first-run/progress';
import type { Sample } from '../../../../lib/sync/first-run/progress';
import { effectiveSince, leftAlone } from '../../../../lib/sync/first-run/selection';
import { erpAppointment, erpTask } from '../../mapping/items';

describe('"changed since" of a first synchronisation', () => {
  const now = '2026-03-31T12:00:00.000Z';
  for (const [what, wanted, expected] of [
    ['within the last 30 days stays', '2026-03-20T00:00:00Z', '2026-03-20T00:00:00Z'],
    ['exactly 30 days back stays', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
    ['now stays', now, '2026-03-31T12:00:00Z'],
    ['in the future becomes 30 days back', '2026-03-31T12:00:01Z', '2026-03-01T12:00:00Z'],
    ['more than 30 days back becomes 30 days back', '2026-03-01T11:59:59Z', '2026-03-01T12:00:00Z'],
    ['a day is its midnight', '2026-03-15', '2026-03-15T00:00:00Z'],
  ] as const) {
    it(what, () => assert.equal(effectiveSince(wanted, now), expected));
  }
});

describe('a start date of a first synchronisation', () => {
  const startDate = '2026-03-28';
  const cases: readonly (readonly [what: string, left: boolean, record: ErpRecord])[] = [
    ['an appointment that ends before it', true, erpAppointment({ start: '2026-03-27T09:00:00', end: '2026-03-27T10:00:00' })],
    ['an appointment that ends on it', false, erpAppointment({ start: '2026-03-27T23:00:00', end: '2026-03-28T01:00:00' })],
    ['the day before', true, erpAppointment({ allDay: true, start: '2026-03-27', end: '2026-03-28' })],
    [
      'a series that still goes on',
      false,
      erpAppointment({ start: '2020-01-01T09:00:00', end: '2020-01-01T10:00:00', recurrenceRule: 'FREQ=DAILY' }),
    ],
    [
      'a series that has ended',
      true,
      erpAppointment({ start: '2020-01-01T09:00:00', end: '2020-01-01T10:00:00', recurrenceRule: 'FREQ=DAILY;COUNT=9' }),
    ],
    ['a task that was due before it and is done', true, erpTask({ startDate: null, dueDate: '2026-03-27', status: 'completed' })],
    ['a task that was due before it and is open', false, erpTask({ startDate: null, dueDate: '2026-03-27' })],
    ['a task that is due later', false, erpTask({ dueDate: '2026-03-28', status: 'completed' })],
  ];
  for (const [what, left, record] of cases) {
    it(`${left ? 'leaves alone' : 'brings over'} ${what}`, () =>
      assert.equal(leftAlone(record, null, { startDate, changedSince: null }, 'Europe/Vienna'), left ? 'before-start-date' : null));
  }

  it('what was not changed since a moment is left alone, where that is known', () => {
    const since = { startDate: null, changedSince: '2026-03-20T00:00:00Z' };
    assert.equal(leftAlone(erpTask(), '2026-03-19T23:59:59.999Z', since, 'UTC'), 'unchanged-since');
    assert.equal(leftAlone(erpTask(), '2026-03-20T00:00:00.000Z', since, 'UTC'), null);
    assert.equal(leftAlone(erpTask(), null, since, 'UTC'), null);
  });
});

describe('progress', () => {
  it('tells rate and remaining time by the recent past', () => {
    let samples: readonly Sample[] = [];
    for (const [seconds, done] of [
      [0, 0],
      [10, 10],
      [40, 1_000],
      [50, 1_850],
    ] as const)
      samples = withSample(samples, { at: seconds * 1_000, done, total: 5_000 });
    assert.deepEqual(progressOf(samples), { done: 1_850, total: 5_000, perSecond: 85, remainingMs: Math.round(3_150_000 / 85) });
  });

  it('says nothing of the remaining time while nothing moves, and that it is over when it is', () => {
    assert.equal(
      progressOf([
        { at: 0, done: 5, total: 9 },
        { at: 1_000, done: 5, total: 9 },
      ]).remainingMs,
      null,
    );
    assert.equal(progressOf([{ at: 0, done: 9, total: 9 }]).remainingMs, 0);
    assert.deepEqual(progressOf([]), { done: 0, total: 0, perSecond: 0, remainingMs: null });
  });
});
