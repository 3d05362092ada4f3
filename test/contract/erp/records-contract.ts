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
      assert.deepEqual(await subject.database.records.activityTypes(), [{ id: '1', no: '5', description: 'Task', colour: null }]);
      await subject.erp.run("UPDATE activity_type SET colour = ' red '");
      assert.equal((await subject.database.records.activityTypes())[0]?.colour, 'red');
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

    it('names the equipment of an appointment in the order of its keys, and queues the appointment when that changes', async () => {
      const [id, other] = [await addAppointment(subject.erp), await addAppointment(subject.erp)];
      await subject.erp.run("INSERT INTO equipment (id, name) VALUES (7, 'Beamer'), (5, 'Wagen 2 '), (6, '')");
      await subject.erp.run('DELETE FROM sync_journal');
      const queued = async () => {
        const rows = await subject.erp.all("SELECT operation, erp_id FROM sync_journal WHERE direction = 'outbound'");
        await subject.erp.run('DELETE FROM sync_journal');
        return new Set(rows.map((row) => `${String(row['operation'])} ${String(row['erp_id'])}`));
      };
      await subject.erp.run('INSERT INTO appointment_equipment (appointment_id, equipment_id) VALUES (?, 7), (?, 6), (?, 5)', id, id, id);
      assert.deepEqual(await queued(), new Set([`update ${id}`]));
      const equipment = async () =>
        (await subject.database.records.read('appointment', [id, other])).map(
          ({ record }) => record.kind === 'appointment' && record.equipment,
        );
      assert.deepEqual(await equipment(), [['Wagen 2', 'Beamer'], []]);
      const [entry] = await subject.database.records.read('appointment', [id]);
      assert.ok(entry);
      assert.deepEqual(subject.database.records.asStored(entry.record), entry.record);
      await subject.erp.run('UPDATE appointment_equipment SET appointment_id = ? WHERE equipment_id = 7', other);
      assert.deepEqual(await queued(), new Set([`update ${id}`, `update ${other}`]));
      await subject.erp.run('DELETE FROM appointment_equipment WHERE appointment_id = ?', other);
      assert.deepEqual(await queued(), new Set([`update ${other}`]));
      assert.deepEqual(await equipment(), [['Wagen 2'], []]);
      await subject.erp.run('DELETE FROM appointment WHERE id = ?', id);
      assert.deepEqual(await queued(), new Set([`delete ${id}`]));
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
