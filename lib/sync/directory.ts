/** Employees and activity types of a tenant, kept for a few seconds: every message needs them, they hardly ever change. */
import type { ActivityType, ErpDatabase } from '../erp/store';
import type { Employee } from '../model/employee';

/** Cached look-ups in the ERP's master records. */
export interface Directory {
  readonly employees: () => Promise<readonly Employee[]>;
  readonly activityTypes: () => Promise<readonly ActivityType[]>;
}

const keepMs = 5_000;

const cached = <T>(read: () => Promise<T>, now: () => number): (() => Promise<T>) => {
  let held: { readonly value: Promise<T>; readonly until: number } | null = null;
  return () => {
    if (held !== null && now() < held.until) return held.value;
    const value = read();
    const mine = { value, until: now() + keepMs };
    held = mine;
    // A failed read is not kept: the next caller asks the database again.
    value.catch(() => {
      if (held === mine) held = null;
    });
    return value;
  };
};

/** Look-ups of one database; `now` in ms. */
export const createDirectory = (database: ErpDatabase, now: () => number = Date.now): Directory => ({
  employees: cached(() => database.records.employees(), now),
  activityTypes: cached(() => database.records.activityTypes(), now),
});
