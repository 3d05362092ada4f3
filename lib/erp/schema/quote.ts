/** The one place where a name or a constant of the mapping becomes part of a statement. */
import { SyncError } from '../../model/error';
import type { Scalar, TableName } from './mapping';

/** How an engine spells names and constants. */
export interface Dialect {
  readonly name: 'sqlite' | 'mssql';
  /** A quoted identifier. */
  readonly quoteName: (name: string) => string;
  /** A quoted table, with its schema where one is given. */
  readonly quoteTable: (table: TableName) => string;
  /** A constant, for statements that take no parameters (triggers, CHECK). */
  readonly quoteValue: (value: Scalar) => string;
}

/** Schema and name of a table; a text is split at its only dot. */
export const tableParts = (table: TableName): { readonly schema: string | null; readonly name: string } => {
  if (typeof table !== 'string') return { schema: table.schema ?? null, name: table.name };
  const dot = table.indexOf('.');
  return dot < 0 ? { schema: null, name: table } : { schema: table.slice(0, dot), name: table.slice(dot + 1) };
};

/** A quoted text constant of SQLite. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const quoteScalar =
  (text: (value: string) => string) =>
  (value: Scalar): string => {
    if (value === null) return 'NULL';
    if (typeof value === 'string') return text(value);
    return typeof value === 'number' ? String(value) : value ? '1' : '0';
  };

const tableWith =
  (quoteName: (name: string) => string) =>
  (table: TableName): string => {
    const { schema, name } = tableParts(table);
    return schema === null ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
  };

const doubleQuoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const bracketed = (name: string): string => `[${name.replaceAll(']', ']]')}]`;

/** A quoted identifier of SQLite. */
export const quoteName = doubleQuoted;

/** SQLite. It has no schemas of its own: the mapping's are left out, so that one mapping serves both engines. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  quoteName: doubleQuoted,
  quoteTable: (table) => doubleQuoted(tableParts(table).name),
  quoteValue: quoteScalar(quoteText),
};

/** SQL Server: brackets, because they mean the same whatever QUOTED_IDENTIFIER says; texts are Unicode. */
export const mssqlDialect: Dialect = {
  name: 'mssql',
  quoteName: bracketed,
  quoteTable: tableWith(bracketed),
  quoteValue: quoteScalar((text) => `N${quoteText(text)}`),
};

/** Name of a procedure's parameter, without `@`. It cannot be quoted, so it must be a plain name. */
export const parameterName = (name: string): string => {
  if (/^[\p{L}_#$@][\p{L}\p{N}_#$@]{0,126}$/u.test(name)) return name;
  throw new SyncError(
    'mapping-parameter-invalid',
    'configuration',
    `"${name}" cannot be the name of a procedure's parameter. Correct the schema mapping.`,
    { name },
  );
};
