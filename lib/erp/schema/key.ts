/**
 * Keys as text: what links and journal rows call a record, an employee or an activity type by. SELECTs and triggers build the text by the
 * same SQL expression, so that numbers, GUIDs and padded columns look alike everywhere.
 */
import type { Dialect } from './quote';

/** Longest key, as the sync tables keep it. */
export const keyLength = 450;

/**
 * One column's value as text; NULL stays NULL. `column` is an SQL expression.
 * SQL Server: style 126 is ISO for dates, whatever the session's language, and ignored for the rest; blanks at the end mean nothing
 * there, and one table may pad what another does not.
 */
const partText = (dialect: Dialect, column: string): string =>
  dialect.name === 'sqlite' ? `CAST(${column} AS TEXT)` : `RTRIM(CONVERT(nvarchar(${keyLength}), ${column}, 126))`;

/** A column of a row; `row`: alias of the table, or what the row is called in a trigger; null: no alias. */
export const columnOf = (dialect: Dialect, row: string | null, column: string): string =>
  row === null ? dialect.quoteName(column) : `${row}.${dialect.quoteName(column)}`;

/** The text of a one-part key, such as an employee's; an SQL expression. */
export const keyTextOf = (dialect: Dialect, row: string | null, column: string): string =>
  partText(dialect, columnOf(dialect, row, column));

/**
 * The text of a key, an SQL expression: one part as it is, several joined by `|`, with `\` before a `|` or `\` of their own.
 * `columns` in the order of the mapping's key parts: the record's own, or those of another table that name the record.
 */
export const keyText = (dialect: Dialect, row: string | null, columns: readonly string[]): string => {
  const parts = columns.map((column) => keyTextOf(dialect, row, column));
  if (parts.length === 1) return parts.join('');
  const quoted = (text: string): string => dialect.quoteValue(text);
  const escaped = (part: string): string =>
    `REPLACE(REPLACE(${part}, ${quoted('\\')}, ${quoted('\\\\')}), ${quoted('|')}, ${quoted('\\|')})`;
  return parts.map(escaped).join(dialect.name === 'sqlite' ? " || '|' || " : " + N'|' + ");
};

/** The same in TypeScript, of values that are texts already. */
export const joinKey = (parts: readonly string[]): string => {
  const [only, ...others] = parts;
  return others.length === 0 ? (only ?? '') : parts.map((part) => part.replaceAll(/[\\|]/g, '\\$&')).join('|');
};

/** The parts of a key's text; null when it does not have so many. */
export const splitKey = (key: string, count: number): readonly string[] | null => {
  if (count === 1) return [key];
  const parts = [''];
  for (const [, escaped, other] of key.matchAll(/\\([\\|])|([^])/g)) {
    if (other === '|') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${escaped ?? other ?? ''}`);
  }
  return parts.length === count ? parts : null;
};
