/** How a field of a record is held by columns: one converter a file, each with a read and a write function. Pure. */
import { SyncError } from '../../../model/error';
import type { Value } from '../../engine';
import type { Scalar } from '../../schema/mapping';

/** A field and its columns; `read` takes their values, `write` gives them, in the order of `columns`. */
export interface Converter<Field> {
  readonly columns: readonly string[];
  /** Throws `erp-value-unreadable` (item), which names the column. */
  readonly read: (values: readonly Value[]) => Field;
  readonly write: (field: Field) => readonly Value[];
}

/** A converter for one column. */
export const ofColumn = <Field>(column: string, read: (value: Value) => Field, write: (field: Field) => Value): Converter<Field> => ({
  columns: [column],
  read: ([value = null]) => read(value),
  write: (field) => [write(field)],
});

/** `erp-value-unreadable`; the value itself is content and stays out of it. */
export const unreadable = (column: string, what: string): SyncError =>
  new SyncError(
    'erp-value-unreadable',
    'item',
    `Column ${column} holds no ${what}. Correct the value in the ERP, or the column in the schema mapping.`,
    { column },
  );

/** A value as text; NULL stays null. */
export const textOf = (value: Value, column: string): string | null => {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw unreadable(column, 'text');
};

/** The same without blanks around it; null when nothing is left. */
export const trimmedTextOf = (value: Value, column: string): string | null => {
  const text = (textOf(value, column) ?? '').trim();
  return text === '' ? null : text;
};

/** A constant of the mapping as a column's value. */
export const valueOf = (scalar: Scalar): Value => (typeof scalar === 'boolean' ? Number(scalar) : scalar);

/** What constants and values are compared by: without type and blanks at the end. Null for NULL. */
export const comparable = (value: Value, column: string): string | null => textOf(value, column)?.trimEnd() ?? null;
