/** One look at a kind: lists what changed since its mark and queues it. */
import chunk from 'lodash/chunk';
import groupBy from 'lodash/groupBy';
import type { ErpEntry, ErpRecord } from '../../model/item';
import type { Kind } from '../../model/kind';
import { breathe, type Engine } from '../engine';
import { queueRows } from '../queries/journal';
import type { CompiledKind } from '../records/compile';
import type { NewEntry, TellUnreadable } from '../store';
import { itemName, itemsInWork, linksOfRecords, noteBack } from './items';
import { rememberSeen, seenDigests, takeLook, type Mark } from './marks';
import { bySeries } from './occurrences';
import { digestOf, newsOf, type News, type Sight } from './news';
import { presenceOf } from './presence';
import type { Changed, ChangeSource } from './source';

/** Keys per list, and records per query: bound memory and the time that the event loop and locks are held. */
const keysPerList = 5000;
const recordsPerQuery = 200;

/** A kind whose changes are collected. */
export interface Watched {
  readonly engine: Engine;
  readonly kind: Kind;
  readonly compiled: CompiledKind;
  /** Records by key; what does not exist is left out. */
  readonly read: (keys: readonly string[], tellUnreadable: TellUnreadable) => Promise<readonly ErpEntry[]>;
  /** Whether an employee is active and has a mailbox. */
  readonly isServed: (employeeId: string) => boolean;
}

/** A kind that is being looked at. */
export interface Looking extends Watched {
  /** Whether a row is to be queued. */
  readonly isWanted: (news: News) => boolean;
}

/** A look that this instance has taken. */
export type Look = Pick<Mark, 'kind' | 'version'>;

/** A row of a kind to be queued. */
export const entryOf = (kind: Kind, { operation, employeeId, erpId }: News): NewEntry => ({
  direction: 'outbound',
  kind,
  operation,
  employeeId,
  connection: null,
  erpId,
  exchangeId: null,
});

/** Records by key; null for one that cannot be read: its row will say why. */
const readableRecords = async ({ read }: Watched, keys: readonly string[]): Promise<ReadonlyMap<string, ErpRecord | null>> => {
  const records = new Map<string, ErpRecord | null>();
  const found = keys.length === 0 ? [] : await read(keys, (id) => records.set(id, null));
  for (const { id, record } of found) records.set(id, record);
  return records;
};

/** Changed records as they are now. One that has no row and of which the ERP does not say that it was deleted is left to the comparison of keys. */
const sightsOf = async (watched: Watched, changed: readonly Changed[]): Promise<readonly Sight[]> => {
  const { engine, compiled } = watched;
  const keys = changed.map(({ erpId }) => erpId);
  const found = await engine.read((db) => presenceOf(engine, db, compiled, keys));
  const presences = new Map(found.map((presence) => [presence.erpId, presence]));
  const there = found.filter((presence) => presence.there).map(({ erpId }) => erpId);
  const records = await readableRecords(watched, there);
  return changed.flatMap(({ erpId, deleted }): readonly Sight[] => {
    const presence = presences.get(erpId);
    if (presence?.there !== true) return presence !== undefined || deleted ? [{ state: 'deleted', erpId }] : [];
    const content = records.get(erpId);
    const { employeeIds, inFilter } = presence;
    return content === undefined ? [] : [{ state: 'there', erpId, employeeIds, inFilter, record: content }];
  });
};

interface Dated {
  readonly sight: Sight;
  readonly digest: string;
}

/** Those that are not as they were seen last. */
const unseen = async ({ engine, kind }: Watched, sights: readonly Sight[]): Promise<readonly Dated[]> => {
  const ids = sights.map(({ erpId }) => erpId);
  const seen = await engine.read((db) => seenDigests(db, kind, ids));
  return sights.map((sight) => ({ sight, digest: digestOf(sight) })).filter(({ sight, digest }) => seen.get(sight.erpId) !== digest);
};

const takesPart = (sight: Sight | undefined, employeeId: string): boolean =>
  sight?.state === 'there' && sight.employeeIds.includes(employeeId);

/**
 * Queues what is new of records that were read before; the number of rows. Links are read after the records: a write of our own that comes
 * between looks like a change, which the message builder then finds to be none; the other way round a change would look like our own. Null: another instance took the look over.
 */
const queueNews = ({ engine, kind, isWanted }: Looking, look: Look, news: readonly Dated[]): Promise<number | null> =>
  engine.write(async (trx) => {
    const now = engine.now().toISOString();
    if (!(await takeLook(trx, look, now))) return null;
    const ids = news.map(({ sight }) => sight.erpId);
    const links = await linksOfRecords(trx, kind, ids);
    const linksOf = groupBy(links, ({ erpId }) => erpId);
    const rows = news.flatMap(({ sight }) => newsOf(sight, linksOf[sight.erpId] ?? [])).filter(isWanted);
    // A row that waits will be read as the record is then; one that is leased may have been read before this change.
    const { open } = await itemsInWork(trx, kind, rows);
    const queued = rows.filter((row) => !open.has(itemName(row)));
    await queueRows(
      engine,
      trx,
      queued.map((row) => entryOf(kind, row)),
    );
    const sights = new Map(news.map(({ sight }) => [sight.erpId, sight]));
    const back = links.filter((link) => link.gone && takesPart(sights.get(link.erpId), link.employeeId));
    if (back.length > 0) await noteBack(trx, kind, back, now);
    const seen = news.map(({ sight: { erpId }, digest }) => ({ erpId, digest }));
    await rememberSeen(engine, trx, kind, seen);
    return queued.length;
  });

/**
 * Queues what changed among the records that `changed` lists, page by page; the number of rows, and the keys that were listed. Null: another
 * instance took the look over.
 */
export const lookAt = async (
  watched: Looking,
  look: Look,
  mark: string,
  changed: ChangeSource['changed'],
): Promise<{ readonly queued: number; readonly listed: ReadonlySet<string> } | null> => {
  const listed = new Set<string>();
  let queued = 0;
  let after: string | null = null;
  while (true) {
    const from: string | null = after;
    const page: readonly Changed[] = await watched.engine.read((db) => changed(db, mark, from, keysPerList));
    const told = await bySeries(watched, page);
    for (const part of chunk(told, recordsPerQuery)) {
      const news = await unseen(watched, await sightsOf(watched, part));
      const rows = news.length === 0 ? 0 : await queueNews(watched, look, news);
      if (rows === null) return null;
      queued += rows;
      await breathe();
    }
    for (const { erpId } of told) listed.add(erpId);
    if (page.length < keysPerList) return { queued, listed };
    after = page.at(-1)?.erpId ?? null;
  }
};
