import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openErpDatabase } from '../../../../lib/erp/open';
import { openSqliteSubject } from '../sqlite-subject';
import { newAppointment } from '../subject';

describe('opening an ERP database', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'erp-open-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string) => path.join(folder, name);
  const open = ({
    database = file('erp.sqlite'),
    ...fields
  }: Partial<Parameters<typeof openErpDatabase>[0]> & { readonly database?: string }) =>
    openErpDatabase({ connection: { driver: 'sqlite', file: database }, timeZone: 'Europe/Vienna', tenant: 'T', ...fields });

  it('names what is wrong with the settings', async () => {
    await assert.rejects(open({ timeZone: 'Vienna' }), { code: 'time-zone-unknown', scope: 'configuration' });
    await assert.rejects(open({ database: ' ' }), { code: 'erp-file-missing', scope: 'configuration' });
    await assert.rejects(open({}), { code: 'erp-unreachable', scope: 'connection' });
    await assert.rejects(open({ database: file('no/such/folder/erp.sqlite'), createReferenceSchema: true }), { code: 'erp-unreachable' });
    await assert.rejects(open({ database: folder }), { code: 'erp-unreachable' });
  });

  it('tells a file that is no database, and a database that is no ERP', async () => {
    writeFileSync(file('text'), 'This is no database, but a text that is long enough to look like one.'.repeat(100));
    await assert.rejects(open({ database: file('text') }), { code: 'erp-unreachable', scope: 'connection' });
    new DatabaseSync(file('other')).exec('CREATE TABLE employee (id INTEGER)');
    await assert.rejects(open({ database: file('other') }), {
      code: 'erp-table-missing',
      scope: 'configuration',
      message: /table or view activity_type/,
    });
  });

  it('gives a reference ERP of an earlier version the tables that came since', async () => {
    await (await open({ createReferenceSchema: true })).close();
    const erp = new DatabaseSync(file('erp.sqlite'));
    const exceptions = () => erp.prepare("SELECT name FROM sqlite_master WHERE tbl_name = 'appointment_exception' ORDER BY name").all();
    const before = exceptions();
    erp.exec('DROP TABLE appointment_exception');
    await (await open({})).close();
    assert.deepEqual(exceptions(), before);
  });

  it('refuses sync tables of a later version', async () => {
    await (await open({ createReferenceSchema: true })).close();
    new DatabaseSync(file('erp.sqlite')).exec("INSERT INTO sync_schema_version VALUES (99, '2030-01-01')");
    await assert.rejects(open({}), { code: 'erp-version-too-new', scope: 'configuration' });
  });

  it('keeps everything when it is opened again, and mends triggers that are not its own', async () => {
    const subject = await openSqliteSubject();
    await subject.erp.run(newAppointment);
    const triggers = () => subject.erp.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
    const before = await triggers();
    await subject.erp.run('DROP TRIGGER sync_appointment_insert');
    await subject.erp.run('CREATE TRIGGER sync_old AFTER INSERT ON appointment BEGIN SELECT 1; END');
    const again = await subject.openSecond();
    assert.deepEqual(await triggers(), before);
    assert.equal((await again.store.list({})).length, 1);
    await subject.close();
  });

  it('fails clearly after it was closed', async () => {
    const database = await open({ createReferenceSchema: true });
    await database.close();
    await assert.rejects(database.store.list({}), (error: Error & { code?: string }) => error.code === 'erp-unreachable');
  });
});
