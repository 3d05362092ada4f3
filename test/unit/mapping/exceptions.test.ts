import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import { isEmpty, isEqual, omitBy } from 'lodash';
import { DateTime } from 'luxon';
import { differingFields } from '../../../lib/mapping/compare';
import { carryExceptions } from '../../../lib/mapping/exceptions';
import { createMapping } from '../../../lib/mapping/mapping';
import type {
  ErpAppointment,
  ErpException,
  ErpOccurrenceFields,
  ErpRecord,
  ExchangeAppointment,
  ExchangeException,
  ExchangeItem,
} from '../../../lib/model/item';
import type { SeriesException } from '../../../lib/model/series-exception';
import { erpAppointment, exchangeAppointment } from './items';
import { anySeries, lastDay, takesPlaceInErp, takesPlaceInExchange } from './series';

const context = {
  timeZone: 'Europe/Vienna',
  activityTypes: [{ id: '70', no: '7', description: 'Visit', colour: null }],
};
const mapping = createMapping();
const daily = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } as const;

const appointment = <T extends ErpRecord | ExchangeItem>(item: T): Extract<T, { kind: 'appointment' }> => {
  ok(item.kind === 'appointment');
  return item as Extract<T, { kind: 'appointment' }>;
};
const toErp = (item: ExchangeAppointment): ErpAppointment => appointment(mapping.toErp(item, context));
const toExchange = (record: ErpAppointment): ExchangeAppointment => appointment(mapping.toExchange(record, context));

/** A local hour that occurs twice cannot say which it is: documented loss (times.ts). */
const hasSecondHour = ({ exceptions, timeZone }: ExchangeAppointment): boolean =>
  exceptions.some(
    (exception) =>
      !exception.deleted &&
      [exception.changes.start, exception.changes.end].some(
        (time) => time?.endsWith('Z') === true && DateTime.fromISO(time, { zone: timeZone }).getPossibleOffsets().length > 1,
      ),
  );

