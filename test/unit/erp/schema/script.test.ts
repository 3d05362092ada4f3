import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect, sqliteDialect } from '../../../../lib/erp/schema/quote';
import { requireMapping } from '../../../../lib/erp/schema/read-mapping';
import { referenceSchema } from '../../../../lib/erp/schema/reference';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { installStatements, rightsStatements, scriptText, uninstallStatements } from '../../../../lib/erp/schema/script';

/** A name or constant with everything that ends a quotation, begins a comment or is a statement of its own. */
const hostile = (name: string): string => `${name}]"'; DROP TABLE x; -- /* */ [$(v)`;

const hostileMapping: SchemaMapping = requireMapping({
  version: 1,
  name: hostile('Firma'),
  author: hostile('autor'),
  employees: { table: { schema: hostile('s'), name: hostile('p') }, key: hostile('k'), name: hostile('n'), email: hostile('m') },
  appointment: {
    table: { schema: hostile('s'), name: hostile('t') },
    key: [
      { column: hostile('a'), generated: 'constant', value: hostile('v') },
      { column: hostile('b'), generated: 'guid' },
    ],
    employee: hostile('e'),
    participants: { table: { name: hostile('q') }, record: [hostile('a'), hostile('b')], employee: hostile('e') },
    deleted: { column: hostile('d'), deleted: hostile('j'), present: 'N' },
    filter: [{ column: hostile('f'), in: [hostile('w')] }],
    fields: {
      subject: { column: hostile('su') },
      start: { column: hostile('st'), as: 'local' },
      end: { column: hostile('en'), as: 'local' },
    },
  },
});

/** What a server sees outside of quotations and comments. */
const bare = (sql: string, quotations: RegExp): string => sql.replaceAll(quotations, ' ');
const mssqlQuotations = /\[(?:[^\]]|\]\])*\]|N?'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
const sqliteQuotations = /"(?:[^"]|"")*"|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;

const engines = [
  { engine: 'SQL Server', dialect: mssqlDialect, quotations: mssqlQuotations },
  { engine: 'SQLite', dialect: sqliteDialect, quotations: sqliteQuotations },
] as const;

const head = { title: 'Installation', mapping: referenceMapping };

describe('scripts', () => {
  for (const { engine, dialect, quotations } of engines) {
    it(`keep names and constants of the mapping in quotation marks on ${engine}`, () => {
      const all = [
        ...installStatements(hostileMapping, dialect),
        ...uninstallStatements(hostileMapping, dialect),
        ...rightsStatements(hostileMapping, dialect),
      ];
      const text = scriptText(dialect, { title: 'All', mapping: hostileMapping }, all);
      assert.ok(text.split('DROP TABLE x').length > 100, 'the names are there');
      assert.doesNotMatch(bare(text, quotations), /DROP TABLE x|["'[\]]|\$\(/);
    });
  }

  it('run on SQLite, twice, and leave nothing behind', () => {
    const database = new DatabaseSync(':memory:');
    for (const statement of referenceSchema(sqliteDialect)) database.exec(statement);
    const contents = () =>
      database.prepare("SELECT type, name, sql FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY type, name").all();
    const before = contents();
    const install = scriptText(sqliteDialect, head, installStatements(referenceMapping, sqliteDialect));
    database.exec(install);
    database.exec(install);
    database.exec("INSERT INTO employee (id, name) VALUES (1, 'Anna'); INSERT INTO task (employee_id, subject) VALUES (1, 'a')");
    assert.equal(database.prepare('SELECT count(*) AS rows FROM sync_journal').get()?.['rows'], 1);
    database.exec(scriptText(sqliteDialect, head, uninstallStatements(referenceMapping, sqliteDialect)));
    assert.deepEqual(contents(), before);
  });

  it('are cut into batches for SQL Server, each with a comment, and stop at tables of a later version', () => {
    const statements = installStatements(referenceMapping, mssqlDialect);
    const text = scriptText(mssqlDialect, head, statements);
    const batches = text.split(/^GO$/m).map((batch) => batch.trim());
    assert.equal(batches.filter((batch) => batch !== '').length, statements.length + 3);
    for (const batch of batches.slice(2, -2)) assert.match(batch, /^-- /);
    const stop = batches.findIndex((batch) => batch.endsWith('SET NOEXEC ON;'));
    assert.equal(stop, 1);
    assert.match(batches[stop] ?? '', /version > 4/);
    for (const option of ['QUOTED_IDENTIFIER', 'ANSI_NULLS']) assert.match(batches[0] ?? '', new RegExp(`SET [^;]*${option}[^;]* ON;`));
    for (const batch of batches.filter((one) => one.includes('CREATE TRIGGER'))) assert.match(batch, /^-- [^\n]*\nCREATE TRIGGER/);
  });

  it('give the service the rights that the mapping asks for, and no others', () => {
    const grants = (mapping: SchemaMapping) =>
      rightsStatements(mapping, mssqlDialect)
        .map(({ sql }) => sql)
        .filter((sql) => sql.startsWith('GRANT') && !sql.includes('sync_'));
    const task = referenceMapping.task;
    assert.ok(task);
    const { fields } = task;
    const procedure = { name: 'dbo.p', parameters: {}, returns: {} };
    const small: SchemaMapping = {
      ...referenceMapping,
      activityTypes: null,
      appointment: null,
      task: {
        ...task,
        readFrom: 'v',
        fields: { subject: fields.subject },
        update: {},
        procedures: { insert: procedure, update: null, delete: procedure },
      },
    };
    assert.deepEqual(grants(small), [
      'GRANT SELECT ON [employee] TO [exchange_erp]',
      'GRANT SELECT ON [task] TO [exchange_erp]',
      'GRANT SELECT ON [v] TO [exchange_erp]',
      'GRANT UPDATE ON [task] ([subject]) TO [exchange_erp]',
      'GRANT EXECUTE ON [dbo].[p] TO [exchange_erp]',
      'GRANT VIEW DEFINITION ON [task] TO [exchange_erp]',
    ]);
    const byProcedures = { ...small, task: small.task && { ...small.task, procedures: { ...small.task.procedures, update: procedure } } };
    assert.ok(!grants(byProcedures).some((sql) => /UPDATE|INSERT|DELETE/.test(sql)), 'who calls procedures needs no table');
    assert.deepEqual(rightsStatements(referenceMapping, sqliteDialect), []);
  });

  it('make no login with a password that stands in the script', () => {
    const [login] = rightsStatements(referenceMapping, mssqlDialect).filter(({ sql }) => sql.includes('CREATE LOGIN'));
    assert.ok(login);
    // Replacing every placeholder must not replace what it is compared with.
    const replaced = login.sql.replaceAll('<password of exchange_erp_service>', 'secret');
    assert.match(replaced, /^IF N'secret' = N'<password' \+ N' of exchange_erp_service>'\n {2}RAISERROR/);
    assert.match(replaced, /ELSE IF SUSER_ID[\s\S]*PASSWORD = N'secret'/);
  });
});
