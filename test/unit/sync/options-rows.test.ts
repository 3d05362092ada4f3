/** What an employee's options do to rows of the journal: over a real database, asked through `sync-control`. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { control } from '../../../lib/sync/control/control';
import { createTenantRuntime } from '../../../lib/sync/create-runtime';
import { finishBuilt } from '../../../lib/sync/finish-built';
import { createHealth } from '../../../lib/sync/health';
import { buildOutbound } from '../../../lib/sync/messages/outbound';
import type { TenantRuntime } from '../../../lib/sync/runtime';
import { outcomeOf } from '../../../lib/sync/writing';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { claimOf, link, newAppointment } from '../../contract/erp/subject';

describe('rows of an employee with options', () => {
  let subject: SqliteSubject;
  let erp: DatabaseSync;
  let tenant: TenantRuntime;
  beforeEach(async () => {
    subject = await openSqliteSubject();
    erp = new DatabaseSync(subject.file);
    tenant = await createTenantRuntime(subject.database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
  });
  afterEach(async () => {
    erp.close();
    await subject.close();
  });

  const set = (options: object) => control(tenant, { action: 'set-employee', employee: '1', kind: 'appointment', options });
  /** What the outbound in-node would send; everything else of what it claims is ended. */
  const sent = async (): Promise<readonly string[]> => {
    const built = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    await finishBuilt(tenant, createHealth(), built);
    return built.messages.map(({ sync }) => sync.operation);
  };
  const rows = () =>
    erp
      .prepare('SELECT state, note_code FROM sync_journal ORDER BY id')
      .all()
      .map((row) => `${String(row['state'])} ${String(row['note_code'])}`);
  const lastId = () => Number(erp.prepare('SELECT max(id) AS id FROM sync_journal').get()?.['id']);
  const hide = () => erp.exec("UPDATE appointment SET sensitivity = 'private', subject = subject || '!'");
  /** As if the record had been synchronised. */
  const linked = async (): Promise<void> => {
    erp.exec(newAppointment);
    const [entry] = await tenant.database.records.read('appointment', ['1']);
    assert.ok(entry && entry.record.kind === 'appointment');
    await tenant.database.store.savePending([link({ erpBase: entry.record })]);
    erp.exec("UPDATE sync_link SET state = 'active', exchange_id = 'X1', change_key = 'k'");
    erp.exec('DELETE FROM sync_journal');
  };

  it('wait for the direction and go out once when it is switched on again', async () => {
    await set({ direction: 'inbound' });
    erp.exec(newAppointment);
    assert.deepEqual(await sent(), []);
    assert.deepEqual(rows(), ['skipped direction-off']);
    assert.partialDeepStrictEqual(await set({ direction: 'both' }), [{ employee: '1', reopened: 1 }]);
    assert.deepEqual(await sent(), ['create']);
  });

  it('that was read before the direction was switched on again, and ends after it, goes out all the same', async () => {
    await set({ direction: 'inbound' });
    erp.exec(newAppointment);
    const built = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    assert.partialDeepStrictEqual(await set({ direction: 'both' }), [{ employee: '1', reopened: 0 }]);
    await finishBuilt(tenant, createHealth(), built);
    assert.deepEqual(await sent(), ['create']);
  });

  it('that another process judged by options that are no longer those of the employee goes out all the same', async () => {
    await set({ direction: 'inbound' });
    erp.exec(newAppointment);
    assert.deepEqual(await sent(), []);
    erp.exec('DELETE FROM sync_employee');
    erp.exec(newAppointment);
    assert.deepEqual([await sent(), await sent()], [[], ['create']]);
  });

  it('ask once about a linked item that became private, and not again while the answer is open or it is kept', async () => {
    await linked();
    await set({ privateToExchange: false });
    hide();
    assert.deepEqual(await sent(), []);
    assert.deepEqual(rows(), ['conflict removal-held']);
    hide();
    await sent();
    assert.deepEqual(rows(), ['conflict removal-held', 'skipped private-not-synchronised']);
    await control(tenant, { action: 'finish', id: lastId() - 1 });
    hide();
    assert.deepEqual(await sent(), []);
    assert.deepEqual(rows(), ['skipped removal-kept', 'skipped private-not-synchronised', 'skipped private-not-synchronised']);
  });

  it('say delete when the removal is released, and nothing of the private content', async () => {
    await linked();
    await set({ privateToExchange: false });
    hide();
    await sent();
    assert.deepEqual(await control(tenant, { action: 'release', employee: '1' }), { released: 1 });
    const built = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    const [message] = built.messages;
    assert.deepEqual([message?.sync.operation, message?.payload, message?.sync.source], ['delete', null, null]);
    assert.deepEqual(message?.sync.chosen, { take: 'deletion', side: 'exchange' });
  });

  it('ask about private items that were synchronised before the option, until it is taken back', async () => {
    erp.exec(newAppointment);
    hide();
    const [entry] = await tenant.database.records.read('appointment', ['1']);
    assert.ok(entry && entry.record.kind === 'appointment');
    await tenant.database.store.savePending([link({ erpBase: entry.record })]);
    erp.exec("UPDATE sync_link SET state = 'active', exchange_id = 'X1', change_key = 'k'");
    erp.exec('DELETE FROM sync_journal');
    await set({ privateToExchange: false });
    assert.deepEqual(rows(), ['conflict removal-held']);
    await set({ privateToExchange: true });
    assert.deepEqual(rows(), ['open null']);
    assert.deepEqual(await sent(), []);
    assert.deepEqual(rows(), ['skipped no-change']);
  });

  const becamePrivate = async (): Promise<void> => {
    await linked();
    await set({ privateToExchange: false });
    hide();
    await sent();
    assert.deepEqual(rows(), ['conflict removal-held']);
  };

  it('bring a change that nobody decided about when private items travel again', async () => {
    await becamePrivate();
    await set({ privateToExchange: true });
    assert.deepEqual(await sent(), ['update']);
  });

  it('bring the change of an item that was kept when private items travel again', async () => {
    await becamePrivate();
    await control(tenant, { action: 'finish', id: lastId() });
    await set({ privateToExchange: true });
    assert.deepEqual(await sent(), ['update']);
  });

  /** A person lets the item be removed, which is carried out after `meanwhile`. */
  const removed = async (meanwhile: () => unknown = () => undefined): Promise<void> => {
    await becamePrivate();
    await control(tenant, { action: 'release', employee: '1' });
    const { messages } = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    const [message] = messages;
    assert.ok(message?.sync.link);
    const outcome = outcomeOf(message, { action: 'delete', expected: null, expectedChangeKey: null, lost: null });
    const {
      journalId,
      link: { id: linkId, version },
    } = message.sync;
    await meanwhile();
    await tenant.database.store.close([{ journalId, instance: tenant.instance, outcome, link: { type: 'remove', linkId, version } }]);
  };

  it('bring an item back that was removed when private items travel again', async () => {
    await removed();
    assert.deepEqual(await sent(), []);
    assert.deepEqual(rows(), ['done delete', 'skipped private-not-synchronised']);
    await set({ privateToExchange: true });
    assert.deepEqual(await sent(), ['create']);
  });

  it('bring it back also when they travel again while it is being removed', async () => {
    await removed(() => set({ privateToExchange: true }));
    assert.deepEqual(await sent(), ['create']);
  });

  it('bring private items that were let through while the direction was closed', async () => {
    await set({ privateToExchange: false });
    erp.exec(newAppointment);
    hide();
    await sent();
    await set({ direction: 'inbound' });
    await set({ privateToExchange: true });
    await set({ direction: 'both' });
    assert.deepEqual(await sent(), ['create']);
  });

  it('are counted for every employee, beside the options', async () => {
    await linked();
    await set({ privateToExchange: false });
    hide();
    await sent();
    assert.partialDeepStrictEqual(await control(tenant, { action: 'employees' }), [
      { id: '1', held: 1, open: 0, options: { appointment: { privateToExchange: false } } },
    ]);
  });

  it('are left alone by a request that names no such employee or option', async () => {
    await assert.rejects(control(tenant, { action: 'set-employee', employee: '99', options: {} }), { code: 'request-invalid' });
    await assert.rejects(set({ direction: 'left' }), { code: 'options-invalid' });
    assert.deepEqual(await tenant.database.store.employeeOptions(), []);
  });
});
