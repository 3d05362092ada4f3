import assert from 'node:assert/strict';
import { defaultKindOptions, type KindOptions } from '../../../lib/model/employee-options';
import type { AnyItem, ExchangeAppointment } from '../../../lib/model/item';
import type { Direction } from '../../../lib/model/kind';
import { exclusionOf, reopenedCodes, type Change, type ExclusionCode } from '../../../lib/sync/admission';
import { appointment, exchangeAppointment, task } from '../../contract/erp/subject';

const today = { day: '2026-03-28', timeZone: 'Europe/Vienna' };
const on = (day: string, fields: Partial<ReturnType<typeof appointment>> = {}): AnyItem =>
  appointment({ start: `${day}T09:00:00`, end: `${day}T10:00:00`, ...fields });
const inOutlook = (start: string, end: string): ExchangeAppointment => ({ ...exchangeAppointment, start, end });
const hidden = on('2026-03-28', { sensitivity: 'private' });
const open = on('2026-03-28');

interface Case {
  readonly what: string;
  readonly options: Partial<KindOptions>;
  readonly direction?: Direction;
  readonly now: AnyItem | null;
  readonly base?: AnyItem | null;
  readonly code: ExclusionCode | null;
  readonly asks?: boolean;
}

const weekly = { recurrenceRule: 'FREQ=WEEKLY;COUNT=3' };
const cases: readonly Case[] = [
  { what: 'everything by default', options: {}, now: hidden, code: null },
  { what: 'a deletion by default', options: {}, now: null, base: open, code: null },
  { what: 'nothing where the employee is off', options: { direction: 'off' }, now: open, code: 'direction-off' },
  { what: 'nothing against the direction', options: { direction: 'inbound' }, now: open, code: 'direction-off' },
  { what: 'what goes with the direction', options: { direction: 'inbound' }, direction: 'inbound', now: open, code: null },
  { what: 'a deletion in no closed direction', options: { direction: 'inbound' }, now: null, base: open, code: 'direction-off' },
  { what: 'no deletion to Exchange', options: { deleteInExchange: false }, now: null, base: open, code: 'deletion-off' },
  { what: 'a deletion the other way', options: { deleteInExchange: false }, direction: 'inbound', now: null, base: open, code: null },
  { what: 'no deletion to the ERP', options: { deleteInErp: false }, direction: 'inbound', now: null, base: open, code: 'deletion-off' },
  { what: 'an edit where deletions stay', options: { deleteInExchange: false }, now: open, base: open, code: null },
  {
    what: 'no new private item, and nobody is asked',
    options: { privateToExchange: false },
    now: hidden,
    code: 'private-not-synchronised',
  },
  {
    what: 'no confidential item',
    options: { privateToExchange: false },
    now: on('2026-03-28', { sensitivity: 'confidential' }),
    code: 'private-not-synchronised',
  },
  { what: 'a personal one', options: { privateToExchange: false }, now: on('2026-03-28', { sensitivity: 'personal' }), code: null },
  { what: 'a private one the other way', options: { privateToExchange: false }, direction: 'inbound', now: hidden, code: null },
  {
    what: 'a linked item that became private only after asking',
    options: { privateToExchange: false },
    now: hidden,
    base: open,
    code: 'private-not-synchronised',
    asks: true,
  },
  {
    what: 'one that was private before without asking',
    options: { privateToErp: false },
    direction: 'inbound',
    now: hidden,
    base: hidden,
    code: 'private-not-synchronised',
  },
  { what: 'one that is private no more', options: { privateToExchange: false }, now: open, base: hidden, code: null },
  { what: 'the deletion of a private one', options: { privateToExchange: false }, now: null, base: hidden, code: null },
  {
    what: 'nothing that ended before the start date',
    options: { startDate: '2026-03-28' },
    now: on('2026-03-27'),
    code: 'before-start-date',
  },
  { what: 'what ends on the start date', options: { startDate: '2026-03-28' }, now: on('2026-03-28'), code: null },
  {
    what: 'what began before the start date and goes on',
    options: { startDate: '2026-03-28' },
    now: appointment({ start: '2026-03-01T09:00:00', end: '2026-03-28T00:30:00' }),
    code: null,
  },
  { what: 'a series that reaches the start date', options: { startDate: '2026-03-28' }, now: on('2026-03-14', weekly), code: null },
  { what: 'no series that ended before', options: { startDate: '2026-03-28' }, now: on('2026-03-13', weekly), code: 'before-start-date' },
  {
    what: 'a task without dates',
    options: { startDate: '2026-03-28', futureDays: 0 },
    now: task({ startDate: null, dueDate: null }),
    code: null,
  },
  {
    what: 'no task that was due before',
    options: { startDate: '2026-03-28' },
    now: task({ startDate: null, dueDate: '2026-03-27' }),
    code: 'before-start-date',
  },
  { what: 'the last day of the window', options: { futureDays: 2 }, now: on('2026-03-30'), code: null },
  { what: 'no day after the window', options: { futureDays: 2 }, now: on('2026-03-31'), code: 'outside-window' },
  { what: 'the first day of the window', options: { pastDays: 2 }, now: on('2026-03-26'), code: null },
  { what: 'no day before the window', options: { pastDays: 2 }, now: on('2026-03-25'), code: 'outside-window' },
  { what: 'a move out of the window', options: { futureDays: 2 }, now: on('2026-06-01'), base: on('2026-03-29'), code: null },
  { what: 'a move into the window', options: { futureDays: 2 }, now: on('2026-03-29'), base: on('2026-06-01'), code: null },
  { what: 'no edit outside the window', options: { futureDays: 2 }, now: on('2026-06-02'), base: on('2026-06-01'), code: 'outside-window' },
  {
    what: 'no deletion of what is outside the window',
    options: { pastDays: 2 },
    now: null,
    base: on('2026-01-01'),
    code: 'outside-window',
  },
  {
    what: 'by the day of the ERP, not of UTC: half past eleven in the evening of the day before',
    options: { startDate: '2026-03-28' },
    direction: 'inbound',
    now: inOutlook('2026-03-27T22:00:00Z', '2026-03-27T22:30:00Z'),
    code: 'before-start-date',
  },
  {
    what: 'half past midnight, which is the day before in UTC',
    options: { startDate: '2026-03-28' },
    direction: 'inbound',
    now: inOutlook('2026-03-27T23:10:00Z', '2026-03-27T23:30:00Z'),
    code: null,
  },
];

