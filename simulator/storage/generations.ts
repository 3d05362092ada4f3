/** Ids and sync states of a mailbox carry its generations: when one is raised, what clients hold of the former is worth nothing. */
import type { Database } from './database';

interface Generations {
  readonly ids: number;
  readonly states: number;
}

const known = new WeakMap<Database, Map<number, Generations>>();

/** Remembered: every id of every answer asks for them. Only this file writes them. */
const generationsOf = (database: Database, mailbox: number): Generations => {
  const remembered = known.get(database) ?? new Map<number, Generations>();
  known.set(database, remembered);
  const found = remembered.get(mailbox);
  if (found) return found;
  const row = database.statement('SELECT id_generation, state_generation FROM mailbox WHERE id = ?').get(mailbox);
  const generations = { ids: Number(row?.['id_generation'] ?? 0), states: Number(row?.['state_generation'] ?? 0) };
  if (row) remembered.set(mailbox, generations);
  return generations;
};

const forget = (database: Database, mailbox: number): void => void known.get(database)?.delete(mailbox);

/** The byte that every id of a mailbox carries. */
export const idGeneration = (database: Database, mailbox: number): number => generationsOf(database, mailbox).ids % 256;

/** Hexadecimal digits that mark a sync state as one of this store and mailbox, and not lost. */
export const stateKey = (database: Database, mailbox: number): string =>
  database.key + generationsOf(database, mailbox).states.toString(16).padStart(4, '0');

/** Makes every sync state that clients hold of a mailbox invalid. */
export function loseSyncStates(database: Database, mailbox: number): void {
  database.statement('UPDATE mailbox SET state_generation = state_generation + 1 WHERE id = ?').run(mailbox);
  forget(database, mailbox);
}

/** Gives all items and folders of a mailbox new ids and change keys, as its migration to another organisation does; sync states are lost. */
export function renewIds(database: Database, mailbox: number): void {
  database.transaction(() => {
    database.statement('UPDATE mailbox SET id_generation = id_generation + 1 WHERE id = ?').run(mailbox);
    loseSyncStates(database, mailbox);
    const change = database.statement('UPDATE item SET sequence = ? WHERE id = ?');
    for (const { id } of database.statement('SELECT id FROM item WHERE mailbox = ? ORDER BY sequence').all(mailbox))
      change.run(database.nextSequence(), Number(id));
  });
}
