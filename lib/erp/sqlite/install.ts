/** Installs, checks and takes away what the sync needs in a SQLite file. Opening installs by itself: nobody else does it for a file. */
import { sql, type Transaction } from 'kysely';
import isEqual from 'lodash/isEqual';
import type { Engine } from '../engine';
import { catalogKey, mappedTables } from '../schema/catalog';
import { obstacles, schemaFindings } from '../schema/check';
import { refuseErrors, type Finding } from '../schema/finding';
import type { SchemaMapping } from '../schema/mapping';
import { quoteName, sqliteDialect } from '../schema/quote';
import { referenceMapping } from '../schema/reference-mapping';
import { referenceSchema } from '../schema/reference';
import { runStatements, type Refusal } from '../schema/run-statements';
import { uninstallStatements } from '../schema/script';
import { syncTableStatements } from '../schema/sync-tables';
import { sqliteUpgrades } from '../schema/sync-upgrades';
import { outboxTriggers } from '../schema/triggers';
import type { Tables } from '../tables';
import { installedVersion, presentTriggers, readCatalog } from './catalog';

const run = (trx: Transaction<Tables>, statement: string) => sql.raw(statement).execute(trx);

const upgrade = async (trx: Transaction<Tables>, now: Date): Promise<void> => {
  const installed = await installedVersion(trx);
  if (installed === 0) {
    for (const statement of syncTableStatements(sqliteDialect)) await run(trx, statement.sql);
    return;
  }
  for (const [index, statements] of sqliteUpgrades.slice(installed).entries()) {
    for (const statement of statements) await run(trx, statement);
    const version = installed + index + 1;
    await sql`INSERT INTO sync_schema_version (version, installed_at) VALUES (${version}, ${now.toISOString()})`.execute(trx);
  }
};

/** Creates the triggers anew when they are not exactly the ones of this program and mapping. */
const installTriggers = async (trx: Transaction<Tables>, mapping: SchemaMapping): Promise<void> => {
  const wanted = outboxTriggers(mapping, sqliteDialect);
  const present = new Map((await presentTriggers(trx)).map(({ name, text }) => [name, text]));
  if (present.size === wanted.length && wanted.every((trigger) => present.get(trigger.name) === trigger.sql)) return;
  for (const name of present.keys()) await run(trx, `DROP TRIGGER ${quoteName(name)}`);
  for (const trigger of wanted) await run(trx, trigger.sql);
};

/** Whether the file holds the reference schema of an earlier version: it belongs to this program, which adds the tables that came since. */
const isEarlierReference = async (trx: Transaction<Tables>, mapping: SchemaMapping): Promise<boolean> => {
  if (!isEqual(mapping, referenceMapping)) return false;
  const { tables } = await readCatalog(trx, mapping);
  const added = 'appointment_exception';
  return mappedTables(mapping, sqliteDialect).every((table) => tables.has(catalogKey(sqliteDialect, table)) !== (table === added));
};

/** What opening does, in one transaction: two instances that start together install once. */
export const install = async (
  trx: Transaction<Tables>,
  options: { readonly mapping: SchemaMapping; readonly createReferenceSchema: boolean; readonly now: Date },
): Promise<void> => {
  if (options.createReferenceSchema || (await isEarlierReference(trx, options.mapping))) {
    for (const statement of referenceSchema(sqliteDialect)) await run(trx, statement);
  }
  refuseErrors(obstacles(options.mapping, sqliteDialect, await readCatalog(trx, options.mapping)));
  await upgrade(trx, options.now);
  await installTriggers(trx, options.mapping);
};

/** Installs or upgrades sync tables and triggers; may run again. Answers the optional steps that were refused: none in SQLite. */
export const applySchema = async (engine: Engine, mapping: SchemaMapping): Promise<readonly Refusal[]> => {
  await engine.write((trx) => install(trx, { mapping, createReferenceSchema: false, now: engine.now() }));
  return [];
};

/** Compares the file with the mapping and with what would be installed; errors first. */
export const checkSchema = async (engine: Engine, mapping: SchemaMapping): Promise<readonly Finding[]> =>
  schemaFindings(mapping, sqliteDialect, await engine.read((db) => readCatalog(db, mapping)));

/** Takes everything of the sync away. */
export const uninstallSchema = (engine: Engine, mapping: SchemaMapping): Promise<readonly Refusal[]> =>
  runStatements(engine, uninstallStatements(mapping, sqliteDialect));