describe("an employee's options let through", () => {
  for (const { what, options, direction = 'outbound', now, base = null, code, asks = false } of cases)
    it(what, () => {
      const change: Change = { direction, now, base };
      const exclusion = exclusionOf(change, { ...defaultKindOptions, ...options }, today);
      assert.deepEqual(exclusion === null ? null : [exclusion.code, exclusion.asks], code === null ? null : [code, asks]);
    });
});

describe('what lies outside the window comes into it by time alone', () => {
  const entersOn = (options: Partial<KindOptions>, now: AnyItem | null, base: AnyItem | null = null): string | null | undefined => {
    const exclusion = exclusionOf({ direction: 'outbound', now, base }, { ...defaultKindOptions, ...options }, today);
    return exclusion?.entersOn;
  };
  const series = { recurrenceRule: 'FREQ=YEARLY' };

  it('on the day from which on its day is not too far ahead', () => {
    assert.equal(entersOn({ futureDays: 2 }, on('2026-03-31')), '2026-03-29');
    assert.equal(entersOn({ futureDays: 2, pastDays: 0 }, on('2026-12-31')), '2026-12-29');
    assert.equal(entersOn({ futureDays: 2 }, task({ dueDate: '2026-04-10' })), '2026-04-08');
  });
  it('with the version that comes first, and so does a deletion', () => {
    assert.equal(entersOn({ futureDays: 2 }, on('2026-06-02'), on('2026-05-01')), '2026-04-29');
    assert.equal(entersOn({ futureDays: 2 }, null, on('2026-05-01')), '2026-04-29');
  });
  it('with the next occurrence of a series, changed ones included', () => {
    assert.equal(entersOn({ futureDays: 5, pastDays: 5 }, on('2020-01-01', series)), '2026-12-27');
    const moved = {
      originalStart: '2027-01-01T09:00:00',
      deleted: false,
      changes: { start: '2026-11-10T09:00:00', end: '2026-11-10T10:00:00' },
    };
    assert.equal(entersOn({ futureDays: 5, pastDays: 5 }, on('2020-01-01', { ...series, exceptions: [moved] })), '2026-11-05');
  });
  it('never when it is past, or left out for another reason', () => {
    assert.equal(entersOn({ futureDays: 2, pastDays: 2 }, on('2026-03-01')), null);
    assert.equal(entersOn({ pastDays: 2 }, on('2026-03-01')), null);
    assert.equal(entersOn({ futureDays: 2, pastDays: 2 }, on('2026-03-01', { recurrenceRule: 'FREQ=DAILY;COUNT=3' })), null);
    assert.equal(entersOn({ futureDays: 2, direction: 'off' }, on('2026-03-31')), null);
  });
});

describe('a change of options opens again', () => {
  const codes = (before: Partial<KindOptions>, after: Partial<KindOptions>, direction: Direction = 'outbound') =>
    reopenedCodes({ ...defaultKindOptions, ...before }, { ...defaultKindOptions, ...after }, direction);

  it('what a closed direction left out', () => {
    const left = ['direction-off', 'private-not-synchronised', 'removal-kept', 'before-start-date', 'outside-window'];
    assert.deepEqual(codes({ direction: 'inbound' }, {}), left);
    assert.deepEqual(codes({ direction: 'inbound' }, {}, 'inbound'), []);
  });
  it('private items, and what another window holds', () => {
    assert.deepEqual(codes({ privateToExchange: false, pastDays: 1 }, { startDate: '2026-01-01' }), [
      'private-not-synchronised',
      'removal-kept',
      'before-start-date',
      'outside-window',
    ]);
  });
  it('no deletion, and nothing while the direction stays closed', () => {
    assert.deepEqual(codes({ deleteInExchange: false }, {}), []);
    assert.deepEqual(codes({ direction: 'off', privateToExchange: false }, { direction: 'off' }), []);
  });
});
