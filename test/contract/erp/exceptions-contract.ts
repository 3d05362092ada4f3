/** Contract: moved, changed and deleted occurrences of a series, in the ERP's table of exceptions. */
import assert from 'node:assert/strict';
import type { InboundWrite } from '../../../lib/erp/store';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import type { ErpAppointment, ErpException, Fields } from '../../../lib/model/item';
import {
  addParticipant,
  appointment,
  createWrite,
  done,
  exchangeAppointment,
  leaseInbound,
  type ErpSubject,
  type OpenSubject,
} from './subject';

const own = referenceMapping.appointment;
assert.ok(own?.exceptions);
/** Which exceptions are deleted, and their reminders, cannot be told; the day names the occurrence. */
const withLess = {
  ...referenceMapping,
  appointment: {
    ...own,
    exceptions: {
      ...own.exceptions,
      deleted: null,
      originalStart: { column: 'categories', as: 'local', format: 'yyyyMMdd' },
      fields: { subject: { column: 'subject', format: 'plain' } },
      insert: { original_start: '2026-01-01T00:00:00' },
    },
  },
} as const;

const series = (exceptions: readonly ErpException[], fields: Partial<ErpAppointment> = {}): ErpAppointment =>
  appointment({ recurrenceRule: 'FREQ=WEEKLY', exceptions, ...fields });

const changed = (originalStart: string, changes: (ErpException & { deleted: false })['changes']): ErpException => ({
  originalStart,
  deleted: false,
  changes,
});
const deleted = (originalStart: string): ErpException => ({ originalStart, deleted: true });

const everything = changed('2026-04-11T09:00:00', {
  subject: 'anders',
  body: 'a\nb',
  location: '',
  allDay: true,
  start: '2026-04-12',
  end: '2026-04-14',
  reminderMinutes: null,
  freeBusy: 'free',
  priority: 1,
  activityTypeId: '1',
  categories: [],
});

