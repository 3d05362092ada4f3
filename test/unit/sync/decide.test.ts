import assert from 'node:assert/strict';
import type { ErpAppointment, ExchangeAppointment } from '../../../lib/model/item';
import type { Direction } from '../../../lib/model/kind';
import { differingFields } from '../../../lib/mapping/compare';
import { decide } from '../../../lib/sync/decide';
import type { ConflictRule } from '../../../lib/model/employee-options';
import type { Situation, Verdict } from '../../../lib/sync/decide';

const exchange: ExchangeAppointment = {
  kind: 'appointment',
  subject: 'Jour fixe',
  body: '',
  bodyHtml: null,
  location: 'Wien',
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
};
const erp: ErpAppointment = {
  kind: 'appointment',
  subject: 'Jour fixe',
  body: '',
  bodyHtml: null,
  location: 'Wien',
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
};
const targetOf = (direction: Direction) => (direction === 'inbound' ? erp : exchange);

const situation = (direction: Direction, parts: Partial<Situation>): Situation => ({
  direction,
  deleted: false,
  desired: targetOf(direction),
  mapped: parts.desired ?? targetOf(direction),
  changedFields: [],
  targetBase: targetOf(direction),
  targetNow: targetOf(direction),
  targetChangeKey: 'CK',
  sourceModifiedAt: '2026-03-01T10:00:00Z',
  targetModifiedAt: '2026-03-01T09:00:00Z',
  rule: 'last',
  chosen: null,
  ...parts,
});
const decided = (given: Situation): Verdict => decide(given, differingFields);
const changesOf = (verdict: Verdict) =>
  verdict.type === 'write' && verdict.decision.action === 'update' ? verdict.decision.changes : verdict.type;

const directions: readonly Direction[] = ['inbound', 'outbound'];
const rules: readonly ConflictRule[] = ['erp', 'exchange', 'last', 'manual'];
const leads = (rule: ConflictRule, direction: Direction) =>
  (rule === 'erp' && direction === 'outbound') || (rule === 'exchange' && direction === 'inbound');

