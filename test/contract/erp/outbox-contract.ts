/** Contract: the ERP's own changes reach the journal, in its own transaction, once. */
import assert from 'node:assert/strict';
import {
  createWrite,
  done,
  leaseInbound,
  link,
  newAppointment,
  appointment,
  exchangeAppointment,
  type ErpSubject,
  type OpenSubject,
} from './subject';

/** Queued rows as `operation kind erp-id@employee`. */
const queued = (subject: ErpSubject): readonly string[] =>
  subject.erp
    .all("SELECT operation, kind, erp_id, employee_id FROM sync_journal WHERE direction = 'outbound' ORDER BY id")
    .map((row) => `${String(row['operation'])} ${String(row['kind'])} ${String(row['erp_id'])}@${String(row['employee_id'])}`);

const taskNow = "INSERT INTO task (employee_id, subject) VALUES (1, 'a')";

interface Case {
  readonly promise: string;
  readonly before: readonly string[];
  readonly change: readonly string[];
  readonly rows: readonly string[];
}

const participant = (employee: number) => `INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (1, ${employee})`;
const cases: readonly Case[] = [
  { promise: 'a new appointment', before: [], change: [newAppointment], rows: ['create appointment 1@1'] },
  { promise: 'a new task', before: [], change: [taskNow], rows: ['create task 1@1'] },
  {
    promise: 'every row of a statement that inserts many',
    before: [],
    change: ["INSERT INTO task (employee_id, subject) VALUES (1, 'a'), (2, 'b')"],
    rows: ['create task 1@1', 'create task 2@2'],
  },
  {
    promise: 'every row of a statement that updates many, participants included',
    before: [newAppointment, newAppointment, participant(2)],
    change: ["UPDATE appointment SET location = 'Wien'"],
    rows: ['update appointment 1@1', 'update appointment 1@2', 'update appointment 2@1'],
  },
  {
    promise: 'every row of a statement that deletes many',
    before: [taskNow, taskNow],
    change: ['DELETE FROM task'],
    rows: ['delete task 1@1', 'delete task 2@1'],
  },
  {
    promise: 'no column that is not synchronised',
    before: [newAppointment, taskNow],
    change: ["UPDATE appointment SET updated_by = 'x', created_by = 'y'", "UPDATE task SET completed_at = '2026-01-01 00:00:00'"],
    rows: [],
  },
  {
    promise: 'no update that changes nothing',
    before: [newAppointment],
    change: ["UPDATE appointment SET subject = subject, location = '', activity_type_id = NULL"],
    rows: [],
  },
  {
    promise: 'a value that becomes empty',
    before: [newAppointment, 'UPDATE appointment SET reminder_minutes = 5'],
    change: ['UPDATE appointment SET reminder_minutes = NULL'],
    rows: ['update appointment 1@1'],
  },
  { promise: 'a participant who joins', before: [newAppointment], change: [participant(2)], rows: ['create appointment 1@2'] },
  {
    promise: 'a participant who leaves',
    before: [newAppointment, participant(2)],
    change: ['DELETE FROM appointment_participant'],
    rows: ['delete appointment 1@2'],
  },
  {
    promise: 'a participant who is replaced',
    before: [newAppointment, participant(2)],
    change: ['UPDATE appointment_participant SET employee_id = 3'],
    rows: ['delete appointment 1@2', 'create appointment 1@3'],
  },
  { promise: 'the one in charge once, though named as participant', before: [newAppointment], change: [participant(1)], rows: [] },
  {
    promise: 'a deletion to everyone who took part',
    before: [newAppointment, participant(2)],
    change: ['DELETE FROM appointment'],
    rows: ['delete appointment 1@2', 'delete appointment 1@1'],
  },
  {
    promise: 'another employee in charge as deletion and creation',
    before: [newAppointment],
    change: ['UPDATE appointment SET employee_id = 2'],
    rows: ['delete appointment 1@1', 'create appointment 1@2'],
  },
  {
    promise: 'a task that is handed over',
    before: [taskNow],
    change: ['UPDATE task SET employee_id = 3'],
    rows: ['delete task 1@1', 'create task 1@3'],
  },
  {
    promise: 'an employee in charge who stays as participant as an update',
    before: [newAppointment, participant(2)],
    change: [participant(1), 'UPDATE appointment SET employee_id = 2'],
    rows: ['update appointment 1@1', 'create appointment 1@2'],
  },
];

export const outboxContract = (open: OpenSubject): void => {
  describe('outbox: the ERP queues', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    for (const { promise, before, change, rows } of cases) {
      it(promise, () => {
        for (const statement of before) subject.erp.run(statement);
        subject.erp.run('DELETE FROM sync_journal');
        for (const statement of change) subject.erp.run(statement);
        assert.deepEqual(queued(subject), rows);
      });
    }

    it('nothing when its transaction is rolled back', () => {
      subject.erp.run('BEGIN');
      subject.erp.run(newAppointment);
      subject.erp.run('ROLLBACK');
      assert.deepEqual(queued(subject), []);
    });

    it('nothing for our own writes', async () => {
      const { store, records } = subject.database;
      const created = await store.commitInbound([createWrite(await leaseInbound(subject.database))]);
      assert.deepEqual(created, [{ status: 'written', erpId: '1' }]);
      const [stored] = await store.linksBySyncId(['s1']);
      assert.ok(stored);
      const update = {
        id: stored.id,
        version: 1,
        erpBase: appointment(),
        exchangeBase: exchangeAppointment,
        exchangeId: 'X1',
        changeKey: 'k2',
      };
      const [entry] = await records.read('appointment', ['1']);
      assert.ok(entry);
      const [updated] = await store.commitInbound([
        {
          journalId: await leaseInbound(subject.database, { operation: 'update' }),
          instance: 'a',
          outcome: done,
          kind: 'appointment',
          employeeId: '1',
          action: { type: 'update', erpId: '1', changes: { subject: 'Neu' }, expected: entry.record, link: update },
        },
      ]);
      assert.equal(updated?.status, 'written');
      assert.deepEqual(queued(subject), []);
    });

    it('our write for the other employees of the record', async () => {
      subject.erp.run(newAppointment);
      subject.erp.run(participant(2));
      subject.erp.run('DELETE FROM sync_journal');
      const { store } = subject.database;
      const [stored] = await store.savePending([link()]);
      assert.ok(stored);
      const [result] = await store.commitInbound([
        {
          journalId: await leaseInbound(subject.database, { operation: 'delete' }),
          instance: 'a',
          outcome: done,
          kind: 'appointment',
          employeeId: '1',
          action: { type: 'delete', erpId: '1', expected: appointment(), linkId: stored.id },
        },
      ]);
      assert.equal(result?.status, 'written');
      assert.deepEqual(queued(subject), ['delete appointment 1@2']);
      assert.deepEqual(await store.linksOfEmployee('1', 'appointment'), []);
    });
  });
};
