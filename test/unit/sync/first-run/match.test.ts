/** Which items of two sides are one (requirement S6). */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMapping } from '../../../../lib/mapping/mapping';
import type { ErpAppointment, ErpEntry, ErpRecord, ExchangeAppointment, ExchangeEntry, ExchangeItem } from '../../../../lib/model/item';
import { pairBases } from '../../../../lib/sync/first-run/bases';
import { erpCandidate, exchangeCandidate, pairEqual } from '../../../../lib/sync/first-run/match';
import type { Candidate, EqualPair } from '../../../../lib/sync/first-run/match';
import { anyExchangeItem, erpAppointment, erpTask, exchangeAppointment, exchangeTask } from '../../mapping/items';

const mapping = createMapping();
const context = { timeZone: 'Europe/Vienna', activityTypes: [] };
const employees = [
  { id: '1', name: 'Anna', email: 'anna@x.test', active: true },
  { id: '2', name: 'Ben', email: 'ben@x.test', active: true },
];

const inErp = (record: ErpRecord, id = 'e', employeeIds: readonly string[] = ['1']): ErpEntry => ({
  id,
  kind: record.kind,
  employeeIds,
  modifiedAt: null,
  inFilter: true,
  record,
});
const inExchange = (item: ExchangeItem, id = 'x', organizer: string | null = null): ExchangeEntry => ({
  id,
  changeKey: 'k',
  syncId: null,
  modifiedAt: '2026-03-01T10:00:00Z',
  meeting: organizer === null ? null : { role: 'attendee', organizer, attendees: 2, cancelled: false },
  regenerates: false,
  item,
});

const pairsOf = (erp: readonly ErpEntry[], exchange: readonly ExchangeEntry[]): readonly EqualPair[] =>
  pairEqual(
    erp.map((entry) => erpCandidate(entry, context)),
    exchange.map((entry) => exchangeCandidate(entry, mapping, context, employees)),
  );
const areEqual = (record: ErpRecord, item: ExchangeItem): boolean => pairsOf([inErp(record)], [inExchange(item)]).length === 1;

