/** Brings a database to what this program needs: reference schema on demand, sync tables, triggers. May run at every start. */
import { sql, type Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { SchemaMapping } from '../schema/mapping';
import { quoteName, sqliteDialect } from '../schema/quote';
import { neededTables, referenceSchema } from '../schema/reference';
import { syncSchemaVersion, syncTableStatements } from '../schema/sync-tables';
import { sqliteUpgrades } from '../schema/sync-upgrades';
import { outboxTriggers } from '../schema/triggers';
import type { Tables } from '../tables';
import { schemaMissing } from './errors';

const run = (trx: Transaction<Tables>, statement: string) => sql.raw(statement).execute(trx);

const tableNames = async (trx: Transaction<Tables>): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ name: string }>`SELECT lower(name) AS name FROM sqlite_master WHERE type IN ('table', 'view')`.execute(trx);
  return new Set(rows.map((row) => row.name));
};

const checkErpTables = async (trx: Transaction<Tables>, file: string): Promise<void> => {
  const present = await tableNames(trx);
  const missing = neededTables.filter((name) => !present.has(name));
  if (missing.length > 0) throw schemaMissing(file, `table ${missing.join(', ')}`);
};

const installedVersion = async (trx: Transaction<Tables>): Promise<number> => {
  if (!(await tableNames(trx)).has('sync_schema_version')) return 0;
  const { rows } = await sql<{ version: number | null }>`SELECT max(version) AS version FROM sync_schema_version`.execute(trx);
  return rows[0]?.version ?? 0;
};

const upgrade = async (trx: Transaction<Tables>, file: string, now: Date): Promise<void> => {
  const installed = await installedVersion(trx);
  if (installed > syncSchemaVersion) {
    throw new SyncError(
      'erp-version-too-new',
      'configuration',
      `The sync tables in ${file} have version ${installed}, this program knows ${syncSchemaVersion}. Install the newer version of the package.`,
      { database: file, installed, known: syncSchemaVersion },
    );
  }
  if (installed === 0) for (const statement of syncTableStatements(sqliteDialect)) await run(trx, statement.sql);
  else {
    for (const [index, statements] of sqliteUpgrades.slice(installed).entries()) {
      for (const statement of statements) await run(trx, statement);
      const version = installed + index + 1;
      await sql`INSERT INTO sync_schema_version (version, installed_at) VALUES (${version}, ${now.toISOString()})`.execute(trx);
    }
  }
};

/** Creates the triggers anew when they are not exactly the ones of this program and mapping. */
const installTriggers = async (trx: Transaction<Tables>, mapping: SchemaMapping): Promise<void> => {
  const { rows } = await sql<{ name: string; sql: string }>`
    SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sync\_%' ESCAPE '\\' ORDER BY name`.execute(trx);
  const triggers = outboxTriggers(mapping, sqliteDialect);
  const present = new Map(rows.map((row) => [row.name, row.sql]));
  const same = present.size === triggers.length && triggers.every((trigger) => present.get(trigger.name) === trigger.sql);
  if (same) return;
  for (const name of present.keys()) await run(trx, `DROP TRIGGER ${quoteName(name)}`);
  for (const trigger of triggers) await run(trx, trigger.sql);
};

/** One transaction: two instances that start together install once. */
export const install = async (
  trx: Transaction<Tables>,
  options: { readonly file: string; readonly mapping: SchemaMapping; readonly createReferenceSchema: boolean; readonly now: Date },
): Promise<void> => {
  if (options.createReferenceSchema) for (const statement of referenceSchema(sqliteDialect)) await run(trx, statement);
  await checkErpTables(trx, options.file);
  await upgrade(trx, options.file, options.now);
  await installTriggers(trx, options.mapping);
};
