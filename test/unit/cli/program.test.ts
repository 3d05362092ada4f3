/** The command line `exchange-erp`: exit codes, languages, settings and secrets. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { runProgram } from '../../../cli/program';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import { createTestErp } from '../../../testing/erp';

describe('exchange-erp', () => {
  let folder: string;
  let erp: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'exchange-erp-'));
    erp = path.join(folder, 'erp.sqlite');
    createTestErp(erp, ['anna@x.test']).close();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (line: readonly string[], environment: NodeJS.ProcessEnv = {}, stdin = '') => {
    let [output, errors] = ['', ''];
    const code = await runProgram(line, {
      environment,
      stdin: Readable.from([stdin]),
      folder,
      write: (text) => (output += text),
      writeError: (text) => (errors += text),
    });
    return { code, output, errors };
  };
  const tables = (): readonly string[] => {
    const database = new DatabaseSync(erp);
    const rows = database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'sync%' OR type = 'trigger' ORDER BY name").all();
    database.close();
    return rows.map(({ name }) => String(name));
  };

  it('prints the scripts without a connection', async () => {
    for (const script of ['install', 'uninstall', 'rights']) {
      for (const driver of ['sqlite', 'mssql']) {
        const { code, output, errors } = await run(['schema', 'print', script, '--driver', driver]);
        assert.equal(code, 0, errors);
        assert.ok(output.length > 20, output);
      }
    }
    const [printed, rights] = [
      await run(['schema', 'print', 'rights', '--driver', 'mssql']),
      await run(['schema', 'rights', '--driver', 'mssql']),
    ];
    assert.deepEqual(rights, printed);
  });

  it('takes the mapping that it is given', async () => {
    await writeFile(path.join(folder, 'mapping.json'), JSON.stringify({ ...referenceMapping, task: null }));
    const [all, some] = [await run(['schema', 'print']), await run(['schema', 'print', '--mapping', 'mapping.json'])];
    assert.match(all.output, /CREATE TRIGGER "sync_task_insert"/);
    assert.doesNotMatch(some.output, /CREATE TRIGGER "sync_task_/);
  });

  it('what is printed is what is applied', async () => {
    const { output } = await run(['schema', 'print']);
    const database = new DatabaseSync(erp);
    database.exec(output);
    database.close();
    const { code, output: said } = await run(['schema', 'check', '--database', erp]);
    assert.equal(code, 0, said);
  });

  it('finds that nothing is installed, installs it, finds it, removes it again', async () => {
    const before = tables();
    const missing = await run(['schema', 'check', '--database', erp]);
    assert.equal(missing.code, 1);
    assert.match(missing.output, /sync_journal/);
    assert.deepEqual(tables(), before, 'a check changes nothing');
    assert.equal((await run(['schema', 'apply', '--database', erp])).code, 0);
    assert.equal((await run(['schema', 'apply', '--database', erp])).code, 0, 'may be repeated');
    assert.equal((await run(['schema', 'check', '--database', erp])).code, 0);
    assert.ok(tables().includes('sync_journal'));
    assert.equal((await run(['schema', 'uninstall', '--database', erp, '--yes'])).code, 0);
    assert.deepEqual(tables(), before);
  });

  it('removes nothing without --yes, and says what it would remove', async () => {
    await run(['schema', 'apply', '--database', erp]);
    const installed = tables();
    const { code, errors } = await run(['schema', 'uninstall', '--database', erp]);
    assert.equal(code, 2);
    assert.match(errors, /journal.*links.*--yes/);
    assert.deepEqual(tables(), installed);
  });

  it('names the missing trigger, in the language that is wanted', async () => {
    await run(['schema', 'apply', '--database', erp]);
    const database = new DatabaseSync(erp);
    database.exec('DROP TRIGGER sync_task_insert');
    database.close();
    for (const [language, words] of [
      ['de', /sync_task_insert.*anwenden/i],
      ['en', /sync_task_insert.*apply/i],
    ] as const) {
      const { code, output } = await run(['schema', 'check', '--database', erp, '--language', language]);
      assert.equal(code, 1);
      assert.match(output, words);
    }
  });

  for (const [environment, expected] of [
    [{ LANG: 'de_AT.UTF-8' }, /in Ordnung/],
    [{ LANG: 'en_GB.UTF-8' }, /no faults/],
    [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, /no faults/],
    [{ LC_MESSAGES: 'de', LANG: 'fr_FR' }, /in Ordnung/],
    [{}, /no faults/],
  ] as const) {
    it(`speaks as ${JSON.stringify(environment)} wishes`, async () => {
      await writeFile(path.join(folder, 'mapping.json'), JSON.stringify(referenceMapping));
      const { code, output } = await run(['mapping', 'check', 'mapping.json'], environment);
      assert.equal(code, 0);
      assert.match(output, expected);
    });
  }

  it('lists the faults of a mapping, one a line, with their places', async () => {
    await writeFile(path.join(folder, 'wrong.json'), JSON.stringify({ ...referenceMapping, autor: 'x', version: 2 }));
    const { code, output } = await run(['mapping', 'check', 'wrong.json', '--language', 'de']);
    assert.equal(code, 1);
    assert.match(output, /^\/autor ist unbekannt/m);
    assert.match(output, /^\/version ist 2/m);
  });

  for (const [what, line, words] of [
    ['a mapping that is not there', ['mapping', 'check', 'gone.json'], /gone\.json/],
    ['a driver that it does not know', ['schema', 'print', '--driver', 'oracle'], /oracle.*sqlite.*mssql/],
    ['a database that is not named', ['schema', 'check'], /ERP_DATABASE/],
    ['a server that is not named', ['schema', 'check', '--driver', 'mssql', '--database', 'ERP'], /ERP_SERVER/],
    ['an option that it does not know', ['schema', 'print', '--password', 'x'], /--password/],
    ['a script that it does not know', ['schema', 'print', 'everything'], /install, rights, uninstall/],
    ['a command that it does not know', ['explode'], /explode/],
  ] as const) {
    it(`could not run: ${what}`, async () => {
      const { code, errors, output } = await run(line);
      assert.equal(code, 2);
      assert.match(errors, words);
      assert.equal(output, '');
    });
  }

  it('explains itself: commands, variables, exit codes', async () => {
    const { code, output } = await run(['--help']);
    assert.equal(code, 0);
    for (const word of ['schema', 'mapping', 'ERP_PASSWORD', 'Exit codes']) assert.ok(output.includes(word), word);
  });

  it('takes every option from its variable', async () => {
    const environment = { ERP_DRIVER: 'sqlite', ERP_DATABASE: erp };
    assert.equal((await run(['schema', 'apply'], environment)).code, 0);
    assert.equal((await run(['schema', 'check'], environment)).code, 0);
  });

  describe('the secret', () => {
    const secret = 'Geheim-äöü-42';
    const line = ['schema', 'check', '--driver', 'mssql', '--server', 'nowhere.invalid', '--database', 'ERP', '--user', 'sync'];

    it('is never an option', async () => {
      const { output } = await run(['schema', 'check', '--help']);
      assert.doesNotMatch(output, /--password <|--secret/);
    });
    it('is missed by the name of its variable', async () => {
      const { code, errors } = await run(line);
      assert.equal(code, 2);
      assert.match(errors, /ERP_PASSWORD/);
    });
    for (const [what, more, environment, stdin] of [
      ['the variable', [], { ERP_PASSWORD: secret }, ''],
      ['standard input', ['--password-stdin'], {}, `${secret}\r\n`],
    ] as const) {
      it(`comes from ${what} and is never printed`, async () => {
        const { code, output, errors } = await run([...line, ...more], environment, stdin);
        assert.equal(code, 2);
        assert.match(errors, /nowhere\.invalid/);
        assert.ok(!`${output}${errors}`.includes(secret));
      });
    }
  });

  it('the manual in the README names the commands that there are', async () => {
    const readme = await readFile(path.join(__dirname, '..', '..', '..', 'README.md'), 'utf8');
    for (const command of ['schema print', 'schema rights', 'schema check', 'schema apply', 'schema uninstall', 'mapping check']) {
      assert.ok(readme.includes(`exchange-erp ${command}`), command);
    }
  });
});
