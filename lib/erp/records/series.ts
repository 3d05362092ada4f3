/** Series of an ERP that holds rows of occurrences: the rule is in `sync_series`, the further occurrences beside the record. */
import { sql, type Kysely } from 'kysely';
import { ok } from '../../model/result';
import type { Engine } from '../engine';
import { columnOf } from '../schema/key';
import type { AppointmentMapping } from '../schema/mapping';
import { binary } from '../schema/sync-tables';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import type { Condition } from './keys';
import { asSeries, type SeriesRule } from './occurrences';
import type { Reading } from './reading';

/** Parts of a condition that holds for series. */
export const isSeries = ({ dialect }: Engine, kind: CompiledKind, { fields }: AppointmentMapping): readonly Condition[] => {
  const rule = fields.recurrenceRule;
  if (rule === undefined) return [];
  if ('column' in rule) {
    const column = sql.raw(columnOf(dialect, 'r', rule.column));
    // Old text types of SQL Server cannot be compared.
    return [dialect.name === 'sqlite' ? sql`(${column} IS NOT NULL AND ${column} <> '')` : sql`DATALENGTH(${column}) > 0`];
  }
  const collated = dialect.name === 'sqlite' ? kind.keyText : `${kind.keyText} ${binary}`;
  return [sql`${sql.raw(collated)} IN (SELECT s.erp_id FROM ${sql.table('sync_series')} s WHERE s.kind = ${kind.kind})`];
};

const rulesOf = async (db: Kysely<Tables>, kind: CompiledKind, ids: readonly string[]): Promise<ReadonlyMap<string, SeriesRule>> => {
  const rows = await db
    .selectFrom('sync_series')
    .select(['erp_id', 'recurrence_rule', 'time_zone'])
    .where('kind', '=', kind.kind)
    .where('erp_id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.erp_id, { recurrenceRule: row.recurrence_rule, timeZone: row.time_zone }]));
};

/** First occurrences as the series that they stand for. */
export const withSeries = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  readings: readonly Reading[],
): Promise<readonly Reading[]> => {
  if (kind.occurrences === null || readings.length === 0) return readings;
  const rules = await rulesOf(
    db,
    kind,
    readings.map(({ id }) => id),
  );
  return readings.map((reading) => {
    const rule = rules.get(reading.id);
    if (rule === undefined || !reading.result.ok || reading.result.value.record.kind !== 'appointment') return reading;
    const entry = reading.result.value;
    return { ...reading, result: ok({ ...entry, record: asSeries(reading.result.value.record, rule, engine.timeZone) }) };
  });
};
