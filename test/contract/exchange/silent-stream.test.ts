/** A notification stream that goes silent: the feed notices, says so, opens another and catches up. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openErpDatabase } from '../../../lib/erp/open';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { createInboundFeed } from '../../../lib/sync/inbound-feed';
import { startBothSides, service } from '../../support/site';
import { until } from '../../../testing/wait';

describe('a silent notification stream', () => {
  it('is told and noted, opened again, and what happened meanwhile is caught up', async () => {
    const sides = await startBothSides();
    const folder = await mkdtemp(path.join(tmpdir(), 'silent-'));
    const database = await openErpDatabase({
      connection: { driver: 'sqlite', file: sides.database },
      timeZone: 'Europe/Vienna',
      tenant: 'ERP',
    });
    const connection = createEwsConnection({
      url: sides.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
      streamSilenceMs: 400,
      retryBaseMs: 50,
    });
    const tenant = await createTenantRuntime(database, { name: 'ERP', userFolder: folder, leaseMs: 60_000, maxAttempts: 5 });
    const exchange = createExchangeRuntime(connection, { name: 'Exchange', employees: '*', batchSize: 50 });
    const topics: string[] = [];
    const codes: string[] = [];
    const reasons: unknown[] = [];
    const states: string[] = [];
    const feed = createInboundFeed({
      tenant,
      exchange,
      events: {
        emit: ({ topic }) => topics.push(topic),
        status: ({ state }) => states.push(state),
        report: () => undefined,
        error: (error) => {
          codes.push(error.code);
          reasons.push(error.params['reason']);
        },
      },
      settings: {
        maxInFlight: 10,
        sweepMs: 3_600_000,
        kinds: ['appointment', 'task'],
        deletions: { count: 10, share: 0.1 },
        firstRun: { mode: 'merge', startDate: null, atOnce: 10 },
      },
    });
    try {
      const end = sides.simulator.faults.add({ operation: 'GetStreamingEvents', always: true, action: { kind: 'silentStream' } });
      feed.start();
      await until('the silence is told', () => reasons.includes('stream-silent'));
      assert.deepEqual(codes, ['server-unreachable']);
      assert.ok(states.includes('waiting'));
      await until('it is noted', () => sides.journal().some(({ operation, state }) => operation === 'connect' && state === 'open'));
      sides.simulator.create('anna@x.test', { kind: 'task', subject: 'meanwhile' });
      assert.equal(topics.length, 0);
      end();
      await until('it is caught up', () => topics.includes('inbound/task/create'));
      await until('the note is closed', () => sides.journal().some(({ operation, state }) => operation === 'connect' && state === 'done'));
    } finally {
      await feed.stop();
      await connection.close();
      await database.close();
      await sides.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
