/**
 * Which tenants are open in this process. A name stands for one tenant in messages and leases, and a database holds one tenant's journal,
 * links and triggers: neither can belong to two `erp-config`s at once.
 */
import { realpathSync } from 'node:fs';
import type { ErpConnection } from '../../lib/erp/open';
import { SyncError } from '../../lib/model/error';

const names = new Set<string>();
/** Databases with the name of their tenant. */
const databases = new Map<string, string>();

const realFile = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    // Opening the file tells what is wrong with it.
    return file;
  }
};

const databaseKey = (connection: ErpConnection): string => {
  if (connection.driver === 'sqlite') return `sqlite ${realFile(connection.file)}`;
  const { server, port, instance, database } = connection;
  return ['mssql', server, instance ?? String(port ?? 1433), database].join(' ').toLowerCase();
};

/**
 * Claims name and database until the returned function is called. Throws SyncError `tenant-name-double` or `tenant-database-double`:
 * who came first goes on. One server under two addresses is not noticed.
 */
export const claimTenant = (name: string, connection: ErpConnection): (() => void) => {
  if (names.has(name)) {
    const text = `Two ERP configurations are called "${name}". Give each its own name: it tells their items and leases apart.`;
    throw new SyncError('tenant-name-double', 'configuration', text, { name });
  }
  const key = databaseKey(connection);
  const owner = databases.get(key);
  if (owner !== undefined) {
    const text = `The ERP configurations "${owner}" and "${name}" use the same database. Use one of them for all nodes, or choose another database.`;
    throw new SyncError('tenant-database-double', 'configuration', text, { name, owner });
  }
  names.add(name);
  databases.set(key, name);
  return () => {
    names.delete(name);
    databases.delete(key);
  };
};
