/** The mapping's conditions as SQL: for SELECTs and triggers alike, so that both mean the same records. */
import { columnOf } from './key';
import type { Condition, DeletedMark, Scalar } from './mapping';
import type { Dialect } from './quote';

/** SQL Server turns a text into what the column is; a number would turn the column, and fail where it holds a letter. */
const constant = (dialect: Dialect, value: Scalar): string =>
  dialect.name === 'sqlite' || value === null || typeof value === 'string'
    ? dialect.quoteValue(value)
    : dialect.quoteValue(typeof value === 'number' ? String(value) : value ? '1' : '0');

const listOf = (dialect: Dialect, values: readonly Scalar[]): string | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.map((value) => constant(dialect, value)).join(', ');
};

const conditionText = (dialect: Dialect, row: string | null, condition: Condition): string => {
  const column = columnOf(dialect, row, condition.column);
  if ('isNull' in condition) return `${column} IS ${condition.isNull ? '' : 'NOT '}NULL`;
  if ('in' in condition) {
    const list = listOf(dialect, condition.in);
    // IN alone is unknown for NULL, and NOT of it would be unknown, too.
    return list === null ? '1 = 0' : `(${column} IS NOT NULL AND ${column} IN (${list}))`;
  }
  const list = listOf(dialect, condition.notIn);
  return list === null ? '1 = 1' : `(${column} IS NULL OR ${column} NOT IN (${list}))`;
};

/** Whether all conditions hold for a row; an SQL condition that is never unknown. `row` as in `columnOf`. */
export const filterHolds = (dialect: Dialect, row: string | null, filter: readonly Condition[]): string =>
  filter.length === 0 ? '1 = 1' : filter.map((condition) => conditionText(dialect, row, condition)).join(' AND ');

/** Whether the ERP has not marked a row as deleted; an SQL condition that is never unknown. */
export const isPresent = (dialect: Dialect, row: string | null, mark: DeletedMark | null): string =>
  mark === null ? '1 = 1' : conditionText(dialect, row, { column: mark.column, notIn: [mark.deleted] });
