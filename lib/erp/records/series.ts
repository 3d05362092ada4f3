/** Series of an ERP that holds rows of occurrences: the rule is in `sync_series`, the further occurrences beside the record. */
import { sql, type Kysely } from 'kysely';
import { toSyncError } from '../../model/error';
import type { ErpAppointment } from '../../model/item';
import { fail, ok } from '../../model/result';
import type { Engine } from '../engine';
import { columnOf } from '../schema/key';
import type { AppointmentMapping } from '../schema/mapping';
import { binary } from '../schema/sync-tables';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import type { Condition } from './keys';
import { exceptionsOfRows, knownSeries, rowsOfSeries, type KnownSeries, type OccurrenceRow } from './occurrence-rows';
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

/** A series of which a record is the first occurrence, or was: `gone`. */
const seriesFrom = (
  engine: Engine,
  kind: CompiledKind,
  { id, first, gone }: { readonly id: string; readonly first: ErpAppointment; readonly gone: boolean },
  rule: SeriesRule,
  { series: written, occurrences }: KnownSeries,
  rows: ReadonlyMap<string, OccurrenceRow>,
): ErpAppointment => {
  const zone = engine.timeZone;
  if (written === null) return asSeries(first, rule, zone);
  // Of what an occurrence cannot have of its own, the record says it for the series.
  const series = { ...written, ...rule, sensitivity: first.sensitivity, exceptions: [], equipment: [] };
  const rowOf = (key: string): ErpAppointment | null => {
    if (key === id) return gone ? null : first;
    const row = rows.get(key);
    const record = row === undefined ? null : kind.read(row);
    return record?.kind === 'appointment' ? record : null;
  };
  return { ...series, exceptions: exceptionsOfRows(kind, occurrences, series, rowOf, zone) };
};

/** First occurrences as the series that they stand for; `gone`: records that are gone, of which other rows are there. */
export const withSeries = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  readings: readonly Reading[],
  gone: ReadonlySet<string> = new Set(),
): Promise<readonly Reading[]> => {
  if (kind.occurrences === null || readings.length === 0) return readings;
  const ids = readings.map(({ id }) => id);
  const rules = await rulesOf(db, kind, ids);
  const series = ids.filter((id) => rules.has(id));
  if (series.length === 0) return readings;
  const known = await knownSeries(db, kind, series);
  const rows = await rowsOfSeries(engine, db, kind, series);
  return readings.map((reading) => {
    const { id, result } = reading;
    const rule = rules.get(id);
    if (rule === undefined || !result.ok || result.value.record.kind !== 'appointment') return reading;
    const first = { id, first: result.value.record, gone: gone.has(id) };
    try {
      const record = seriesFrom(engine, kind, first, rule, known.get(id) ?? { series: null, occurrences: [] }, rows);
      return { ...reading, result: ok({ ...result.value, record }) };
    } catch (thrown) {
      return { ...reading, result: fail(toSyncError(thrown)) };
    }
  });
};
