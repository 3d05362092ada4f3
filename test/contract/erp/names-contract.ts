/** Contract: names, codes and values of a mapping may hold anything that a database allows; they are names and values and never a statement. */
import assert from 'node:assert/strict';
import { mssqlDialect, sqliteDialect, type Dialect } from '../../../lib/erp/schema/quote';
import { requireMapping } from '../../../lib/erp/schema/read-mapping';
import type { SchemaMapping } from '../../../lib/erp/schema/mapping';
import type { ErpDatabase } from '../../../lib/erp/store';
import { appointment, claimOf, createWrite, done, exchangeAppointment, leaseInbound, type Statements } from './subject';

/** A database with tables and a mapping of their own. */
export interface NamesSubject {
  readonly database: ErpDatabase;
  readonly erp: Statements;
  readonly close: () => Promise<void>;
}

/** Babelfish knows neither a closing bracket nor Chinese in a name; how SQL Server spells a bracket is checked in `quote.test.ts`. */
const namesOn = (engine: Dialect['name']) => {
  const named = (text: string): string => (engine === 'mssql' ? text.replaceAll(']', '}').replace('漢', '') : text);
  return {
    staff: named(`Leute 'x'; DROP TABLE a; --`),
    visits: named(`Termine "x"]; DROP TABLE y; --`),
    key: named('a b]c"d'),
    employee: named(`wer'?@p1:x$1`),
    subject: named(`Betreff'"[]`),
    start: 'select',
    end: '; DROP TABLE y',
    state: named('Größe ü 漢'),
    branch: '%_-- \\',
  } as const;
};
type Names = ReturnType<typeof namesOn>;

const branch = `W'1"]; DROP TABLE y; --`;
const gone = `J'']`;
const there = `N"'--`;

const mapping = (names: Names): SchemaMapping =>
  requireMapping({
    version: 1,
    name: `ERP '; DROP TABLE y; --`,
    author: `sync'; DROP TABLE y`,
    employees: { table: { name: names.staff }, key: names.key, name: names.subject, email: names.branch },
    appointment: {
      table: { name: names.visits },
      key: [{ column: names.key, generated: 'identity' }],
      employee: names.employee,
      insert: { [names.branch]: branch },
      deleted: { column: names.state, deleted: gone, present: there },
      filter: [{ column: names.branch, in: [branch, "' OR '1'='1"] }],
      fields: {
        subject: { column: names.subject },
        start: { column: names.start, as: 'local' },
        end: { column: names.end, as: 'local' },
      },
    },
  });

const tables = (dialect: Dialect, names: Names): readonly string[] => {
  const isSqlite = dialect.name === 'sqlite';
  const [text, time, identity] = isSqlite
    ? ['TEXT', 'TEXT', 'INTEGER PRIMARY KEY AUTOINCREMENT']
    : ['nvarchar(100)', 'datetime2(0)', 'int IDENTITY(1,1) NOT NULL PRIMARY KEY'];
  const q = dialect.quoteName;
  return [
    `CREATE TABLE ${q(names.staff)} (${q(names.key)} ${isSqlite ? 'INTEGER' : 'int'} NOT NULL PRIMARY KEY, ${q(names.subject)} ${text}, ${q(names.branch)} ${text})`,
    `CREATE TABLE ${q(names.visits)} (${q(names.key)} ${identity}, ${q(names.employee)} int, ${q(names.subject)} ${text}, ${q(names.start)} ${time},
      ${q(names.end)} ${time}, ${q(names.state)} ${text} NOT NULL DEFAULT ${dialect.quoteValue(there)}, ${q(names.branch)} ${text})`,
    `INSERT INTO ${q(names.staff)} (${q(names.key)}, ${q(names.subject)}, ${q(names.branch)}) VALUES (1, ${dialect.quoteValue(branch)}, 'a@x.test')`,
  ];
};

/** Declares the tests for one engine. */
export const namesContract = (
  engine: Dialect['name'],
  open: (tables: readonly string[], mapping: SchemaMapping) => Promise<NamesSubject>,
): void => {
  describe('names, codes and values of a mapping that look like statements', () => {
    const dialect = engine === 'sqlite' ? sqliteDialect : mssqlDialect;
    const q = dialect.quoteName;
    const names = namesOn(engine);
    let subject: NamesSubject;
    before(async () => {
      subject = await open(tables(dialect, names), mapping(names));
    });
    after(() => subject.close());

    const insert = (text: string, where: string) =>
      subject.erp.run(
        `INSERT INTO ${q(names.visits)} (${[names.employee, names.subject, names.start, names.end, names.branch].map(q).join(', ')}) VALUES (1, ?, '2026-03-28T09:00:00', '2026-03-28T10:00:00', ?)`,
        text,
        where,
      );

    it('are read', async () => {
      assert.deepEqual(await subject.database.records.employees(), [{ id: '1', name: branch, email: 'a@x.test', active: true }]);
    });

    it('are watched: what is in the filter is told, what is not is left out', async () => {
      await insert('in the filter', branch);
      await insert('outside', 'W2');
      const rows = await subject.database.store.claim(claimOf('outbound'));
      assert.equal(rows.length, 1);
      const [entry] = await subject.database.records.read('appointment', [rows[0]?.entry.erpId ?? '']);
      assert.equal(entry?.record.subject, 'in the filter');
      assert.equal(entry.inFilter, true);
      assert.equal(
        (await subject.database.records.listWindow('appointment', '1', '2026-03-01T00:00:00', '2026-04-01T00:00:00')).length > 0,
        true,
      );
    });

    it('are written, changed and marked as deleted', async () => {
      const { store, records } = subject.database;
      const write = createWrite(await leaseInbound(subject.database));
      const [created] = await store.commitInbound([write]);
      assert.ok(created?.status === 'written', JSON.stringify(created));
      const { erpId } = created;
      const [stored] = await store.linksBySyncId(['s1']);
      assert.ok(stored);
      const shared = { instance: 'a', outcome: done, kind: 'appointment', employeeId: '1' } as const;
      const expected = (await records.read('appointment', [erpId]))[0]?.record ?? appointment();
      const link = { ...stored, exchangeBase: exchangeAppointment, exchangeId: 'X1', changeKey: 'k2' };
      const [changed] = await store.commitInbound([
        {
          ...shared,
          journalId: await leaseInbound(subject.database, { operation: 'update' }),
          action: { type: 'update', erpId, changes: { subject: 'Neu' }, expected, link },
        },
      ]);
      assert.equal(changed?.status, 'written', JSON.stringify(changed));
      const now = (await records.read('appointment', [erpId]))[0]?.record ?? appointment();
      assert.equal(now.subject, 'Neu');
      const [deleted] = await store.commitInbound([
        {
          ...shared,
          journalId: await leaseInbound(subject.database, { operation: 'delete' }),
          action: { type: 'delete', erpId, expected: now, linkId: stored.id, version: stored.version + 1 },
        },
      ]);
      assert.equal(deleted?.status, 'written', JSON.stringify(deleted));
      const [row] = await subject.erp.all(
        `SELECT ${q(names.state)} AS state, ${q(names.branch)} AS place FROM ${q(names.visits)} WHERE ${q(names.key)} = ?`,
        erpId,
      );
      assert.deepEqual({ ...row }, { state: gone, place: branch });
      assert.deepEqual(await records.read('appointment', [erpId]), []);
    });
  });
};
