/** Opens an ERP database on SQL Server. */
import { Kysely } from 'kysely';
import type { OpenEngine } from '../engine';
import { erpDatabase } from '../database';
import { requireTimeZone } from '../local-time';
import { refuseErrors } from '../schema/finding';
import type { SchemaMapping } from '../schema/mapping';
import { referenceMapping } from '../schema/reference-mapping';
import type { ErpDatabase } from '../store';
import type { Tables } from '../tables';
import { readColumnTypes } from './column-types';
import { mssqlPoolDialect } from './driver';
import { createMssqlEngine } from './engine';
import { commitUnknown, toErpError } from './errors';
import { checkSchema } from './install';
import { placeOf, poolConfig, type MssqlConnection } from './options';
import { openPool } from './pool';
import { limitAsTop } from './top-plugin';

/** Which database and how it is used. */
export interface MssqlOptions {
  readonly connection: MssqlConnection;
  /** The tenant's IANA zone, in which the ERP's local times are read. */
  readonly timeZone: string;
  /** How this ERP's tables hold the records; default: the reference schema. */
  readonly mapping?: SchemaMapping;
  /** Name of the tenant, for error texts; default: the database. */
  readonly tenant?: string;
  readonly now?: () => Date;
  /** Sees every statement before it runs; throwing takes its place. For fault injection in tests. */
  readonly beforeStatement?: (sql: string) => void;
}

/** Connects; nothing of the database is looked at or changed. Rejects with a SyncError that names place and remedy. */
export const connectMssql = async (options: Omit<MssqlOptions, 'mapping'>): Promise<OpenEngine> => {
  const { connection, timeZone, tenant = connection.database, now = () => new Date(), beforeStatement = null } = options;
  requireTimeZone(timeZone, tenant);
  const config = poolConfig(connection, tenant);
  const place = placeOf(connection, tenant);
  try {
    // It brings a lot along, which is of no use to those who have SQLite.
    const { default: mssql } = await import('mssql');
    const pool = await openPool(mssql, config);
    const dialect = mssqlPoolDialect({ mssql, pool, beforeStatement, commitUnknown: (thrown) => commitUnknown(thrown, place) });
    const db = new Kysely<Tables>({ dialect, plugins: [limitAsTop()] });
    return { engine: createMssqlEngine({ db, place, timeZone, now }), close: () => db.destroy() };
  } catch (thrown) {
    throw toErpError(thrown, place);
  }
};

/** Opens the database; its schema is checked and never changed. Rejects with a SyncError that names place and remedy. */
export const openMssqlDatabase = async ({ mapping = referenceMapping, ...options }: MssqlOptions): Promise<ErpDatabase> => {
  const { engine, close } = await connectMssql(options);
  try {
    refuseErrors(await checkSchema(engine, mapping));
    const columnType = await readColumnTypes(engine, mapping);
    return { ...erpDatabase({ ...engine, columnType }, mapping), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};
