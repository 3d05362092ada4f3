import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { sqliteDialect } from '../../../../lib/erp/schema/quote';
import { referenceSchema } from '../../../../lib/erp/schema/reference';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { sqliteUpgrades } from '../../../../lib/erp/schema/sync-upgrades';
import { applySchema, checkSchema } from '../../../../lib/erp/sqlite/install';
import type { OpenEngine } from '../../../../lib/erp/engine';
import { connectSqlite } from '../../../../lib/erp/sqlite/open';

describe('checking an ERP database', () => {
  let folder = '';
  let erp: DatabaseSync;
  let open: OpenEngine;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'erp-check-'));
    const file = path.join(folder, 'erp.sqlite');
    erp = new DatabaseSync(file);
    for (const statement of referenceSchema(sqliteDialect)) erp.exec(statement);
    open = await connectSqlite({ file, timeZone: 'Europe/Vienna' });
  });
  afterEach(async () => {
    erp.close();
    await open.close();
    rmSync(folder, { recursive: true });
  });

  const found = async (mapping: SchemaMapping = referenceMapping): Promise<readonly string[]> =>
    (await checkSchema(open.engine, mapping)).map(({ code, text }) => {
      assert.doesNotMatch(text, /__\w/, 'every place is named');
      return code;
    });
  const withTask = (change: Partial<NonNullable<SchemaMapping['task']>>): SchemaMapping => {
    assert.ok(referenceMapping.task);
    return { ...referenceMapping, task: { ...referenceMapping.task, ...change } };
  };

  it('finds sync tables and triggers missing, and nothing once they were installed', async () => {
    const codes = await found();
    assert.equal(codes[0], 'erp-schema-missing');
    assert.ok(codes.includes('erp-trigger-missing'));
    await applySchema(open.engine, referenceMapping);
    assert.deepEqual(await found(), []);
  });

  it('names tables and columns that are missing, and installs nothing then', async () => {
    const mapping = withTask({ table: 'AUFGABE', changeStamp: { column: 'geaendert', as: 'utc' } });
    const [finding] = await checkSchema(open.engine, mapping);
    assert.equal(finding?.code, 'erp-table-missing');
    assert.match(finding.text, /AUFGABE/);
    await assert.rejects(applySchema(open.engine, mapping), { code: 'erp-table-missing', scope: 'configuration' });
    await assert.rejects(applySchema(open.engine, withTask({ changeStamp: { column: 'geaendert', as: 'utc' } })), {
      code: 'erp-column-missing',
      message: /task\.geaendert/,
    });
    assert.equal(erp.prepare("SELECT 1 FROM sqlite_master WHERE name LIKE 'sync%'").get(), undefined);
  });

  it('compares names without case', async () => {
    await applySchema(open.engine, withTask({ table: 'TASK', employee: 'EMPLOYEE_ID' }));
    assert.deepEqual(await found(withTask({ table: 'TASK', employee: 'EMPLOYEE_ID' })), []);
  });

  it('tells triggers that are missing, changed or left over', async () => {
    await applySchema(open.engine, referenceMapping);
    erp.exec('DROP TRIGGER sync_task_insert');
    assert.deepEqual(await found(), ['erp-trigger-missing']);
    await applySchema(open.engine, referenceMapping);
    const other = withTask({ filter: [{ column: 'subject', notIn: ['x'] }] });
    assert.ok((await found(other)).every((code) => code === 'erp-trigger-outdated'));
    assert.ok((await found({ ...referenceMapping, task: null })).every((code) => code === 'erp-trigger-left'));
  });

  it('says that no trigger can watch a view', async () => {
    erp.exec('CREATE VIEW v_task AS SELECT * FROM task');
    assert.ok((await found(withTask({ table: 'v_task' }))).includes('erp-view-untriggered'));
    const polling = {
      by: 'polling',
      everySeconds: 60,
      deletionsEveryMinutes: 60,
      deletions: { count: 10, share: 0.1 },
    } as const;
    assert.ok(!(await found(withTask({ table: 'v_task', changes: polling }))).includes('erp-view-untriggered'));
  });

  it('warns of a column that no insert would fill', async () => {
    erp.exec(
      'CREATE TABLE auftrag (id INTEGER PRIMARY KEY, employee_id INT, subject TEXT, mandant TEXT NOT NULL, neu INT NOT NULL DEFAULT 0)',
    );
    const mapping = withTask({
      table: 'auftrag',
      fields: { subject: { column: 'subject', format: 'plain' } },
      insert: {},
      update: {},
      changeStamp: null,
    });
    const warnings = (await checkSchema(open.engine, mapping)).filter(({ severity }) => severity === 'warning');
    assert.deepEqual(
      warnings.map(({ code, params }) => [code, params['column']]),
      [['erp-column-unfilled', 'mandant']],
    );
    assert.ok(
      !(await found({ ...mapping, task: mapping.task && { ...mapping.task, insert: { mandant: 'M1' } } })).includes('erp-column-unfilled'),
    );
  });

  it('tells sync tables of an earlier and of a later version', async () => {
    erp.exec('CREATE TABLE sync_schema_version (version INTEGER NOT NULL PRIMARY KEY, installed_at TEXT NOT NULL)');
    for (const statement of sqliteUpgrades[0] ?? []) erp.exec(statement);
    erp.exec("INSERT INTO sync_schema_version VALUES (1, '')");
    assert.ok((await found()).includes('erp-version-too-old'));
    await applySchema(open.engine, referenceMapping);
    assert.deepEqual(await found(), []);
    erp.exec("INSERT INTO sync_schema_version VALUES (99, '')");
    assert.deepEqual(await found(), ['erp-version-too-new']);
    await assert.rejects(applySchema(open.engine, referenceMapping), { code: 'erp-version-too-new' });
  });
});
