/** Another process that opens the same ERP database. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ErpConnection } from '../../../lib/erp/open';
import type { ServiceRun } from './service-run';

/** What the other process does. */
export interface ProcessTask {
  readonly run: ServiceRun | 'drain';
  /** The statement before which it kills itself, counted from 0 when the run begins; null: it lives. */
  readonly dieAt: number | null;
  /** Its clock, which stands still. */
  readonly now: Date;
  /** Name under which it leases; `drain` only. */
  readonly instance?: string;
}

/** How it ended. */
export interface ProcessEnd {
  readonly signal: string | null;
  readonly code: number | null;
  readonly output: string;
}

/** A process that has opened the database and waits. */
export interface WaitingProcess {
  /** Lets it begin, or go on, and waits for its end. */
  readonly begin: () => Promise<ProcessEnd>;
  /** Lets it begin; resolves when it holds what it claimed first, and waits. `drain` only. */
  readonly beginToHold: () => Promise<void>;
}

/** Starts a process; resolves when it has opened the database. */
export const startProcess = async (connection: ErpConnection, task: ProcessTask): Promise<WaitingProcess> => {
  const program = ['--require', 'tsx/cjs', path.join(__dirname, 'process-main.ts')];
  const settings = { ...task, connection, now: task.now.getTime() };
  // The connection may hold a password: it goes neither into the arguments nor into the environment.
  const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise<ProcessEnd>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })));
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const said = (word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => output.includes(`${word}\n`) && resolve();
      child.stdout.on('data', look);
      void ended.then(({ code }) => reject(new Error(`the process ended with code ${code} before it said ${word}`)));
    });
  child.stdin.write(`${JSON.stringify(settings)}\n`);
  await said('ready');
  return {
    beginToHold: () => {
      child.stdin.write('begin\n');
      return said('holds');
    },
    begin: () => {
      child.stdin.end('begin\n');
      return ended;
    },
  };
};

/** Lets a process do something and waits for its end. */
export const runInProcess = async (connection: ErpConnection, task: ProcessTask): Promise<ProcessEnd> =>
  (await startProcess(connection, task)).begin();
