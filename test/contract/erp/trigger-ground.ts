/** A database of an ERP with names as hostile as they can be, on either engine, for the tests of triggers and scripts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import sql from 'mssql';
import type { Engine } from '../../../lib/erp/engine';
import * as mssqlInstall from '../../../lib/erp/mssql/install';
import { connectMssql } from '../../../lib/erp/mssql/open';
import type { Finding } from '../../../lib/erp/schema/finding';
import type { SchemaMapping } from '../../../lib/erp/schema/mapping';
import { mssqlDialect, sqliteDialect, type Dialect } from '../../../lib/erp/schema/quote';
import { requireMapping } from '../../../lib/erp/schema/read-mapping';
import type { Refusal } from '../../../lib/erp/schema/run-statements';
import * as sqliteInstall from '../../../lib/erp/sqlite/install';
import { connectSqlite } from '../../../lib/erp/sqlite/open';
import { createMssqlDatabase } from '../../support/mssql-server';

/** Rows of a result. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Names of tables and columns that end quotes, begin comments and look like statements. */
const hostileNames = {
  people: `PERSONAL] "x"`,
  record: `TERMIN'; DROP TABLE t; --`,
  participant: `TEILN]]"" 'x`,
  client: `MAND]`,
  no: `NR"`,
  person: `PERS'`,
  subject: `BETR]"'`,
  body: `NOTIZ ;`,
  from: `VON--`,
  to: `BIS/*`,
  branch: `FIL*/`,
  gone: `GEL[`,
  other: `SONST`,
} as const;

/** Names by what they stand for. */
export type Names = Readonly<Record<keyof typeof hostileNames, string>>;

/** The same for a server that does not know how `]` is written in a name. */
const withoutBracket: Names = {
  ...hostileNames,
  people: `PERSONAL "x"`,
  participant: `TEILN"" 'x`,
  client: 'MAND',
  subject: `BETR"'`,
};

/** One database, open for the ERP and for the service. */
export interface Ground {
  readonly dialect: Dialect;
  readonly names: Names;
  /** Statements of the ERP, on one connection of its own. */
  readonly run: (...statements: readonly string[]) => Promise<void>;
  readonly all: (statement: string) => Promise<Rows>;
  readonly engine: Engine;
  readonly apply: (mapping: SchemaMapping) => Promise<readonly Refusal[]>;
  readonly check: (mapping: SchemaMapping) => Promise<readonly Finding[]>;
  readonly uninstall: (mapping: SchemaMapping) => Promise<readonly Refusal[]>;
  /** Everything in the database that has a name, with what it is made of where the engine tells. */
  readonly objects: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Opens an empty database. */
export type OpenGround = () => Promise<Ground>;

const installers = (engine: Engine, { applySchema, checkSchema, uninstallSchema }: typeof sqliteInstall | typeof mssqlInstall) => ({
  apply: (mapping: SchemaMapping) => applySchema(engine, mapping),
  check: (mapping: SchemaMapping) => checkSchema(engine, mapping),
  uninstall: (mapping: SchemaMapping) => uninstallSchema(engine, mapping),
});

/** In a file. */
export const openSqliteGround: OpenGround = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'erp-triggers-'));
  const file = path.join(folder, 'erp.sqlite');
  const erp = new DatabaseSync(file);
  // A file without tables is no database yet.
  erp.exec('PRAGMA user_version = 1');
  const { engine, close } = await connectSqlite({ file, timeZone: 'Europe/Vienna' });
  return {
    dialect: sqliteDialect,
    names: hostileNames,
    run: async (...statements) => {
      await Promise.resolve();
      for (const statement of statements) erp.exec(statement);
    },
    all: (statement) => Promise.resolve().then(() => erp.prepare(statement).all()),
    engine,
    ...installers(engine, sqliteInstall),
    // SQLite keeps the table of its counters for ever.
    objects: () =>
      Promise.resolve(
        erp
          .prepare(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY line",
          )
          .all()
          .map((row) => String(row['line'])),
      ),
    close: async () => {
      erp.close();
      await close();
      await rm(folder, { recursive: true });
    },
  };
};

