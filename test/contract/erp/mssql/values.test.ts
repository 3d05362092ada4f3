/** Columns of SQL Server that hold less than a record: old date types, short texts, texts of one code page, small numbers. */
import assert from 'node:assert/strict';
import sql from 'mssql';
import { applySchema } from '../../../../lib/erp/administration';
import { openErpDatabase } from '../../../../lib/erp/open';
import { requireMapping } from '../../../../lib/erp/schema/read-mapping';
import type { ErpDatabase, InboundWrite } from '../../../../lib/erp/store';
import type { ErpAppointment } from '../../../../lib/model/item';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../../../support/mssql-server';
import { appointment, createWrite, leaseInbound } from '../subject';

const mapping = requireMapping({
  version: 1,
  name: 'Narrow',
  employees: { table: 'dbo.staff', key: 'id', name: 'name', email: 'email' },
  appointment: {
    table: 'dbo.narrow',
    key: [{ column: 'id', generated: 'identity' }],
    employee: 'employee_id',
    fields: {
      subject: { column: 'subject' },
      location: { column: 'location' },
      priority: { column: 'priority' },
      start: { column: 'start_at', as: 'local' },
      end: { column: 'end_at', as: 'local' },
      reminderMinutes: { column: 'reminder' },
    },
  },
});

const secret = 'geheim';

describeOnMssql('columns of SQL Server that hold less than a record', () => {
  let own: OwnDatabase;
  let pool: sql.ConnectionPool;
  let database: ErpDatabase;
  before(async () => {
    own = await createMssqlDatabase();
    pool = await new sql.ConnectionPool(own.config).connect();
    await pool.batch('CREATE TABLE dbo.staff (id int NOT NULL PRIMARY KEY, name nvarchar(50), email nvarchar(50))');
    await pool.batch(
      `CREATE TABLE dbo.narrow (id int IDENTITY(1,1) NOT NULL PRIMARY KEY, employee_id int NOT NULL, subject nvarchar(10) NOT NULL,
        location varchar(20) NULL, priority tinyint NULL, start_at smalldatetime NOT NULL, end_at datetime NOT NULL, reminder smallint NULL)`,
    );
    await pool.batch("INSERT INTO dbo.staff (id, name, email) VALUES (1, N'Anna', N'anna@x.test')");
    const options = { connection: own.connection, timeZone: 'Europe/Vienna', mapping };
    await applySchema(options);
    database = await openErpDatabase(options);
  });
  after(async () => {
    await database.close();
    await pool.close();
    await own.drop();
  });

  const create = async (exchangeId: string, fields: Partial<ErpAppointment>): Promise<InboundWrite> => {
    const write = createWrite(await leaseInbound(database, { exchangeId }));
    if (write.action.type !== 'create') throw new Error('no creation');
    const link = { ...write.action.link, exchangeId, syncId: `s-${exchangeId}` };
    return { ...write, action: { type: 'create', record: appointment({ subject: 'short', ...fields }), link } };
  };

  it('refuse what does not fit, for the one record and without showing it; the others of the batch go on', async () => {
    const cases: readonly (readonly [fields: Partial<ErpAppointment>, status: 'written' | 'failed'])[] = [
      [{}, 'written'],
      [{ subject: `${secret} ${secret} ${secret}` }, 'failed'],
      [{ start: '1899-12-31T09:00:00' }, 'failed'],
      [{ start: '2079-06-07T09:00:00', end: '2079-06-07T10:00:00' }, 'failed'],
      [{ start: '9999-12-31T09:00:00', end: '9999-12-31T10:00:00' }, 'failed'],
      [{ end: '1752-12-31T10:00:00' }, 'failed'],
      [{ location: `${secret} ${'x'.repeat(40)}` }, 'failed'],
      [{ reminderMinutes: 100_000 }, 'failed'],
      [{ location: 'Wien' }, 'written'],
    ];
    const writes = await Promise.all(cases.map(([fields], index) => create(`X${index}`, fields)));
    const results = await database.store.commitInbound(writes);
    assert.deepEqual(
      results.map(({ status }) => status),
      cases.map(([, status]) => status),
      JSON.stringify(results.map((result) => (result.status === 'failed' ? result.error.message : result.status))),
    );
    for (const result of results) {
      if (result.status !== 'failed') continue;
      assert.equal(result.error.scope, 'item');
      assert.ok(['erp-refused', 'erp-cannot-hold'].includes(result.error.code), result.error.code);
      assert.ok(!`${result.error.message}${JSON.stringify(result.error.params)}`.includes(secret), result.error.message);
    }
    const { recordset } = await pool.request().query<{ readonly n: number }>('SELECT COUNT(*) AS n FROM dbo.narrow');
    assert.equal(recordset[0]?.n, 2);
  });

  it('keep in the link what they hold, to the minute and in their code page', async () => {
    const [result] = await database.store.commitInbound([
      await create('Y1', { start: '2026-03-28T09:00:29', end: '2026-03-28T10:00:00', location: 'Zürich' }),
    ]);
    assert.ok(result?.status === 'written', JSON.stringify(result));
    const [stored] = await database.store.linksBySyncId(['s-Y1']);
    const [entry] = await database.records.read('appointment', [result.erpId]);
    assert.deepEqual(stored?.erpBase, entry?.record);
    assert.equal(entry?.record.kind === 'appointment' && entry.record.start, '2026-03-28T09:00:00');
  });
});
