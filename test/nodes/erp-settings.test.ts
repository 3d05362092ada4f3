/** The fields of an `erp-config` as options of its database, and what older versions of the node lack. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ErpOptions } from '../../lib/erp/open';
import { referenceMapping } from '../../lib/erp/schema/reference-mapping';
import { erpConfigVersion, presentErpConfig } from '../../nodes/shared/erp-config-versions';
import { erpOptions, type ErpFields, mappingFaults } from '../../nodes/shared/erp-settings';

const server = {
  name: 'ERP',
  driver: 'mssql',
  server: 'sql.x.test',
  database: 'ERP',
  loginMode: 'sql',
  user: 'sync',
  timeZone: 'Europe/Vienna',
} as const;
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('settings of an ERP database', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'erp-settings-'));
    await writeFile(path.join(folder, 'ca.pem'), pem);
    await writeFile(path.join(folder, 'mapping.json'), JSON.stringify({ ...referenceMapping, name: 'From a file' }));
    await writeFile(path.join(folder, 'wrong.json'), JSON.stringify({ ...referenceMapping, autor: 'x' }));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const options = (fields: ErpFields, secret = 'secret-1'): Promise<ErpOptions> =>
    erpOptions(fields, { secret, folder, faultText: ({ message }) => message });
  const connection = async (fields: ErpFields) => (await options({ ...server, ...fields })).connection;

  it('takes a file for SQLite, the reference schema and Europe/Vienna where nothing else is set', async () => {
    const { connection: found, mapping, timeZone } = await options({ database: 'erp.sqlite', driver: '${ERP_DRIVER}', timeZone: '' });
    assert.deepEqual(found, { driver: 'sqlite', file: 'erp.sqlite' });
    assert.equal(mapping, referenceMapping);
    assert.equal(timeZone, 'Europe/Vienna');
  });

  it('encrypts and checks the certificate unless it is told not to', async () => {
    const found = await connection({ encrypt: '${ERP_ENCRYPT}', trustServerCertificate: '' });
    assert.ok(found.driver === 'mssql' && found.encrypt === true && found.trustServerCertificate === false);
    const open = await connection({ encrypt: 'false', trustServerCertificate: 'true' });
    assert.ok(open.driver === 'mssql' && open.encrypt === false && open.trustServerCertificate === true);
  });

  for (const [mode, fields, login] of [
    ['sql', {}, { mode: 'sql', user: 'sync', password: 'secret-1' }],
    ['domain', { domain: 'FIRM' }, { mode: 'domain', domain: 'FIRM', user: 'sync', password: 'secret-1' }],
    ['entra', { tenantId: 't', clientId: 'c' }, { mode: 'entra', tenantId: 't', clientId: 'c', clientSecret: 'secret-1' }],
  ] as const) {
    it(`logs in by "${mode}" with the fields of this mode only`, async () => {
      const found = await connection({ ...fields, loginMode: mode });
      assert.deepEqual(found.driver === 'mssql' && found.login, login);
    });
  }

  for (const [fields, field] of [
    [{ server: '' }, 'Server'],
    [{ database: ' ' }, 'Database'],
    [{ user: '' }, 'User'],
    [{ loginMode: 'domain', domain: '' }, 'Domain'],
    [{ loginMode: 'entra', tenantId: '', clientId: 'c' }, 'Entra tenant ID'],
    [{ loginMode: 'entra', tenantId: 't', clientId: '' }, 'Application ID'],
  ] as const) {
    it(`names the field that is empty: ${JSON.stringify(fields)}`, () =>
      assert.rejects(connection(fields), { code: 'field-missing', params: { field } }));
  }

  it('names the password that is missing', () =>
    assert.rejects(options(server, ''), { code: 'field-missing', params: { field: 'Password' } }));
  it('refuses a port that is none', () => assert.rejects(connection({ port: '70000' }), { code: 'field-invalid' }));
  it('refuses a driver that it does not know', () => assert.rejects(connection({ driver: 'oracle' }), { code: 'driver-unknown' }));
  it('leaves port and instance to the driver when they are not set', async () => {
    const found = await connection({ port: '${ERP_PORT}', instance: '' });
    assert.ok(!('port' in found) && !('instance' in found));
  });

  it('reads certificates from their text and from a file beside the flows', async () => {
    for (const ca of [pem, 'ca.pem']) {
      const found = await connection({ ca });
      assert.equal(found.driver === 'mssql' && found.ca?.trim(), pem.trim());
    }
  });
  it('names the certificate file that is not there', () =>
    assert.rejects(connection({ ca: 'gone.pem' }), { code: 'ca-file-unreadable', params: { file: path.join(folder, 'gone.pem') } }));

  it('reads the schema mapping from a file beside the flows, and from the dialog', async () => {
    assert.equal((await options({ ...server, mapping: 'mapping.json' })).mapping?.name, 'From a file');
    const mapping = JSON.stringify({ ...referenceMapping, name: 'Typed' });
    assert.equal((await options({ ...server, mapping })).mapping?.name, 'Typed');
  });
  it('lists the faults of a schema mapping, each with its place', async () => {
    const [fault] = await mappingFaults({ mapping: 'wrong.json' }, folder);
    assert.equal(fault?.place, '/autor');
    await assert.rejects(options({ ...server, mapping: 'wrong.json' }), { code: 'erp-mapping-invalid', message: /\/autor/ });
    assert.deepEqual(await mappingFaults({ mapping: 'mapping.json' }, folder), []);
  });
  it('refuses for SQLite what only SQL Server can do', async () => {
    const mapping = JSON.stringify({
      ...referenceMapping,
      task: { ...referenceMapping.task, changes: { by: 'change-tracking', everySeconds: 5 } },
    });
    assert.deepEqual(
      (await mappingFaults({ database: 'erp.sqlite', mapping }, folder)).map(({ code }) => code),
      ['change-tracking-needs-sql-server'],
    );
    await assert.rejects(options({ database: 'erp.sqlite', mapping }), { code: 'erp-mapping-invalid' });
    assert.deepEqual(await mappingFaults({ ...server, mapping }, folder), []);
  });

  it('names the mapping file that is not there', () =>
    assert.rejects(options({ ...server, mapping: 'gone.json' }), {
      code: 'erp-mapping-unreadable',
      params: { file: path.join(folder, 'gone.json') },
    }));
});

describe('stored versions of erp-config', () => {
  const version1 = {
    version: 1,
    name: 'ERP',
    driver: 'sqlite',
    database: '/data/erp.sqlite',
    timeZone: 'Europe/Berlin',
    leaseSeconds: '60',
    maxAttempts: '3',
  };

  it('a node of version 1 keeps all that it says and gets the rest from the environment, as a new node does', () => {
    const now = presentErpConfig(version1);
    assert.deepEqual({ ...now, ...version1, version: erpConfigVersion }, now);
    assert.equal(now['server'], '${ERP_SERVER}');
    assert.equal(now['mapping'], '${ERP_MAPPING}');
    assert.equal(now['passwordEnv'], 'ERP_PASSWORD');
  });
  it('a node without a version is one of version 1', () =>
    assert.equal(presentErpConfig({ driver: 'sqlite' })['version'], erpConfigVersion));
  it('a field that the editor has added as undefined is missing, too', () =>
    assert.equal(presentErpConfig({ ...version1, server: undefined })['server'], '${ERP_SERVER}'));
  it('a node of the present version is left as it is, empty fields and all', () => {
    const now = { version: erpConfigVersion, server: '', mapping: '' };
    assert.deepEqual(presentErpConfig(now), now);
  });
});
