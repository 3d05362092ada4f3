/** Rows of occurrences, in an ERP that knows no series: what happens to one happens to its series. */
import chunk from 'lodash/chunk';
import uniqBy from 'lodash/uniqBy';
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { keyIsOneOf } from '../records/keys';
import { keyOfRecord } from '../records/read';
import { isPresent } from '../schema/condition';
import type { Tables } from '../tables';
import type { Changed } from './source';

/** Keys per statement; an engine limits the number of parameters. */
const keysPerStatement = 500;

const seriesOfRows = async (
  db: Kysely<Tables>,
  { kind }: CompiledKind,
  rowKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const series = new Map<string, string>();
  for (const part of chunk(rowKeys, keysPerStatement)) {
    const rows = await db
      .selectFrom('sync_occurrence')
      .select(['row_key', 'erp_id'])
      .where('kind', '=', kind)
      .where('row_key', 'in', part)
      .execute();
    for (const { row_key: rowKey, erp_id: id } of rows) if (rowKey !== null) series.set(rowKey, id);
  }
  return series;
};

/** Changed records, with series in place of the rows that are their occurrences; each once. */
export const bySeries = async (
  { engine, compiled }: { readonly engine: Engine; readonly compiled: CompiledKind },
  changed: readonly Changed[],
): Promise<readonly Changed[]> => {
  if (compiled.occurrences === null || changed.length === 0) return changed;
  const keys = changed.map(({ erpId }) => erpId);
  const series = await engine.read((db) => seriesOfRows(db, compiled, keys));
  const told = changed.map((one): Changed => {
    const id = series.get(one.erpId);
    return id === undefined || id === one.erpId ? one : { erpId: id, deleted: false };
  });
  // Of a series that is gone its own record tells.
  return uniqBy(
    told.toSorted((one, other) => Number(other.deleted) - Number(one.deleted)),
    ({ erpId }) => erpId,
  );
};

/** An occurrence that has a row, or had one. */
export interface RowOfSeries {
  readonly erpId: string;
  readonly originalStart: string;
  readonly rowKey: string;
  /** It was found missing by an earlier comparison. */
  readonly gone: boolean;
}

/** A page of the rows of a kind's series, in their order. */
export const pageOfRows = async (
  db: Kysely<Tables>,
  { kind }: CompiledKind,
  after: RowOfSeries | null,
  limit: number,
): Promise<readonly RowOfSeries[]> => {
  const rows = await db
    .selectFrom('sync_occurrence')
    .select(['erp_id', 'original_start', 'row_key', 'gone_at'])
    .where('kind', '=', kind)
    .where('row_key', 'is not', null)
    .$if(after !== null, (query) =>
      query.where((where) =>
        where.or([
          where('erp_id', '>', after?.erpId ?? ''),
          where.and([where('erp_id', '=', after?.erpId ?? ''), where('original_start', '>', after?.originalStart ?? '')]),
        ]),
      ),
    )
    .orderBy('erp_id')
    .orderBy('original_start')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    erpId: row.erp_id,
    originalStart: row.original_start,
    rowKey: row.row_key ?? '',
    gone: row.gone_at !== null,
  }));
};

/** Those of the rows that are gone and were not, or the other way round. */
export const turnedRows = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  rows: readonly RowOfSeries[],
): Promise<readonly RowOfSeries[]> => {
  if (rows.length === 0) return [];
  const there = new Set<string>();
  for (const part of chunk(rows, keysPerStatement)) {
    const keys = part.map(({ rowKey }) => rowKey);
    const found = await sql<{ readonly record_key: string }>`SELECT ${sql.raw(kind.keyText)} AS record_key FROM ${sql.raw(kind.source)}
      WHERE ${keyIsOneOf(engine, keyOfRecord(kind), keys)} AND ${sql.raw(isPresent(engine.dialect, 'r', kind.mapping.deleted))}`.execute(
      db,
    );
    for (const row of found.rows) there.add(row.record_key);
  }
  return rows.filter(({ rowKey, gone }) => there.has(rowKey) === gone);
};

/** Notes which rows are gone, so that each is told once. */
export const noteTurned = async (
  trx: Kysely<Tables>,
  { kind }: CompiledKind,
  turned: readonly RowOfSeries[],
  now: string,
): Promise<void> => {
  for (const { erpId, originalStart, gone } of turned) {
    await trx
      .updateTable('sync_occurrence')
      .set({ gone_at: gone ? null : now })
      .where('kind', '=', kind)
      .where('erp_id', '=', erpId)
      .where('original_start', '=', originalStart)
      .execute();
  }
};
