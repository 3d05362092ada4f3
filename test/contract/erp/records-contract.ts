/** Contract: reading the ERP's records. */
import assert from 'node:assert/strict';
import { addAppointment, newAppointment, type ErpSubject, type OpenSubject } from './subject';

export const recordsContract = (open: OpenSubject): void => {
  describe('records', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    it('lists employees and activity types with keys as text', async () => {
      assert.deepEqual(await subject.database.records.activityTypes(), [{ id: '1', no: '5', description: 'Task' }]);
      const employees = await subject.database.records.employees();
      assert.deepEqual(employees[2], { id: '3', name: 'Jürgen', email: null, active: true });
    });

    it('reads what a minimal program wrote, the one in charge first', async () => {
      const before = await subject.erp.now();
      const id = await addAppointment(subject.erp);
      await subject.erp.run('INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (?, 3), (?, 2)', id, id);
      const [entry, ...others] = await subject.database.records.read('appointment', [id, '999999']);
      assert.equal(others.length, 0);
      assert.equal(entry?.id, id);
      assert.deepEqual(entry.employeeIds, ['1', '2', '3']);
      assert.ok(entry.modifiedAt !== null && Math.abs(Date.parse(entry.modifiedAt) - before.getTime()) < 60_000);
      assert.equal(entry.record.kind === 'appointment' && entry.record.start, '2026-03-28T09:00:00');
    });

    it('moves the change stamp even when the other program does not', async () => {
      const id = await addAppointment(subject.erp);
      await subject.erp.run("UPDATE appointment SET updated_at = '2020-01-01T00:00:00.000Z'");
      await subject.erp.run("UPDATE appointment SET subject = 'Neu'");
      const [entry] = await subject.database.records.read('appointment', [id]);
      assert.ok((entry?.modifiedAt ?? '') > '2021');
    });

    it('lists what may touch a window: overlapping appointments, every series, every task, of participants too', async () => {
      const at = (subjectText: string, start: string, end: string, rule: string | null, employee = 1) =>
        subject.erp.run(
          'INSERT INTO appointment (employee_id, subject, start_at, end_at, recurrence_rule) VALUES (?, ?, ?, ?, ?)',
          employee,
          subjectText,
          start,
          end,
          rule,
        );
      await at('before', '2026-03-01 09:00:00', '2026-03-01 10:00:00', null);
      await at('ends as it begins', '2026-03-09 23:00:00', '2026-03-10 00:00:00', null);
      await at('into', '2026-03-09 23:00:00', '2026-03-10 00:30:00', null);
      await at('inside', '2026-03-10T12:00:00', '2026-03-10T13:00:00', null);
      await at('begins as it ends', '2026-03-11 00:00:00', '2026-03-11 01:00:00', null);
      await at('series', '2020-01-01 09:00:00', '2020-01-01 10:00:00', 'FREQ=DAILY');
      await at('of another', '2026-03-10 12:00:00', '2026-03-10 13:00:00', null, 2);
      await at('takes part', '2026-03-10 12:00:00', '2026-03-10 13:00:00', null, 2);
      await subject.erp.run(
        "INSERT INTO appointment_participant (appointment_id, employee_id) SELECT id, 1 FROM appointment WHERE subject = 'takes part'",
      );
      const found = await subject.database.records.listWindow('appointment', '1', '2026-03-10T00:00:00', '2026-03-11T00:00:00');
      assert.deepEqual(
        found.map((entry) => entry.record.subject),
        ['into', 'inside', 'series', 'takes part'],
      );
      await subject.erp.run("INSERT INTO task (employee_id, subject) VALUES (1, 'a'), (2, 'b')");
      assert.equal((await subject.database.records.listWindow('task', '1', '2026-03-10T00:00:00', '2026-03-11T00:00:00')).length, 1);
    });

    it('lists more than one page', async () => {
      await subject.erp.transaction(async (statements) => {
        for (let count = 0; count < 450; count++) await statements.run(newAppointment);
      });
      const found = await subject.database.records.listWindow('appointment', '1', '2026-03-28T00:00:00', '2026-03-29T00:00:00');
      assert.equal(new Set(found.map((entry) => entry.id)).size, 450);
      assert.equal(
        (
          await subject.database.records.read(
            'appointment',
            found.map((entry) => entry.id),
          )
        ).length,
        450,
      );
    });
  });
};
