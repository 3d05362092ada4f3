import type { Folder, PastParent } from '../storage/folders';
import { below } from './tree';

/** What happened to the folders below another since a change; every folder stands behind the one it lies in. */
export interface HierarchyChanges {
  readonly created: readonly Folder[];
  readonly updated: readonly Folder[];
  /** Numbers of folders that were removed, or moved to elsewhere. */
  readonly deleted: readonly { readonly folder: number; readonly sequence: number }[];
}

/** Parents as they were after the change `base`, of all folders that existed then. */
const parentsAt = (folders: readonly Folder[], past: readonly PastParent[], base: number): ReadonlyMap<number, number | undefined> => {
  const parents = new Map<number, number | undefined>();
  for (const { id, parent, createdSequence } of folders) if (createdSequence <= base) parents.set(id, parent);
  for (const { folder, parent, createdSequence } of [...past].reverse()) if (createdSequence <= base) parents.set(folder, parent);
  return parents;
};

const isBelow = (parents: ReadonlyMap<number, number | undefined>, folder: number, root: number): boolean => {
  for (let at = parents.get(folder); at !== undefined && at !== folder; at = parents.get(at)) if (at === root) return true;
  return false;
};

/**
 * Compares the folders below `root` with those that lay there after the change `base` (undefined: nothing is known yet).
 * `folders` are all of the mailbox, `past` its moves and removals since then, oldest first.
 */
export function hierarchyChanges(
  folders: readonly Folder[],
  past: readonly PastParent[],
  root: number,
  base: number | undefined,
): HierarchyChanges {
  const now = below(folders, root);
  if (base === undefined) return { created: now, updated: [], deleted: [] };
  const parents = parentsAt(folders, past, base);
  const before = new Set([...parents.keys()].filter((folder) => isBelow(parents, folder, root)));
  const here = new Set(now.map(({ id }) => id));
  const left = new Map(past.map(({ folder, sequence }) => [folder, sequence]));
  const gone = [...before].filter((folder) => !here.has(folder));
  return {
    created: now.filter(({ id }) => !before.has(id)),
    updated: now.filter(({ id, sequence }) => before.has(id) && sequence > base),
    deleted: gone.map((folder) => ({ folder, sequence: left.get(folder) ?? base })),
  };
}
