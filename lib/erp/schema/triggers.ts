/** The outbox triggers that a mapping asks for, by dialect. They carry a mark by which they are known again. */
import { createHash } from 'node:crypto';
import type { SchemaMapping, TableName } from './mapping';
import { tableParts, type Dialect } from './quote';
import { needed, type Statement } from './statement';
import * as mssql from './triggers-mssql';
import * as sqlite from './triggers-sqlite';
import { watchedTables, type WatchedTable } from './watched';

/** A trigger, with the statement that creates it exactly as the database keeps it. */
export interface Trigger {
  readonly name: string;
  /** The table that it watches. */
  readonly table: TableName;
  readonly sql: string;
  /** Tells this trigger from one of another mapping or version; stands in its text. */
  readonly mark: string;
}

/** What begins every mark; no other program's trigger has it. */
export const markBegin = 'exchange-erp trigger';

/** The mark in a trigger's text; null: the trigger is not ours. */
export const markOf = (text: string): string | null => /\/\* (exchange-erp trigger [0-9a-f]+) \*\//.exec(text)?.[1] ?? null;

interface Part {
  readonly event: string;
  readonly head: string;
  readonly body: readonly string[];
}

const triggerOf = (dialect: Dialect, kind: string, table: TableName, { event, head, body }: Part): Trigger => {
  const name = `sync_${kind}_${event}`;
  const mark = `${markBegin} ${createHash('sha256')
    .update(JSON.stringify([head, body]))
    .digest('hex')
    .slice(0, 16)}`;
  const lines = [`/* ${mark} */`, ...body].map((line) => `  ${line}`);
  const { schema } = tableParts(table);
  const quotedName =
    dialect.name === 'sqlite' ? dialect.quoteName(name) : dialect.quoteTable(schema === null ? { name } : { schema, name });
  const begin =
    dialect.name === 'sqlite' ? `CREATE TRIGGER ${quotedName} ${head}\nBEGIN` : `CREATE TRIGGER ${quotedName} ${head}\nAS\nBEGIN`;
  return { name, table, sql: [begin, ...lines, 'END'].join('\n'), mark };
};

const triggersOf = (dialect: Dialect, table: WatchedTable, incomparable: readonly string[]): readonly Trigger[] => {
  const { kind, participants } = table;
  const [own, ofParticipants] =
    dialect.name === 'sqlite'
      ? [sqlite.recordTriggers(table), sqlite.participantTriggers(table)]
      : [mssql.recordTriggers(table, incomparable), mssql.participantTriggers(table)];
  return [
    ...own.map((part) => triggerOf(dialect, kind, table.table, part)),
    ...(participants === null ? [] : ofParticipants.map((part) => triggerOf(dialect, kind, participants.table, part))),
  ];
};

/**
 * Columns whose old and new values SQL Server does not compare (text, ntext, image, xml and such), by kind and in lower case: a statement
 * that writes one queues a row, and reading finds out whether anything changed.
 */
export type IncomparableColumns = Readonly<Partial<Record<WatchedTable['kind'], readonly string[]>>>;

/** All outbox triggers of a mapping. */
export const outboxTriggers = (mapping: SchemaMapping, dialect: Dialect, incomparable: IncomparableColumns = {}): readonly Trigger[] =>
  watchedTables(mapping).flatMap((table) => triggersOf(dialect, table, incomparable[table.kind] ?? []));

/**
 * Takes away every trigger that carries our mark, whatever mapping it came from. SQL Server only: SQLite has no loops, there the triggers
 * present are read first.
 */
const dropMarked = `DECLARE @name nvarchar(600) = N'';
WHILE @name IS NOT NULL
BEGIN
  SET @name = (SELECT TOP (1) QUOTENAME(SCHEMA_NAME(o.schema_id)) + N'.' + QUOTENAME(t.name)
    FROM sys.triggers t JOIN sys.objects o ON o.object_id = t.parent_id
    WHERE OBJECT_DEFINITION(t.object_id) LIKE N'%/* ${markBegin} %' ORDER BY t.name);
  IF @name IS NOT NULL EXEC (N'DROP TRIGGER ' + @name);
END`;

/** Statements that take our triggers away; `present`: names of the triggers that a SQLite file has. */
export const dropTriggers = (dialect: Dialect, present: readonly string[]): readonly Statement[] =>
  dialect.name === 'mssql'
    ? [needed('Take away the triggers of an earlier mapping or version', dropMarked)]
    : present.map((name) =>
        needed('Take away the triggers of an earlier mapping or version', `DROP TRIGGER IF EXISTS ${dialect.quoteName(name)}`),
      );

/** Statements that create the triggers. */
export const createTriggers = (triggers: readonly Trigger[]): readonly Statement[] =>
  triggers.map(({ name, sql }) => needed(`Outbox: ${name}`, sql));
