/** Opens an ERP database by driver: the one way in for config nodes. */
import { SyncError } from '../model/error';
import type { ErpDatabase } from './store';
import { openSqliteDatabase, type SqliteOptions } from './sqlite/open';

/** Settings of an `erp-config`. */
export interface ErpOptions extends Omit<SqliteOptions, 'file'> {
  /** `sqlite`; others come with later versions. */
  readonly driver: string;
  /** SQLite: path of the file. */
  readonly database: string;
}

/** Opens the database; rejects with `driver-unknown` (configuration) for a driver that this version does not have. */
export const openErpDatabase = ({ driver, database, ...options }: ErpOptions): Promise<ErpDatabase> => {
  if (driver === 'sqlite') return openSqliteDatabase({ ...options, file: database });
  const { tenant = database } = options;
  const known = driver === 'mssql' ? 'SQL Server comes with a later version' : 'there is no such driver';
  return Promise.reject(
    new SyncError('driver-unknown', 'configuration', `ERP ${tenant}: driver "${driver}" cannot be used, ${known}. Choose "sqlite".`, {
      tenant,
      driver,
    }),
  );
};
