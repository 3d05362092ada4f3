import assert from 'node:assert/strict';
import { rootCertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { placeOf, poolConfig, type MssqlConnection } from '../../../../lib/erp/mssql/options';

const connection: MssqlConnection = {
  driver: 'mssql',
  server: 'sql1',
  database: 'ERP',
  login: { mode: 'sql', user: 'sync', password: ' p4ssw0rd ' },
};
const config = (fields: Partial<MssqlConnection> = {}) => poolConfig({ ...connection, ...fields }, 'Firma');

describe('the settings of a SQL Server connection', () => {
  it('encrypts and verifies the certificate unless told otherwise', () => {
    const { options } = config();
    assert.equal(options?.encrypt, true);
    assert.equal(options.trustServerCertificate, false);
    assert.deepEqual(
      [config({ encrypt: false }).options?.encrypt, config({ trustServerCertificate: true }).options?.trustServerCertificate],
      [false, true],
    );
  });

  it('says who it is, reads times without a zone, and keeps ten connections', () => {
    const { options, pool } = config();
    assert.deepEqual([options?.appName, options?.useUTC, pool?.max], ['exchange-erp', true, 10]);
    assert.equal(config({ poolSize: 3 }).pool?.max, 3);
  });

  it('has time limits that can be set', () => {
    const { connectionTimeout, requestTimeout } = config();
    assert.deepEqual([connectionTimeout, requestTimeout], [15_000, 30_000]);
    const set = config({ connectTimeoutMs: 500, requestTimeoutMs: 700 });
    assert.deepEqual([set.connectionTimeout, set.requestTimeout], [500, 700]);
  });

  const logins: readonly (readonly [MssqlConnection['login'], unknown, string])[] = [
    [connection.login, { type: 'default', options: { userName: 'sync', password: ' p4ssw0rd ' } }, 'sync'],
    [
      { mode: 'domain', domain: 'FIRMA', user: 'sync', password: 'p' },
      { type: 'ntlm', options: { domain: 'FIRMA', userName: 'sync', password: 'p' } },
      'FIRMA\\sync',
    ],
    [
      { mode: 'entra', tenantId: 't', clientId: 'c', clientSecret: 's' },
      { type: 'azure-active-directory-service-principal-secret', options: { tenantId: 't', clientId: 'c', clientSecret: 's' } },
      'c',
    ],
  ];
  for (const [login, authentication, user] of logins) {
    it(`logs in by ${login.mode}`, () => {
      assert.deepEqual(config({ login }).authentication, authentication);
      assert.equal(placeOf({ ...connection, login }, 'Firma').user, user);
    });
  }

  const addresses: readonly (readonly [Partial<MssqlConnection>, { server: string; port?: number; instance?: string }, string])[] = [
    [{ server: 'sql1' }, { server: 'sql1' }, 'sql1:1433'],
    [{ server: 'sql1', port: 1500 }, { server: 'sql1', port: 1500 }, 'sql1:1500'],
    [{ server: 'sql1', instance: 'ERP' }, { server: 'sql1', instance: 'ERP' }, 'sql1\\ERP'],
    [{ server: 'sql1\\ERP' }, { server: 'sql1', instance: 'ERP' }, 'sql1\\ERP'],
    [{ server: 'sql1\\ERP,1500' }, { server: 'sql1', port: 1500 }, 'sql1:1500'],
    [{ server: 'tcp:x.database.windows.net,1433' }, { server: 'x.database.windows.net', port: 1433 }, 'x.database.windows.net:1433'],
    [{ server: '[fe80::1]', port: 1433 }, { server: 'fe80::1', port: 1433 }, 'fe80::1:1433'],
  ];
  for (const [fields, expected, shown] of addresses) {
    it(`understands the address ${JSON.stringify(fields)}`, () => {
      const { server, port, options } = config(fields);
      assert.deepEqual({ server, port, instance: options?.instanceName }, { port: undefined, instance: undefined, ...expected });
      assert.equal(placeOf({ ...connection, ...fields }, 'Firma').server, shown);
    });
  }

  it('trusts a private authority besides the public ones', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'own CA' }]);
    const trusted = config({ ca: cert }).options?.cryptoCredentialsDetails?.ca;
    assert.ok(Array.isArray(trusted));
    assert.equal(trusted.length, rootCertificates.length + 1);
    assert.equal(trusted.at(-1), cert.trim());
  });

  const wrong: readonly (readonly [string, string, Partial<MssqlConnection>])[] = [
    ['erp-setting-missing', 'Server', { server: ' ' }],
    ['erp-setting-missing', 'Database', { database: '' }],
    ['erp-setting-missing', 'User', { login: { mode: 'sql', user: '', password: 'p4ssw0rd' } }],
    ['erp-setting-missing', 'Password', { login: { mode: 'sql', user: 'sync', password: '' } }],
    ['erp-setting-missing', 'Domain', { login: { mode: 'domain', domain: '', user: 'sync', password: 'p4ssw0rd' } }],
    ['erp-setting-missing', 'Client secret', { login: { mode: 'entra', tenantId: 't', clientId: 'c', clientSecret: '' } }],
    ['erp-setting-invalid', 'Server', { server: 'sql1;Password=x' }],
    ['erp-setting-invalid', 'Port', { port: 70_000 }],
    ['erp-setting-invalid', 'CA certificate', { ca: 'C:\\certificates\\ca.pem' }],
    ['erp-setting-invalid', 'CA certificate', { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['erp-setting-invalid', 'Pool size', { poolSize: 0 }],
    ['erp-setting-invalid', 'Request timeout', { requestTimeoutMs: Number.NaN }],
  ];
  for (const [code, setting, fields] of wrong) {
    it(`refuses ${JSON.stringify(fields)} and names the setting`, () => {
      assert.throws(
        () => config(fields),
        (error: unknown) => {
          assert.ok(error instanceof Error && 'code' in error && 'params' in error && 'scope' in error);
          assert.deepEqual([error.code, error.scope], [code, 'configuration']);
          assert.match(error.message, new RegExp(`^ERP Firma: ${setting} `));
          assert.doesNotMatch(JSON.stringify([error.message, error.params]), /p4ssw0rd/);
          return true;
        },
      );
    });
  }
});
