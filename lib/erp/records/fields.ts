/** Fields of a record bound to the columns of a row, which a SELECT names `c0`, `c1`, …: a server may change the case of other names. */
import isEqual from 'lodash/isEqual';
import type { Row, Value } from '../engine';
import { cannotHold } from './cannot-hold';
import type { Converter } from './converters/converter';
import type { TimeConverter } from './converters/time';

/** A value for a column. */
export type Cell = readonly [column: string, value: Value];

/** A field that is read from a row and gives cells. */
export interface Field<Held> {
  readonly read: (row: Row) => Held;
  readonly write: (held: Held) => readonly Cell[];
}

/** A time that is local in `zone`. */
export interface TimeField {
  readonly read: (row: Row, zone: string) => string | null;
  readonly write: (local: string | null, zone: string) => readonly Cell[];
}

/** The columns that fields are read from, each once. */
export interface Columns {
  readonly names: readonly string[];
  /** Adds columns without a field of their own. */
  readonly add: (columns: readonly string[]) => void;
  readonly field: <Held>(converter: Converter<Held>) => Field<Held>;
  readonly time: (converter: TimeConverter) => TimeField;
}

/** Name of a column in a row. */
export const aliasOf = (index: number): string => `c${index}`;

/** An empty list of columns. */
export const createColumns = (): Columns => {
  const names: string[] = [];
  const place = (column: string): string => {
    const known = names.indexOf(column);
    return aliasOf(known < 0 ? names.push(column) - 1 : known);
  };
  const values = (aliases: readonly string[]) => (row: Row) => aliases.map((alias) => row[alias] ?? null);
  const cells = (columns: readonly string[], written: readonly Value[]): readonly Cell[] =>
    columns.map((column, index) => [column, written[index] ?? null]);
  return {
    names,
    add: (columns) => {
      for (const column of columns) place(column);
    },
    field: ({ columns, read, write }) => {
      const of = values(columns.map(place));
      return { read: (row) => read(of(row)), write: (held) => cells(columns, write(held)) };
    },
    time: ({ columns, read, write }) => {
      const of = values(columns.map(place));
      return { read: (row, zone) => read(of(row), zone), write: (local, zone) => cells(columns, write(local, zone)) };
    },
  };
};

/** A field that this ERP does not hold. */
export const absent = <Held>(neutral: Held): Field<Held> => ({ read: () => neutral, write: () => [] });

/** Cells as a row by column. Two fields may share a column, such as the date of start and end, as long as both say the same. */
export const rowOfCells = (cells: readonly Cell[], names: readonly string[]): Row => {
  const row: Record<string, Value> = {};
  for (const [column, value] of cells) {
    if (Object.hasOwn(row, column) && !isEqual(row[column], value)) {
      throw cannotHold(names.join(', '), `column ${column} would have to hold two values, as for an appointment over midnight`);
    }
    row[column] = value;
  }
  return row;
};

/** A written row as a SELECT would give it. */
export const aliasedRow = (columns: readonly string[], row: Row): Row =>
  Object.fromEntries(columns.map((column, index) => [aliasOf(index), row[column] ?? null]));
