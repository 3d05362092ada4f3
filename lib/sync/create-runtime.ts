/** Builds what the config nodes own. */
import { hostname } from 'node:os';
import type { ErpDatabase } from '../erp/store';
import type { ExchangeConnection } from '../exchange/connection';
import type { Employee } from '../model/employee';
import { createDirectory } from './directory';
import { createHealth } from './health';
import { createMailboxLocks } from './mailbox-locks';
import type { ExchangeRuntime, TenantRuntime } from './runtime';
import { createSignal } from './signal';

/** Settings of a tenant. */
export interface TenantSettings {
  readonly name: string;
  /** Folder of this Node-RED: with the host's name it tells this instance from others, and from its own former life. */
  readonly userFolder: string;
  readonly leaseMs: number;
  readonly maxAttempts: number;
}

const isRunning = (life: number): boolean => {
  try {
    process.kill(life, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, but is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Those of the owners that are former lives of this process, which `own` starts the names of. The same installation started a second time,
 * by mistake, must not take rows from the one that runs: items would be created twice. When in doubt the leases run out.
 */
const formerLives = (owners: readonly string[], own: string): readonly string[] =>
  owners.filter((owner) => {
    const number = owner.startsWith(`${own} `) ? owner.slice(own.length + 1) : '';
    if (!/^[0-9]+$/.test(number)) return owner === own;
    return Number(number) === process.pid || !isRunning(Number(number));
  });

/** A tenant over an open database. Rows that a former life of this instance had leased are opened again. */
export const createTenantRuntime = async (database: ErpDatabase, settings: TenantSettings): Promise<TenantRuntime> => {
  const installation = `${hostname()} ${settings.userFolder} ${settings.name}`;
  for (const life of formerLives(await database.store.leaseOwners(), installation)) await database.store.releaseOwn(life);
  const instance = `${installation} ${process.pid}`;
  return {
    name: settings.name,
    instance,
    database,
    leaseMs: settings.leaseMs,
    maxAttempts: settings.maxAttempts,
    directory: createDirectory(database),
    feeds: new Map(),
    workWaiting: createSignal(),
  };
};

/** Settings of an Exchange connection that the sync itself needs. */
export interface ExchangeSettings {
  readonly name: string;
  /** E-mail patterns, separated by commas or white space; `*` stands for any text; empty for everyone. */
  readonly employees: string;
  readonly batchSize: number;
}

/** Whether an address matches one of the patterns, without regard to case. */
export const matchesAddress = (patterns: string, address: string): boolean => {
  const list = patterns.split(/[\s,;]+/).filter((pattern) => pattern !== '');
  if (list.length === 0) return true;
  return list.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(address);
  });
};

/** An Exchange connection with what the nodes share. */
export const createExchangeRuntime = (connection: ExchangeConnection, settings: ExchangeSettings): ExchangeRuntime => ({
  name: settings.name,
  connection,
  locks: createMailboxLocks(),
  serves: (employee: Employee) => employee.email !== null && matchesAddress(settings.employees, employee.email),
  health: createHealth(),
  batchSize: settings.batchSize,
  writeGates: new Set(),
});
