/** Opens an ERP database in a SQLite file. */
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { SyncError } from '../../model/error';
import type { SchemaMapping } from '../schema/mapping';
import { referenceMapping } from '../schema/reference-mapping';
import { erpDatabase } from '../database';
import type { OpenEngine } from '../engine';
import { requireTimeZone } from '../local-time';
import type { ErpDatabase } from '../store';
import type { Tables } from '../tables';
import { createSqliteEngine } from './engine';
import { toErpError } from './errors';
import { install } from './install';
import { busyTimeoutMs, retryWhileLocked } from './lock-retry';
import { nodeSqliteDialect, thinDatabase } from './node-sqlite';

/** Where the database is and how it is used. */
export interface SqliteOptions {
  /** Path of the database file. */
  readonly file: string;
  /** The tenant's IANA zone, in which the ERP's local times are read. */
  readonly timeZone: string;
  /** How this ERP's tables hold the records; default: the reference schema. */
  readonly mapping?: SchemaMapping;
  /** Name of the tenant, for error texts; default: the file. */
  readonly tenant?: string;
  /** How long to wait for another program's lock, default 5000. */
  readonly lockTimeoutMs?: number;
  readonly now?: () => Date;
  /** Creates file and reference ERP schema where they are missing: demo and tests. */
  readonly createReferenceSchema?: boolean;
  /** Sees every statement before it runs; throwing takes its place. For fault injection in tests. */
  readonly beforeStatement?: (sql: string) => void;
}

const loadNodeSqlite = () => {
  if (isBuiltin('node:sqlite')) return process.getBuiltinModule('node:sqlite');
  throw new SyncError(
    'sqlite-unavailable',
    'configuration',
    `Node.js ${process.version} has no SQLite without a flag. Run Node-RED with Node.js 22.13 or later, or choose another ERP driver.`,
    { version: process.version },
  );
};

const checkOptions = ({ file, timeZone, tenant = file, createReferenceSchema }: SqliteOptions): void => {
  requireTimeZone(timeZone, tenant);
  if (file.trim() === '' || file === ':memory:') {
    throw new SyncError('erp-file-missing', 'configuration', `ERP ${tenant}: enter the path of the SQLite database file.`, { tenant });
  }
  if (createReferenceSchema !== true && !existsSync(file)) {
    throw new SyncError(
      'erp-unreachable',
      'connection',
      `ERP ${tenant}: there is no file ${file}. Check the path and that the drive is connected.`,
      { tenant, database: file },
    );
  }
};

const openFile = (file: string): DatabaseSync => {
  const { DatabaseSync: Database } = loadNodeSqlite();
  const database = new Database(file);
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  return database;
};

/**
 * WAL: readers and the one writer do not wait for each other. FULL: a stored sync id must survive a power failure, or the
 * Exchange item that was created with it would be created a second time.
 */
const prepareConnection = (database: DatabaseSync): void => {
  const mode = database.prepare('PRAGMA journal_mode').get();
  if (mode?.['journal_mode'] !== 'wal') database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
};

/** Opens the file; nothing in it is looked at or changed. Rejects with a SyncError that names place and remedy. */
export const connectSqlite = async (options: SqliteOptions): Promise<OpenEngine> => {
  checkOptions(options);
  const { file, timeZone, lockTimeoutMs = 5000, now = () => new Date() } = options;
  let database: DatabaseSync | null = null;
  try {
    const opened = openFile(file);
    database = opened;
    await retryWhileLocked(lockTimeoutMs, async () => {
      await Promise.resolve();
      prepareConnection(opened);
    });
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(thinDatabase(opened, options.beforeStatement ?? null)) });
    return { engine: createSqliteEngine({ db, file, timeZone, lockTimeoutMs, now }), close: () => db.destroy() };
  } catch (thrown) {
    database?.close();
    throw toErpError(thrown, file);
  }
};

/** Opens the file, installs or upgrades the sync tables and triggers. Rejects with a SyncError that names place and remedy. */
export const openSqliteDatabase = async (options: SqliteOptions): Promise<ErpDatabase> => {
  const { mapping = referenceMapping, createReferenceSchema = false } = options;
  const { engine, close } = await connectSqlite(options);
  try {
    await engine.write((trx) => install(trx, { mapping, createReferenceSchema, now: engine.now() }));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { ...erpDatabase(engine, mapping), close };
};
