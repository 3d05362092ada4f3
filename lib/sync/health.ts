/**
 * How long to wait after a failure that concerns more than one item, and whether anybody has to be told: a server that is down all
 * night is told once, not once per item and minute.
 */
import type { SyncError } from '../model/error';

/** Health of one connection. */
export interface Health {
  /** Something worked: waiting times start from the beginning; `key` (an employee, or the connection) may be told again. */
  readonly succeed: (key: string) => void;
  /** Something failed. `waitMs`: not before; `tell`: this cause is new, or its last telling is long ago. */
  readonly fail: (key: string, error: SyncError) => { readonly waitMs: number; readonly tell: boolean };
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** Requirement A6: a refused login is tried again after 50 minutes, so that the account is not locked. */
const loginWaitMs = 50 * 60_000;
/** A fault of set-up needs a person; a mailbox may appear at any time, so look again now and then. */
const configurationWaitMs = 10 * 60_000;
const tellAgainMs = 60 * 60_000;
/** Failures within this time are one outage: parallel batches do not multiply the waiting time. */
const oneFailureMs = 500;

const waitFor = (error: SyncError, failures: number): number => {
  switch (error.scope) {
    case 'login':
      return loginWaitMs;
    case 'configuration':
      return configurationWaitMs;
    case 'connection':
    case 'retry':
    case 'item':
      return Math.max(error.backOffMs ?? 0, Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10)));
  }
};

/** Health without failures; `now` in ms. */
export const createHealth = (now: () => number = Date.now): Health => {
  const told = new Map<string, number>();
  const failing = new Map<string, { readonly failures: number; readonly at: number }>();
  return {
    succeed: (key) => {
      failing.delete(key);
      for (const cause of [...told.keys()]) if (cause.startsWith(`${key} `)) told.delete(cause);
    },
    fail: (key, error) => {
      const before = failing.get(key);
      const failures = before === undefined ? 1 : now() - before.at < oneFailureMs ? before.failures : before.failures + 1;
      if (before?.failures !== failures) failing.set(key, { failures, at: now() });
      const cause = `${key} ${error.code}`;
      const toldAt = told.get(cause);
      const tell = toldAt === undefined || now() - toldAt >= tellAgainMs;
      if (tell) told.set(cause, now());
      return { waitMs: waitFor(error, failures), tell };
    },
  };
};
