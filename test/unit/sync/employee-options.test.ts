import assert from 'node:assert/strict';
import type { StoredOptions } from '../../../lib/erp/store';
import type { SyncError } from '../../../lib/model/error';
import { changedKindOptions, defaultKindOptions, defaultOptions, readEmployeeOptions } from '../../../lib/model/employee-options';
import type { EmployeeOptions } from '../../../lib/model/employee-options';
import { createDirectory, type DirectorySource } from '../../../lib/sync/directory';

describe("an employee's options", () => {
  it('are everything on for a new employee', () => {
    assert.deepEqual(readEmployeeOptions({}, '1'), defaultOptions);
    assert.deepEqual(readEmployeeOptions({ task: {} }, '1'), defaultOptions);
  });

  it('keep what is stored, kind by kind', () => {
    const stored = { ...defaultKindOptions, direction: 'inbound', startDate: '2026-03-28', futureDays: 0, conflictRule: 'manual' } as const;
    assert.deepEqual(readEmployeeOptions({ task: stored }, '1'), { ...defaultOptions, task: stored });
  });

  const mistakes: readonly (readonly [string, unknown])[] = [
    ['direction', 'left'],
    ['deleteInErp', 'yes'],
    ['privateToExchange', null],
    ['conflictRule', 'newest'],
    ['startDate', '2026-02-30'],
    ['startDate', '28.3.2026'],
    ['pastDays', -1],
    ['futureDays', 1.5],
    ['pastDays', Number.POSITIVE_INFINITY],
    ['deletions', true],
  ];
  for (const [name, value] of mistakes)
    it(`name ${name} and what it may be when it is ${String(value)}`, () => {
      const expected = (error: SyncError): boolean =>
        error.code === 'options-invalid' && error.scope === 'configuration' && error.message.includes(`task.${name} must be`);
      assert.throws(() => changedKindOptions(defaultKindOptions, { [name]: value }, 'task'), expected);
    });

  it('that are no object are refused by name of the employee', () => {
    assert.throws(() => readEmployeeOptions({ appointment: '{"direction"' }, '7'), /employee 7, appointment/);
  });
});

describe('the directory', () => {
  const directoryOf = (rows: StoredOptions[]) => {
    const counts = { read: 0 };
    const saved = (employeeId: string, options: EmployeeOptions) => {
      rows.push({ employeeId, kind: 'appointment', options: options.appointment });
      return Promise.resolve({ reopened: 0, settled: 0, asked: 0 });
    };
    const read = () => {
      counts.read += 1;
      return Promise.resolve([...rows]);
    };
    const time = { now: 0 };
    const database: DirectorySource = {
      records: { employees: () => Promise.resolve([]), activityTypes: () => Promise.resolve([]) },
      store: { employeeOptions: read, saveEmployeeOptions: saved },
    };
    return { directory: createDirectory(database, () => time.now), counts, time };
  };

  it('reads options once for many employees, and again after some seconds', async () => {
    const { directory, counts, time } = directoryOf([]);
    await Promise.all(['1', '2', '3'].map((id) => directory.options(id)));
    assert.equal(counts.read, 1);
    time.now = 60_000;
    await directory.options('1');
    assert.equal(counts.read, 2);
  });

  it('goes by options that it saved from its next question on', async () => {
    const { directory } = directoryOf([]);
    assert.deepEqual(await directory.options('1'), defaultOptions);
    const changed: EmployeeOptions = { ...defaultOptions, appointment: { ...defaultKindOptions, direction: 'off' } };
    await directory.saveOptions('1', changed);
    assert.deepEqual(await directory.options('1'), changed);
    assert.deepEqual(await directory.options('2'), defaultOptions);
  });

  it("an employee's unreadable options are that employee's trouble alone", async () => {
    const { directory } = directoryOf([{ employeeId: '1', kind: 'task', options: 'broken' }]);
    await assert.rejects(directory.options('1'), /employee 1, task/);
    assert.deepEqual(await directory.options('2'), defaultOptions);
  });
});
