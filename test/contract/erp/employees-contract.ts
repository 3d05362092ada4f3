/** Contract: options of employees are kept as they were saved, and the defaults need no row. */
import assert from 'node:assert/strict';
import { defaultKindOptions, defaultOptions } from '../../../lib/model/employee-options';
import type { ErpSubject, OpenSubject } from './subject';

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
};
