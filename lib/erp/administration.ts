/** What people do to an ERP database besides synchronising it: the buttons of `erp-config` and the command line `exchange-erp`. */
import type { Engine } from './engine';
import * as mssql from './mssql/install';
import { connectMssql } from './mssql/open';
import { openErpDatabase, type ErpConnection, type ErpOptions } from './open';
import type { Finding } from './schema/finding';
import type { SchemaMapping } from './schema/mapping';
import { mssqlDialect, sqliteDialect } from './schema/quote';
import { referenceMapping } from './schema/reference-mapping';
import type { Refusal } from './schema/run-statements';
import { installStatements, rightsStatements, scriptText as textOfScript, uninstallStatements } from './schema/script';
import * as sqlite from './sqlite/install';
import { connectSqlite } from './sqlite/open';

export type { Finding, Refusal };

/** Scripts that can be printed. */
export const scriptNames = ['install', 'rights', 'uninstall'] as const;
export type ScriptName = (typeof scriptNames)[number];

const scripts = {
  install: { title: 'Install script', statements: installStatements },
  rights: { title: 'Rights of the service', statements: rightsStatements },
  uninstall: { title: 'Uninstall script', statements: uninstallStatements },
} as const;

/** A script as text, with comments; needs no connection. */
export const scriptText = (driver: ErpConnection['driver'], mapping: SchemaMapping, name: ScriptName): string => {
  const dialect = driver === 'sqlite' ? sqliteDialect : mssqlDialect;
  const { title, statements } = scripts[name];
  return textOfScript(dialect, { title, mapping }, statements(mapping, dialect));
};

/** What a connection finds. */
export interface ConnectionReport {
  readonly employees: number;
  /** Active employees with an e-mail address. */
  readonly withMailbox: number;
  /** Open rows of the journal. */
  readonly open: number;
}

/** Opens the database as the sync does and counts what it finds. */
export const checkConnection = async (options: ErpOptions): Promise<ConnectionReport> => {
  const database = await openErpDatabase(options);
  try {
    const employees = await database.records.employees();
    const { rows } = await database.store.counts();
    return {
      employees: employees.length,
      withMailbox: employees.filter(({ active, email }) => active && (email ?? '') !== '').length,
      open: rows.filter(({ state }) => state === 'open').reduce((sum, { count }) => sum + count, 0),
    };
  } finally {
    await database.close();
  }
};

type Install = Pick<typeof sqlite, 'applySchema' | 'checkSchema' | 'uninstallSchema'>;

/** Connects without looking at the schema, and closes whatever happens. */
const connected = async <T>({ connection, ...options }: ErpOptions, work: (install: Install, engine: Engine) => Promise<T>): Promise<T> => {
  const [install, { engine, close }] =
    connection.driver === 'sqlite'
      ? [sqlite, await connectSqlite({ ...options, file: connection.file })]
      : [mssql, await connectMssql({ ...options, connection })];
  try {
    return await work(install, engine);
  } finally {
    await close();
  }
};

/** Compares the database with the mapping and with what the scripts install; errors first. Changes nothing. */
export const checkSchema = (options: ErpOptions): Promise<readonly Finding[]> =>
  connected(options, (install, engine) => install.checkSchema(engine, options.mapping ?? referenceMapping));

/** Installs or upgrades sync tables and triggers; answers the optional steps that were refused. */
export const applySchema = (options: ErpOptions): Promise<readonly Refusal[]> =>
  connected(options, (install, engine) => install.applySchema(engine, options.mapping ?? referenceMapping));

/** Takes everything of the sync away; answers the optional steps that were refused. */
export const uninstallSchema = (options: ErpOptions): Promise<readonly Refusal[]> =>
  connected(options, (install, engine) => install.uninstallSchema(engine, options.mapping ?? referenceMapping));