/** On the server that `MSSQL_URL` names. */
export const openMssqlGround: OpenGround = async () => {
  const own = await createMssqlDatabase();
  // One connection, so that what a session says holds for all of its statements.
  const pool = await new sql.ConnectionPool({ ...own.config, pool: { min: 1, max: 1 } }).connect();
  const { engine, close } = await connectMssql({ connection: own.connection, timeZone: 'Europe/Vienna' });
  const all = async (statement: string): Promise<Rows> => [
    ...(await pool.request().batch<Readonly<Record<string, unknown>>>(statement)).recordset,
  ];
  const knowsBracket = await pool
    .request()
    .batch('CREATE TABLE [a]]b] (x int); DROP TABLE [a]]b]')
    .then(
      () => true,
      () => false,
    );
  return {
    dialect: mssqlDialect,
    names: knowsBracket ? hostileNames : withoutBracket,
    run: async (...statements) => {
      for (const statement of statements) await pool.request().batch(statement);
    },
    all,
    engine,
    ...installers(engine, mssqlInstall),
    objects: async () => {
      const rows = await all(`SELECT CONCAT(o.type, N' ', o.name) AS line FROM sys.objects o WHERE o.schema_id = SCHEMA_ID(N'dbo')
        UNION ALL SELECT CONCAT(N'role ', p.name) FROM sys.database_principals p WHERE p.type = N'R' ORDER BY line`);
      return rows.map((row) => String(row['line']));
    },
    close: async () => {
      await close();
      await pool.close();
      await own.drop();
    },
  };
};

/** A mapping with a composite text key, a filter, a soft-delete flag and a participants' table. */
export const hostileMapping = ({ names }: Pick<Ground, 'names'>): SchemaMapping =>
  requireMapping({
    version: 1,
    name: `Firma */ GO ]"'`,
    employees: { table: { name: names.people }, key: 'ID', name: 'NAME', email: 'MAIL' },
    appointment: {
      table: { name: names.record },
      key: [
        { column: names.client, generated: 'constant', value: `M'1` },
        { column: names.no, generated: 'guid' },
      ],
      employee: names.person,
      participants: { table: { name: names.participant }, record: [names.client, names.no], employee: names.person },
      deleted: { column: names.gone, deleted: `J'`, present: 'N' },
      filter: [{ column: names.branch, in: [`W'`, 'L'] }],
      fields: {
        subject: { column: names.subject },
        body: { column: names.body },
        start: { column: names.from, as: 'local' },
        end: { column: names.to, as: 'local' },
      },
    },
  });

/** A mapping of an ERP that knows no series: rows of one table are occurrences of others. */
export const occurrencesMapping: SchemaMapping = requireMapping({
  version: 1,
  name: 'Serien',
  employees: { table: 'mitarbeiter', key: 'id', name: 'name', email: 'mail' },
  appointment: {
    table: 'serientermin',
    key: [{ column: 'id', generated: 'identity' }],
    employee: 'mitarbeiter_id',
    fields: {
      subject: { column: 'betreff' },
      start: { column: 'von', as: 'local' },
      end: { column: 'bis', as: 'local' },
      recurrenceRule: { occurrencesOf: 'stamm_id', days: 100 },
    },
  },
});

/** Statements that create the tables of both mappings. */
export const erpTables = ({ dialect, names }: Ground): readonly string[] => {
  const q = dialect.quoteName;
  const [text, key] =
    dialect.name === 'sqlite' ? ['TEXT', 'INTEGER PRIMARY KEY'] : ['nvarchar(100)', 'int IDENTITY(1,1) NOT NULL PRIMARY KEY'];
  const padded = dialect.name === 'sqlite' ? 'TEXT' : 'nchar(20)';
  return [
    `CREATE TABLE ${q(names.people)} (ID ${padded} NOT NULL PRIMARY KEY, NAME ${text} NOT NULL, MAIL ${text} NULL)`,
    `CREATE TABLE ${q(names.record)} (${q(names.client)} ${padded} NOT NULL, ${q(names.no)} ${padded} NOT NULL, ${q(names.person)} ${padded} NULL,
      ${q(names.subject)} ${text} NULL, ${q(names.body)} ${text} NULL, ${q(names.from)} ${text} NULL, ${q(names.to)} ${text} NULL,
      ${q(names.branch)} ${text} NULL, ${q(names.gone)} ${text} NULL, ${q(names.other)} ${text} NULL, PRIMARY KEY (${q(names.client)}, ${q(names.no)}))`,
    `CREATE TABLE ${q(names.participant)} (${q(names.client)} ${padded} NOT NULL, ${q(names.no)} ${padded} NOT NULL, ${q(names.person)} ${padded} NOT NULL,
      PRIMARY KEY (${q(names.client)}, ${q(names.no)}, ${q(names.person)}))`,
    `CREATE TABLE mitarbeiter (id int NOT NULL PRIMARY KEY, name ${text} NOT NULL, mail ${text} NULL)`,
    `CREATE TABLE serientermin (id ${key}, mitarbeiter_id int NULL, betreff ${text} NULL, von ${text} NULL, bis ${text} NULL, stamm_id int NULL, sonst ${text} NULL)`,
  ];
};