describe('exceptions of a series', () => {
  it('take place at the same times with the same contents on both sides, and come back as they were', () => {
    fc.assert(
      fc.property(anySeries, (item) => {
        fc.pre(!hasSecondHour(item));
        const record = toErp(item);
        deepStrictEqual(takesPlaceInErp(record, context.timeZone, lastDay), takesPlaceInExchange(item, lastDay));
        deepStrictEqual(differingFields(withoutEmpty(item), toExchange(record), context.timeZone), []);
        deepStrictEqual(toErp(toExchange(record)), record);
        deepStrictEqual(mapping.differences(record, withoutEmpty(item), context), []);
        deepStrictEqual(JSON.parse(JSON.stringify(record)), record);
      }),
      { numRuns: 150 },
    );
  });

  const cases: readonly (readonly [what: string, series: Partial<ExchangeAppointment>, exchange: ExchangeException, erp: ErpException])[] =
    [
      ['deleted', {}, { originalStart: '2026-03-30T07:00:00Z', deleted: true }, { originalStart: '2026-03-30T09:00:00', deleted: true }],
      [
        'moved over midnight',
        {},
        {
          originalStart: '2026-03-30T07:00:00Z',
          deleted: false,
          changes: { start: '2026-03-30T22:30:00Z', end: '2026-03-30T23:30:00Z' },
        },
        { originalStart: '2026-03-30T09:00:00', deleted: false, changes: { start: '2026-03-31T00:30:00', end: '2026-03-31T01:30:00' } },
      ],
      [
        'of the hour that the clock skips',
        { start: '2026-03-28T01:30:00Z', end: '2026-03-28T02:30:00Z' },
        { originalStart: '2026-03-29T01:30:00Z', deleted: false, changes: { subject: 'Other' } },
        { originalStart: '2026-03-29T02:30:00', deleted: false, changes: { subject: 'Other' } },
      ],
      [
        'that the clock skips into the next day',
        { timeZone: 'America/Nuuk', start: '2026-03-28T01:30:00Z', end: '2026-03-28T02:30:00Z' },
        { originalStart: '2026-03-29T01:30:00Z', deleted: true },
        { originalStart: '2026-03-28T23:30:00', deleted: true },
      ],
      [
        'of the hour that occurs twice',
        { start: '2026-10-24T00:30:00Z', end: '2026-10-24T01:30:00Z' },
        { originalStart: '2026-10-25T00:30:00Z', deleted: true },
        { originalStart: '2026-10-25T02:30:00', deleted: true },
      ],
      [
        'of a series in another zone',
        { timeZone: 'Asia/Tokyo' },
        { originalStart: '2026-03-30T08:00:00Z', deleted: false, changes: { start: '2026-03-30T09:00:00Z' } },
        { originalStart: '2026-03-30T17:00:00', deleted: false, changes: { start: '2026-03-30T18:00:00' } },
      ],
      [
        'of an all-day series',
        { allDay: true, start: '2026-03-28', end: '2026-03-29' },
        { originalStart: '2026-03-30', deleted: false, changes: { start: '2026-03-31', end: '2026-04-01' } },
        { originalStart: '2026-03-30', deleted: false, changes: { start: '2026-03-31', end: '2026-04-01' } },
      ],
      [
        'that became an all-day one',
        {},
        {
          originalStart: '2026-03-30T07:00:00Z',
          deleted: false,
          changes: { allDay: true, start: '2026-03-30', end: '2026-03-31' },
        },
        {
          originalStart: '2026-03-30T09:00:00',
          deleted: false,
          changes: { allDay: true, start: '2026-03-30', end: '2026-03-31' },
        },
      ],
      [
        'with a category of an activity type and an importance',
        {},
        { originalStart: '2026-03-30T07:00:00Z', deleted: false, changes: { categories: ['ES_7_Visit'], importance: 'high' } },
        { originalStart: '2026-03-30T09:00:00', deleted: false, changes: { activityTypeId: '70', priority: 2 } },
      ],
    ];
  for (const [what, series, inExchange, inErp] of cases) {
    it(`an occurrence ${what}`, () => {
      const item = exchangeAppointment({ ...series, recurrence: daily, exceptions: [inExchange] });
      const record = toErp(item);
      deepStrictEqual(record.exceptions, [inErp]);
      deepStrictEqual(toExchange(record), item);
    });
  }

  it('one whose changes change nothing is none, on either side', () => {
    const originalStart = '2026-03-30T07:00:00Z';
    const item = exchangeAppointment({
      recurrence: daily,
      exceptions: [{ originalStart, deleted: false, changes: { subject: 'Visit', body: 'Line 1\r\nLine 2\n' } }],
    });
    deepStrictEqual(toErp(item).exceptions, []);
    const record = erpAppointment({
      recurrenceRule: 'FREQ=DAILY',
      exceptions: [{ originalStart: '2026-03-30T09:00:00', deleted: false, changes: { priority: 3 } }],
    });
    deepStrictEqual(toExchange(record).exceptions, []);
  });

  it('one of a day that the series does not have cannot be shown and is left where it is', () => {
    const weekly = 'FREQ=WEEKLY;BYDAY=SA';
    const exceptions: readonly ErpException[] = [{ originalStart: '2026-03-30T09:00:00', deleted: true }];
    deepStrictEqual(toExchange(erpAppointment({ recurrenceRule: weekly, exceptions })).exceptions, []);
    deepStrictEqual(toExchange(erpAppointment({ exceptions })).exceptions, []);
  });

  it('are all of the occurrence that their day says when the series moved on the clock', () => {
    const record = erpAppointment({
      start: '2026-03-28T11:00:00',
      end: '2026-03-28T12:00:00',
      recurrenceRule: 'FREQ=DAILY',
      exceptions: [{ originalStart: '2026-03-30T09:00:00', deleted: true }],
    });
    deepStrictEqual(toExchange(record).exceptions, [{ originalStart: '2026-03-30T09:00:00Z', deleted: true }]);
  });

  it('obey the rules: a field that does not flow is not in them', () => {
    const rules = [{ kind: 'appointment', exchange: 'location', erp: 'location', direction: 'outbound' }] as const;
    const item = exchangeAppointment({
      recurrence: daily,
      exceptions: [{ originalStart: '2026-03-30T07:00:00Z', deleted: false, changes: { subject: 'x', location: 'Linz' } }],
    });
    const record = createMapping({ rules }).toErp(item, context);
    deepStrictEqual(appointment(record).exceptions, [{ originalStart: '2026-03-30T09:00:00', deleted: false, changes: { subject: 'x' } }]);
  });

  it('belong to the times: they flow where the times flow', () => {
    const times = ['allDay', 'start', 'end', 'timeZone'].map((field) => [field, field] as const);
    const outbound = [...times, ['recurrence', 'recurrenceRule'] as const, ['exceptions', 'exceptions'] as const].map(
      ([exchange, erp]) => ({ kind: 'appointment', exchange, erp, direction: 'outbound' }) as const,
    );
    const oneWay = createMapping({ rules: outbound });
    const [before, now] = [
      exchangeAppointment({ recurrence: daily }),
      exchangeAppointment({ recurrence: daily, exceptions: [deletedOne] }),
    ];
    deepStrictEqual(oneWay.affectedFields('inbound', before, now, context), []);
    deepStrictEqual(mapping.affectedFields('inbound', before, now, context), ['exceptions']);
  });
});

