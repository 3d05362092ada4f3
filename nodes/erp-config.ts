/** `erp-config`: one ERP database (tenant) with its sync tables. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { openErpDatabase } from '../lib/erp/open';
import type { ErpDatabase } from '../lib/erp/store';
import { createTenantRuntime } from '../lib/sync/create-runtime';
import { adminAction, substitutedFields } from './shared/admin';
import { offerTenant } from './shared/config-nodes';
import { numberBetween, oneOf, optionalText, requiredText } from './shared/settings';
import { shareConnection } from './shared/shared-connection';
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

/** Owner of leases: the same after a restart, another for a second Node-RED that runs the same flow. */
const instanceOf = (RED: NodeAPI, node: Node): string => {
  const place = `${RED.settings.userDir ?? ''}|${RED.settings.uiPort ?? ''}`;
  return `${hostname()}-${createHash('sha256').update(place).digest('hex').slice(0, 8)}-${node.id}`;
};

const timeZoneOf = (fields: Fields): string => optionalText(fields.timeZone) || 'Europe/Vienna';

const open = (fields: Fields): Promise<ErpDatabase> =>
  openErpDatabase({
    driver: oneOf(fields.driver, 'Driver', ['sqlite']),
    database: requiredText(fields.database, 'Database'),
    timeZone: timeZoneOf(fields),
  });

export = (RED: NodeAPI): void => {
  function ErpConfig(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    const openTenant = async () => {
      const settings = {
        name: requiredText(definition.name, 'Name'),
        instance: instanceOf(RED, this),
        leaseMs: 1000 * numberBetween(definition.leaseSeconds, 'Lease', { min: 5, max: 86_400, or: 120 }),
        maxAttempts: numberBetween(definition.maxAttempts, 'Attempts', { min: 1, max: 100, or: 5 }),
      };
      const database = await open(definition);
      return { runtime: createTenantRuntime({ ...settings, database }), close: () => database.close() };
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
