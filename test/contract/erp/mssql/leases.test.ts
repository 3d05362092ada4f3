import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { mssqlDialect } from '../../../../lib/erp/schema/quote';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { syncTableStatements } from '../../../../lib/erp/schema/sync-tables';
import type { OpenEngine } from '../../../../lib/erp/engine';
import { connectMssql } from '../../../../lib/erp/mssql/open';
import { erpDatabase } from '../../../../lib/erp/database';
import type { Row } from '../../../../lib/erp/engine';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../../../support/mssql-server';
import { claimOf, inboundEntry, link, page } from '../subject';

describeOnMssql('claiming on SQL Server', () => {
  let own: OwnDatabase;
  let opened: readonly OpenEngine[];
  const open = () => connectMssql({ connection: own.connection, timeZone: 'Europe/Vienna' });
  const engineOf = (index: number) => opened[index]?.engine ?? assert.fail();
  const storeOf = (index: number) => erpDatabase(engineOf(index), referenceMapping).store;
  const run = (statement: string) => engineOf(0).read((db) => sql.raw(statement).execute(db));
  const rows = (statement: string): Promise<readonly Row[]> =>
    engineOf(0).read(async (db) => (await sql.raw<Row>(statement).execute(db)).rows);

  before(async () => {
    own = await createMssqlDatabase();
    opened = await Promise.all([open(), open()]);
    for (const statement of syncTableStatements(mssqlDialect)) await run(statement.sql);
  });
  after(async () => {
    for (const one of opened) await one.close();
    await own.drop();
  });
  beforeEach(() => run('DELETE FROM dbo.sync_journal; DELETE FROM dbo.sync_link'));

  /** As the ERP's triggers do. */
  const change = (erpId: string) =>
    `INSERT INTO dbo.sync_journal (direction, kind, operation, employee_id, erp_id) VALUES (N'outbound', N'task', N'update', N'1', N'${erpId}');`;
  const idsOf = (claimed: readonly { readonly entry: { readonly id: number; readonly erpId: string | null } }[]) =>
    claimed.map(({ entry }) => entry.erpId);

  it('gives several instances that claim at once no row twice, and forgets none', async () => {
    await run(Array.from({ length: 200 }, (_, index) => change(String(index))).join('\n'));
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, index) => storeOf(index % 2).claim(claimOf('outbound', `instance ${index % 2}`, 40))),
    );
    const taken = claims.flatMap(idsOf);
    assert.equal(taken.length, 200);
    assert.equal(new Set(taken).size, 200);
  });

  it('takes the newest row of an item and ends the older ones', async () => {
    await run([change('1'), change('2'), change('1'), change('1')].join('\n'));
    const claimed = await storeOf(0).claim(claimOf('outbound'));
    assert.deepEqual(idsOf(claimed), ['1', '2']);
    const found = await rows('SELECT erp_id, state, note_code FROM dbo.sync_journal ORDER BY id');
    assert.deepEqual(
      found.map((row) => [row['erp_id'], row['state'], row['note_code']].join(' ')),
      ['1 skipped superseded', '2 leased ', '1 skipped superseded', '1 leased '],
    );
  });

  it('leaves an item alone of which a row is leased, in either direction', async () => {
    const { store } = { store: storeOf(0) };
    await store.savePending([link({ kind: 'task' })]);
    await run(change('1'));
    assert.equal((await store.claim(claimOf('outbound', 'a'))).length, 1);
    await run(change('1'));
    assert.deepEqual(await storeOf(1).claim(claimOf('outbound', 'b')), []);
    await store.appendInbound({ ...page(['X1']), kind: 'task' });
    assert.deepEqual(await storeOf(1).claim(claimOf('inbound', 'b')), []);
    assert.deepEqual(await store.appendLeased([inboundEntry({ kind: 'task' })], 'b', 60_000), []);
  });

  it('does not wait for what the ERP has not committed, and sees it afterwards', async () => {
    await run([change('1'), change('2')].join('\n'));
    await engineOf(1).write(async (erp) => {
      await sql.raw([change('2'), change('3')].join('\n')).execute(erp);
      assert.deepEqual(idsOf(await storeOf(0).claim(claimOf('outbound', 'a', 1))), ['1']);
      assert.deepEqual(idsOf(await storeOf(0).claim(claimOf('outbound', 'a'))), ['2']);
    });
    await storeOf(0).releaseOwn('a');
    assert.deepEqual(idsOf(await storeOf(1).claim(claimOf('outbound', 'b'))), ['1', '2', '3']);
  });

  it('tells Exchange ids apart by case', async () => {
    await storeOf(0).appendInbound(page(['AAa', 'AAA']));
    const claimed = await storeOf(0).claim(claimOf('inbound'));
    assert.deepEqual(
      claimed.map(({ entry }) => entry.exchangeId),
      ['AAa', 'AAA'],
    );
  });

  it('queues and leases more rows than a statement has parameters', async () => {
    const entries = Array.from({ length: 2200 }, (_, index) => inboundEntry({ exchangeId: `X${index}` }));
    const claimed = await storeOf(0).appendLeased(entries, 'a', 60_000);
    assert.deepEqual(
      claimed.map(({ entry }) => entry.exchangeId),
      entries.map(({ exchangeId }) => exchangeId),
    );
  });

  it('ends at once with nothing to do', async () => {
    assert.deepEqual(await storeOf(0).claim(claimOf('outbound')), []);
    assert.deepEqual(await storeOf(0).claim(claimOf('inbound')), []);
  });
});