describe('equal items', () => {
  const weekly = { type: 'weekly', interval: 1, days: ['saturday'], firstDayOfWeek: 'monday' } as const;
  const series: Partial<ExchangeAppointment> = { recurrence: { pattern: weekly, range: { type: 'noEnd' } } };
  const erpSeries: Partial<ErpAppointment> = { recurrenceRule: 'FREQ=WEEKLY;WKST=MO;BYDAY=SA' };
  const cases: readonly (readonly [what: string, expected: boolean, Partial<ErpAppointment>, Partial<ExchangeAppointment>])[] = [
    ['the same', true, {}, {}],
    ['subject in other case and spacing', true, { subject: ' visit\t of  BEN' }, { subject: 'Visit of Ben ' }],
    ['subject composed otherwise', true, { subject: 'Bu\u0308ro' }, { subject: 'B\u00fcro' }],
    ['another subject', false, { subject: 'Visit 2' }, {}],
    ['a forwarded subject', false, {}, { subject: 'FW: Visit' }],
    ['no subject at all', true, { subject: '' }, { subject: ' ' }],
    ['other body, location, category', true, { body: '', location: '', categories: ['A'] }, {}],
    ['another start', false, { start: '2026-03-28T08:59:00' }, {}],
    ['another end', false, {}, { end: '2026-03-28T09:01:00Z' }],
    [
      'made in another zone',
      true,
      { timeZone: 'Asia/Tokyo', start: '2026-03-28T17:00:00', end: '2026-03-28T18:00:00' },
      { timeZone: 'Asia/Tokyo' },
    ],
    ['all day', true, { allDay: true, start: '2026-03-28', end: '2026-03-29' }, { allDay: true, start: '2026-03-28', end: '2026-03-29' }],
    [
      'all day and from midnight',
      false,
      { start: '2026-03-28T00:00:00', end: '2026-03-29T00:00:00' },
      { allDay: true, start: '2026-03-28', end: '2026-03-29' },
    ],
    ['a series of the same rule', true, erpSeries, series],
    ['a series of another rule', false, { recurrenceRule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA' }, series],
    ['a series that ends', false, { recurrenceRule: 'FREQ=WEEKLY;BYDAY=SA;COUNT=3' }, series],
    ['a series and its first occurrence', false, {}, series],
    ['a series in a zone that Exchange cannot tell from it', true, erpSeries, { ...series, timeZone: 'Europe/Berlin' }],
    ['a series in another zone', false, erpSeries, { ...series, timeZone: 'Africa/Lagos' }],
  ];
  for (const [what, expected, erp, exchange] of cases) {
    it(`${what}: ${expected ? 'one item' : 'two items'}`, () =>
      assert.equal(areEqual(erpAppointment(erp), exchangeAppointment(exchange)), expected));
  }

  it('a task counts by its dates', () => {
    assert.ok(areEqual(erpTask({ status: 'completed' }), exchangeTask()));
    assert.ok(!areEqual(erpTask({ dueDate: null }), exchangeTask()));
    assert.ok(!areEqual(erpTask({ subject: 'Visit' }), exchangeAppointment()));
  });

  it("a meeting is its organiser's, where the ERP knows the person", () => {
    const meeting = (organizer: string) => [inExchange(exchangeAppointment(), 'x', organizer)];
    assert.equal(pairsOf([inErp(erpAppointment(), 'e', ['1', '2'])], meeting('ben@x.test')).length, 0);
    assert.equal(pairsOf([inErp(erpAppointment(), 'e', ['2', '1'])], meeting('BEN@x.test')).length, 1);
    assert.equal(pairsOf([inErp(erpAppointment())], meeting('guest@y.test')).length, 1);
    // Ben's meeting has one counterpart only and does not lose it to the other item, however alike that is.
    const two = [inErp(erpAppointment(), 'of-ben', ['2']), inErp(erpAppointment({ body: 'x' }), 'of-anna', ['1'])];
    const both = [inExchange(exchangeAppointment(), 'anybody'), inExchange(exchangeAppointment({ body: 'y' }), 'bens', 'ben@x.test')];
    assert.deepEqual(pairsOf(two, both), [
      { erpId: 'of-ben', exchangeId: 'bens' },
      { erpId: 'of-anna', exchangeId: 'anybody' },
    ]);
  });

  it('of several equal ones those of the same body and location come together', () => {
    const erp = [
      inErp(erpAppointment({ body: 'a' }), 'e1'),
      inErp(erpAppointment({ location: 'Linz' }), 'e2'),
      inErp(erpAppointment(), 'e3'),
    ];
    const exchange = [inExchange(exchangeAppointment(), 'x3'), inExchange(exchangeAppointment({ body: 'b', location: 'Linz' }), 'x2')];
    assert.deepEqual(pairsOf(erp, exchange), [
      { erpId: 'e3', exchangeId: 'x3' },
      { erpId: 'e2', exchangeId: 'x2' },
    ]);
  });

  it('every item is equal to what the mapping makes of it', () => {
    fc.assert(
      fc.property(anyExchangeItem, (item) => {
        assert.ok(areEqual(mapping.toErp(item, context), item));
      }),
    );
  });

  it('are paired one to one, as often as both sides hold them, whatever the order', () => {
    const side = fc.array(
      fc.record({ identity: fc.constantFrom('a', 'b', null), body: fc.constantFrom('', 'x'), location: fc.constantFrom('', 'y') }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(side, side, (left, right) => {
        const candidates = (list: typeof left, sign: string): readonly Candidate[] =>
          list.map((fields, index) => ({ ...fields, organiser: null, id: `${sign}${index}` }));
        const [erp, exchange] = [candidates(left, 'e'), candidates(right, 'x')];
        const pairs = pairEqual(erp, exchange);
        assert.equal(new Set(pairs.map(({ erpId }) => erpId)).size, pairs.length);
        assert.equal(new Set(pairs.map(({ exchangeId }) => exchangeId)).size, pairs.length);
        const identityOf = (list: readonly Candidate[], id: string) => list.find((candidate) => candidate.id === id)?.identity;
        for (const { erpId, exchangeId } of pairs) assert.equal(identityOf(erp, erpId), identityOf(exchange, exchangeId));
        const count = (list: readonly Candidate[], identity: string) => list.filter((candidate) => candidate.identity === identity).length;
        const expected = ['a', 'b'].map((identity) => Math.min(count(erp, identity), count(exchange, identity)));
        assert.equal(pairs.length, (expected[0] ?? 0) + (expected[1] ?? 0));
        assert.equal(pairEqual(erp.toReversed(), exchange.toReversed()).length, pairs.length);
      }),
    );
  });
});

describe('the bases of a pair', () => {
  const record = erpAppointment({ location: 'Wien', body: '', priority: 2 });
  const item = exchangeAppointment({ location: 'Graz', body: 'Text', importance: 'high' });
  const affected = (mode: 'merge' | 'erp' | 'exchange') => {
    const bases = pairBases(record, item, mode, mapping, context);
    return {
      rows: [bases.inbound, bases.outbound],
      inbound: mapping.affectedFields('inbound', bases.exchangeBase, item, context),
      outbound: mapping.affectedFields('outbound', bases.erpBase, record, context),
    };
  };

  it('are what both hold where they are wholly equal, and nothing is to be done', () => {
    const equal = pairBases(erpAppointment({ priority: 1 }), exchangeAppointment({ importance: 'high' }), 'merge', mapping, context);
    assert.deepEqual(equal, {
      erpBase: erpAppointment({ priority: 1 }),
      exchangeBase: exchangeAppointment({ importance: 'high' }),
      inbound: false,
      outbound: false,
    });
  });

  it('merge: what differs and says something is a change of its side', () =>
    assert.deepEqual(affected('merge'), { rows: [true, true], inbound: ['body', 'location'], outbound: ['location'] }));

  it('erp: every difference is a change of the ERP', () =>
    assert.deepEqual(affected('erp'), { rows: [false, true], inbound: [], outbound: ['body', 'location'] }));

  it('exchange: every difference is a change of Exchange', () =>
    assert.deepEqual(affected('exchange'), { rows: [true, false], inbound: ['body', 'location'], outbound: [] }));
});