export const exceptionsContract = (open: OpenSubject): void => {
  describe('exceptions of series', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const commit = async (write: InboundWrite) => (await subject.database.store.commitInbound([write]))[0];
    const create = async (record: ErpAppointment): Promise<string> => {
      const write = createWrite(await leaseInbound(subject.database));
      if (write.action.type !== 'create') throw new Error('no creation');
      const result = await commit({ ...write, action: { ...write.action, record } });
      assert.ok(result?.status === 'written', JSON.stringify(result));
      await subject.erp.run("DELETE FROM sync_journal WHERE state <> 'open'");
      return result.erpId;
    };
    const read = async (id: string): Promise<ErpAppointment> => {
      const [entry] = await subject.database.records.read('appointment', [id]);
      assert.ok(entry?.record.kind === 'appointment');
      return entry.record;
    };
    const updateOf = async (erpId: string, changes: Fields): Promise<InboundWrite> => {
      const expected = await read(erpId);
      const [stored] = await subject.database.store.linksBySyncId(['s1']);
      assert.ok(stored);
      const link = { ...stored, erpBase: expected, exchangeBase: exchangeAppointment, exchangeId: 'X1', changeKey: 'k2' };
      const journalId = await leaseInbound(subject.database, { operation: 'update' });
      const action = { type: 'update', erpId, changes, expected, link } as const;
      return { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action };
    };
    const change = async (erpId: string, changes: Fields): Promise<void> => {
      const result = await commit(await updateOf(erpId, changes));
      assert.equal(result?.status, 'written', JSON.stringify(result));
    };
    const add = (id: string, day: string, columns = '', values = ''): Promise<void> =>
      subject.erp.run(
        `INSERT INTO appointment_exception (appointment_id, original_start${columns}) VALUES (?, ?${values})`,
        id,
        `${day} 09:00:00`,
      );
    const rows = async (): Promise<number> => (await subject.erp.all('SELECT appointment_id FROM appointment_exception')).length;
    const outbound = async (): Promise<readonly string[]> =>
      (await subject.erp.all("SELECT operation, employee_id FROM sync_journal WHERE direction = 'outbound' ORDER BY employee_id, id")).map(
        (row) => `${String(row['operation'])}@${String(row['employee_id'])}`,
      );

    for (const [name, exceptions, fields] of [
      ['a deleted occurrence', [deleted('2026-04-04T09:00:00')], {}],
      ['a moved one', [changed('2026-04-04T09:00:00', { start: '2026-04-05T10:00:00', end: '2026-04-05T11:30:00' })], {}],
      ['one that lasts longer', [changed('2026-04-04T09:00:00', { end: '2026-04-04T12:00:00' })], {}],
      [
        'one of another text, without what the series has',
        [changed('2026-04-04T09:00:00', { subject: 'x', location: '' })],
        { location: 'Wien' },
      ],
      ['one in which everything is different', [everything], { location: 'Wien', reminderMinutes: 15, categories: ['Rot'] }],
      [
        'those of a series in another zone, on the days on which clocks change',
        [deleted('2026-03-28T09:00:00'), changed('2026-11-07T09:00:00', { start: '2026-11-07T01:30:00', end: '2026-11-07T02:30:00' })],
        { timeZone: 'America/New_York' },
      ],
      [
        'those of a series of whole days',
        [changed('2026-04-04', { start: '2026-04-05', end: '2026-04-07' }), deleted('2026-04-11')],
        { allDay: true, start: '2026-03-28', end: '2026-03-29' },
      ],
      [
        'one that is no whole day any more',
        [changed('2026-04-04', { allDay: false, start: '2026-04-04T00:00:00', end: '2026-04-04T10:00:00' })],
        { allDay: true, start: '2026-03-28', end: '2026-03-29' },
      ],
    ] as const) {
      it(`holds ${name}`, async () => {
        const record = series(exceptions, fields);
        assert.deepEqual(subject.database.records.asStored(record), record);
        const id = await create(record);
        assert.deepEqual(await read(id), record);
        assert.deepEqual((await subject.database.store.linksBySyncId(['s1']))[0]?.erpBase, record);
        assert.deepEqual(await outbound(), []);
        await change(id, { exceptions: [] });
        assert.deepEqual(await read(id), { ...record, exceptions: [] });
        await change(id, { exceptions });
        assert.deepEqual(await read(id), record);
        assert.deepEqual(await outbound(), []);
      });
    }

    it('takes NULL as the series says, and who moves the start alone as moving the whole', async () => {
      const id = await create(series([]));
      await add(id, '2026-04-04');
      await add(id, '2026-04-18', ', start_at', ", '2026-04-19 14:00:00'");
      await add(id, '2026-04-11', ', subject, location', ", 'Besuch', 'Graz'");
      assert.deepEqual((await read(id)).exceptions, [
        changed('2026-04-11T09:00:00', { location: 'Graz' }),
        changed('2026-04-18T09:00:00', { start: '2026-04-19T14:00:00', end: '2026-04-19T15:00:00' }),
      ]);
    });

    it('writes only rows and columns that differ', async () => {
      const kept = changed('2026-04-04T09:00:00', { subject: 'x' });
      const id = await create(series([kept, deleted('2026-04-11T09:00:00'), changed('2026-04-18T09:00:00', { body: 'a\nb' })]));
      await subject.erp.run('UPDATE appointment_exception SET body = ? WHERE body = ?', 'a\r\nb', 'a\nb');
      await subject.erp.run('DELETE FROM sync_journal');
      const next = [kept, changed('2026-04-18T09:00:00', { body: 'a\nb', location: 'Graz' }), deleted('2026-04-25T09:00:00')];
      await change(id, { exceptions: next });
      assert.deepEqual((await read(id)).exceptions, next);
      const [row] = await subject.erp.all("SELECT body FROM appointment_exception WHERE location = 'Graz'");
      assert.equal(row?.['body'], 'a\r\nb');
      assert.equal(await rows(), 3);
    });

    it('signs the series when an exception changes', async () => {
      const id = await create(series([]));
      await subject.erp.run("UPDATE appointment SET updated_by = 'mary'");
      await change(id, { exceptions: [deleted('2026-04-04T09:00:00')] });
      assert.deepEqual({ ...(await subject.erp.all('SELECT updated_by FROM appointment'))[0] }, { updated_by: 'exchange-sync' });
    });

    it('keeps a row that came up while the change was on its way', async () => {
      const id = await create(series([deleted('2026-04-04T09:00:00')]));
      const write = await updateOf(id, { exceptions: [] });
      await add(id, '2026-04-11', ', deleted', ', 1');
      assert.deepEqual(await commit(write), { status: 'changed' });
      assert.equal(await rows(), 2);
    });

    it('loses them with the rule, and with the record', async () => {
      const id = await create(series([deleted('2026-04-04T09:00:00')]));
      await change(id, { recurrenceRule: null, exceptions: [] });
      assert.equal(await rows(), 0);
      await add(id, '2026-04-11', ', deleted', ', 1');
      assert.deepEqual((await read(id)).exceptions, [], 'a single appointment has none');
      await change(id, { recurrenceRule: 'FREQ=DAILY', exceptions: [deleted('2026-04-01T09:00:00')] });
      assert.deepEqual((await read(id)).exceptions, [deleted('2026-04-01T09:00:00')]);
      const [stored] = await subject.database.store.linksBySyncId(['s1']);
      assert.ok(stored);
      const { id: linkId, version } = stored;
      const action = { type: 'delete', erpId: id, expected: await read(id), linkId, version } as const;
      const journalId = await leaseInbound(subject.database, { operation: 'delete' });
      assert.equal(
        (await commit({ journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action }))?.status,
        'written',
      );
      assert.equal(await rows(), 0);
    });

    it('queues the series for all its employees when the ERP changes one, once, and leaves out our own writes', async () => {
      const id = await create(series([]));
      await addParticipant(subject.erp, id, 2);
      await subject.erp.run('DELETE FROM sync_journal');
      await subject.erp.run(
        'INSERT INTO appointment_exception (appointment_id, original_start, deleted) VALUES (?, ?, 1), (?, ?, 1)',
        ...[id, '2026-04-04 09:00:00', id, '2026-04-11 09:00:00'],
      );
      const inserted = new Set(await outbound());
      await subject.erp.run('DELETE FROM sync_journal');
      await subject.erp.run("UPDATE appointment_exception SET deleted = 0, subject = 'x' WHERE original_start < '2026-04-05'");
      assert.deepEqual(
        [[...inserted], await outbound()],
        [
          ['update@1', 'update@2'],
          ['update@1', 'update@2'],
        ],
      );
      await subject.erp.run('DELETE FROM sync_journal');
      await subject.erp.run("DELETE FROM appointment_exception WHERE original_start < '2026-04-05'");
      assert.deepEqual(await outbound(), ['update@1', 'update@2']);
      await subject.erp.run('DELETE FROM sync_journal');
      await change(id, { exceptions: [] });
      assert.deepEqual(await outbound(), ['update@2']);
    });

    it('moves the change stamp of the series', async () => {
      const id = await create(series([]));
      await subject.erp.run("UPDATE appointment SET updated_at = '2020-01-01T00:00:00.000Z'");
      await add(id, '2026-04-11', ', deleted', ', 1');
      const [entry] = await subject.database.records.read('appointment', [id]);
      assert.ok((entry?.modifiedAt ?? '') > '2021');
    });

    it('drops what the columns cannot hold, and names an occurrence by its day', async () => {
      await subject.close();
      subject = await open({ mapping: withLess });
      const asStored = (given: ErpAppointment) => subject.database.records.asStored(given);
      const record = series([changed('2026-04-04T09:00:00', { subject: 'x', body: 'y' }), deleted('2026-04-11T09:00:00')]);
      const held = series([changed('2026-04-04T09:00:00', { subject: 'x' })]);
      assert.deepEqual(asStored(record), held);
      assert.deepEqual(asStored(appointment({ exceptions: record.exceptions })), appointment());
      const id = await create(record);
      assert.deepEqual(await read(id), held);
    });

    it('refuses what is no exception, and names the field', async () => {
      const id = await create(series([]));
      for (const [exceptions, field] of [
        ['x', 'exceptions'],
        [[5], 'exceptions'],
        [[{ originalStart: 'soon', deleted: true }], 'exceptions.originalStart'],
        [[{ originalStart: '2026-04-04T09:00:00' }], 'exceptions.deleted'],
        [[{ originalStart: '2026-04-04T09:00:00', deleted: false }], 'exceptions.changes'],
        [[{ originalStart: '2026-04-04T09:00:00', deleted: false, changes: { priority: 9 } }], 'exceptions.priority'],
        [[{ originalStart: '2026-04-04T09:00:00', deleted: false, changes: { sensitivity: 'private' } }], 'exceptions.sensitivity'],
        [[{ originalStart: '2026-04-04T09:00:00', deleted: true, id: 1 }], 'exceptions.id'],
        [[deleted('2026-04-04T09:00:00'), deleted('2026-04-04T09:00:00')], 'exceptions'],
      ] as const) {
        const result = await commit(await updateOf(id, { exceptions }));
        assert.ok(result?.status === 'failed' && result.error.code === 'erp-refused', JSON.stringify([exceptions, result]));
        assert.equal(result.error.params['field'], field);
        await subject.erp.run("UPDATE sync_journal SET state = 'done'");
      }
    });
  });
};
