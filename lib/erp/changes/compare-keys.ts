/**
 * Deletions by comparison: links whose record has no row any more, is marked as deleted or is no longer this employee's. What is merely
 * missing is looked for twice, and goes through the guard.
 */
import chunk from 'lodash/chunk';
import groupBy from 'lodash/groupBy';
import { SyncError } from '../../model/error';
import { deletionHeld } from '../../model/held';
import { breathe } from '../engine';
import { queueRows } from '../queries/journal';
import type { DeletionLimits } from '../schema/mapping';
import { tableParts } from '../schema/quote';
import { judge, type Held, type Holdings, type Missing } from './guard';
import { heldCounts, itemName, itemsInWork, linkPage, noteBack, noteGone } from './items';
import { entryOf, type Look, type Watched } from './look';
import { moveMark, takeLook } from './marks';
import { isEmpty, presenceOf } from './presence';

const linksPerPage = 500;

/** What came of a comparison. */
export interface Compared {
  readonly queued: number;
  /** Deletions that a person has to decide on, told once. */
  readonly notice: SyncError | null;
}

interface Pass {
  readonly missing: readonly Missing[];
  /** Links whose record was missing and is there again. */
  readonly back: readonly { readonly id: number; readonly employeeId: string; readonly erpId: string }[];
  readonly linked: ReadonlyMap<string, number>;
}

type LinkRow = Awaited<ReturnType<typeof linkPage>>[number];

/** Items, of those given, whose record is there. */
const itemsThere = async ({ engine, compiled }: Watched, erpIds: readonly string[]): Promise<ReadonlySet<string>> => {
  const found = await engine.read((db) => presenceOf(engine, db, compiled, [...new Set(erpIds)]));
  const items = found.flatMap(({ there, erpId, employeeIds }) => (there ? employeeIds.map((employeeId) => ({ employeeId, erpId })) : []));
  return new Set(items.map(itemName));
};

/** All links against the records' keys. */
const comparePages = async (watched: Watched): Promise<Pass> => {
  const { engine, kind, isServed } = watched;
  const missing: Missing[] = [];
  const back: { id: number; employeeId: string; erpId: string }[] = [];
  const linked = new Map<string, number>();
  let after = 0;
  while (true) {
    const from = after;
    const page: readonly LinkRow[] = await engine.read((db) => linkPage(db, kind, from, linksPerPage));
    const served = page.filter((row) => isServed(row.employee_id));
    const ids = served.map((row) => row.erp_id);
    const there = await itemsThere(watched, ids);
    for (const row of served) {
      const item = { employeeId: row.employee_id, erpId: row.erp_id };
      const isThere = there.has(itemName(item));
      linked.set(row.employee_id, (linked.get(row.employee_id) ?? 0) + 1);
      if (isThere && row.gone_at !== null) back.push({ id: row.id, ...item });
      if (!isThere && row.gone_at === null) missing.push({ linkId: row.id, ...item });
    }
    if (page.length < linksPerPage) return { missing, back, linked };
    after = page.at(-1)?.id ?? from;
    await breathe();
  }
};

/** A second look, after everything was read once: a page that was read while the ERP wrote its table anew proves nothing. */
const stillMissing = async (watched: Watched, missing: readonly Missing[]): Promise<readonly Missing[]> => {
  const still: Missing[] = [];
  for (const part of chunk(missing, linksPerPage)) {
    const erpIds = part.map(({ erpId }) => erpId);
    const there = await itemsThere(watched, erpIds);
    still.push(...part.filter((one) => !there.has(itemName(one))));
    await breathe();
  }
  return still;
};

const noteOf = ({ missing, linked }: Held): string =>
  `${missing} of ${linked} linked records are gone from the ERP's table at once. Release this row to delete the item in Exchange, finish it to ` +
  `keep the item. If the records come back, the row ends by itself.`;

const noticeOf = (watched: Watched, held: readonly Held[]): SyncError | null => {
  if (held.length === 0) return null;
  const employees = Object.keys(groupBy(held, ({ employeeId }) => employeeId)).length;
  const { kind, compiled } = watched;
  const table = tableParts(compiled.mapping.table).name;
  return new SyncError(
    'deletions-held',
    'configuration',
    `${held.length} records (${kind}) of ${employees} employees are gone from ${table} at once; nothing was deleted in Exchange. Look into the ` +
      'table, then release the rows with the note deletion-held to delete, or finish them to keep.',
    { kind, table, count: held.length, employees },
  );
};

/** Queues deletions, in one transaction: a guard that saw half of them would let through the rest. */
const queueDeletions = (
  watched: Watched,
  look: Look,
  pass: Pass,
  missing: readonly Missing[],
  limits: DeletionLimits,
): Promise<Compared | null> =>
  watched.engine.write(async (trx) => {
    const { engine, kind, compiled } = watched;
    const now = engine.now().toISOString();
    if (!(await takeLook(trx, look, now))) return null;
    if (pass.back.length > 0) await noteBack(trx, kind, pass.back, now);
    const { open, leased } = await itemsInWork(trx, kind, missing);
    const free = missing.filter((one) => !open.has(itemName(one)) && !leased.has(itemName(one)));
    const held = await heldCounts(trx, kind);
    const holdings = new Map([...pass.linked].map(([id, linked]): [string, Holdings] => [id, { linked, held: held.get(id) ?? 0 }]));
    const tableEmpty = free.length > 0 && (await isEmpty(trx, compiled));
    const judged = judge(free, holdings, { limits, tableEmpty });
    const deletion = (one: Missing) => entryOf(kind, { operation: 'delete', ...one });
    const ids = await queueRows(engine, trx, [...judged.carriedOut, ...judged.held].map(deletion));
    for (const [at, one] of judged.held.entries()) {
      const id = ids[judged.carriedOut.length + at] ?? 0;
      await trx
        .updateTable('sync_journal')
        .set({ state: 'conflict', note: noteOf(one), note_code: deletionHeld, finished_at: now })
        .where('id', '=', id)
        .execute();
    }
    await noteGone(
      trx,
      free.map(({ linkId }) => linkId),
      now,
    );
    await moveMark(trx, kind, { compared_at: now });
    return { queued: judged.carriedOut.length, notice: noticeOf(watched, judged.held) };
  });

/** Compares the keys of a kind's links with the ERP's. An error on the way leaves everything as it was. Null: another instance took the look over. */
export const compareKeys = async (watched: Watched, look: Look, limits: DeletionLimits): Promise<Compared | null> => {
  const pass = await comparePages(watched);
  const missing = await stillMissing(watched, pass.missing);
  return queueDeletions(watched, look, pass, missing, limits);
};
