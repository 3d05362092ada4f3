/** Contract: options of employees are kept as they were saved, and the defaults need no row. */
import assert from 'node:assert/strict';
import { defaultKindOptions, defaultOptions } from '../../../lib/model/employee-options';
import { addAppointment, claimOf, type ErpSubject, type OpenSubject } from './subject';

export const employeesContract = (open: OpenSubject): void => {
  describe('options of employees', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    it('come back as they were saved, the last ones, each kind on its own', async () => {
      const { store } = subject.database;
      const appointment = { ...defaultKindOptions, direction: 'outbound', startDate: '2026-03-28', pastDays: 30 } as const;
      await store.saveEmployeeOptions('1', { ...defaultOptions, appointment: { ...defaultKindOptions, direction: 'off' } });
      await store.saveEmployeeOptions('1', { ...defaultOptions, appointment });
      await store.saveEmployeeOptions("2'", { ...defaultOptions, task: { ...defaultKindOptions, deleteInErp: false } });
      assert.deepEqual(await store.employeeOptions(), [
        { employeeId: '1', kind: 'appointment', options: appointment },
        { employeeId: "2'", kind: 'task', options: { ...defaultKindOptions, deleteInErp: false } },
      ]);
    });

    it('that are the defaults again leave no row', async () => {
      const { store } = subject.database;
      await store.saveEmployeeOptions('1', { ...defaultOptions, task: { ...defaultKindOptions, direction: 'off' } });
      await store.saveEmployeeOptions('1', defaultOptions);
      assert.deepEqual(await store.employeeOptions(), []);
    });

    it('that another program spoilt are handed on, so that reading them names the employee', async () => {
      const { store } = subject.database;
      await store.saveEmployeeOptions('1', { ...defaultOptions, task: { ...defaultKindOptions, direction: 'off' } });
      await subject.erp.run("UPDATE sync_employee SET options = '{'");
      assert.deepEqual(await store.employeeOptions(), [{ employeeId: '1', kind: 'task', options: '{' }]);
    });
  });

  describe('a row that options leave out', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const off = { ...defaultKindOptions, direction: 'off' } as const;
    /** Whether a row ends that was judged by an option that switched everything off. */
    const ends = async (): Promise<readonly boolean[]> => {
      const { store } = subject.database;
      await addAppointment(subject.erp);
      const [claimed] = await store.claim(claimOf('outbound'));
      assert.ok(claimed);
      const outcome = { state: 'skipped', note: 'n', noteCode: 'direction-off' } as const;
      const judgedBy = { employeeId: '1', kind: 'appointment', options: off } as const;
      return store.close([{ journalId: claimed.entry.id, instance: 'a', outcome, link: { type: 'keep' }, judgedBy }]);
    };

    it('ends while the employee has these options, whatever the others have', async () => {
      const { store } = subject.database;
      await store.saveEmployeeOptions('1', { ...defaultOptions, appointment: off });
      await store.saveEmployeeOptions('2', { ...defaultOptions, task: off });
      assert.deepEqual(await ends(), [true]);
    });

    it('is left as it is when they were switched back meanwhile', async () => {
      const { store } = subject.database;
      await store.saveEmployeeOptions('1', { ...defaultOptions, task: off });
      assert.deepEqual(await ends(), [false]);
      assert.deepEqual(
        (await store.list({})).map(({ state }) => state),
        ['leased'],
      );
    });

    it('is left as it is when they cannot be read any more', async () => {
      await subject.database.store.saveEmployeeOptions('1', { ...defaultOptions, appointment: off });
      await subject.erp.run("UPDATE sync_employee SET options = '{'");
      assert.deepEqual(await ends(), [false]);
    });
  });

  describe('rows that options left out until a day', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const day = 86_400_000;
    const inDays = (days: number) => new Date(subject.now().getTime() + days * day).toISOString();
    /** A new record whose row is left out; null: whatever time it is. */
    const leaveOut = async (comesAgainAt: string | null, noteCode = 'outside-window'): Promise<number> => {
      await addAppointment(subject.erp);
      const [claimed] = await subject.database.store.claim(claimOf('outbound'));
      assert.ok(claimed);
      const outcome = { state: 'skipped', note: 'n', noteCode, ...(comesAgainAt === null ? {} : { comesAgainAt }) } as const;
      const journalId = claimed.entry.id;
      assert.deepEqual(await subject.database.store.close([{ journalId, instance: 'a', outcome, link: { type: 'keep' } }]), [true]);
      return journalId;
    };
    const openRows = async () => (await subject.database.store.list({ states: ['open'] })).map(({ id }) => id);

    it('are opened again once it has begun, and no others', async () => {
      const { store } = subject.database;
      const tomorrow = await leaveOut(inDays(1));
      const later = await leaveOut(inDays(3));
      await leaveOut(null);
      await leaveOut(inDays(1), 'direction-off');
      assert.equal(await store.reopenDue('outbound', ['appointment', 'task']), 0);
      subject.pass(day);
      assert.equal(await store.reopenDue('inbound', ['appointment', 'task']), 0);
      assert.equal(await store.reopenDue('outbound', ['task']), 0);
      assert.equal(await store.reopenDue('outbound', ['appointment', 'task']), 1);
      assert.deepEqual(await openRows(), [tomorrow]);
      assert.equal(await store.reopenDue('outbound', ['appointment', 'task']), 0);
      subject.pass(2 * day);
      assert.equal(await store.reopenDue('outbound', ['appointment']), 1);
      assert.deepEqual(await openRows(), [later, tomorrow]);
    });

    it('begin anew: claimed at once, with no attempt behind them', async () => {
      const { store } = subject.database;
      const id = await leaveOut(inDays(1));
      subject.pass(day);
      await store.reopenDue('outbound', ['appointment']);
      const [claimed] = await store.claim(claimOf('outbound'));
      assert.ok(claimed);
      const { entry } = claimed;
      assert.deepEqual([entry.id, entry.attempt, entry.note, entry.noteCode, entry.notBefore], [id, 1, null, null, null]);
    });

    it('are not opened again when another end came after that', async () => {
      const { store } = subject.database;
      const id = await leaveOut(inDays(1));
      await store.reopen(id);
      const [claimed] = await store.claim(claimOf('outbound'));
      const outcome = { state: 'skipped', note: 'n', noteCode: 'outside-window' } as const;
      await store.close([{ journalId: claimed?.entry.id ?? 0, instance: 'a', outcome, link: { type: 'keep' } }]);
      subject.pass(day);
      assert.equal(await store.reopenDue('outbound', ['appointment']), 0);
    });
  });
};
