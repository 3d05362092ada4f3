/** The importer of calendars, as a program of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageFolder } from './site';
import type { BothSides } from './site';

interface Skipped {
  readonly file: string;
  readonly line?: number;
  readonly what: string;
  readonly reason: string;
}

/** What an import tells. */
export interface Import {
  readonly imported: number;
  readonly exceptions: number;
  readonly skipped: readonly Skipped[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isImport = (value: unknown): value is Import =>
  isObject(value) && typeof value['imported'] === 'number' && typeof value['exceptions'] === 'number' && Array.isArray(value['skipped']);

/** `npm run import-ics`, without building again. */
export const importCalendars = async (
  { environment }: Pick<BothSides, 'environment'>,
  to: 'exchange' | 'erp',
  employee: string,
  files: readonly string[],
): Promise<Import> => {
  const command = [path.join(packageFolder, 'dist', 'demo', 'import-ics.js'), '--to', to, '--employee', employee, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...files], {
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  const report: unknown = JSON.parse(stdout);
  assert.ok(isImport(report), stdout.slice(0, 500));
  return report;
};
