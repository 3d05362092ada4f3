/** Queries on `sync_change_mark` and `sync_change_seen`: how far the changes of each kind were collected. */
import chunk from 'lodash/chunk';
import { type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Kind } from '../../model/kind';
import type { Engine } from '../engine';
import type { ChangeMarkTable, Tables } from '../tables';

/** Keys per statement; an engine limits the number of parameters. */
const keysPerStatement = 500;

/** How far a kind was collected. */
export type Mark = Selectable<ChangeMarkTable>;

/** The mark of a kind; null before its first look. */
export const markOf = async (db: Kysely<Tables>, kind: Kind): Promise<Mark | null> =>
  (await db.selectFrom('sync_change_mark').selectAll().where('kind', '=', kind).executeTakeFirst()) ?? null;

/** Sets the first mark of a kind; another instance's stays. */
export const beginMarks = async (trx: Transaction<Tables>, kind: Kind, source: string, mark: string, now: string): Promise<void> => {
  if ((await markOf(trx, kind)) !== null) return;
  await trx.insertInto('sync_change_mark').values({ kind, version: 1, source, mark, collected_at: now, compared_at: now }).execute();
};

/**
 * Takes the next look, or keeps it alive: false when another instance took it meanwhile. The row stays locked until the commit, so that no
 * two instances queue the same.
 */
export const takeLook = async (
  trx: Transaction<Tables>,
  { kind, version }: Pick<Mark, 'kind' | 'version'>,
  now: string,
  next: number = version,
): Promise<boolean> => {
  const result = await trx
    .updateTable('sync_change_mark')
    .set({ version: next, collected_at: now })
    .where('kind', '=', kind)
    .where('version', '=', version)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Moves the mark on. */
export const moveMark = async (
  trx: Transaction<Tables>,
  kind: Kind,
  moved: Partial<Pick<Mark, 'source' | 'mark' | 'compared_at'>>,
): Promise<void> => {
  await trx.updateTable('sync_change_mark').set(moved).where('kind', '=', kind).execute();
};

/** What records looked like when they were last seen, by key. */
export const seenDigests = async (db: Kysely<Tables>, kind: Kind, keys: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  if (keys.length === 0) return new Map();
  const rows = await db
    .selectFrom('sync_change_seen')
    .select(['erp_id', 'digest'])
    .where('kind', '=', kind)
    .where('erp_id', 'in', keys)
    .execute();
  return new Map(rows.map((row) => [row.erp_id, row.digest]));
};

const forgetSeen = async (trx: Transaction<Tables>, kind: Kind, keys: readonly string[]): Promise<void> => {
  for (const part of chunk(keys, keysPerStatement)) {
    await trx.deleteFrom('sync_change_seen').where('kind', '=', kind).where('erp_id', 'in', part).execute();
  }
};

/** Remembers what records look like. */
export const rememberSeen = async (
  engine: Engine,
  trx: Transaction<Tables>,
  kind: Kind,
  seen: readonly { readonly erpId: string; readonly digest: string }[],
): Promise<void> => {
  const keys = seen.map(({ erpId }) => erpId);
  await forgetSeen(trx, kind, keys);
  const rows = seen.map(({ erpId, digest }) => ({ kind, erp_id: erpId, digest }));
  await engine.insertRows(trx, 'sync_change_seen', rows, null);
};

/** Forgets the records that no look will list again. */
export const forgetUnlisted = async (trx: Transaction<Tables>, kind: Kind, listed: ReadonlySet<string>): Promise<void> => {
  const rows = await trx.selectFrom('sync_change_seen').select('erp_id').where('kind', '=', kind).execute();
  await forgetSeen(
    trx,
    kind,
    rows.map((row) => row.erp_id).filter((id) => !listed.has(id)),
  );
};
