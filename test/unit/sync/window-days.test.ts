/** What an employee's window of days leaves out is synchronised as soon as time brings it in; only the clock is not the real one. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { control } from '../../../lib/sync/control/control';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { buildInbound } from '../../../lib/sync/messages/inbound';
import { createOutboundFeed } from '../../../lib/sync/outbound-feed';
import type { Feed, TenantRuntime } from '../../../lib/sync/runtime';
import { until } from '../../../testing/wait';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { claimOf, exchangeAppointment } from '../../contract/erp/subject';
import { liveOn } from './life';
import { memoryMailbox } from './memory-mailbox';

describe("what lies beyond an employee's window of days", () => {
  let subject: SqliteSubject;
  let tenant: TenantRuntime;
  let feed: Feed;
  const sent: string[] = [];

  const start = (): void => {
    feed = createOutboundFeed({
      tenant,
      events: {
        emit: ({ sync }) => sent.push(`${sync.erpId} ${sync.operation}`),
        status: () => undefined,
        error: (error) => assert.fail(error),
      },
      settings: { intervalMs: 5, maxInFlight: 50, kinds: ['appointment'], deletions: { count: 10, share: 0.1 } },
    });
    feed.start();
  };
  const add = (day: string) =>
    subject.erp.run(
      'INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, ?, ?, ?)',
      'Besuch',
      `${day} 09:00:00`,
      `${day} 10:00:00`,
    );
  const rows = () => subject.erp.all("SELECT erp_id, note_code, not_before FROM sync_journal WHERE state = 'skipped' ORDER BY id");
  const leftOut = async (count: number) => until('all were looked at', async () => (await rows()).length === count);

  beforeEach(async () => {
    // Half past eleven in the evening in Vienna.
    mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-26T22:30:00Z') });
    sent.length = 0;
    subject = await openSqliteSubject({ now: () => new Date() });
    tenant = await createTenantRuntime(subject.database, { name: 'ERP', userFolder: '/u', leaseMs: 30 * 86_400_000, maxAttempts: 3 });
    await control(tenant, { action: 'set-employee', employee: '1', kind: 'appointment', options: { pastDays: 1, futureDays: 2 } });
    for (const day of ['2026-03-25', '2026-03-29', '2026-03-30', '2026-03-01']) await add(day);
    start();
    await leftOut(3);
  });
  afterEach(async () => {
    await feed.stop();
    await subject.close();
    mock.timers.reset();
  });

  it("goes out on its day, which begins at midnight in the tenant's zone, and what is farther waits on", async () => {
    assert.deepEqual(sent, ['1 create']);
    assert.deepEqual(
      (await rows()).map((row) => [row['erp_id'], row['note_code'], row['not_before']]),
      [
        ['2', 'outside-window', '2026-03-26T23:00:00.000Z'],
        ['3', 'outside-window', '2026-03-27T23:00:00.000Z'],
        ['4', 'outside-window', ''],
      ],
    );
    mock.timers.setTime(Date.parse('2026-03-26T23:00:00Z'));
    await until('the next one goes out', () => sent.length > 1);
    assert.deepEqual(sent, ['1 create', '2 create']);
    mock.timers.setTime(Date.parse('2026-03-28T12:00:00Z'));
    await until('the last one goes out', () => sent.length > 2);
    assert.deepEqual(sent, ['1 create', '2 create', '3 create']);
  });

  it('goes out at the start when its day came while nothing ran, and is left out anew when it is past', async () => {
    await feed.stop();
    mock.timers.setTime(Date.parse('2026-03-31T12:00:00Z'));
    start();
    await until('what is inside goes out', () => sent.length > 1);
    await until('what has passed is left out', async () => (await rows()).every((row) => row['not_before'] === ''));
    assert.deepEqual(sent, ['1 create', '3 create']);
  });

  it('comes from Exchange on its day, too', async () => {
    const mailbox = memoryMailbox();
    const item = { ...exchangeAppointment, start: '2026-03-29T08:00:00Z', end: '2026-03-29T09:00:00Z' };
    await mailbox.connection.createMany('anna@x.test', [{ item, syncId: 's1' }]);
    const life = await liveOn(subject.database, mailbox.connection);
    assert.deepEqual(await life.inbound('item 1'), { messages: [], codes: ['outside-window'] });
    assert.equal(await subject.database.store.reopenDue('inbound', ['appointment']), 0);
    mock.timers.setTime(Date.parse('2026-03-26T23:00:00Z'));
    assert.equal(await subject.database.store.reopenDue('inbound', ['appointment']), 1);
    const exchange = createExchangeRuntime(mailbox.connection, { name: 'main', employees: '', batchSize: 10 });
    const claimed = await subject.database.store.claim(claimOf('inbound', life.tenant.instance));
    const { messages } = await buildInbound(life.tenant, exchange, claimed);
    assert.deepEqual(
      messages.map(({ sync }) => [sync.operation, sync.exchangeId]),
      [['create', 'item 1']],
    );
  });
});
