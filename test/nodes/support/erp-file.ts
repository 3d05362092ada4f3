/** A SQLite file with the reference ERP for one test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openErpDatabase } from '../../../lib/erp/open';

/** A temporary ERP. */
export interface ErpFile {
  readonly file: string;
  /** Runs SQL as the ERP itself would, from outside. */
  readonly run: (sql: string) => void;
  readonly remove: () => Promise<void>;
}

/** Creates schema and one employee, Anna Gruber (key 1). */
export const createErpFile = async (): Promise<ErpFile> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nodes-test-'));
  const file = path.join(folder, 'erp.sqlite');
  const database = await openErpDatabase({
    connection: { driver: 'sqlite', file: file },
    timeZone: 'Europe/Vienna',
    createReferenceSchema: true,
  });
  await database.close();
  const run = (sql: string) => {
    const direct = new DatabaseSync(file);
    direct.exec(sql);
    direct.close();
  };
  run("INSERT INTO employee (id, name, email, active) VALUES (1, 'Anna Gruber', 'anna@demo.example', 1)");
  return { file, run, remove: () => rm(folder, { recursive: true, force: true }) };
};
