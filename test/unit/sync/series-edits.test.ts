/** Series that people turn into something else, on either side: what the other side is told, field by field. */
import assert from 'node:assert/strict';
import { differingFields } from '../../../lib/mapping/compare';
import { createMapping } from '../../../lib/mapping/mapping';
import type { AnyItem, ErpAppointment, ErpException, ExchangeAppointment } from '../../../lib/model/item';
import { decide } from '../../../lib/sync/decide';
import { mapMessage } from '../../../lib/sync/map-message';
import { inboundMessage } from '../../nodes/support/items';
import { erpAppointment, exchangeAppointment } from '../mapping/items';

const mapping = createMapping();
const context = { timeZone: 'Europe/Vienna', activityTypes: [] };
const daily = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } as const;
const weekly = {
  pattern: { type: 'weekly', interval: 2, days: ['saturday'], firstDayOfWeek: 'monday' },
  range: { type: 'numbered', count: 5 },
} as const;
const gone = (day: string): ErpException => ({ originalStart: `${day}T09:00:00`, deleted: true });

/** What becomes of the other side when one side, which was `before`, is `now`, and nobody touched the other. */
const carried = async <Item extends AnyItem>(direction: 'inbound' | 'outbound', before: Item, now: Item): Promise<AnyItem> => {
  const imageOf = async (item: AnyItem): Promise<AnyItem> => {
    const message = inboundMessage({ direction, source: item, base: null });
    const { payload } = await mapMessage({ ...message, payload: item }, mapping, context);
    assert.ok(payload !== null);
    return payload;
  };
  const target = await imageOf(before);
  const [erp, exchange] = direction === 'inbound' ? [target, before] : [before, target];
  assert.ok('priority' in erp && 'importance' in exchange);
  const message = inboundMessage({ direction, operation: 'update', source: now, base: { erp, exchange }, link: { id: 1, version: 1 } });
  const { payload, sync } = await mapMessage({ ...message, payload: now }, mapping, context);
  const verdict = decide(
    {
      ...{ direction, deleted: false, desired: payload, mapped: sync.mapped ?? null, changedFields: sync.changedFields ?? [] },
      ...{ targetBase: target, targetNow: target, targetChangeKey: 'CK', sourceModifiedAt: null, targetModifiedAt: null },
      ...{ rule: 'last', chosen: null },
    },
    (a, b) => differingFields(a, b, context.timeZone),
  );
  assert.ok(verdict.type === 'write' && verdict.decision.action === 'update', verdict.type);
  const written = { ...target, ...verdict.decision.changes };
  // Nothing but what the edit means was written: the result is the image of the edited item.
  assert.deepEqual(differingFields(written, await imageOf(now), context.timeZone), []);
  return written;
};

const erp = erpAppointment;
const exchange = exchangeAppointment;
const series = { recurrenceRule: 'FREQ=DAILY', exceptions: [gone('2026-03-30'), gone('2026-04-11')] } as const;

describe('a series that is edited in the ERP', () => {
  type Case = readonly [what: string, before: ErpAppointment, now: ErpAppointment, expected: Partial<ExchangeAppointment>];
  const cases: readonly Case[] = [
    [
      'into another pattern keeps the exceptions of the days that it still has',
      erp(series),
      erp({ ...series, recurrenceRule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;COUNT=5' }),
      { recurrence: weekly, exceptions: [{ originalStart: '2026-04-11T07:00:00Z', deleted: true }] },
    ],
    ['into a single appointment', erp(series), erp(), { recurrence: null, exceptions: [] }],
    ['from a single appointment', erp(), erp({ recurrenceRule: 'FREQ=DAILY' }), { recurrence: daily, exceptions: [] }],
    [
      'to another time takes its exceptions along',
      erp(series),
      erp({ ...series, start: '2026-03-28T11:00:00', end: '2026-03-28T12:00:00' }),
      {
        start: '2026-03-28T10:00:00Z',
        exceptions: [
          { originalStart: '2026-03-30T09:00:00Z', deleted: true },
          { originalStart: '2026-04-11T09:00:00Z', deleted: true },
        ],
      },
    ],
    [
      'into another zone',
      erp(series),
      erp({ ...series, timeZone: 'Asia/Tokyo' }),
      {
        timeZone: 'Asia/Tokyo',
        start: '2026-03-28T00:00:00Z',
        exceptions: [
          { originalStart: '2026-03-30T00:00:00Z', deleted: true },
          { originalStart: '2026-04-11T00:00:00Z', deleted: true },
        ],
      },
    ],
    [
      'into an all-day one',
      erp(series),
      erp({
        allDay: true,
        start: '2026-03-28',
        end: '2026-03-29',
        recurrenceRule: 'FREQ=DAILY',
        exceptions: [{ originalStart: '2026-03-30', deleted: true }],
      }),
      { allDay: true, start: '2026-03-28', exceptions: [{ originalStart: '2026-03-30', deleted: true }] },
    ],
    [
      'by making an occurrence an appointment of its own loses just this occurrence',
      erp({ recurrenceRule: 'FREQ=DAILY' }),
      erp({ recurrenceRule: 'FREQ=DAILY', exceptions: [gone('2026-03-30')] }),
      { exceptions: [{ originalStart: '2026-03-30T07:00:00Z', deleted: true }] },
    ],
  ];
  for (const [what, before, now, expected] of cases) {
    it(what, async () => {
      const written = await carried('outbound', before, now);
      assert.deepEqual({ ...written, ...expected }, written);
    });
  }
});

describe('a series that is edited in Exchange', () => {
  const deleted = { originalStart: '2026-03-30T07:00:00Z', deleted: true } as const;
  type Case = readonly [what: string, before: ExchangeAppointment, now: ExchangeAppointment, expected: Partial<ErpAppointment>];
  const cases: readonly Case[] = [
    [
      'into another pattern, which takes its exceptions away',
      exchange({ recurrence: daily, exceptions: [deleted] }),
      exchange({ recurrence: weekly }),
      { recurrenceRule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;COUNT=5', exceptions: [] },
    ],
    [
      'into a single appointment',
      exchange({ recurrence: daily, exceptions: [deleted] }),
      exchange(),
      { recurrenceRule: null, exceptions: [] },
    ],
    ['from a single appointment', exchange(), exchange({ recurrence: daily }), { recurrenceRule: 'FREQ=DAILY' }],
    [
      'into another zone, at the same moment',
      exchange({ recurrence: daily }),
      exchange({ recurrence: daily, timeZone: 'Asia/Tokyo' }),
      { timeZone: 'Asia/Tokyo', start: '2026-03-28T17:00:00' },
    ],
    [
      'by bringing a deleted occurrence back',
      exchange({ recurrence: daily, exceptions: [deleted] }),
      exchange({ recurrence: daily }),
      { exceptions: [] },
    ],
    [
      'by moving an occurrence',
      exchange({ recurrence: daily }),
      exchange({ recurrence: daily, exceptions: [{ ...deleted, deleted: false, changes: { start: '2026-03-30T08:00:00Z' } }] }),
      { exceptions: [{ originalStart: '2026-03-30T09:00:00', deleted: false, changes: { start: '2026-03-30T10:00:00' } }] },
    ],
  ];
  for (const [what, before, now, expected] of cases) {
    it(what, async () => {
      const written = await carried('inbound', before, now);
      assert.deepEqual({ ...written, ...expected }, written);
    });
  }
});
