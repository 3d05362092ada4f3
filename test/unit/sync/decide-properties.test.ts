/** The decision for any two histories: both directions, in either order, lead to the same state, and nothing is lost silently. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isEqual } from 'lodash';
import { differingFields } from '../../../lib/mapping/compare';
import { conflictRules } from '../../../lib/model/employee-options';
import type { ExchangeAppointment, ExchangeException, Fields } from '../../../lib/model/item';
import type { Direction } from '../../../lib/model/kind';
import type { LinkDecision } from '../../../lib/model/link';
import { decide } from '../../../lib/sync/decide';
import type { Situation } from '../../../lib/sync/decide';
import { exchangeAppointment } from '../mapping/items';

/** Both sides have the same shape here: what mapping does is tested elsewhere. */
type Item = ExchangeAppointment;

interface State {
  readonly erp: Item | null;
  readonly exchange: Item | null;
  readonly bases: { readonly erp: Item; readonly exchange: Item } | null;
  readonly chosen: LinkDecision | null;
  readonly parked: boolean;
  /** A person wanted both. */
  readonly separate: boolean;
  /** Lost sides, as the journal keeps them. */
  readonly lost: readonly Fields[];
}

type Circumstances = Pick<Situation, 'rule' | 'sourceModifiedAt' | 'targetModifiedAt'>;

/** Works through the row of one direction as resolver and writers do. */
const step = (state: State, direction: Direction, circumstances: Circumstances): State => {
  if (state.bases === null) return state;
  const [from, to] = direction === 'inbound' ? (['exchange', 'erp'] as const) : (['erp', 'exchange'] as const);
  const [source, target] = [state[from], state[to]];
  const verdict = decide(
    {
      ...circumstances,
      direction,
      deleted: source === null,
      desired: source,
      mapped: source,
      changedFields: source === null ? [] : differingFields(state.bases[from], source),
      targetBase: state.bases[to],
      targetNow: target,
      targetChangeKey: null,
      chosen: state.chosen,
    },
    differingFields,
  );
  const lost = 'lost' in verdict && verdict.lost !== null ? [...state.lost, verdict.lost] : state.lost;
  const advanced = (changes: Fields, rebase: Fields): State => {
    if (source === null || target === null || state.bases === null) return { ...state, lost, bases: target === null ? state.bases : null };
    const bases = { [from]: source, [to]: { ...state.bases[to], ...changes, ...rebase } };
    return { ...state, [to]: { ...target, ...changes }, bases: { ...state.bases, ...bases }, chosen: null, parked: false, lost };
  };
  const anew = (item: Item | null): State => ({
    ...state,
    erp: item,
    exchange: item,
    bases: item === null ? null : { erp: item, exchange: item },
    chosen: null,
    parked: false,
    lost,
  });
  switch (verdict.type) {
    case 'nothing':
      return source === null ? { ...state, bases: null } : advanced({}, verdict.rebase);
    case 'recreate-source':
      return anew(target);
    case 'recreate-target':
      return anew(source);
    case 'target-deletion-wins':
      return { ...state, lost };
    case 'conflict':
      return { ...state, parked: true };
    case 'separate':
      return { ...state, bases: null, chosen: null, parked: false, separate: true };
    case 'write': {
      const { decision } = verdict;
      if (decision.action === 'create') throw new Error('nothing is new here');
      const more = decision.lost === null ? [] : [decision.lost];
      if (decision.action === 'delete') return { ...anew(null), lost: [...lost, ...more] };
      const next = advanced(decision.changes, decision.rebase);
      return { ...next, lost: [...next.lost, ...more] };
    }
  }
};

const times = fc.constantFrom(null, '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z');
const circumstances = fc.record({ rule: fc.constantFrom(...conflictRules), erpTime: times, exchangeTime: times });
type Times = { readonly rule: Situation['rule']; readonly erpTime: string | null; readonly exchangeTime: string | null };

const settle = (start: State, order: readonly Direction[], { rule, erpTime, exchangeTime }: Times): State =>
  [...order, ...order].reduce((state, direction) => {
    const [source, target] = direction === 'inbound' ? [exchangeTime, erpTime] : [erpTime, exchangeTime];
    return step(state, direction, { rule, sourceModifiedAt: source, targetModifiedAt: target });
  }, start);

const days = ['2026-03-30', '2026-04-06', '2026-04-13', '2026-04-20'];
const instant = (day: string, hour: number): string => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;

