/** Contract: what waits for a person waits once per link, ends when it is settled without him, and his decision outlives every change. */
import assert from 'node:assert/strict';
import type { LinkDecision } from '../../../lib/model/link';
import type { Direction } from '../../../lib/model/kind';
import {
  addAppointment,
  appointment,
  claimOf,
  done,
  exchangeAppointment,
  leaseInbound,
  link,
  page,
  type ErpSubject,
  type OpenSubject,
} from './subject';

const conflict = { state: 'conflict', note: 'both changed', noteCode: 'conflict' } as const;

export const parkedContract = (open: OpenSubject): void => {
  describe('rows that wait for a person', () => {
    let subject: ErpSubject;
    let erpId: string;
    let linkId: number;
    beforeEach(async () => {
      subject = await open();
      const { store } = subject.database;
      erpId = await addAppointment(subject.erp);
      const [stored] = await store.savePending([link({ erpId, state: 'pending', exchangeId: null, changeKey: null })]);
      linkId = stored?.id ?? 0;
      const update = {
        id: linkId,
        version: 1,
        erpBase: appointment(),
        exchangeBase: exchangeAppointment,
        exchangeId: 'X1',
        changeKey: 'k',
      };
      await store.close([
        { journalId: (await claim('outbound')).entry.id, instance: 'a', outcome: done, link: { type: 'update', update } },
      ]);
    });
    afterEach(() => subject.close());

    const claim = async (direction: Direction) => {
      const [claimed, ...others] = await subject.database.store.claim(claimOf(direction));
      assert.ok(claimed !== undefined && others.length === 0);
      return claimed;
    };
    const change = async (direction: Direction) => {
      if (direction === 'outbound') await subject.erp.run("UPDATE appointment SET subject = subject || 'x' WHERE id = ?", erpId);
      else await subject.database.store.appendInbound(page(['X1']));
      return claim(direction);
    };
    /** Changes one side and parks the row. */
    const park = async (direction: Direction, target: object | null = {}): Promise<number> => {
      const { entry } = await change(direction);
      const closing = {
        journalId: entry.id,
        instance: 'a',
        outcome: { ...conflict, details: { target } },
        link: { type: 'park', linkId },
      } as const;
      assert.deepEqual(await subject.database.store.close([closing]), [true]);
      return entry.id;
    };
    const codeOf = async (id: number) => {
      const found = await subject.database.store.entry(id);
      return [found?.entry.state, found?.entry.noteCode];
    };
    const linkNow = async () => {
      const [found] = await subject.database.store.linksBySyncId(['s1']);
      assert.ok(found);
      return found;
    };
    const updateOf = async () => {
      const { id, version, erpBase, exchangeBase } = await linkNow();
      return { id, version, erpBase, exchangeBase, exchangeId: 'X1', changeKey: 'k2' };
    };
    const waiting = async () =>
      (await subject.database.store.list({ states: ['open'] })).map(({ direction, operation, erpId: record, exchangeId }) => [
        direction,
        operation,
        record ?? exchangeId,
      ]);

    it('are one of each link: a newer one supersedes it, from either direction', async () => {
      const first = await park('outbound');
      const second = await park('inbound');
      const third = await park('inbound');
      assert.deepEqual(await codeOf(first), ['skipped', 'superseded']);
      assert.deepEqual(await codeOf(second), ['skipped', 'superseded']);
      assert.deepEqual(await codeOf(third), ['conflict', 'conflict']);
    });

    for (const [direction, other] of [
      ['inbound', ['outbound', 'update', 'record']],
      ['outbound', ['inbound', 'update', 'X1']],
    ] as const) {
      it(`are settled by a write, and the other side is looked at once more: ${direction}`, async () => {
        const { store } = subject.database;
        const parked = await park('outbound');
        const { entry } = await change(direction);
        const closing = { journalId: entry.id, instance: 'a', outcome: done, link: { type: 'update', update: await updateOf() } } as const;
        assert.deepEqual(await store.close([closing]), [true]);
        assert.deepEqual(await codeOf(parked), ['skipped', 'conflict-settled']);
        assert.deepEqual(await waiting(), [other.map((part) => (part === 'record' ? erpId : part))]);
      });
    }

    for (const operation of ['update', 'delete'] as const) {
      it(`end when their item is found under another id: ${operation}`, async () => {
        const { store } = subject.database;
        const lease = async (exchangeId: string) => leaseInbound(subject.database, { exchangeId, operation });
        const parked = await lease('X1');
        await store.close([{ journalId: parked, instance: 'a', outcome: conflict, link: { type: 'park', linkId } }]);
        const update = { ...(await updateOf()), exchangeId: 'X2' };
        const journalId = await lease('X2');
        assert.deepEqual(await store.close([{ journalId, instance: 'a', outcome: done, link: { type: 'update', update, moved: true } }]), [
          true,
        ]);
        assert.deepEqual(await codeOf(parked), ['skipped', 'conflict-settled']);
        assert.equal(await store.parkedCount(), 0);
        assert.deepEqual(await waiting(), [['outbound', 'update', erpId]]);
      });
    }

    it('are settled by a write to the ERP, too', async () => {
      const { store, records } = subject.database;
      const parked = await park('outbound');
      const { entry } = await change('inbound');
      const [before] = await records.read('appointment', [erpId]);
      assert.ok(before);
      const action = { type: 'update', erpId, changes: { location: 'Graz' }, expected: before.record, link: await updateOf() } as const;
      const write = { journalId: entry.id, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action } as const;
      assert.deepEqual(await store.commitInbound([write]), [{ status: 'written', erpId }]);
      assert.deepEqual(await codeOf(parked), ['skipped', 'conflict-settled']);
      assert.deepEqual(await waiting(), [['outbound', 'update', erpId]]);
    });

    it('end with their link, whichever side is deleted', async () => {
      const { store, records } = subject.database;
      const parked = await park('outbound');
      const { entry } = await change('inbound');
      const [before] = await records.read('appointment', [erpId]);
      assert.ok(before);
      const action = { type: 'delete', erpId, expected: before.record, linkId, version: 2 } as const;
      await store.commitInbound([{ journalId: entry.id, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action }]);
      assert.deepEqual(await codeOf(parked), ['skipped', 'conflict-settled']);
      assert.deepEqual(await waiting(), []);
    });

    it('end with a link that is removed without a write', async () => {
      const parked = await park('inbound');
      const { entry } = await change('outbound');
      await subject.database.store.close([
        { journalId: entry.id, instance: 'a', outcome: done, link: { type: 'remove', linkId, version: 2 } },
      ]);
      assert.deepEqual(await codeOf(parked), ['skipped', 'conflict-settled']);
    });

    it('are opened again by a decision, which stands on the link, and both sides are looked at', async () => {
      const { store } = subject.database;
      const parked = await park('outbound');
      const decision: LinkDecision = { take: 'fields', fields: { subject: 'erp' } };
      assert.equal(await store.decide(parked, decision), true);
      assert.deepEqual((await linkNow()).decision, decision);
      assert.deepEqual((await waiting()).sort(), [
        ['inbound', 'update', 'X1'],
        ['outbound', 'update', erpId],
      ]);
      assert.deepEqual((await claim('outbound')).link?.decision, decision);
      assert.equal(await store.decide(parked, decision), false, 'nothing waits any more');
    });

    it('bring the deletion of the other side along when that was what they were parked for', async () => {
      const parked = await park('outbound', null);
      assert.equal(await subject.database.store.decide(parked, { take: 'exchange' }), true);
      assert.deepEqual((await waiting()).sort(), [
        ['inbound', 'delete', 'X1'],
        ['outbound', 'update', erpId],
      ]);
    });

    it('are decided even when a newer row took their place, and the decision outlives further changes', async () => {
      const { store } = subject.database;
      const shown = await park('outbound');
      const newer = await park('inbound');
      assert.equal(await store.decide(shown, { take: 'erp' }), true);
      assert.deepEqual(await codeOf(newer), ['open', null]);
      await subject.erp.run("UPDATE appointment SET subject = 'again' WHERE id = ?", erpId);
      assert.deepEqual((await claim('outbound')).link?.decision, { take: 'erp' });
    });

    it('are not overtaken by a writer that does not know the decision; carried out, it is forgotten', async () => {
      const { store } = subject.database;
      const parked = await park('outbound');
      const { entry } = await change('inbound');
      const update = await updateOf();
      await store.decide(parked, { take: 'erp' });
      const closing = { journalId: entry.id, instance: 'a', outcome: done } as const;
      assert.deepEqual(await store.close([{ ...closing, link: { type: 'update', update } }]), [false]);
      assert.deepEqual(await store.close([{ ...closing, link: { type: 'update', update: await updateOf() } }]), [true]);
      assert.equal((await linkNow()).decision, null);
    });
  });
};
