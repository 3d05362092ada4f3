/** What the schema mapping leaves out: records outside its filter, kinds that it does not have. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteDatabase } from '../../../lib/erp/sqlite/open';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import type { SchemaMapping } from '../../../lib/erp/schema/mapping';
import type { ErpDatabase } from '../../../lib/erp/store';
import type { SyncError } from '../../../lib/model/error';
import { createTenantRuntime } from '../../../lib/sync/create-runtime';
import { mappedKinds, tellUnmapped } from '../../../lib/sync/mapped-kinds';
import { buildOutbound } from '../../../lib/sync/messages/outbound';
import type { TenantRuntime } from '../../../lib/sync/runtime';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { claimOf, link, newAppointment } from '../../contract/erp/subject';

describe('what the schema mapping leaves out', () => {
  let subject: SqliteSubject;
  let erp: DatabaseSync;
  const opened: ErpDatabase[] = [];
  beforeEach(async () => {
    subject = await openSqliteSubject();
    erp = new DatabaseSync(subject.file);
  });
  afterEach(async () => {
    erp.close();
    for (const database of opened.splice(0)) await database.close();
    await subject.close();
  });

  const tenantWith = async (mapping: SchemaMapping): Promise<TenantRuntime> => {
    const database = await openSqliteDatabase({ file: subject.file, timeZone: 'Europe/Vienna', mapping });
    opened.push(database);
    return createTenantRuntime(database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
  };
  const { appointment } = referenceMapping;
  assert.ok(appointment);
  const onlyVienna = { ...referenceMapping, appointment: { ...appointment, filter: [{ column: 'location', in: ['Wien'] }] } };

  it('a record outside the filter is not made in Exchange, whatever led to its row', async () => {
    erp.exec(newAppointment);
    const tenant = await tenantWith(onlyVienna);
    const claimed = await tenant.database.store.claim(claimOf('outbound', tenant.instance));
    assert.equal(claimed.length, 1);
    for (const force of [false, true]) {
      const { messages, closings, failures } = await buildOutbound(tenant, claimed, force);
      assert.deepEqual([messages.length, failures.length], [0, 0]);
      assert.deepEqual([closings[0]?.outcome.state, closings[0]?.outcome.noteCode], ['skipped', 'outside-filter']);
    }
  });

  it('a record that is linked already stays in the sync when it leaves the filter', async () => {
    erp.exec(newAppointment);
    await subject.database.store.savePending([link()]);
    const tenant = await tenantWith(onlyVienna);
    const claimed = await tenant.database.store.claim(claimOf('outbound', tenant.instance));
    erp.exec("UPDATE appointment SET subject = 'Neu'");
    const { messages } = await buildOutbound(tenant, claimed);
    assert.equal(messages[0]?.sync.operation, 'update');
  });

  it('kinds that the mapping does not have are told once and not fetched', async () => {
    const tenant = await tenantWith({ ...referenceMapping, task: null });
    const told: SyncError[] = [];
    tellUnmapped(tenant, ['appointment', 'task'], { error: (error) => told.push(error) });
    assert.deepEqual(mappedKinds(tenant, ['appointment', 'task']), ['appointment']);
    assert.deepEqual(
      told.map(({ code, scope, params }) => [code, scope, params]),
      [['kind-not-mapped', 'configuration', { kind: 'task' }]],
    );
  });
});
