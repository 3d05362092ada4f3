/** Items for the mapping tests: builders with defaults, and arbitrary ones. */
import fc from 'fast-check';
import { addDays } from '../../../lib/mapping/calendar-days';
import type { ErpAppointment, ErpTask, ExchangeAppointment, ExchangeItem, ExchangeTask } from '../../../lib/model/item';
import type { Recurrence } from '../../../lib/model/recurrence';

/** An Exchange appointment on Saturday, 28 March 2026, 9 to 10 in Vienna. */
export const exchangeAppointment = (fields: Partial<ExchangeAppointment> = {}): ExchangeAppointment => ({
  kind: 'appointment',
  subject: 'Visit',
  body: 'Line 1\nLine 2',
  bodyHtml: null,
  location: 'Graz',
  allDay: false,
  start: '2026-03-28T08:00:00Z',
  end: '2026-03-28T09:00:00Z',
  timeZone: 'Europe/Vienna',
  reminderMinutes: 15,
  freeBusy: 'busy',
  sensitivity: 'normal',
  importance: 'normal',
  categories: [],
  recurrence: null,
  exceptions: [],
  ...fields,
});

/** The same in the ERP. */
export const erpAppointment = (fields: Partial<ErpAppointment> = {}): ErpAppointment => ({
  kind: 'appointment',
  subject: 'Visit',
  body: 'Line 1\nLine 2',
  bodyHtml: null,
  location: 'Graz',
  allDay: false,
  start: '2026-03-28T09:00:00',
  end: '2026-03-28T10:00:00',
  timeZone: null,
  reminderMinutes: 15,
  freeBusy: 'busy',
  sensitivity: 'normal',
  priority: 3,
  activityTypeId: null,
  categories: [],
  recurrenceRule: null,
  exceptions: [],
  equipment: [],
  ...fields,
});

/** An Exchange task. */
export const exchangeTask = (fields: Partial<ExchangeTask> = {}): ExchangeTask => ({
  kind: 'task',
  subject: 'Offer',
  body: '',
  bodyHtml: null,
  startDate: '2026-03-28',
  dueDate: '2026-03-30',
  status: 'notStarted',
  percentComplete: 0,
  reminderAt: '2026-03-29T07:00:00Z',
  sensitivity: 'normal',
  importance: 'normal',
  categories: [],
  ...fields,
});

/** The same in the ERP. */
export const erpTask = (fields: Partial<ErpTask> = {}): ErpTask => ({
  kind: 'task',
  subject: 'Offer',
  body: '',
  bodyHtml: null,
  startDate: '2026-03-28',
  dueDate: '2026-03-30',
  status: 'notStarted',
  percentComplete: 0,
  reminderAt: '2026-03-29T09:00:00',
  sensitivity: 'normal',
  priority: 3,
  activityTypeId: null,
  categories: [],
  ...fields,
});

const record = <T>(model: { [Field in keyof T]: fc.Arbitrary<T[Field]> }): fc.Arbitrary<T> => fc.record(model, { noNullPrototype: true });

const day = fc.integer({ min: 0, max: 9000 }).map((offset) => addDays('2015-01-01', offset));
const instant = fc
  .tuple(day, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([date, hour, minute]) => `${date}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00Z`);
const sensitivity = fc.constantFrom('normal' as const, 'personal' as const, 'private' as const, 'confidential' as const);
const importance = fc.constantFrom('low' as const, 'normal' as const, 'high' as const);
const freeBusy = fc.constantFrom(
  'free' as const,
  'tentative' as const,
  'busy' as const,
  'outOfOffice' as const,
  'workingElsewhere' as const,
);
const status = fc.constantFrom(
  'notStarted' as const,
  'inProgress' as const,
  'completed' as const,
  'waitingOnOthers' as const,
  'deferred' as const,
);
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replaceAll('\r', ''));
const categories = fc.uniqueArray(fc.constantFrom('Private', 'A & B', 'ES_5_Task', 'ES_7_Visit', 'ümläut'), { maxLength: 4 });
const zone = fc.constantFrom('Europe/Vienna', 'America/New_York', 'Asia/Tokyo', 'Australia/Sydney', 'America/St_Johns');

const daily: fc.Arbitrary<Recurrence> = record({
  pattern: record({ type: fc.constant('daily' as const), interval: fc.integer({ min: 1, max: 9 }) }),
  range: fc.oneof(
    record({ type: fc.constant('noEnd' as const) }),
    record({ type: fc.constant('numbered' as const), count: fc.integer({ min: 1, max: 99 }) }),
    record({ type: fc.constant('endDate' as const), until: fc.constant('2060-12-31') }),
  ),
});

const base = { subject: text, body: text, bodyHtml: fc.constant(null), sensitivity, importance, categories };

const timed: fc.Arbitrary<ExchangeAppointment> = record({
  kind: fc.constant('appointment' as const),
  ...base,
  location: text,
  allDay: fc.constant(false),
  start: instant,
  end: instant,
  timeZone: zone,
  reminderMinutes: fc.option(fc.integer({ min: 0, max: 20_160 })),
  freeBusy,
  recurrence: fc.option(daily),
  exceptions: fc.constant([]),
}).map((item) => (item.start <= item.end ? item : { ...item, start: item.end, end: item.start }));

const allDay: fc.Arbitrary<ExchangeAppointment> = fc
  .tuple(timed, day, fc.integer({ min: 1, max: 20 }))
  .map(([item, first, days]) => ({ ...item, allDay: true, start: first, end: addDays(first, days) }));

const task: fc.Arbitrary<ExchangeTask> = record({
  kind: fc.constant('task' as const),
  ...base,
  startDate: fc.option(day),
  dueDate: fc.option(day),
  status,
  percentComplete: fc.integer({ min: 0, max: 100 }),
  reminderAt: fc.option(instant),
});

/** Any item that Exchange may hold; patterns of series are tested with the recurrence rules. */
export const anyExchangeItem: fc.Arbitrary<ExchangeItem> = fc.oneof(timed, allDay, task);
