/** `erp-config`: one ERP database (tenant) with its sync tables. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { openErpDatabase, type ErpConnection } from '../lib/erp/open';
import type { ErpDatabase } from '../lib/erp/store';
import { SyncError } from '../lib/model/error';
import { createTenantRuntime } from '../lib/sync/create-runtime';
import { adminAction, substitutedFields } from './shared/admin';
import { offerTenant } from './shared/config-nodes';
import { numberBetween, optionalText, requiredText } from './shared/settings';
import { shareConnection } from './shared/shared-connection';
import { claimTenant } from './shared/tenant-claims';
import { shownError } from './shared/texts';

interface Fields {
  readonly name?: unknown;
  readonly driver?: unknown;
  readonly database?: unknown;
  readonly timeZone?: unknown;
  readonly leaseSeconds?: unknown;
  readonly maxAttempts?: unknown;
}
type Definition = NodeDef & Fields;

const graceMs = 12_000;

const timeZoneOf = (fields: Fields): string => optionalText(fields.timeZone) || 'Europe/Vienna';

const connectionOf = (fields: Fields): ErpConnection => {
  const driver = optionalText(fields.driver) || 'sqlite';
  if (driver === 'sqlite') return { driver, file: requiredText(fields.database, 'Database') };
  const tenant = optionalText(fields.name);
  throw new SyncError('driver-unknown', 'configuration', `ERP ${tenant}: there is no driver "${driver}". Choose "sqlite".`, {
    tenant,
    driver,
  });
};

const open = async (fields: Fields): Promise<ErpDatabase> =>
  openErpDatabase({
    connection: connectionOf(fields),
    timeZone: timeZoneOf(fields),
    tenant: optionalText(fields.name),
  });

export = (RED: NodeAPI): void => {
  function ErpConfig(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    const openTenant = async () => {
      const settings = {
        name: requiredText(definition.name, 'Name'),
        userFolder: RED.settings.userDir ?? '',
        leaseMs: 1000 * numberBetween(definition.leaseSeconds, 'Lease', { min: 5, max: 86_400, or: 120 }),
        maxAttempts: numberBetween(definition.maxAttempts, 'Attempts', { min: 1, max: 100, or: 5 }),
      };
      const release = claimTenant(settings.name, connectionOf(definition));
      try {
        const database = await open(definition);
        const close = () => database.close().finally(release);
        const runtime = await createTenantRuntime(database, settings).catch(async (thrown: unknown) => {
          await database.close();
          throw thrown;
        });
        return { runtime, close };
      } catch (thrown) {
        release();
        throw thrown;
      }
    };
    const connection = shareConnection(openTenant, (error, witnesses) => {
      for (const witness of witnesses) witness.error(shownError(RED, error), {});
    });
    offerTenant(this, connection);
    this.on('close', (done: () => void) => {
      void connection.end(graceMs).finally(done);
    });
  }
  RED.nodes.registerType('erp-config', ErpConfig);

  adminAction(RED, 'erp-config', 'check', async (dialog) => {
    const database = await open(substitutedFields(RED, dialog));
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
  });
};
