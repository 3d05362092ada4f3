import type { Database } from './database';

const count = (database: Database, sql: string, folder: number): number => Number(database.statement(sql).get(folder)?.['n'] ?? 0);

/** About how many bytes a folder's items take. */
export const contentSize = (database: Database, folder: number): number =>
  count(database, 'SELECT coalesce(sum(length(properties)), 0) AS n FROM item WHERE folder = ?', folder);

/** How many folders lie directly in a folder. */
export const childCount = (database: Database, folder: number): number =>
  count(database, 'SELECT count(*) AS n FROM folder WHERE parent = ?', folder);

/** The number and time of the last change of what a folder holds; a deletion has a number, but no time. */
export function lastContentChange(database: Database, folder: number): { readonly sequence: number; readonly time: string | undefined } {
  const changed = database.statement('SELECT sequence, modified FROM item WHERE folder = ? ORDER BY sequence DESC LIMIT 1').get(folder);
  const gone = database.statement('SELECT max(sequence) AS n FROM tombstone WHERE folder = ?').get(folder);
  const time = changed?.['modified'];
  return {
    sequence: Math.max(Number(changed?.['sequence'] ?? 0), Number(gone?.['n'] ?? 0)),
    time: typeof time === 'string' ? time : undefined,
  };
}