for (const direction of directions) {
  const target = targetOf(direction);
  describe(`decide, ${direction}`, () => {
    it('creates what is new to the sync', () => {
      const verdict = decided(situation(direction, { targetBase: null, targetNow: null }));
      assert.deepEqual(verdict, { type: 'write', decision: { action: 'create', item: target } });
    });

    it('does nothing when source and target agree', () => {
      assert.deepEqual(decided(situation(direction, {})), { type: 'nothing', lost: null, rebase: {} });
    });

    it('writes only the fields that changed', () => {
      const desired = { ...target, subject: 'Neu', location: 'Graz' };
      assert.deepEqual(changesOf(decided(situation(direction, { desired, changedFields: ['subject'] }))), { subject: 'Neu' });
    });

    it('merges changes of different fields on both sides without asking anyone (N2)', () => {
      for (const rule of rules) {
        const desired = { ...target, subject: 'Neu' };
        const targetNow = { ...target, location: 'Graz' };
        const verdict = decided(situation(direction, { rule, desired, targetNow, changedFields: ['subject'] }));
        assert.deepEqual(changesOf(verdict), { subject: 'Neu' });
        assert.ok(verdict.type === 'write' && verdict.decision.action === 'update' && verdict.decision.targetChanged);
      }
    });

    it('does nothing when both sides made the same change', () => {
      const desired = { ...target, subject: 'Neu' };
      assert.deepEqual(decided(situation(direction, { desired, targetNow: desired, changedFields: ['subject'] })), {
        type: 'nothing',
        lost: null,
        rebase: { subject: 'Neu' },
      });
    });

    it('writes what the flow edited after item-map, once', () => {
      const desired = { ...target, subject: '[ERP] Jour fixe' };
      const first = situation(direction, { desired, mapped: target });
      assert.deepEqual(changesOf(decided(first)), { subject: '[ERP] Jour fixe' });
      assert.equal(decided({ ...first, targetBase: desired, targetNow: desired }).type, 'nothing');
    });

    it('takes times as one: half of a move is never merged with half of another', () => {
      const desired = { ...target, start: target.start.replace('28T', '27T') };
      const targetNow = { ...target, end: target.end.replace('28T', '29T') };
      const verdict = decided(situation(direction, { rule: 'manual', desired, targetNow, changedFields: ['start'] }));
      assert.deepEqual(verdict, { type: 'conflict', fields: ['start', 'end'] });
    });

    for (const rule of rules) {
      it(`same field on both sides, rule ${rule}`, () => {
        const desired = { ...target, subject: 'Quelle' };
        const targetNow = { ...target, subject: 'Ziel' };
        const verdict = decided(situation(direction, { rule, desired, targetNow, changedFields: ['subject'] }));
        if (rule === 'manual') assert.deepEqual(verdict, { type: 'conflict', fields: ['subject'] });
        else if (rule === 'last' || leads(rule, direction)) {
          assert.deepEqual(changesOf(verdict), { subject: 'Quelle' });
          assert.ok(verdict.type === 'write' && verdict.decision.action === 'update');
          assert.deepEqual(verdict.decision.lost, { subject: 'Ziel' });
        } else assert.deepEqual(verdict, { type: 'nothing', lost: { subject: 'Quelle' }, rebase: { subject: 'Quelle' } });
      });

      it(`source deleted, target edited, rule ${rule}`, () => {
        const targetNow = { ...target, subject: 'Ziel' };
        const verdict = decided(situation(direction, { rule, deleted: true, desired: null, targetNow }));
        if (rule === 'manual') assert.deepEqual(verdict, { type: 'conflict', fields: ['subject'] });
        else if (leads(rule, direction))
          assert.deepEqual(verdict, {
            type: 'write',
            decision: { action: 'delete', expected: targetNow, expectedChangeKey: 'CK', lost: { subject: 'Ziel' } },
          });
        else assert.deepEqual(verdict, { type: 'recreate-source' });
      });

      it(`source edited, target deleted, rule ${rule}`, () => {
        const desired = { ...target, subject: 'Quelle' };
        const verdict = decided(situation(direction, { rule, desired, targetNow: null, changedFields: ['subject'] }));
        if (rule === 'manual') assert.deepEqual(verdict, { type: 'conflict', fields: ['subject'] });
        else if (rule === 'last' || leads(rule, direction)) assert.deepEqual(verdict, { type: 'recreate-target' });
        else assert.deepEqual(verdict, { type: 'target-deletion-wins', lost: { subject: 'Quelle' } });
      });

      it(`deleted on both sides, rule ${rule}`, () => {
        assert.deepEqual(decided(situation(direction, { rule, deleted: true, desired: null, targetNow: null })), {
          type: 'nothing',
          lost: null,
          rebase: {},
        });
      });
    }

    it('the later change wins by "last", whichever side it was made on', () => {
      const desired = { ...target, subject: 'Quelle' };
      const targetNow = { ...target, subject: 'Ziel' };
      const later = { desired, targetNow, changedFields: ['subject'], targetModifiedAt: '2026-03-01T11:00:00Z' };
      assert.deepEqual(decided(situation(direction, later)), {
        type: 'nothing',
        lost: { subject: 'Quelle' },
        rebase: { subject: 'Quelle' },
      });
    });

    it('keeps the ERP\'s version by "last" when the times say nothing, from either side', () => {
      const desired = { ...target, subject: 'Quelle' };
      const targetNow = { ...target, subject: 'Ziel' };
      const times: readonly (string | null)[] = ['2026-03-01T10:00:00Z', null];
      for (const time of times) {
        const given = { desired, targetNow, changedFields: ['subject'], sourceModifiedAt: time, targetModifiedAt: time };
        const kept = direction === 'outbound' ? { subject: 'Quelle' } : 'nothing';
        assert.deepEqual(changesOf(decided(situation(direction, given))), kept);
      }
    });

    describe('decided by a person', () => {
      const desired = { ...target, subject: 'Quelle' };
      const targetNow = { ...target, subject: 'Ziel' };
      const both = { desired, targetNow, changedFields: ['subject'] };
      const source = direction === 'outbound' ? 'erp' : 'exchange';
      const other = direction === 'outbound' ? 'exchange' : 'erp';

      for (const rule of rules) {
        it(`stands above the rule ${rule}`, () => {
          const own = decided(situation(direction, { ...both, rule, chosen: { take: source } }));
          assert.deepEqual(changesOf(own), { subject: 'Quelle' });
          const others = decided(situation(direction, { ...both, rule, chosen: { take: other } }));
          assert.deepEqual(others, { type: 'nothing', lost: { subject: 'Quelle' }, rebase: { subject: 'Quelle' } });
          assert.equal(decided(situation(direction, { ...both, rule, chosen: { take: 'both' } })).type, 'separate');
        });

        it(`about a deletion, rule ${rule}`, () => {
          const gone = { rule, deleted: true, desired: null, targetNow } as const;
          const deleted = decided(situation(direction, { ...gone, chosen: { take: source } }));
          assert.ok(deleted.type === 'write' && deleted.decision.action === 'delete');
          assert.deepEqual(deleted.decision.lost, { subject: 'Ziel' });
          for (const take of [other, 'both'] as const)
            assert.equal(decided(situation(direction, { ...gone, chosen: { take } })).type, 'recreate-source');
          const vanished = { rule, desired, targetNow: null, changedFields: ['subject'] } as const;
          for (const take of [source, 'both'] as const)
            assert.equal(decided(situation(direction, { ...vanished, chosen: { take } })).type, 'recreate-target');
          assert.equal(decided(situation(direction, { ...vanished, chosen: { take: other } })).type, 'target-deletion-wins');
        });
      }

      it('field by field, by the names of the ERP', () => {
        const priority = direction === 'outbound' ? 'importance' : 'priority';
        const [high, low] = direction === 'outbound' ? (['high', 'low'] as const) : ([1, 5] as const);
        const given = situation(direction, {
          rule: 'manual',
          desired: { ...desired, [priority]: high },
          targetNow: { ...targetNow, [priority]: low },
          changedFields: ['subject', priority],
          chosen: { take: 'fields', fields: { subject: other, priority: source } },
        });
        const verdict = decided(given);
        assert.deepEqual(changesOf(verdict), { [priority]: high });
        assert.ok(verdict.type === 'write' && verdict.decision.action === 'update');
        assert.deepEqual(verdict.decision.rebase, { subject: 'Quelle' });
        assert.deepEqual(verdict.decision.lost, { subject: 'Quelle', [priority]: low });
      });

      it('asks again only about fields that were not decided', () => {
        const given = situation(direction, {
          rule: 'manual',
          desired: { ...desired, location: 'Graz' },
          targetNow: { ...targetNow, location: 'Linz' },
          changedFields: ['subject', 'location'],
          chosen: { take: 'fields', fields: { subject: source } },
        });
        assert.deepEqual(decided(given), { type: 'conflict', fields: ['location'] });
      });

      it('stands when the side that was taken takes its change back', () => {
        const given = { desired: target, targetNow, changedFields: [], chosen: { take: source, asked: ['subject'] } } as const;
        assert.deepEqual(changesOf(decided(situation(direction, given))), { subject: target.subject });
      });

      it('keeps the changes that were not in conflict', () => {
        const given = { ...both, targetNow: { ...targetNow, location: 'Graz' }, chosen: { take: source } } as const;
        assert.deepEqual(changesOf(decided(situation(direction, given))), { subject: 'Quelle' });
      });
    });

    it('deletes what the other side left as it was', () => {
      const verdict = decided(situation(direction, { deleted: true, desired: null }));
      assert.deepEqual(verdict, { type: 'write', decision: { action: 'delete', expected: target, expectedChangeKey: 'CK', lost: null } });
    });
  });
}

describe('decide, a series that moves to a later hour in Exchange', () => {
  const ends = (until: string): string => `FREQ=DAILY;UNTIL=${until}`;
  const series = { ...erp, timeZone: 'Europe/Vienna', recurrenceRule: ends('20260402T070000Z') };
  const times = { start: '2026-03-28T09:30:00', end: '2026-03-28T10:30:00' };

  it('keeps its last occurrence, though the rule in the ERP ends at the former hour', () => {
    const desired = { ...series, ...times, recurrenceRule: ends('20260402T215959Z') };
    const parts = { desired, targetBase: series, targetNow: series, changedFields: ['start', 'end'] };
    assert.deepEqual(changesOf(decided(situation('inbound', parts))), { ...times, recurrenceRule: desired.recurrenceRule });
  });

  it('leaves a rule alone that says the same at the new hour', () => {
    const whole = { ...series, recurrenceRule: ends('20260402T200000Z') };
    const desired = { ...series, ...times, recurrenceRule: ends('20260402T215959Z') };
    const parts = { desired, targetBase: whole, targetNow: whole, changedFields: ['start', 'end'] };
    assert.deepEqual(changesOf(decided(situation('inbound', parts))), times);
  });
});
