import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { OpenEngine } from '../../../../lib/erp/engine';
import { connectMssql } from '../../../../lib/erp/mssql/open';
import type { Engine, Row } from '../../../../lib/erp/engine';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../../../support/mssql-server';

/** Every type that an ERP's column may have. */
const everyType = `CREATE TABLE dbo.kinds (
  id int IDENTITY(5, 5) NOT NULL PRIMARY KEY, big bigint NULL, small smallint NULL, tiny tinyint NULL, flag bit NULL, dec18 decimal(18, 0) NULL,
  amount money NULL, ratio float NULL, name nvarchar(20) NULL, code char(5) NULL, long_text nvarchar(max) NULL, guid uniqueidentifier NULL,
  at datetime NULL, at2 datetime2(7) NULL, at_small smalldatetime NULL, day date NULL, clock time NULL, at_offset datetimeoffset NULL,
  bytes varbinary(20) NULL)`;

describeOnMssql('the engine on SQL Server', () => {
  let own: OwnDatabase;
  let open: OpenEngine;
  let engine: Engine;
  const run = (statement: string) => engine.read((db) => sql.raw(statement).execute(db));
  const rows = (statement: string): Promise<readonly Row[]> => engine.read(async (db) => (await sql.raw<Row>(statement).execute(db)).rows);

  before(async () => {
    own = await createMssqlDatabase();
    open = await connectMssql({ connection: own.connection, timeZone: 'Europe/Vienna' });
    engine = open.engine;
    await run(everyType);
    await run(
      'CREATE TABLE dbo.keyed (id nvarchar(50) NOT NULL PRIMARY KEY DEFAULT (CONVERT(nvarchar(50), NEWID())), name nvarchar(20) NULL)',
    );
    await run('CREATE TABLE dbo.written (id int IDENTITY(1000, 1) NOT NULL PRIMARY KEY, employee nvarchar(50) NULL)');
    await run(`CREATE TRIGGER dbo.kinds_written ON dbo.kinds AFTER INSERT, UPDATE AS
      BEGIN SET NOCOUNT ON; INSERT INTO dbo.written (employee) SELECT CONVERT(nvarchar(50), SESSION_CONTEXT(N'exchange_erp_employee')) FROM inserted; END`);
    await run(`CREATE PROCEDURE dbo.p_new @Name nvarchar(20), @Nr int OUTPUT, @Text nvarchar(50) OUTPUT AS
      BEGIN SET NOCOUNT ON; INSERT INTO dbo.kinds (name) VALUES (@Name); SET @Nr = SCOPE_IDENTITY(); SET @Text = @Text + N'!'; SELECT @Name AS Answer, 7 AS Seven; END`);
  });
  after(async () => {
    await open.close();
    await own.drop();
  });

  it('tells values of every type alike', async () => {
    const written: Row = {
      big: '9007199254740993',
      small: 5,
      tiny: 200,
      flag: 1,
      dec18: 12345,
      amount: 1.25,
      ratio: 0.5,
      name: "O'Neil – „ä“ 🙂",
      code: 'A1',
      long_text: 'x'.repeat(1_000_000),
      guid: '1e838a35-79b1-4c45-9b04-331f1b6c9b47',
      at: '2026-03-28T09:00:00',
      at2: '2026-03-28T09:00:00.123',
      at_small: '2026-03-28T09:00:00',
      day: '2026-03-28',
      clock: '09:05:07',
    };
    const [key] = await engine.write((trx) => engine.insertRows(trx, 'kinds', [written], 'id'));
    // Babelfish does not turn a text into this type by itself.
    await run(`UPDATE dbo.kinds SET at_offset = CONVERT(datetimeoffset, N'2026-03-28T09:00:00+02:00') WHERE id = ${key}`);
    const [row] = await rows(`SELECT * FROM dbo.kinds WHERE id = ${key}`);
    assert.deepEqual(
      { ...row },
      {
        ...written,
        id: Number(key),
        code: 'A1   ',
        guid: '1E838A35-79B1-4C45-9B04-331F1B6C9B47',
        at_offset: '2026-03-28T07:00:00Z',
        bytes: null,
      },
    );
  });

  it('tells NULL of every type as null', async () => {
    const [key] = await engine.write((trx) => engine.insertRows(trx, 'kinds', [{ name: null, at: null, ratio: null }], 'id'));
    const [row] = await rows(`SELECT * FROM dbo.kinds WHERE id = ${key}`);
    assert.deepEqual(new Set(Object.entries(row ?? {}).flatMap(([name, value]) => (name === 'id' ? [] : [value]))), new Set([null]));
  });

  it('inserts many rows and tells their keys in order, whatever triggers insert elsewhere', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => ({ name: `n${index}`, small: index, tiny: 1 }));
    const keys = await engine.write((trx) => engine.insertRows(trx, 'dbo.kinds', many, 'id'));
    const found = await rows("SELECT id, name FROM dbo.kinds WHERE name LIKE 'n[0-9]%' ORDER BY small");
    assert.deepEqual(
      found.map((row) => [String(row['id']), row['name']]),
      many.map(({ name }, index) => [keys[index], name]),
    );
  });

  it('tells keys that a default makes', async () => {
    const keys = await engine.write((trx) =>
      engine.insertRows(trx, { schema: 'dbo', name: 'keyed' }, [{ name: 'a' }, { name: 'b' }], 'id'),
    );
    const found = await rows('SELECT id FROM dbo.keyed ORDER BY name');
    assert.deepEqual(
      keys,
      found.map((row) => row['id']),
    );
  });

  it('counts the rows of an update, not those of triggers', async () => {
    const affected = await engine.write(
      async (trx) => (await sql`UPDATE dbo.kinds SET tiny = 2 WHERE name IN ('n1', 'n2')`.execute(trx)).numAffectedRows,
    );
    assert.equal(affected, 2n);
  });

  it('calls a procedure: parameters, outputs, first result', async () => {
    const answer = await engine.write((trx) =>
      engine.callProcedure(trx, {
        name: 'dbo.p_new',
        parameters: { Name: 'proc', Text: 'hello' },
        outputs: ['Nr', 'Text'],
        results: ['answer', 'Seven'],
      }),
    );
    const [row] = await rows("SELECT id FROM dbo.kinds WHERE name = N'proc'");
    assert.deepEqual(answer, { answer: 'proc', Seven: 7, Nr: String(row?.['id']), Text: 'hello!' });
  });

  it('does not take a name from the mapping for SQL', async () => {
    for (const parameters of [{ 'Name = 1; DROP TABLE kinds --': 'x' }, { 'a b': 1 }]) {
      await assert.rejects(
        engine.write((trx) => engine.callProcedure(trx, { name: 'dbo.p_new', parameters, outputs: [], results: [] })),
        { code: 'mapping-parameter-invalid' },
      );
    }
    const before = await rows('SELECT count(*) AS n FROM dbo.kinds');
    await assert.rejects(engine.write((trx) => engine.insertRows(trx, "kinds] (name) VALUES (N'x') --", [{ name: 'x' }], null)));
    await assert.rejects(engine.write((trx) => engine.insertRows(trx, 'kinds', [{ "name]) VALUES (N'x') --": 'x' }], null)));
    assert.deepEqual(await rows('SELECT count(*) AS n FROM dbo.kinds'), before);
  });

  describe('writing for an employee', () => {
    const writers = () => rows('SELECT employee FROM dbo.written ORDER BY id').then((found) => found.map((row) => row['employee']));
    beforeEach(() => run('DELETE FROM dbo.written'));
    const insert = () => engine.write((trx) => engine.insertRows(trx, 'kinds', [{ name: 'w' }], null));

    it('is told to triggers for as long as the work lasts', async () => {
      await engine.write(async (trx) => {
        await engine.writingFor(trx, 'Anna', () => engine.insertRows(trx, 'kinds', [{ name: 'w' }], null));
        await engine.insertRows(trx, 'kinds', [{ name: 'w' }], null);
      });
      assert.deepEqual(await writers(), ['Anna', null]);
    });

    const failures: readonly (readonly [string, string])[] = [
      ['a refused record', "INSERT INTO dbo.kinds (name) VALUES (N'much too long for this column')"],
      ['a value that cannot be converted', "INSERT INTO dbo.kinds (small) VALUES (N'x')"],
      ['a transaction that the ERP rolls back', 'ROLLBACK TRANSACTION'],
      ['an error of the ERP', "RAISERROR(N'no', 16, 1)"],
    ];
    for (const [name, statement] of failures) {
      it(`is over after ${name}, on every connection of the pool`, async () => {
        for (let round = 0; round < 3; round++) {
          await assert.rejects(engine.write((trx) => engine.writingFor(trx, 'Anna', () => sql.raw(statement).execute(trx))));
        }
        await Promise.all(Array.from({ length: 10 }, insert));
        assert.deepEqual(new Set(await writers()), new Set([null]));
      });
    }
  });

  const refusals: readonly (readonly [string, Row])[] = [
    ['a text that is too long', { name: 'geheim '.repeat(10) }],
    ['a number that is too large', { tiny: 4711 }],
    ['a date that is none', { at: '2026-02-31T00:00:00' }],
    ["a date outside of the column's range", { at: '0001-01-01T00:00:00' }],
    ['a text for a number', { small: 'geheim' }],
    ['a text for a key', { guid: 'geheim' }],
  ];
  for (const [name, row] of refusals) {
    it(`refuses ${name} without telling it`, async () => {
      await assert.rejects(
        engine.write((trx) => engine.insertRows(trx, 'kinds', [row], 'id')),
        (error: unknown) => {
          assert.ok(error instanceof Error && 'code' in error && 'scope' in error);
          assert.deepEqual([error.code, error.scope], ['erp-refused', 'item'], error.message);
          assert.doesNotMatch(error.message, /geheim|4711/);
          return true;
        },
      );
    });
  }

  it('names a table and a column that are missing', async () => {
    await assert.rejects(run('SELECT 1 AS a FROM dbo.nothing'), { code: 'erp-table-missing', scope: 'configuration', message: /nothing/ });
    await assert.rejects(run('SELECT nothing FROM dbo.kinds'), { code: 'erp-column-missing', scope: 'configuration', message: /nothing/ });
  });

  const mistakes: readonly (readonly [string, string, (own: OwnDatabase) => OwnDatabase['connection']])[] = [
    ['a wrong host', 'erp-host-unknown', ({ connection }) => ({ ...connection, server: 'no-such-host.invalid' })],
    ['a closed port', 'erp-port-closed', ({ connection }) => ({ ...connection, server: '127.0.0.1', port: 1 })],
    ['a missing database', 'erp-database-missing', ({ connection }) => ({ ...connection, database: 'no_such_database' })],
    [
      'a wrong user',
      'erp-login-refused',
      ({ connection }) => ({ ...connection, login: { mode: 'sql', user: 'nobody_at_all', password: 'Wrong-p4ssw0rd' } }),
    ],
  ];
  for (const [name, code, connection] of mistakes) {
    it(`names ${name}`, async () => {
      await assert.rejects(connectMssql({ connection: connection(own), timeZone: 'Europe/Vienna' }), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, code, error.message);
        assert.doesNotMatch(error.message, /p4ssw0rd/);
        return true;
      });
    });
  }
});
