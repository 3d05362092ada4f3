import type { Database } from './database';

/** One entry of a folder's history; a ReadFlagChange says that only the read flag changed. */
export interface Change {
  readonly kind: 'Create' | 'Update' | 'ReadFlagChange' | 'Delete';
  readonly sequence: number;
  readonly itemId: number;
}

/**
 * Where a client is in a folder's history. A run reports what happened after `base` up to `target`: first what is new, in the order of its
 * creation, then updates and deletions in theirs; `phase` and `position` say how far it got. Later changes belong to the next run.
 */
export interface Run {
  readonly base: number;
  readonly target: number;
  readonly phase: 'new' | 'changed';
  readonly position: number;
}

/** What a client wants of a run at once: how many changes, of which items not, and whether of associated items, too. */
export interface Page {
  readonly most: number;
  readonly ignored: ReadonlySet<number>;
  readonly withAssociated: boolean;
}

const created = (database: Database, folder: number, run: Run, page: Page): readonly Change[] =>
  database
    .statement(
      `SELECT id, created_sequence FROM item WHERE folder = ? AND created_sequence > ? AND created_sequence <= ? AND associated <= ?
       ORDER BY created_sequence LIMIT ?`,
    )
    .all(folder, run.position, run.target, Number(page.withAssociated), page.most)
    .map((row): Change => ({ kind: 'Create', sequence: Number(row['created_sequence']), itemId: Number(row['id']) }));

const updated = (database: Database, folder: number, run: Run, page: Page): readonly Change[] =>
  database
    .statement(
      `SELECT id, sequence, content_sequence > ? AS content FROM item
       WHERE folder = ? AND sequence > ? AND sequence <= ? AND created_sequence <= ? AND associated <= ? ORDER BY sequence LIMIT ?`,
    )
    .all(run.base, folder, run.position, run.target, run.base, Number(page.withAssociated), page.most)
    .map((row): Change => {
      const kind = row['content'] === 1 ? 'Update' : 'ReadFlagChange';
      return { kind, sequence: Number(row['sequence']), itemId: Number(row['id']) };
    });

const deleted = (database: Database, folder: number, run: Run, page: Page): readonly Change[] =>
  database
    .statement(
      `SELECT item, sequence FROM tombstone
       WHERE folder = ? AND sequence > ? AND sequence <= ? AND created_sequence <= ? AND associated <= ? ORDER BY sequence LIMIT ?`,
    )
    .all(folder, run.position, run.target, run.base, Number(page.withAssociated), page.most)
    .map((row): Change => ({ kind: 'Delete', sequence: Number(row['sequence']), itemId: Number(row['item']) }));

const history = (database: Database, folder: number, run: Run, page: Page): readonly Change[] => {
  const fresh = run.phase === 'new' ? created(database, folder, run, page) : [];
  // Who knows nothing yet hears of no changes to what he knows.
  if (fresh.length === page.most || run.base === 0) return fresh;
  const rest = { ...run, position: run.phase === 'new' ? run.base : run.position };
  const changed = [...updated(database, folder, rest, page), ...deleted(database, folder, rest, page)];
  return [...fresh, ...changed.sort((one, two) => one.sequence - two.sequence)];
};

/** The next changes of a run, as many as the page allows, and where it then stands; no run is left once all is reported. */
export function nextChanges(
  database: Database,
  folder: number,
  run: Run,
  page: Page,
): { readonly changes: readonly Change[]; readonly run: Run | undefined } {
  const changes: Change[] = [];
  let at = run;
  // One more than is shown tells whether it was the last page.
  for (const change of history(database, folder, run, { ...page, most: page.most + page.ignored.size + 1 })) {
    if (page.ignored.has(change.itemId)) continue;
    if (changes.length === page.most) return { changes, run: at };
    changes.push(change);
    at = { ...run, phase: change.kind === 'Create' ? 'new' : 'changed', position: change.sequence };
  }
  return { changes, run: undefined };
}

/** Numbers a change of an item in the moment before it is stored, and notes whether more than its read flag changes; `properties` is what will be stored. */
export function markChange(database: Database, item: number, sequence: number, properties: string): void {
  database
    .statement(
      `UPDATE item SET sequence = ?1, content_sequence = CASE
         WHEN properties <> ?2 AND json_remove(properties, '$.p.IsRead') = json_remove(?2, '$.p.IsRead') THEN content_sequence
         ELSE ?1 END
       WHERE id = ?3`,
    )
    .run(sequence, properties, item);
}

/** Remembers that an item was there, in the moment before it is removed. */
export function bury(database: Database, item: number, sequence: number): void {
  database
    .statement(
      `INSERT INTO tombstone (folder, sequence, created_sequence, item, associated)
       SELECT folder, ?, created_sequence, id, associated FROM item WHERE id = ?`,
    )
    .run(sequence, item);
}
