/** Names of the equipment that is assigned to records. Only read: assigning is the ERP's business. */
import { sql, type Kysely } from 'kysely';
import groupBy from 'lodash/groupBy';
import { ok } from '../../model/result';
import type { Engine, Value } from '../engine';
import { columnOf } from '../schema/key';
import { equipmentOf, type EquipmentMapping } from '../schema/mapping';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { trimmedTextOf } from './converters/converter';
import { keyIsOneOf, sameKey } from './keys';
import type { Reading } from './reading';

interface EquipmentRow {
  readonly record_key: string;
  readonly equipment_name: Value;
}

const rowsOf = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  { table, record: named, equipment, names }: EquipmentMapping,
  ids: readonly string[],
): Promise<readonly EquipmentRow[]> => {
  const { dialect } = engine;
  const record = { table: kind.mapping.table, row: 'r', columns: kind.keyColumns };
  const assigned = { table, row: 'a', columns: named };
  const piece = columnOf(dialect, 'a', equipment);
  const { rows } = await sql<EquipmentRow>`
    SELECT ${sql.raw(kind.keyText)} AS record_key, ${sql.raw(columnOf(dialect, 'q', names.name))} AS equipment_name
    FROM ${sql.raw(kind.source)} JOIN ${sql.raw(dialect.quoteTable(table))} a ON ${sameKey(engine, record, assigned)}
    JOIN ${sql.raw(dialect.quoteTable(names.table))} q ON ${sql.raw(`${columnOf(dialect, 'q', names.key)} = ${piece}`)}
    WHERE ${keyIsOneOf(engine, record, ids)} ORDER BY ${sql.raw(piece)}`.execute(db);
  return rows;
};

/** Appointments with the names of their equipment, in order of its keys. */
export const withEquipment = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  readings: readonly Reading[],
): Promise<readonly Reading[]> => {
  const mapping = equipmentOf(kind.mapping);
  if (mapping === null || readings.length === 0) return readings;
  const ids = readings.map(({ id }) => id);
  const rows = groupBy(await rowsOf(engine, db, kind, mapping, ids), (row) => row.record_key);
  return readings.map((reading) => {
    if (!reading.result.ok || reading.result.value.record.kind !== 'appointment') return reading;
    const { value } = reading.result;
    const equipment = (rows[reading.id] ?? []).flatMap((row) => trimmedTextOf(row.equipment_name, mapping.names.name) ?? []);
    return { ...reading, result: ok({ ...value, record: { ...reading.result.value.record, equipment } }) };
  });
};
