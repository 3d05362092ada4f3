/** Opens an ERP database by driver: the one way in for config nodes and the command line. */
import { openMssqlDatabase } from './mssql/open';
import type { MssqlConnection, MssqlLogin } from './mssql/options';
import type { ErpDatabase } from './store';
import type { SchemaMapping } from './schema/mapping';
import { openSqliteDatabase, type SqliteOptions } from './sqlite/open';

export type { MssqlConnection, MssqlLogin };

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
  return openMssqlDatabase({ ...options, connection });
};
