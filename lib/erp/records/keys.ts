/** Conditions on keys and employees with parameters of the columns' own types, so that the server looks them up in its indexes. */
import { sql, type RawBuilder } from 'kysely';
import groupBy from 'lodash/groupBy';
import type { Engine } from '../engine';
import { columnOf, splitKey } from '../schema/key';
import type { TableName } from '../schema/mapping';

/** An SQL condition. */
export type Condition = RawBuilder<unknown>;

/** What both need to know of a column to compare it. */
export interface KeyColumns {
  readonly table: TableName;
  /** Alias of the table; null: none. */
  readonly row: string | null;
  /** In the order of the key's parts. */
  readonly columns: readonly string[];
}

const column = ({ dialect }: Engine, row: string | null, name: string): Condition => sql.raw(columnOf(dialect, row, name));

/** A text as a value of a column; NULL, which equals nothing, when the column cannot hold it. */
const valueFor = (engine: Engine, table: TableName, name: string, text: string): Condition => {
  const type = engine.columnType(table, name);
  return type === null ? sql`${text}` : sql`TRY_CONVERT(${sql.raw(type)}, ${text})`;
};

const joined = (conditions: readonly Condition[], word: 'AND' | 'OR'): Condition =>
  conditions.length === 1 ? sql`${sql.join(conditions)}` : sql`(${sql.join(conditions, sql.raw(` ${word} `))})`;

/** All conditions. */
export const allOf = (conditions: readonly Condition[]): Condition => joined(conditions, 'AND');
/** One of the conditions. */
export const anyOf = (conditions: readonly Condition[]): Condition => joined(conditions, 'OR');

/** A column holds one of the texts. */
export const isOneOf = (engine: Engine, { table, row }: Omit<KeyColumns, 'columns'>, name: string, texts: readonly string[]): Condition => {
  const values = texts.map((text) => valueFor(engine, table, name, text));
  return values.length === 1
    ? sql`${column(engine, row, name)} = ${sql.join(values)}`
    : sql`${column(engine, row, name)} IN (${sql.join(values)})`;
};

/** The key is one of the keys; those with the same parts in front, such as the client, are looked up together. */
export const keyIsOneOf = (engine: Engine, where: KeyColumns, keys: readonly string[]): Condition => {
  const { columns } = where;
  const known = keys.flatMap((key) => {
    const parts = splitKey(key, columns.length);
    return parts === null ? [] : [parts];
  });
  if (known.length === 0) return sql`1 = 0`;
  const last = columns.length - 1;
  const groups = Object.values(groupBy(known, (parts) => JSON.stringify(parts.slice(0, last))));
  return anyOf(
    groups.map((group) =>
      allOf(
        columns.map((name, part) =>
          isOneOf(
            engine,
            where,
            name,
            part === last ? group.map((parts) => parts[part] ?? '') : group.slice(0, 1).map((parts) => parts[part] ?? ''),
          ),
        ),
      ),
    ),
  );
};

/** The key comes after another in the server's order; null: any key that is there. */
export const keyIsAfter = (engine: Engine, where: KeyColumns, key: string | null): Condition => {
  const { table, row, columns } = where;
  const parts = key === null ? null : splitKey(key, columns.length);
  if (parts === null) return allOf(columns.map((name) => sql`${column(engine, row, name)} IS NOT NULL`));
  return anyOf(
    columns.map((name, part) => {
      const same = columns.slice(0, part).map((earlier, at) => isOneOf(engine, where, earlier, [parts[at] ?? '']));
      return allOf([...same, sql`${column(engine, row, name)} > ${valueFor(engine, table, name, parts[part] ?? '')}`]);
    }),
  );
};

/** Two tables name the same record. */
export const sameKey = (engine: Engine, left: KeyColumns, right: KeyColumns): Condition =>
  allOf(
    left.columns.map((name, part) => sql`${column(engine, left.row, name)} = ${column(engine, right.row, right.columns[part] ?? name)}`),
  );
