import assert from 'node:assert/strict';
import { requireMapping } from '../../../../lib/erp/schema/read-mapping';
import { describeOnMssql } from '../../../support/mssql-server';
import { openMssqlGround, type Ground } from '../trigger-ground';

const mapping = requireMapping({
  version: 1,
  name: 'Alt',
  employees: { table: 'leute', key: 'id', name: 'name', email: 'mail' },
  task: {
    table: 'dbo.aufgabe',
    key: [{ column: 'id', generated: 'identity' }],
    employee: 'person',
    fields: {
      subject: { column: 'betreff' },
      body: { column: 'notiz' },
      dueDate: { column: 'bis', as: 'local' },
      percentComplete: { column: 'anteil' },
    },
  },
});

describeOnMssql('triggers in the hands of old ERP programs on SQL Server', () => {
  let ground: Ground;
  before(async () => {
    ground = await openMssqlGround();
    await ground.run(
      'CREATE TABLE leute (id int NOT NULL PRIMARY KEY, name nvarchar(50) NOT NULL, mail nvarchar(50) NULL)',
      `CREATE TABLE aufgabe (id int IDENTITY(1,1) NOT NULL PRIMARY KEY, person int NULL, betreff nvarchar(50) NULL, notiz ntext NULL,
        bis datetime NULL, stunden int NULL, anteil AS (stunden * 10), sonst int NULL)`,
    );
    await ground.apply(mapping);
  });
  after(() => ground.close());
  beforeEach(() => ground.run('DELETE FROM aufgabe', 'DELETE FROM sync_journal'));

  const queued = async (): Promise<readonly string[]> =>
    (await ground.all('SELECT operation, employee_id FROM sync_journal ORDER BY id')).map(
      (row) => `${String(row['operation'])}@${String(row['employee_id'])}`,
    );
  const insert = "INSERT INTO aufgabe (person, betreff, notiz, stunden) VALUES (1, N'a', N'lang', 2)";

  it('leave @@IDENTITY to the ERP’s own insert', async function () {
    // There even a value that is only taken from a sequence is an identity.
    const [server] = await ground.all('SELECT @@VERSION AS version');
    if (String(server?.['version']).includes('Babelfish')) this.skip();
    await ground.run("INSERT INTO sync_journal (direction, kind, operation, employee_id) VALUES (N'outbound', N'task', N'update', N'1')");
    const [row] = await ground.all(`${insert}; SELECT @@IDENTITY AS latest, (SELECT MAX(id) FROM aufgabe) AS own`);
    assert.equal(Number(row?.['latest']), Number(row?.['own']));
  });

  it('tell that a text was written that cannot be compared, and that a computed column changed', async () => {
    await ground.run(
      insert,
      'DELETE FROM sync_journal',
      "UPDATE aufgabe SET notiz = N'kurz'",
      'UPDATE aufgabe SET stunden = 3',
      'UPDATE aufgabe SET sonst = 1',
    );
    assert.deepEqual(await queued(), ['update@1', 'update@1']);
  });

  it('work with the SET options of an old connection', async () => {
    await ground.run(
      'SET QUOTED_IDENTIFIER OFF; SET ANSI_NULLS OFF; SET ANSI_WARNINGS OFF; SET ANSI_PADDING OFF; SET CONCAT_NULL_YIELDS_NULL OFF; SET ARITHABORT OFF',
      insert,
      "UPDATE aufgabe SET betreff = N'b'",
      'DELETE FROM aufgabe',
      'SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON; SET ANSI_WARNINGS ON; SET ANSI_PADDING ON; SET CONCAT_NULL_YIELDS_NULL ON; SET ARITHABORT ON',
    );
    assert.deepEqual(await queued(), ['create@1', 'update@1', 'delete@1']);
  });

  it('queue for triggers of the ERP that change further rows', async () => {
    await ground.run(
      insert,
      insert,
      'DELETE FROM sync_journal',
      `CREATE TRIGGER dbo.aufgabe_folge ON dbo.aufgabe AFTER DELETE AS BEGIN SET NOCOUNT ON; UPDATE dbo.aufgabe SET betreff = N'folge' WHERE betreff <> N'folge'; END`,
      'DELETE FROM aufgabe WHERE id = (SELECT MIN(id) FROM aufgabe)',
      'DROP TRIGGER dbo.aufgabe_folge',
    );
    assert.deepEqual([...(await queued())].sort(), ['delete@1', 'update@1']);
  });

  it('are found missing and disabled', async () => {
    await ground.run('DISABLE TRIGGER dbo.sync_task_update ON dbo.aufgabe', 'DROP TRIGGER dbo.sync_task_delete');
    const codes = (await ground.check(mapping)).filter(({ severity }) => severity === 'error').map(({ code }) => code);
    await ground.apply(mapping);
    assert.ok(codes.includes('erp-trigger-missing'), codes.join());
    assert.deepEqual(
      (await ground.check(mapping)).filter(({ severity }) => severity === 'error'),
      [],
    );
  });
});