const changesOfOccurrence = fc.oneof(
  fc.record({ subject: fc.constantFrom('A', 'B') }, { noNullPrototype: true }),
  fc.record({ location: fc.constantFrom('A', 'B') }, { noNullPrototype: true }),
  fc.constantFrom(10, 11).map((hour) => ({ start: instant('2026-03-31', hour), end: instant('2026-03-31', hour + 1) })),
);
const exceptionOn = (day: string): fc.Arbitrary<readonly ExchangeException[]> =>
  fc.oneof(
    fc.constant([]),
    fc.constant([{ originalStart: instant(day, 8), deleted: true } as const]),
    changesOfOccurrence.map((changes) => [{ originalStart: instant(day, 8), deleted: false, changes } as const]),
  );
const exceptions = fc.tuple(...days.map(exceptionOn)).map((lists) => lists.flat());

/** One edit of each group of fields that go together. */
const edits = {
  subject: fc.record({ subject: fc.constantFrom('One', 'Two', 'Three') }, { noNullPrototype: true }),
  location: fc.record({ location: fc.constantFrom('Wien', 'Linz') }, { noNullPrototype: true }),
  body: fc.record({ body: fc.constantFrom('x', 'y'), bodyHtml: fc.constantFrom(null, '<p>x</p>') }, { noNullPrototype: true }),
  importance: fc.record({ importance: fc.constantFrom('low', 'normal', 'high') }, { noNullPrototype: true }),
  categories: fc.record({ categories: fc.constantFrom(['VIP'], ['Red', 'VIP'], []) }, { noNullPrototype: true }),
  freeBusy: fc.record({ freeBusy: fc.constantFrom('free', 'tentative') }, { noNullPrototype: true }),
  end: fc.record({ end: fc.constantFrom(instant('2026-03-30', 9), instant('2026-03-30', 12)) }, { noNullPrototype: true }),
  start: fc.constantFrom(6, 7).map((hour) => ({ start: instant('2026-03-30', hour), end: instant('2026-03-30', hour + 1) })),
  exceptions: fc.record({ exceptions }, { noNullPrototype: true }),
} satisfies Readonly<Record<string, fc.Arbitrary<Partial<Item>>>>;

type Group = keyof typeof edits;
const groups: readonly Group[] = ['subject', 'location', 'body', 'importance', 'categories', 'freeBusy', 'end', 'start', 'exceptions'];

const series = exceptionsOf([]);
function exceptionsOf(list: readonly ExchangeException[]): Item {
  return exchangeAppointment({
    start: instant('2026-03-30', 8),
    end: instant('2026-03-30', 9),
    recurrence: {
      pattern: { type: 'weekly', interval: 1, days: ['monday'], firstDayOfWeek: 'monday' },
      range: { type: 'noEnd' },
    },
    exceptions: list,
  });
}

const edited = (chosen: readonly Group[]): fc.Arbitrary<Partial<Item>> =>
  chosen.length === 0
    ? fc.constant({})
    : fc
        .tuple(...chosen.map((group): fc.Arbitrary<Partial<Item>> => edits[group]))
        .map((parts) => parts.reduce<Partial<Item>>((all, part) => ({ ...all, ...part }), {}));
const anyEdit = fc.subarray([...groups]).chain(edited);

const start = (base: Item, erp: Item | null, exchange: Item | null, chosen: LinkDecision | null): State => ({
  erp,
  exchange,
  bases: { erp: base, exchange: base },
  chosen,
  parked: false,
  separate: false,
  lost: [],
});

const inboundFirst: readonly Direction[] = ['inbound', 'outbound'];
const outboundFirst: readonly Direction[] = ['outbound', 'inbound'];

const bases = exceptions.map(exceptionsOf);
const version = (base: Item) =>
  fc.oneof({ weight: 5, arbitrary: anyEdit.map((edit): Item => ({ ...base, ...edit })) }, { weight: 1, arbitrary: fc.constant(null) });

const sides = fc.constantFrom<'erp' | 'exchange'>('erp', 'exchange');
const whole: fc.Arbitrary<LinkDecision> = sides.map((take) => ({ take }));
const byFields: fc.Arbitrary<LinkDecision> = fc
  .record({
    subject: sides,
    location: sides,
    start: sides,
    exceptions: sides,
    priority: sides,
    categories: sides,
    body: sides,
    freeBusy: sides,
  })
  .map((fields) => ({ take: 'fields', fields }));

const histories = bases.chain((base) =>
  fc.record({
    base: fc.constant(base),
    erp: version(base),
    exchange: version(base),
    circumstances,
    chosen: fc.oneof(fc.constant(null), whole, byFields, fc.constant<LinkDecision>({ take: 'both' })),
  }),
);

const runs = { numRuns: 300 };