const deletedOne: ExchangeException = { originalStart: '2026-03-30T07:00:00Z', deleted: true };

/** The series without what its exceptions say just as it does. */
const withoutEmpty = (item: ExchangeAppointment): ExchangeAppointment => ({
  ...item,
  exceptions: item.exceptions.flatMap((exception): ExchangeException[] => {
    if (exception.deleted) return [exception];
    const changes = omitBy(
      exception.changes,
      (value, field) => field !== 'start' && field !== 'end' && isEqual(value, new Map<string, unknown>(Object.entries(item)).get(field)),
    );
    return isEmpty(changes) ? [] : [{ ...exception, changes }];
  }),
});

describe('exceptions carried to the other side', () => {
  const day = '2026-03-30T09:00:00';
  const changed = (changes: Partial<ErpOccurrenceFields>): SeriesException<ErpOccurrenceFields> => ({
    originalStart: day,
    deleted: false,
    changes,
  });
  const gone: SeriesException<ErpOccurrenceFields> = { originalStart: day, deleted: true };
  type Case = readonly [
    what: string,
    before: readonly ErpException[],
    now: readonly ErpException[],
    target: readonly ErpException[],
    result: readonly ErpException[],
  ];
  const cases: readonly Case[] = [
    ['a new one is added', [], [changed({ subject: 'a' })], [], [changed({ subject: 'a' })]],
    [
      'one that the source left alone stays',
      [changed({ priority: 2 })],
      [changed({ priority: 2 })],
      [changed({ priority: 1 })],
      [changed({ priority: 1 })],
    ],
    [
      'what the mapping loses stays beside a change',
      [changed({ priority: 2 })],
      [changed({ priority: 2, subject: 'a' })],
      [changed({ priority: 1 })],
      [changed({ priority: 1, subject: 'a' })],
    ],
    [
      'a field that is as the series again leaves',
      [changed({ subject: 'a', body: 'b' })],
      [changed({ body: 'b' })],
      [changed({ subject: 'a', body: 'b' })],
      [changed({ body: 'b' })],
    ],
    ['one that is none any more leaves', [changed({ subject: 'a' })], [], [changed({ subject: 'a' })], []],
    [
      'but what only the target knows of it stays',
      [changed({ subject: 'a' })],
      [],
      [changed({ subject: 'a', priority: 1 })],
      [changed({ priority: 1 })],
    ],
    ['a deletion deletes', [changed({ subject: 'a' })], [gone], [changed({ subject: 'a' })], [gone]],
    ['a deleted one that is back is back', [gone], [], [gone], []],
    ['a deleted one that is back with changes has them', [gone], [changed({ subject: 'a' })], [gone], [changed({ subject: 'a' })]],
    ['one that the source cannot show stays', [], [], [gone], [gone]],
  ];
  for (const [what, before, now, target, result] of cases)
    it(what, () => deepStrictEqual(carryExceptions<ErpOccurrenceFields>(before, now, target), result));
});
