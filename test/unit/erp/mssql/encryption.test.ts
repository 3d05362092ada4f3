import assert from 'node:assert/strict';
import { generate } from 'selfsigned';
import { connectMssql } from '../../../../lib/erp/mssql/open';
import type { MssqlConnection } from '../../../../lib/erp/mssql/options';
import { startTdsFront, type TdsFront } from '../../../support/tds-front';

const certificateFor = (name: string, days = 1) => {
  const notAfterDate = new Date(Date.now() + days * 86_400_000);
  const notBeforeDate = new Date(Date.now() - 10 * 86_400_000);
  return generate([{ name: 'commonName', value: name }], {
    notBeforeDate,
    notAfterDate,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
};

describe('encryption of a SQL Server connection', () => {
  let front: TdsFront | null = null;
  afterEach(async () => {
    await front?.close();
    front = null;
  });

  /** What comes of connecting: a login that is refused has got as far as it should. */
  const outcome = async (server: TdsFront, fields: Partial<MssqlConnection> = {}): Promise<string> => {
    const connection: MssqlConnection = {
      driver: 'mssql',
      server: 'localhost',
      port: server.port,
      database: 'ERP',
      login: { mode: 'sql', user: 'sync', password: 'p4ssw0rd' },
      connectTimeoutMs: 5_000,
      ...fields,
    };
    try {
      await connectMssql({ connection, timeZone: 'Europe/Vienna' });
      return 'connected';
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error);
      assert.doesNotMatch(error.message, /p4ssw0rd/);
      return String(error.code);
    }
  };

  it('is there before the password is sent', async () => {
    const { private: key, cert } = await certificateFor('localhost');
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front, { ca: cert }), 'erp-login-refused');
    assert.deepEqual(front.logins, { all: 1, plain: 0 });
  });

  it('is not done without: no password is sent to a server that declines it', async () => {
    front = await startTdsFront(null);
    assert.equal(await outcome(front), 'erp-encryption-missing');
    assert.deepEqual(front.logins, { all: 0, plain: 0 });
    assert.equal(await outcome(front, { encrypt: false }), 'erp-login-refused');
  });

  it('needs a certificate that is trusted', async () => {
    const { private: key, cert } = await certificateFor('localhost');
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front), 'erp-certificate-not-trusted');
    assert.equal(front.logins.all, 0);
    assert.equal(await outcome(front, { trustServerCertificate: true }), 'erp-login-refused');
  });

  it('needs a certificate of the name that was entered', async () => {
    const { private: key, cert } = await certificateFor('sql1.firma.test');
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front, { ca: cert }), 'erp-certificate-not-trusted');
    assert.equal(front.logins.all, 0);
  });

  it('needs a certificate that has not expired', async () => {
    const { private: key, cert } = await certificateFor('localhost', -1);
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front, { ca: cert }), 'erp-certificate-not-trusted');
    assert.equal(front.logins.all, 0);
  });

  it('can be asked for by the server', async () => {
    const { private: key, cert } = await certificateFor('localhost');
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front, { encrypt: false }), 'erp-encryption-required');
    assert.equal(front.logins.all, 0);
  });

  it('works with an address instead of a name', async () => {
    const { private: key, cert } = await certificateFor('localhost');
    front = await startTdsFront({ key, cert });
    assert.equal(await outcome(front, { server: '127.0.0.1', trustServerCertificate: true }), 'erp-login-refused');
  });
});
