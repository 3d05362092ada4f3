/**
 * Occurrences that were deleted, by comparison: a row that is gone leaves no stamp. A series of which nothing is left is a record that is
 * gone, which the comparison of keys finds and the guard judges.
 */
import { breathe } from '../engine';
import { lookAt, type Look, type Looking } from './look';
import { takeLook } from './marks';
import { noteTurned, pageOfRows, turnedRows, type RowOfSeries } from './occurrences';
import type { ChangeSource } from './source';

const rowsPerPage = 500;

/** Rows that went or came back since the last comparison. */
const comparePages = async ({ engine, compiled }: Looking): Promise<readonly RowOfSeries[]> => {
  const turned: RowOfSeries[] = [];
  let after: RowOfSeries | null = null;
  while (true) {
    const from: RowOfSeries | null = after;
    const page: readonly RowOfSeries[] = await engine.read((db) => pageOfRows(db, compiled, from, rowsPerPage));
    turned.push(...(await engine.read((db) => turnedRows(engine, db, compiled, page))));
    if (page.length < rowsPerPage) return turned;
    after = page.at(-1) ?? null;
    await breathe();
  }
};

/** Looks at the series whose rows went or came back; the number of rows queued. Null: another instance took the look over. */
export const compareOccurrences = async (watched: Looking, look: Look): Promise<number | null> => {
  const { engine, compiled } = watched;
  if (compiled.occurrences === null) return 0;
  const first = await comparePages(watched);
  if (first.length === 0) return 0;
  // A page that was read while the ERP wrote its table anew proves nothing.
  const turned = await engine.read((db) => turnedRows(engine, db, compiled, first));
  if (turned.length === 0) return 0;
  const series = [...new Set(turned.map(({ erpId }) => erpId))].map((erpId) => ({ erpId, deleted: false }));
  const once: ChangeSource['changed'] = (_db, _mark, after) => Promise.resolve(after === null ? series : []);
  const found = await lookAt(watched, look, '', once);
  if (found === null) return null;
  const noted = await engine.write(async (trx) => {
    const now = engine.now().toISOString();
    if (!(await takeLook(trx, look, now))) return false;
    await noteTurned(trx, compiled, turned, now);
    return true;
  });
  return noted ? found.queued : null;
};
