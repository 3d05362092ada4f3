import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteDatabase } from '../../../lib/erp/sqlite/open';
import type { ErpDatabase } from '../../../lib/erp/store';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { createMapping } from '../../../lib/mapping/mapping';
import { SyncError } from '../../../lib/model/error';
import { fail } from '../../../lib/model/result';
import type { ErpAppointment, ExchangeAppointment } from '../../../lib/model/item';
import { checkPeriod, runCheck, type CheckOptions } from '../../../lib/monitoring/check';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { startSimulator, type Simulator } from '../../../simulator/testing';
import { erpAppointment, exchangeAppointment } from '../mapping/items';

const mailbox = 'anna@demo.example';
const now = '2026-03-28T01:00:00Z';

describe('synchronisation check', () => {
  let folder: string;
  let simulator: Simulator;
  let database: ErpDatabase;
  let sql: DatabaseSync;
  let connection: ExchangeConnection;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'check-'));
    const file = path.join(folder, 'erp.sqlite');
    database = await openSqliteDatabase({ file, timeZone: 'Europe/Vienna', createReferenceSchema: true });
    sql = new DatabaseSync(file);
    sql.exec(`INSERT INTO employee (id, name, email) VALUES (1, 'Anna', '${mailbox}')`);
    const service = { address: 'sync@demo.example', password: 'demo' };
    simulator = await startSimulator({ mailboxes: [{ address: mailbox, password: 'demo' }], serviceAccounts: [service] });
    connection = createEwsConnection({
      url: simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
      timeZone: 'Europe/Vienna',
    });
  });
  afterEach(async () => {
    await connection.close();
    await simulator.close();
    await database.close();
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const inErp = (record: ErpAppointment): string =>
    String(
      sql
        .prepare(
          'INSERT INTO appointment (employee_id, subject, body, location, start_at, end_at, reminder_minutes, sensitivity) VALUES (1, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(record.subject, record.body, record.location, record.start, record.end, record.reminderMinutes, record.sensitivity)
        .lastInsertRowid,
    );

  const inExchange = async (item: ExchangeAppointment): Promise<string> => {
    const [result] = await connection.createMany(mailbox, [{ item, syncId: null }]);
    if (result?.ok !== true) throw new Error('not created');
    return result.value.id;
  };

  /** A link whose bases are the items without the fields that changed since. */
  const linked = async (
    erpId: string,
    exchangeId: string,
    bases: { readonly erp?: Partial<ErpAppointment>; readonly exchange?: Partial<ExchangeAppointment> } = {},
  ): Promise<void> => {
    await database.store.savePending([
      {
        state: 'active',
        kind: 'appointment',
        employeeId: '1',
        connection: 'Main',
        syncId: `sync-${erpId}`,
        erpId,
        exchangeId,
        changeKey: 'key',
        erpBase: erpAppointment(bases.erp),
        exchangeBase: exchangeAppointment(bases.exchange),
      },
    ]);
  };

  const check = async (options: Partial<CheckOptions> & { readonly through?: Partial<ExchangeConnection> } = {}) => {
    const tenant = await createTenantRuntime(database, { name: 'Firm', userFolder: folder, leaseMs: 60_000, maxAttempts: 3 });
    const exchange = createExchangeRuntime({ ...connection, ...options.through }, { name: 'Main', employees: '', batchSize: 50 });
    const period = checkPeriod(now, 7, 31, 'Europe/Vienna');
    return runCheck({ tenant, exchange, mapping: createMapping(), kinds: ['appointment', 'task'], ...period, now, ...options });
  };
  const summary = async (options: Parameters<typeof check>[0] = {}) =>
    (await check(options)).entries.map(({ difference, fields, suggestion }) => [
      difference,
      fields.join(),
      suggestion.action,
      suggestion.reason,
    ]);

  it('finds no difference where both sides agree', async () => {
    await linked(inErp(erpAppointment()), await inExchange(exchangeAppointment()));
    const report = await check();
    deepStrictEqual([report.entries, report.failures, report.compared, report.employees], [[], [], 1, 1]);
  });

  it('copies what was never synchronised to the other side', async () => {
    inErp(erpAppointment());
    await inExchange(exchangeAppointment({ subject: 'Other' }));
    deepStrictEqual(await summary(), [
      ['erp-only', '', 'erp-to-exchange', 'never-synchronised'],
      ['exchange-only', '', 'exchange-to-erp', 'never-synchronised'],
    ]);
  });

  it('follows the side that changed since the last synchronisation', async () => {
    await linked(inErp(erpAppointment({ subject: 'New' })), await inExchange(exchangeAppointment()));
    await linked(inErp(erpAppointment()), await inExchange(exchangeAppointment({ location: 'Wien' })));
    await linked(inErp(erpAppointment({ subject: 'A' })), await inExchange(exchangeAppointment({ subject: 'B' })));
    deepStrictEqual(await summary(), [
      ['different', 'subject', 'erp-to-exchange', 'changed-in-erp'],
      ['different', 'location', 'exchange-to-erp', 'changed-in-exchange'],
      ['different', 'subject', 'none', 'conflict-manual'],
    ]);
    deepStrictEqual((await summary({ rule: 'exchange' }))[2], ['different', 'subject', 'exchange-to-erp', 'conflict-rule']);
  });

  it('takes what is gone for deleted only after asking for it by its id', async () => {
    const item = await inExchange(exchangeAppointment());
    await linked(inErp(erpAppointment()), item);
    simulator.delete(mailbox, item, true);
    await linked('999', await inExchange(exchangeAppointment()));
    deepStrictEqual(await summary(), [
      ['erp-only', '', 'delete-erp', 'deleted-in-exchange'],
      ['exchange-only', '', 'delete-exchange', 'deleted-in-erp'],
    ]);
  });

  it('takes an error, and an item outside the period, for no deletion', async () => {
    await linked(
      inErp(erpAppointment()),
      await inExchange(exchangeAppointment({ start: '2027-01-01T08:00:00Z', end: '2027-01-01T09:00:00Z' })),
    );
    deepStrictEqual(await summary(), [['different', 'start,end', 'exchange-to-erp', 'changed-in-exchange']]);
    const busy = fail(new SyncError('server-busy', 'connection', 'Busy'));
    const getMany = (_: string, ids: readonly string[]) => Promise.resolve(ids.map(() => busy));
    deepStrictEqual(await summary({ through: { getMany } }), [['different', '', 'none', 'not-readable']]);
  });

  it('holds back deletions when most of a mailbox is gone', async () => {
    for (let number = 0; number < 12; number += 1) await linked(inErp(erpAppointment()), `gone-${number}`);
    const reasons = (
      await summary({
        through: { getMany: (_, ids) => Promise.resolve(ids.map(() => fail(new SyncError('item-not-found', 'item', 'Gone')))) },
      })
    ).map(([, , action, reason]) => `${action} ${reason}`);
    deepStrictEqual(
      reasons,
      Array.from({ length: 12 }, () => 'none many-deletions'),
    );
  });

  it('does not show the subject of a private appointment', async () => {
    inErp(erpAppointment({ subject: 'Doctor', sensitivity: 'private' }));
    const report = await check();
    strictEqual(report.entries[0]?.label, '(private)');
    strictEqual(JSON.stringify(report).includes('Doctor'), false);
  });

  it('goes on when a mailbox cannot be read', async () => {
    sql.exec("INSERT INTO employee (id, name, email) VALUES (2, 'Bert', 'bert@demo.example'), (3, 'Cäsar', NULL)");
    inErp(erpAppointment());
    const report = await check({ kinds: ['appointment'] });
    strictEqual(report.entries.length, 1);
    deepStrictEqual(
      report.failures.map(({ employee, code }) => [employee.name, code]),
      [['Bert', 'mailbox-not-found']],
    );
    match(report.failures[0]!.text, /mailbox/);
    strictEqual((await check({ employees: ['1'] })).employees, 1);
  });
});

describe('period of a check', () => {
  it('is whole days in the tenant’s zone, over a change of the clock', () => {
    deepStrictEqual(checkPeriod(now, 7, 31, 'Europe/Vienna'), { from: '2026-03-20T23:00:00Z', to: '2026-04-28T22:00:00Z' });
  });
});
