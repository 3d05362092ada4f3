/** Contract: inbound writes change record, link and row together, and only what is still as expected. */
import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import type { ErpRecord, Fields } from '../../../lib/model/item';
import type { InboundWrite } from '../../../lib/erp/store';
import {
  addParticipant,
  appointment,
  createWrite,
  done,
  exchangeAppointment,
  leaseInbound,
  task,
  type ErpSubject,
  type OpenSubject,
} from './subject';

export const writesContract = (open: OpenSubject): void => {
  describe('inbound writes', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const create = async (record: ErpRecord, exchangeId = 'X1'): Promise<InboundWrite> => {
      const write = createWrite(await leaseInbound(subject.database, { exchangeId, kind: record.kind }));
      if (write.action.type !== 'create') throw new Error('no creation');
      const link = { ...write.action.link, kind: record.kind, exchangeId, syncId: `s-${exchangeId}` };
      return { ...write, kind: record.kind, action: { type: 'create', record, link } };
    };
    const commit = async (write: InboundWrite) => (await subject.database.store.commitInbound([write]))[0];

    /** A change of the record that `create` wrote. */
    const updateOf = async (changes: Fields, expected: ErpRecord): Promise<InboundWrite> => {
      const [stored] = await subject.database.store.linksBySyncId(['s-X1']);
      assert.ok(stored);
      const link = {
        id: stored.id,
        version: stored.version,
        erpBase: expected,
        exchangeBase: exchangeAppointment,
        exchangeId: 'X1',
        changeKey: 'k2',
      };
      const journalId = await leaseInbound(subject.database, { operation: 'update', kind: expected.kind });
      const action = { type: 'update', erpId: stored.erpId, changes, expected, link } as const;
      return { journalId, instance: 'a', outcome: done, kind: expected.kind, employeeId: '1', action };
    };
    /** The record that `create` wrote. */
    const record = async (kind: 'appointment' | 'task'): Promise<ErpRecord> => {
      const [stored] = await subject.database.store.linksBySyncId(['s-X1']);
      const [entry] = await subject.database.records.read(kind, [stored?.erpId ?? '']);
      assert.ok(entry);
      return entry.record;
    };

    const hostile = '\'"; DROP TABLE appointment; -- []{}\\ %_ äöüß 漢字 😀\n\tzweite Zeile &<>';
    for (const [name, one] of [
      ['a plain appointment', appointment()],
      ['an all-day appointment', appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30' })],
      ['a series in another zone', appointment({ recurrenceRule: 'FREQ=WEEKLY;BYDAY=SA', timeZone: 'America/New_York' })],
      [
        'every field',
        appointment({
          body: 'a\nb',
          location: 'Wien',
          reminderMinutes: 0,
          freeBusy: 'workingElsewhere',
          sensitivity: 'private',
          priority: 1,
          activityTypeId: '1',
          categories: ['Rot', 'A, B'],
        }),
      ],
      ['hostile text', appointment({ subject: hostile, body: hostile, location: hostile, categories: ["O'Neil"] })],
      ['a text of 1 MB', appointment({ body: 'ä😀\n'.repeat(150_000) })],
      ['a task', task({ startDate: '2026-03-28', dueDate: '2026-03-29', status: 'inProgress', percentComplete: 50 })],
      ['a completed task', task({ status: 'completed', percentComplete: 100, reminderAt: '2026-03-28T08:00:00' })],
    ] as const) {
      it(`creates ${name}, signed, and keeps what it reads back as base`, async () => {
        const write = await create(one);
        const result = await commit(write);
        assert.ok(result?.status === 'written');
        assert.deepEqual(await record(one.kind), one);
        const [stored] = await subject.database.store.linksByExchangeId('main', ['X1']);
        assert.deepEqual(stored?.erpBase, one);
        assert.equal(stored.erpId, result.erpId);
        const closed = await subject.database.store.entry(write.journalId);
        assert.equal(closed?.entry.state, 'done');
        assert.equal(closed.entry.erpId, result.erpId);
        const [row] = await subject.erp.all(`SELECT created_by, updated_by FROM ${one.kind}`);
        assert.deepEqual({ ...row }, { created_by: 'exchange-sync', updated_by: 'exchange-sync' });
      });
    }

    it('writes only the changed fields', async () => {
      await commit(await create(appointment()));
      await subject.erp.run("UPDATE appointment SET body = ?, updated_by = 'mary'", 'von\r\nHand');
      const before = await record('appointment');
      assert.equal((await commit(await updateOf({ subject: 'Neu' }, before)))?.status, 'written');
      assert.deepEqual(await record('appointment'), { ...before, subject: 'Neu' });
      const [row] = await subject.erp.all('SELECT body, updated_by FROM appointment');
      assert.deepEqual({ ...row }, { body: 'von\r\nHand', updated_by: 'exchange-sync' });
      assert.equal((await subject.database.store.linksBySyncId(['s-X1']))[0]?.version, 2);
    });

    it('sets the completion time of a task and takes it back', async () => {
      const now = DateTime.fromJSDate(subject.now(), { zone: 'Europe/Vienna' }).toFormat('yyyy-MM-dd HH:mm:ss');
      const completedNow = async () => (await subject.erp.all('SELECT id FROM task WHERE completed_at = ?', now)).length;
      await commit(await create(task()));
      await commit(await updateOf({ status: 'completed' }, await record('task')));
      assert.deepEqual(await record('task'), task({ status: 'completed', percentComplete: 100 }));
      assert.equal(await completedNow(), 1);
      await commit(await updateOf({ status: 'inProgress', percentComplete: 20 }, await record('task')));
      assert.deepEqual(await record('task'), task({ status: 'inProgress', percentComplete: 20 }));
      assert.equal((await subject.erp.all('SELECT id FROM task WHERE completed_at IS NULL')).length, 1);
    });

    it('writes nothing when the record changed or vanished, the link moved on or the lease was lost', async () => {
      await commit(await create(appointment()));
      const before = await record('appointment');
      const update = await updateOf({ subject: 'Neu' }, before);
      assert.ok(update.action.type === 'update');
      assert.deepEqual(await commit({ ...update, instance: 'b' }), { status: 'changed' });
      const stale = { ...update.action, link: { ...update.action.link, version: 9 } };
      assert.deepEqual(await commit({ ...update, action: stale }), { status: 'changed' });
      await subject.erp.run("UPDATE appointment SET location = 'dort'");
      assert.deepEqual(await commit(update), { status: 'changed' });
      assert.deepEqual(await record('appointment'), { ...before, location: 'dort' });
      await subject.erp.run('DELETE FROM appointment');
      assert.deepEqual(await commit(update), { status: 'changed' });
      assert.equal((await subject.database.store.entry(update.journalId))?.entry.state, 'leased');
    });

    it('creates an Exchange item once', async () => {
      await commit(await create(appointment()));
      assert.deepEqual(await commit(await create(appointment())), { status: 'changed' });
      assert.equal((await subject.erp.all('SELECT id FROM appointment')).length, 1);
    });

    it('fails a poison record alone, without its content in the error', async () => {
      const secret = 'geheim';
      const writes = [
        await create(appointment(), 'X1'),
        { ...(await create(appointment({ subject: secret }), 'X2')), employeeId: '77' },
        await create(appointment({ subject: secret, activityTypeId: '99' }), 'X3'),
        await create(appointment({ subject: secret, priority: 9 }), 'X4'),
        await create(appointment({ subject: `${secret}\u0000` }), 'X5'),
        await create(appointment({ start: '2026-13-45T00:00:00' }), 'X6'),
        await create(appointment(), 'X7'),
      ];
      const results = await subject.database.store.commitInbound(writes);
      assert.deepEqual(
        results.map((result) => result.status),
        ['written', 'failed', 'failed', 'failed', 'failed', 'failed', 'written'],
      );
      for (const result of results) {
        if (result.status !== 'failed') continue;
        assert.equal(result.error.code, 'erp-refused');
        assert.equal(result.error.scope, 'item');
        assert.ok(!result.error.message.includes(secret));
      }
      assert.equal((await subject.erp.all('SELECT id FROM appointment')).length, 2);
      assert.equal((await subject.erp.all('SELECT id FROM sync_link')).length, 2);
    });

    it('refuses fields that a flow made up', async () => {
      await commit(await create(appointment()));
      for (const changes of [
        { nonsense: 1 },
        { subject: 5 },
        { subject: null },
        { allDay: 'yes' },
        { categories: 'Rot' },
        { __proto__x: 1 },
      ]) {
        const result = await commit(await updateOf(changes, await record('appointment')));
        assert.ok(result?.status === 'failed' && result.error.code === 'erp-refused', JSON.stringify(changes));
        await subject.erp.run("UPDATE sync_journal SET state = 'done'");
      }
    });

    it('ends only the participation when someone who takes part deletes', async () => {
      const created = await commit(await create(appointment()));
      assert.ok(created?.status === 'written');
      const { erpId } = created;
      await addParticipant(subject.erp, erpId, 2);
      const [own] = await subject.database.store.linksBySyncId(['s-X1']);
      assert.ok(own);
      const [other] = await subject.database.store.savePending([{ ...own, employeeId: '2', syncId: 's2', exchangeId: 'Y1' }]);
      assert.ok(other);
      const journalId = await leaseInbound(subject.database, { employeeId: '2', exchangeId: 'Y1', operation: 'delete' });
      const action = { type: 'delete', erpId, expected: appointment(), linkId: other.id, version: other.version } as const;
      const write: InboundWrite = { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '2', action };
      assert.equal((await commit(write))?.status, 'written');
      assert.deepEqual((await subject.database.records.read('appointment', [erpId]))[0]?.employeeIds, ['1']);
    });
  });
};
