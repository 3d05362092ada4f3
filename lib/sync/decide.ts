/**
 * The three-way compare (design, section 3): what one message does to its target. Pure: everything it needs comes in.
 *
 * Only fields that changed on the source side since the last synchronisation are candidates; a field that also changed, differently, on
 * the target side is a conflict and goes by the rule; everything else is merged.
 */
import pick from 'lodash/pick';
import type { ConflictRule } from '../model/employee-options';
import type { AnyItem, Fields } from '../model/item';
import type { Direction } from '../model/kind';
import type { Decision } from '../model/message';

/** Names of the fields in which two items of the same side and kind differ. */
export type DifferingFields = (a: AnyItem, b: AnyItem) => readonly string[];

/** An item's change as `conflict-resolve` sees it. */
export interface Situation {
  readonly direction: Direction;
  /** The source was deleted. */
  readonly deleted: boolean;
  /** The mapped item, perhaps edited by the flow; null for a deletion. */
  readonly desired: AnyItem | null;
  /** What `item-map` made of the source, to find the flow's own edits. */
  readonly mapped: AnyItem | null;
  /** Target fields that change because the source changed. */
  readonly changedFields: readonly string[];
  /** Last synchronised snapshot of the target; null when the item is new to the sync. */
  readonly targetBase: AnyItem | null;
  /** The target now; null when it is gone. */
  readonly targetNow: AnyItem | null;
  readonly targetChangeKey: string | null;
  /** UTC instants of the last change, null when unknown. */
  readonly sourceModifiedAt: string | null;
  readonly targetModifiedAt: string | null;
  readonly rule: ConflictRule;
}

/** What is to be done with a message. */
export type Verdict =
  | { readonly type: 'write'; readonly decision: Decision }
  /** Source and target agree already, or the target won every field (`lost`: what the source lost). */
  | { readonly type: 'nothing'; readonly lost: Fields | null }
  /** The edit of the source wins over the deletion of the target: make the item anew on the target side. */
  | { readonly type: 'recreate-target' }
  /** The edit of the target wins over the deletion of the source: make the item anew on the source side. */
  | { readonly type: 'recreate-source' }
  /** The target side's deletion wins over the source's edit; it travels by its own row. */
  | { readonly type: 'target-deletion-wins'; readonly lost: Fields }
  /** A person decides; `fields` of the target. */
  | { readonly type: 'conflict'; readonly fields: readonly string[] };

/** Fields that only make sense together: one half from each side would be an appointment nobody made. */
const fieldGroups: readonly (readonly string[])[] = [
  ['allDay', 'start', 'end', 'timeZone', 'recurrence', 'recurrenceRule'],
  ['status', 'percentComplete'],
  ['body', 'bodyHtml'],
];

const withGroups = (fields: readonly string[], available: readonly string[]): readonly string[] => {
  const groups = fieldGroups.filter((group) => group.some((field) => fields.includes(field)));
  return available.filter((field) => fields.includes(field) || groups.some((group) => group.includes(field)));
};

/** `source`, `target`, or `nobody` when a person decides. */
const winner = (situation: Situation): 'source' | 'target' | 'nobody' => {
  const { rule, direction, sourceModifiedAt, targetModifiedAt } = situation;
  switch (rule) {
    case 'manual':
      return 'nobody';
    case 'erp':
      return direction === 'outbound' ? 'source' : 'target';
    case 'exchange':
      return direction === 'inbound' ? 'source' : 'target';
    case 'last':
      return sourceModifiedAt !== null && targetModifiedAt !== null && Date.parse(targetModifiedAt) > Date.parse(sourceModifiedAt)
        ? 'target'
        : 'source';
  }
};

const decideDeletion = (situation: Situation, differing: DifferingFields): Verdict => {
  const { targetBase, targetNow, rule, direction } = situation;
  if (targetNow === null) return { type: 'nothing', lost: null };
  const edited = targetBase === null ? [] : differing(targetBase, targetNow);
  if (edited.length === 0) return { type: 'write', decision: { action: 'delete', expected: targetNow, lost: null } };
  if (rule === 'manual') return { type: 'conflict', fields: edited };
  // "Last change wins" keeps the edit: a deletion carries no time that could be compared, and an edit is never lost silently.
  const sourceLeads = (rule === 'erp' && direction === 'outbound') || (rule === 'exchange' && direction === 'inbound');
  if (!sourceLeads) return { type: 'recreate-source' };
  return { type: 'write', decision: { action: 'delete', expected: targetNow, lost: pick(targetNow, edited) } };
};

const decideVanishedTarget = (situation: Situation, desired: AnyItem, changed: readonly string[]): Verdict => {
  if (changed.length === 0) return { type: 'nothing', lost: null };
  const { rule, direction } = situation;
  if (rule === 'manual') return { type: 'conflict', fields: changed };
  const targetLeads = (rule === 'erp' && direction === 'inbound') || (rule === 'exchange' && direction === 'outbound');
  return targetLeads ? { type: 'target-deletion-wins', lost: pick(desired, changed) } : { type: 'recreate-target' };
};

/** Decides one message. */
export const decide = (situation: Situation, differing: DifferingFields): Verdict => {
  const { deleted, desired, mapped, targetBase, targetNow } = situation;
  if (deleted || desired === null) return decideDeletion(situation, differing);
  if (targetBase === null) return { type: 'write', decision: { action: 'create', item: desired } };

  const editedByFlow = mapped === null ? [] : differing(mapped, desired);
  const stale = differing(targetBase, desired);
  const candidates = stale.filter((field) => situation.changedFields.includes(field) || editedByFlow.includes(field));
  if (targetNow === null) return decideVanishedTarget(situation, desired, candidates);

  const different = differing(targetNow, desired);
  const toWrite = candidates.filter((field) => different.includes(field));
  if (toWrite.length === 0) return { type: 'nothing', lost: null };

  const targetChanges = differing(targetBase, targetNow);
  const touchedGroups = withGroups(targetChanges, Object.keys(desired));
  const conflicting = toWrite.filter((field) => touchedGroups.includes(field));
  const targetChanged = targetChanges.length > 0;
  const write = (fields: readonly string[], lost: Fields | null): Verdict =>
    fields.length === 0
      ? { type: 'nothing', lost }
      : {
          type: 'write',
          decision: {
            action: 'update',
            changes: pick(desired, fields),
            expected: targetNow,
            expectedChangeKey: situation.targetChangeKey,
            targetChanged,
            lost,
          },
        };
  if (conflicting.length === 0) return write(toWrite, null);
  switch (winner(situation)) {
    case 'nobody':
      return { type: 'conflict', fields: conflicting };
    case 'source':
      // The whole group is the source's: half of the target's move would stay otherwise.
      return write(
        [...new Set([...toWrite, ...withGroups(conflicting, Object.keys(desired)).filter((field) => different.includes(field))])],
        pick(targetNow, conflicting),
      );
    case 'target': {
      const kept = toWrite.filter((field) => !withGroups(conflicting, Object.keys(desired)).includes(field));
      return write(kept, pick(desired, conflicting));
    }
  }
};