describe('decide, for any two histories', () => {
  it('leads to the same state whichever direction comes first, for every rule and decision', () => {
    fc.assert(
      fc.property(histories, ({ base, erp, exchange, circumstances: given, chosen }) => {
        const [first, second] = [inboundFirst, outboundFirst].map((order) => settle(start(base, erp, exchange, chosen), order, given));
        assert.ok(first !== undefined && second !== undefined);
        assert.deepEqual([first.erp, first.exchange, first.parked], [second.erp, second.exchange, second.parked]);
        if (first.parked || first.separate) return;
        assert.deepEqual(first.erp, first.exchange);
      }),
      runs,
    );
  });

  it('parks what a person decides, and both directions carry the decision out', () => {
    const decided = fc.oneof(whole, byFields);
    fc.assert(
      fc.property(histories, decided, inOrder(), ({ base, erp, exchange, circumstances: given }, chosen, order) => {
        const manual = { ...given, rule: 'manual' } as const;
        const parked = settle(start(base, erp, exchange, null), order, manual);
        if (!parked.parked) return;
        assert.deepEqual([parked.erp, parked.exchange], [erp, exchange], 'a parked item is left alone');
        const after = settle({ ...parked, chosen, parked: false }, order, manual);
        if (after.parked) return;
        assert.deepEqual(after.erp, after.exchange);
      }),
      runs,
    );
  });

  it('merges changes of different fields without asking, and loses nothing (N2)', () => {
    const disjoint = fc.shuffledSubarray([...groups]).chain((order) =>
      fc.nat({ max: order.length }).chain((cut) => {
        const [own, others] = [order.slice(0, cut), order.slice(cut)];
        // Times and exceptions are no different fields.
        const clean = others.filter(
          (group) => !(['start', 'end', 'exceptions'].includes(group) && own.some((name) => ['start', 'end', 'exceptions'].includes(name))),
        );
        return fc.record({ erp: edited(own), exchange: edited(clean), circumstances, order: inOrder() });
      }),
    );
    fc.assert(
      fc.property(bases, disjoint, (base, given) => {
        const sideBySide = start(base, { ...base, ...given.erp }, { ...base, ...given.exchange }, null);
        const after = settle(sideBySide, given.order, given.circumstances);
        const expected = { ...base, ...given.erp, ...given.exchange };
        assert.deepEqual([after.erp, after.exchange, after.parked, after.lost], [expected, expected, false, []]);
      }),
      runs,
    );
  });

  it('merges changes of different occurrences of a series without asking', () => {
    fc.assert(
      fc.property(exceptions, exceptions, circumstances, inOrder(), (left, right, given, order) => {
        const others = right.filter(({ originalStart }) => !left.some((other) => other.originalStart === originalStart));
        const after = settle(start(series, exceptionsOf(left), exceptionsOf(others), null), order, given);
        const all = exceptionsOf([...left, ...others].toSorted((a, b) => a.originalStart.localeCompare(b.originalStart)));
        assert.deepEqual([after.erp, after.exchange, after.parked, after.lost], [all, all, false, []]);
      }),
      runs,
    );
  });

  it('keeps what a conflict loses', () => {
    fc.assert(
      fc.property(histories, inOrder(), ({ base, erp, exchange, circumstances: given }, order) => {
        if (erp === null || exchange === null || given.rule === 'manual') return;
        const after = settle(start(base, erp, exchange, null), order, given);
        const lost = new Set(after.lost.flatMap((fields) => Object.keys(fields)));
        for (const side of [erp, exchange])
          for (const field of differingFields(base, side))
            assert.ok(
              lost.has(field) || (after.erp !== null && holds(after.erp, side, base, field)),
              `${field} is neither there nor in the journal`,
            );
      }),
      runs,
    );
  });

  it('does nothing a second time', () => {
    fc.assert(
      fc.property(histories, inOrder(), ({ base, erp, exchange, circumstances: given, chosen }, order) => {
        const once = settle(start(base, erp, exchange, chosen), order, given);
        assert.deepEqual(settle(once, order, given), once);
      }),
      runs,
    );
  });
});

function inOrder(): fc.Arbitrary<readonly Direction[]> {
  return fc.constantFrom(inboundFirst, outboundFirst);
}

/** Exceptions are merged: each that the side changed is in the result. */
function holds(result: Item, side: Item, base: Item, field: string): boolean {
  if (field !== 'exceptions') return !differingFields(result, side).includes(field);
  const own = side.exceptions.filter((exception) => !base.exceptions.some((other) => isEqual(other, exception)));
  return own.every((exception) => {
    const found = result.exceptions.find(({ originalStart }) => originalStart === exception.originalStart);
    if (exception.deleted) return found?.deleted === true;
    return (
      found?.deleted === false &&
      Object.entries(exception.changes).every(([name, value]) =>
        isEqual(Object.entries(found.changes).find(([other]) => other === name)?.[1], value),
      )
    );
  });
}
