/** Which records are there, and whose they are: without their contents. */
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { keyIsOneOf } from '../records/keys';
import { headlessSeries, keyOfRecord, participantsOf } from '../records/read';
import { keyTextOf } from '../schema/key';
import type { Tables } from '../tables';

/** A record that has a row in its table. */
export interface Presence {
  readonly erpId: string;
  /** False: the ERP has marked it as deleted. */
  readonly there: boolean;
  readonly inFilter: boolean;
  /** In one order, so that two sights can be compared. */
  readonly employeeIds: readonly string[];
}

interface PresenceRow {
  readonly record_key: string;
  readonly in_charge: string | null;
  readonly there: number;
  readonly in_filter: number;
}

/** Series whose record is gone while rows of other occurrences are there. */
const headless = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  keys: readonly string[],
  own: readonly Presence[],
): Promise<readonly Presence[]> => {
  if (kind.occurrences === null) return [];
  const there = new Set(own.flatMap((presence) => (presence.there ? [presence.erpId] : [])));
  const readings = await headlessSeries(
    engine,
    db,
    kind,
    keys.filter((key) => !there.has(key)),
  );
  return readings.flatMap(({ id, result }) =>
    result.ok ? [{ erpId: id, there: true, inFilter: result.value.inFilter, employeeIds: [...result.value.employeeIds].sort() }] : [],
  );
};

/** Records by key; one that has no row is left out. */
export const presenceOf = async (
  engine: Engine,
  db: Kysely<Tables>,
  kind: CompiledKind,
  keys: readonly string[],
): Promise<readonly Presence[]> => {
  if (keys.length === 0) return [];
  const { employee } = kind.mapping;
  const inCharge = employee === null ? 'NULL' : keyTextOf(engine.dialect, 'r', employee);
  const flag = (condition: string) => sql.raw(`CASE WHEN ${condition} THEN 1 ELSE 0 END`);
  const { rows } = await sql<PresenceRow>`
    SELECT ${sql.raw(kind.keyText)} AS record_key, ${sql.raw(inCharge)} AS in_charge, ${flag(kind.isRecord)} AS there,
      ${flag(kind.inFilter)} AS in_filter
    FROM ${sql.raw(kind.source)} WHERE ${keyIsOneOf(engine, keyOfRecord(kind), keys)}`.execute(db);
  const participants = await participantsOf(engine, db, kind, keys);
  const own = rows.map((row): Presence => ({
    erpId: row.record_key,
    there: row.there === 1,
    inFilter: row.in_filter === 1,
    employeeIds: [...new Set([...(row.in_charge === null ? [] : [row.in_charge]), ...(participants.get(row.record_key) ?? [])])].sort(),
  }));
  const others = await headless(engine, db, kind, keys, own);
  return [...own.filter(({ erpId }) => !others.some((other) => other.erpId === erpId)), ...others];
};

/** Whether no record at all is there. */
export const isEmpty = async (db: Kysely<Tables>, kind: CompiledKind): Promise<boolean> => {
  const { rows } = await sql<{ readonly is_empty: number }>`
    SELECT CASE WHEN EXISTS (SELECT 1 FROM ${sql.raw(kind.source)} WHERE ${sql.raw(kind.isRecord)}) THEN 0 ELSE 1 END AS is_empty`.execute(
    db,
  );
  return rows[0]?.is_empty !== 0;
};
