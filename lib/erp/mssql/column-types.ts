/** Types of the columns that keys and employees are looked up by: a parameter of another type would make the server read the whole table. */
import { sql } from 'kysely';
import { kinds } from '../../model/kind';
import type { Engine } from '../engine';
import { mappingOf, tablesBeside, type SchemaMapping, type TableName } from '../schema/mapping';
import { mssqlDialect } from '../schema/quote';

interface ColumnRow {
  readonly name: string;
  readonly type_name: string;
  /** Bytes; -1 for `max`. */
  readonly max_length: number;
  readonly precision: number;
  readonly scale: number;
}

/** The type as a CAST names it. */
const castType = ({ type_name: type, max_length: bytes, precision, scale }: ColumnRow): string => {
  const length = (characters: number): string => (bytes < 0 ? 'max' : String(characters));
  switch (type) {
    case 'char':
    case 'varchar':
      return `${type}(${length(bytes)})`;
    case 'nchar':
    case 'nvarchar':
      return `${type}(${length(bytes / 2)})`;
    case 'decimal':
    case 'numeric':
      return `${type}(${precision}, ${scale})`;
    default:
      return type;
  }
};

/** Types of the system; what a company has named itself is compared as text. */
const known = /^(?:tinyint|smallint|int|bigint|decimal|numeric|n?varchar|n?char|uniqueidentifier|date|datetime|smalldatetime|datetime2)$/;

const columnsOf = async (engine: Engine, table: TableName): Promise<readonly (readonly [string, string])[]> => {
  const { rows } = await engine.read((db) =>
    sql<ColumnRow>`SELECT c.name AS name, t.name AS type_name, c.max_length AS max_length, c.precision AS precision, c.scale AS scale
      FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id
      WHERE c.object_id = OBJECT_ID(${mssqlDialect.quoteTable(table)})`.execute(db),
  );
  return rows.filter(({ type_name: type }) => known.test(type)).map((row) => [columnKey(table, row.name), castType(row)]);
};

const columnKey = (table: TableName, column: string): string => `${mssqlDialect.quoteTable(table)} ${column}`.toLowerCase();

/** `Engine.columnType` for the tables of a mapping. */
export const readColumnTypes = async (engine: Engine, mapping: SchemaMapping): Promise<Engine['columnType']> => {
  const tables = kinds.flatMap((kind) => {
    const own = mappingOf(mapping, kind);
    return own === null ? [] : [own.table, ...tablesBeside(own).map(({ table }) => table)];
  });
  const types = new Map<string, string>();
  for (const table of tables) for (const [column, type] of await columnsOf(engine, table)) types.set(column, type);
  return (table, column) => types.get(columnKey(table, column)) ?? null;
};
