/** The outbox triggers that a mapping asks for, by dialect. They carry a mark by which they are known again. */
import { createHash } from 'node:crypto';
import { kinds } from '../../model/kind';
import type { SchemaMapping, TableName } from './mapping';
import { tableParts, type Dialect } from './quote';
import { needed, type Statement } from './statement';
import * as mssql from './triggers-mssql';
import * as sqlite from './triggers-sqlite';
import { partNames, watchedTables, type WatchedParts, type WatchedTable } from './watched';

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

/** What the columns of each kind's table are like; what is not known is ordinary. */
export type TraitsByKind = Readonly<Partial<Record<WatchedTable['kind'], mssql.ColumnTraits>>>;

const ordinary: mssql.ColumnTraits = { incomparable: [], computed: [] };

const partsOf = (dialect: Dialect, table: WatchedTable, traits: mssql.ColumnTraits) =>
  dialect.name === 'sqlite'
    ? {
        own: sqlite.recordTriggers(table),
        ofParticipants: sqlite.participantTriggers(table),
        ofParts: (parts: WatchedParts) => sqlite.partTriggers(table, parts),
      }
    : {
        own: mssql.recordTriggers(table, traits),
        ofParticipants: mssql.participantTriggers(table),
        ofParts: (parts: WatchedParts) => mssql.partTriggers(table, parts),
      };

const triggersOf = (dialect: Dialect, table: WatchedTable, traits: mssql.ColumnTraits): readonly Trigger[] => {
  const { kind, participants, parts } = table;
  const { own, ofParticipants, ofParts } = partsOf(dialect, table, traits);
  return [
    ...own.map((part) => triggerOf(dialect, kind, table.table, part)),
    ...(participants === null ? [] : ofParticipants.map((part) => triggerOf(dialect, kind, participants.table, part))),
    ...parts.flatMap((one) => ofParts(one).map((part) => triggerOf(dialect, kind, one.table, part))),
  ];
};

/** All outbox triggers of a mapping. */
export const outboxTriggers = (mapping: SchemaMapping, dialect: Dialect, traits: TraitsByKind = {}): readonly Trigger[] =>
  watchedTables(mapping).flatMap((table) => triggersOf(dialect, table, traits[table.kind] ?? ordinary));

/** Takes away every trigger that carries our mark, whatever mapping it came from. */
const dropMarked = `DECLARE @name nvarchar(600) = N'';
WHILE @name IS NOT NULL
BEGIN
  SET @name = (SELECT TOP (1) QUOTENAME(SCHEMA_NAME(o.schema_id)) + N'.' + QUOTENAME(t.name)
    FROM sys.triggers t JOIN sys.objects o ON o.object_id = t.parent_id JOIN sys.sql_modules m ON m.object_id = t.object_id
    WHERE m.definition LIKE N'%/* ${markBegin} %' ORDER BY t.name);
  IF @name IS NOT NULL EXEC (N'DROP TRIGGER ' + @name);
END`;

/** SQLite cannot loop over what is there: every name that any mapping gives. */
const everyName = kinds.flatMap((kind) =>
  [
    ...['insert', 'move', 'update', 'delete'],
    ...['participant', ...partNames].flatMap((table) => ['insert', 'update', 'delete'].map((event) => `${table}_${event}`)),
  ].map((event) => `sync_${kind}_${event}`),
);

/** Statements that take away the triggers of this and every other mapping and version. */
export const dropTriggers = (dialect: Dialect): readonly Statement[] =>
  dialect.name === 'mssql'
    ? [needed('Take away the triggers of an earlier mapping or version', dropMarked)]
    : everyName.map((name) =>
        needed('Take away the trigger of an earlier mapping or version', `DROP TRIGGER IF EXISTS ${dialect.quoteName(name)}`),
      );

/** Statements that create triggers. */
export const createTriggers = (triggers: readonly Trigger[]): readonly Statement[] =>
  triggers.map(({ name, sql }) => needed(`Outbox: ${name}`, sql));
