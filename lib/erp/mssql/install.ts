/** Installs, checks and takes away what the sync needs in a SQL Server database. Opening only checks: a person decides when to install. */
import type { Engine } from '../engine';
import { traitsOf } from '../schema/catalog';
import { obstacles, schemaFindings } from '../schema/check';
import { refuseErrors, type Finding } from '../schema/finding';
import type { SchemaMapping } from '../schema/mapping';
import { mssqlDialect } from '../schema/quote';
import { runStatements, type Refusal } from '../schema/run-statements';
import { installStatements, uninstallStatements } from '../schema/script';
import { readCatalog } from './catalog';

/**
 * A trigger is made with a lock for which the ERP's open transactions are waited, and everybody else of the ERP waits behind it: so this is
 * tried for a short time only.
 */
const around = { begin: ['SET LOCK_TIMEOUT 10000'], end: ['SET LOCK_TIMEOUT -1'] };

/** Installs or upgrades sync tables and triggers; may run again. Answers the optional steps that were refused. */
export const applySchema = async (engine: Engine, mapping: SchemaMapping): Promise<readonly Refusal[]> => {
  const catalog = await engine.read((db) => readCatalog(db, mapping));
  refuseErrors(obstacles(mapping, mssqlDialect, catalog));
  return runStatements(engine, installStatements(mapping, mssqlDialect, traitsOf(mapping, mssqlDialect, catalog)), around);
};

/** Compares the database with the mapping and with what would be installed; errors first. */
export const checkSchema = async (engine: Engine, mapping: SchemaMapping): Promise<readonly Finding[]> =>
  schemaFindings(mapping, mssqlDialect, await engine.read((db) => readCatalog(db, mapping)));

/** Takes everything of the sync away. Answers the optional steps that were refused. */
export const uninstallSchema = (engine: Engine, mapping: SchemaMapping): Promise<readonly Refusal[]> =>
  runStatements(engine, uninstallStatements(mapping, mssqlDialect), around);
