/** Priority 1–5 of the ERP <-> importance of Exchange by a table (requirements D9). Five values become three: lossy. */
import { SyncError } from '../model/error';
import type { Importance } from '../model/item';

/** The table, both ways. */
export interface PriorityTable {
  /** Importance of the priorities 1 (highest) to 5, in order. */
  readonly importances: readonly [Importance, Importance, Importance, Importance, Importance];
  /** Priority of each importance; it must lead back to the same importance. */
  readonly priorities: Readonly<Record<Importance, number>>;
}

/** "High" only says "more than normal", so it becomes the mildest priority that says the same; so does "low". */
export const defaultPriorities: PriorityTable = {
  importances: ['high', 'high', 'normal', 'low', 'low'],
  priorities: { high: 2, normal: 3, low: 4 },
};

/** The table may come from JSON: its type promises more than a file keeps. */
const importanceCount: number = 5;
const importanceNames: readonly Importance[] = ['high', 'normal', 'low'];

/** Importance of a priority; what lies outside 1–5 counts as the nearer end. */
export const importanceOf = (table: PriorityTable, priority: number): Importance =>
  table.importances[Math.min(5, Math.max(1, Math.round(priority))) - 1] ?? 'normal';

/** Fails with `mapping-invalid` when the table would change an importance on its way to the ERP and back. */
export const requirePriorities = (table: PriorityTable): PriorityTable => {
  const wrong =
    [...table.importances].length === importanceCount
      ? importanceNames.find((importance) => importanceOf(table, table.priorities[importance]) !== importance)
      : 'importances';
  if (wrong === undefined) return table;
  throw new SyncError(
    'mapping-invalid',
    'configuration',
    `Mapping, priority table, ${wrong}: give five importances, and for each importance a priority that leads back to it.`,
    { place: 'priority table' },
  );
};
