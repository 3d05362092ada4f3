/** A connection writes only into the mailboxes of the employees that it serves. */
import assert from 'node:assert/strict';
import { openErpDatabase } from '../../../lib/erp/open';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { buildOutbound } from '../../../lib/sync/messages/outbound';
import { createResolver } from '../../../lib/sync/resolver';
import { startBothSides, service } from '../../support/site';

describe('employees of a connection', () => {
  it('an appointment of an employee who is not served is left out with a note, and Exchange is not asked', async () => {
    const sides = await startBothSides();
    const database = await openErpDatabase({ connection: { driver: 'sqlite', file: sides.database }, timeZone: 'Europe/Vienna' });
    const connection = createEwsConnection({
      url: sides.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
    });
    try {
      const tenant = await createTenantRuntime(database, { name: 'ERP', userFolder: sides.folder, leaseMs: 60_000, maxAttempts: 5 });
      const exchange = createExchangeRuntime(connection, { name: 'Exchange', employees: 'anna@*', batchSize: 50 });
      const resolver = createResolver({ tenant, exchange, rule: 'last', conferences: 'skip' });
      sides.erp.exec("INSERT INTO task (employee_id, subject) VALUES (1, 'served'), (2, 'not served')");
      const request = { direction: 'outbound', kinds: ['task'], instance: tenant.instance, limit: 10, leaseMs: 60_000 } as const;
      const { messages } = await buildOutbound(tenant, await database.store.claim(request));
      const outputs = await Promise.all(messages.map(async (message) => (await resolver.resolve(message)).output));
      assert.deepEqual(outputs, ['write', 'nothing']);
      assert.deepEqual(
        sides.journal().map((row) => [row.employee, row.state, row.noteCode]),
        [
          ['1', 'leased', null],
          ['2', 'skipped', 'not-served'],
        ],
      );
      assert.equal(sides.simulator.requests.total(), 0);
    } finally {
      await connection.close();
      await database.close();
      await sides.close();
    }
  });
});
