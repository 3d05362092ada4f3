/** Opens an ERP database by driver: the one way in for config nodes and the command line. */
import { SyncError } from '../model/error';
import type { ErpDatabase } from './store';
import type { SchemaMapping } from './schema/mapping';
import { openSqliteDatabase, type SqliteOptions } from './sqlite/open';

/** Who logs in to SQL Server. */
export type MssqlLogin =
  | { readonly mode: 'sql'; readonly user: string; readonly password: string }
  /** NTLM. */
  | { readonly mode: 'domain'; readonly domain: string; readonly user: string; readonly password: string }
  /** A service principal of Microsoft Entra. */
  | { readonly mode: 'entra'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };

/** Where a SQL Server database is. */
export interface MssqlConnection {
  readonly driver: 'mssql';
  readonly server: string;
  /** Default 1433, or what the browser service tells for `instance`. */
  readonly port?: number;
  readonly instance?: string;
  readonly database: string;
  readonly login: MssqlLogin;
  /** Default true. */
  readonly encrypt?: boolean;
  /** Accepts a certificate that cannot be verified; default false. */
  readonly trustServerCertificate?: boolean;
  /** Certificates (PEM) of a private authority. */
  readonly ca?: string;
  /** Connections at most, default 10. */
  readonly poolSize?: number;
  /** Default 15000. */
  readonly connectTimeoutMs?: number;
  /** Default 30000. */
  readonly requestTimeoutMs?: number;
}

/** Where an ERP database is. */
export type ErpConnection = { readonly driver: 'sqlite'; readonly file: string } | MssqlConnection;

/** Settings of an `erp-config`. */
export interface ErpOptions extends Omit<SqliteOptions, 'file'> {
  readonly connection: ErpConnection;
  /** How this ERP's tables hold the records; default: the reference schema. */
  readonly mapping?: SchemaMapping;
}

/** Opens the database; rejects with a SyncError that names place and remedy. */
export const openErpDatabase = ({ connection, ...options }: ErpOptions): Promise<ErpDatabase> => {
  if (connection.driver === 'sqlite') return openSqliteDatabase({ ...options, file: connection.file });
  const { tenant = connection.database } = options;
  return Promise.reject(
    new SyncError('driver-unknown', 'configuration', `ERP ${tenant}: SQL Server comes with a later version. Choose "sqlite".`, {
      tenant,
      driver: connection.driver,
    }),
  );
};
