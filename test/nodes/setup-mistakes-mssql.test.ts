/** The mistakes of a set-up that need a SQL Server of one's own to be made for real, told as those of `setup-mistakes.test.ts`. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import sql from 'mssql';
import helper from 'node-red-node-test-helper';
import { applySchema, checkConnection } from '../../lib/erp/administration';
import type { MssqlConnection } from '../../lib/erp/open';
import { mssqlDialect } from '../../lib/erp/schema/quote';
import { referenceSchema } from '../../lib/erp/schema/reference';
import { toSyncError } from '../../lib/model/error';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../support/mssql-server';
import { describeMistake, type Mistake, secret, type Settings } from './support/mistakes';

const timeZone = 'Europe/Vienna';

describeOnMssql('the mistakes of a set-up on SQL Server', () => {
  let own: OwnDatabase;
  /** What a mistake needs to be undone: the database is made once. */
  let undo: (() => Promise<unknown>)[] = [];
  before(async () => {
    await helper.startServer();
    own = await createMssqlDatabase();
    await run(...referenceSchema(mssqlDialect));
    await applySchema({ connection: own.connection, timeZone });
  });
  after(async () => {
    await helper.stopServer();
    await own.drop();
  });
  afterEach(async () => {
    await helper.unload();
    for (const step of undo) await step();
    undo = [];
  });

  const runIn = async (database: string, ...statements: readonly string[]): Promise<void> => {
    const pool = await new sql.ConnectionPool({ ...own.config, database, pool: { max: 1 } }).connect();
    try {
      for (const statement of statements) await pool.batch(statement);
    } finally {
      await pool.close();
    }
  };
  const run = (...statements: readonly string[]): Promise<void> => runIn(own.connection.database, ...statements);
  const settings = (more: Settings = {}): Settings => {
    const { server, port, instance, database, login: account, encrypt, trustServerCertificate } = own.connection;
    return {
      driver: 'mssql',
      server,
      ...(port === undefined ? {} : { port: String(port) }),
      ...(instance === undefined ? {} : { instance }),
      database,
      user: account.mode === 'sql' ? account.user : '',
      encrypt: String(encrypt),
      trustServerCertificate: String(trustServerCertificate ?? false),
      ...more,
    };
  };
  const password = (): string => (own.connection.login.mode === 'sql' ? own.connection.login.password : '');
  /** Changes the database until the end of the test; triggers that went with it come back, too. */
  const changed = async (statement: string, ...back: readonly string[]): Promise<Settings> => {
    await run(statement);
    undo.push(
      () => run(...back),
      () => applySchema({ connection: own.connection, timeZone }),
    );
    return settings();
  };

  const mistakes: readonly Mistake[] = [
    {
      name: 'login failed',
      make: () => Promise.resolve(settings()),
      code: 'erp-login-refused',
      status: { en: 'ERP login refused', de: 'ERP-Login abgelehnt' },
      en: [/refused the login/, /Check user and password/],
      de: [/hat die Anmeldung von .* abgelehnt/, /Benutzer und Passwort prüfen/],
    },
    {
      name: 'database missing',
      make: () => Promise.resolve(settings({ database: 'exchange_erp_nowhere' })),
      password,
      code: 'erp-database-missing',
      status: { en: 'no such database', de: 'Datenbank fehlt' },
      en: [/no database exchange_erp_nowhere/, /Check its name/],
      de: [/Datenbank exchange_erp_nowhere gibt es/, /Den Namen prüfen/],
    },
    {
      name: 'no rights',
      make: async () => {
        const login = `exchange_erp_test_${randomBytes(4).toString('hex')}`;
        await runIn('master', `CREATE LOGIN [${login}] WITH PASSWORD = N'${secret}-Aa1'`);
        await run(`CREATE USER [${login}] FOR LOGIN [${login}]`);
        undo.push(
          () => run(`DROP USER [${login}]`),
          () => runIn('master', `DROP LOGIN [${login}]`),
        );
        return settings({ user: login });
      },
      password: () => `${secret}-Aa1`,
      // Who has no rights in a database sees nothing of it.
      code: 'erp-nothing-visible',
      status: { en: 'ERP shows no tables', de: 'ERP zeigt nichts' },
      en: [/shows none of the tables/, /exchange-erp schema rights/],
      de: [/zeigt keine der Tabellen/, /exchange-erp schema rights/],
    },
    {
      name: 'table missing',
      make: () => changed('DROP TABLE task', ...referenceSchema(mssqlDialect)),
      password,
      code: 'erp-table-missing',
      status: { en: 'ERP table missing', de: 'ERP-Tabelle fehlt' },
      en: [/no table or view task/, /Correct the schema mapping/],
      de: [/keine Tabelle und keine Sicht task/, /Die Schemabeschreibung berichtigen/],
    },
    {
      name: 'column missing',
      make: () =>
        changed("EXEC sp_rename 'dbo.appointment.location', 'ort', 'COLUMN'", "EXEC sp_rename 'dbo.appointment.ort', 'location', 'COLUMN'"),
      password,
      code: 'erp-column-missing',
      status: { en: 'ERP column missing', de: 'ERP-Spalte fehlt' },
      en: [/no column appointment\.location/, /Correct the schema mapping/],
      de: [/keine Spalte appointment\.location/, /Die Schemabeschreibung berichtigen/],
    },
    {
      name: 'trigger missing',
      make: () => changed('DROP TRIGGER [sync_task_insert]'),
      password,
      code: 'erp-trigger-missing',
      status: { en: 'no ERP trigger', de: 'ERP-Trigger fehlt' },
      en: [/task has no trigger sync_task_insert/, /exchange-erp schema apply/],
      de: [/Tabelle task fehlt der Trigger sync_task_insert/, /exchange-erp schema apply/],
    },
    {
      name: 'version too new',
      make: () =>
        changed(
          "INSERT INTO dbo.sync_schema_version (version, installed_at) VALUES (99, '2030-01-01T00:00:00Z')",
          'DELETE FROM dbo.sync_schema_version WHERE version = 99',
        ),
      password,
      code: 'erp-version-too-new',
      status: { en: 'ERP tables too new', de: 'ERP-Tabellen zu neu' },
      en: [/have version 99, this program knows \d+/, /Install the newer version of the package/],
      de: [/haben die Version 99, dieses Programm kennt \d+/, /Die neuere Version des Pakets installieren/],
    },
  ];
  for (const mistake of mistakes) describeMistake(mistake);

  it('certificate not trusted: nothing is sent, also not the password', async function () {
    const connection: MssqlConnection = { ...own.connection, encrypt: true, trustServerCertificate: false };
    const { code } = await checkConnection({ connection, timeZone }).then(
      () => ({ code: 'trusted' }),
      (thrown: unknown) => toSyncError(thrown),
    );
    // A server without TLS, or with a certificate that this machine trusts, cannot make the mistake.
    if (code === 'erp-encryption-missing' || code === 'trusted') this.skip();
    assert.equal(code, 'erp-certificate-not-trusted');
  });
});
