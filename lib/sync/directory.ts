/** Employees, their options and activity types of a tenant, kept for a few seconds: every message needs them, they hardly ever change. */
import type { ActivityType, ErpDatabase, StoredOptions } from '../erp/store';
import type { Employee } from '../model/employee';
import { readEmployeeOptions, type EmployeeOptions } from '../model/employee-options';

/** Cached look-ups in the ERP's master records and the employees' options. */
export interface Directory {
  readonly employees: () => Promise<readonly Employee[]>;
  readonly activityTypes: () => Promise<readonly ActivityType[]>;
  /** An employee's options. Rejects with `options-invalid` when what is stored for this employee cannot be read. */
  readonly options: (employeeId: string) => Promise<EmployeeOptions>;
  /** Options have changed without this process's doing: the next question reads them. */
  readonly forgetOptions: () => void;
  /** Stores an employee's options; this process goes by them from its next question on. */
  readonly saveOptions: ErpDatabase['store']['saveEmployeeOptions'];
}

/** What is read of a database. */
export interface DirectorySource {
  readonly records: Pick<ErpDatabase['records'], 'employees' | 'activityTypes'>;
  readonly store: Pick<ErpDatabase['store'], 'employeeOptions' | 'saveEmployeeOptions'>;
}

const keepMs = 5_000;

interface Cached<T> {
  readonly read: () => Promise<T>;
  readonly forget: () => void;
}

const cached = <T>(read: () => Promise<T>, now: () => number): Cached<T> => {
  let held: { readonly value: Promise<T>; readonly until: number } | null = null;
  return {
    forget: () => {
      held = null;
    },
    read: () => {
      if (held !== null && now() < held.until) return held.value;
      const value = read();
      const mine = { value, until: now() + keepMs };
      held = mine;
      // A failed read is not kept: the next caller asks the database again.
      value.catch(() => {
        if (held === mine) held = null;
      });
      return value;
    },
  };
};

const optionsOf = (stored: readonly StoredOptions[], employeeId: string): EmployeeOptions => {
  const own = stored.filter((row) => row.employeeId === employeeId).map(({ kind, options }) => [kind, options] as const);
  return readEmployeeOptions(Object.fromEntries(own), employeeId);
};

/** Look-ups of one database; `now` in ms. */
export const createDirectory = ({ records, store }: DirectorySource, now: () => number = Date.now): Directory => {
  const options = cached(() => store.employeeOptions(), now);
  return {
    employees: cached(() => records.employees(), now).read,
    activityTypes: cached(() => records.activityTypes(), now).read,
    options: async (employeeId) => optionsOf(await options.read(), employeeId),
    forgetOptions: options.forget,
    saveOptions: async (employeeId, changed, effects) => {
      const done = await store.saveEmployeeOptions(employeeId, changed, effects);
      options.forget();
      return done;
    },
  };
};
