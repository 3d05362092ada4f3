/** Where the key of a new record comes from. */
import { sql, type Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { Engine, Row, Value } from '../engine';
import { joinKey } from '../schema/key';
import type { KeyColumn } from '../schema/mapping';
import type { Tables } from '../tables';
import { valueOf } from './converters/converter';
import { newGuid } from './written-values';

/** The one value of a statement's one row. */
const asked = async (trx: Transaction<Tables>, expression: string): Promise<Value> => {
  const { rows } = await sql<{ readonly part: Value }>`SELECT ${sql.raw(expression)} AS part`.execute(trx);
  return rows[0]?.part ?? null;
};

const noSequences = (column: string): SyncError =>
  new SyncError(
    'erp-mapping-invalid',
    'configuration',
    `Key column ${column}: SQLite has no sequences. Choose another source of the key in the schema mapping.`,
    { faults: column },
  );

const partOf = async (engine: Engine, trx: Transaction<Tables>, part: KeyColumn): Promise<Value> => {
  switch (part.generated) {
    case 'constant':
      return valueOf(part.value);
    case 'guid':
      return newGuid();
    case 'expression':
      return asked(trx, `(${part.expression})`);
    case 'sequence':
      if (engine.dialect.name === 'sqlite') throw noSequences(part.column);
      return asked(trx, `NEXT VALUE FOR ${engine.dialect.quoteTable(part.sequence)}`);
    case 'identity':
    case 'procedure':
      return null;
  }
};

/** The parts that are known before the record is written. */
export const newKeyParts = async (engine: Engine, trx: Transaction<Tables>, key: readonly KeyColumn[]): Promise<Row> => {
  const row: Record<string, Value> = {};
  for (const part of key) {
    const value = await partOf(engine, trx, part);
    if (value !== null) row[part.column] = value;
  }
  return row;
};

/** Whether the key of the next record depends on the record before it. */
export const dependsOnRows = (key: readonly KeyColumn[]): boolean => key.some((part) => part.generated === 'expression');

/** The key as text, of parts that are all known by now. */
export const keyOfParts = (key: readonly KeyColumn[], parts: Row): string =>
  joinKey(
    key.map(({ column }) => {
      const value = parts[column];
      if (typeof value === 'string' || typeof value === 'number') return String(value).trimEnd();
      throw new SyncError('erp-refused', 'item', `The ERP gave no value of the key column ${column} to a new record.`, { cause: column });
    }),
  );
