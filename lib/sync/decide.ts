/**
 * The three-way compare (design, section 3): what one message does to its target. Pure: everything it needs comes in.
 *
 * Only fields that changed on the source side since the last synchronisation are candidates; a field that also changed, differently, on
 * the target side is a conflict and goes by the rule, or by what a person chose; everything else is merged.
 *
 * Whoever wins, the bases afterwards say what the source has: where the target won, its version then differs from its base and travels
 * back like any change. So both directions lead to the same state, in whichever order they are worked through.
 */
import pick from 'lodash/pick';
import type { ConflictRule } from '../model/employee-options';
import type { AnyItem, Fields } from '../model/item';
import type { Direction } from '../model/kind';
import type { LinkDecision } from '../model/link';
import type { Decision } from '../model/message';
import { decidedTogether, erpNamesOf } from './field-groups';
import { mergeExceptions, type ExceptionSides } from './series-merge';

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
  /** What a person decided about the item; stands above the rule. */
  readonly chosen: LinkDecision | null;
}

/** What is to be done with a message. */
export type Verdict =
  | { readonly type: 'write'; readonly decision: Decision }
  /** Source and target agree already, or the target won every field (`lost`: what the source lost). `rebase`: see `Decision`. */
  | { readonly type: 'nothing'; readonly lost: Fields | null; readonly rebase: Fields }
  /** The edit of the source wins over the deletion of the target: make the item anew on the target side. */
  | { readonly type: 'recreate-target' }
  /** The edit of the target wins over the deletion of the source: make the item anew on the source side. */
  | { readonly type: 'recreate-source' }
  /** The target side's deletion wins over the source's edit; it travels by its own row. */
  | { readonly type: 'target-deletion-wins'; readonly lost: Fields }
  /** A person wants both versions: each becomes an item of its own on the other side. */
  | { readonly type: 'separate' }
  /** A person decides; `fields` of the target. */
  | { readonly type: 'conflict'; readonly fields: readonly string[] };

/** Who wins; `nobody` when a person has to decide. */
type Winner = 'source' | 'target' | 'nobody';

const sideOf = (system: 'erp' | 'exchange', direction: Direction): 'source' | 'target' =>
  (system === 'erp') === (direction === 'outbound') ? 'source' : 'target';

/** The winner by the rule. Times that are equal or unknown say nothing: then the ERP wins, whichever side is looked at first. */
const winnerByRule = ({ rule, direction, sourceModifiedAt, targetModifiedAt }: Situation): Winner => {
  if (rule === 'manual') return 'nobody';
  if (rule !== 'last') return sideOf(rule, direction);
  const [source, target] = [Date.parse(sourceModifiedAt ?? ''), Date.parse(targetModifiedAt ?? '')];
  if (source === target || Number.isNaN(source) || Number.isNaN(target)) return sideOf('erp', direction);
  return source > target ? 'source' : 'target';
};

/** The side whose version of the whole item a person chose. */
const chosenSide = ({ chosen, direction }: Situation): 'source' | 'target' | null =>
  chosen?.take === 'erp' || chosen?.take === 'exchange' ? sideOf(chosen.take, direction) : null;

/** The side that a person chose for fields that are decided as one. */
const chosenFor = (situation: Situation, fields: readonly string[]): 'source' | 'target' | null => {
  const { chosen, direction } = situation;
  if (chosen?.take !== 'fields') return chosenSide(situation);
  // In a fixed order, so that both directions find the same when somebody chose differently within a group.
  const names = fields.flatMap(erpNamesOf).toSorted();
  const [system] = names.flatMap((name) => chosen.fields[name] ?? []);
  return system === undefined ? null : sideOf(system, direction);
};

/** Fields that a person was asked about: the choice stands even when one side has taken its change back meanwhile. */
const wasAsked = ({ chosen }: Situation, fields: readonly string[]): boolean => {
  const names = fields.flatMap(erpNamesOf);
  if (chosen?.take === 'fields') return names.some((name) => name in chosen.fields);
  return (chosen?.take === 'erp' || chosen?.take === 'exchange') && (chosen.asked ?? []).some((name) => names.includes(name));
};

const decideDeletion = (situation: Situation, differing: DifferingFields): Verdict => {
  const { targetBase, targetNow, targetChangeKey, rule, direction, chosen } = situation;
  if (targetNow === null) return { type: 'nothing', lost: null, rebase: {} };
  const edited = targetBase === null ? [] : differing(targetBase, targetNow);
  const remove: Verdict = {
    type: 'write',
    decision: {
      action: 'delete',
      expected: targetNow,
      expectedChangeKey: targetChangeKey,
      lost: edited.length === 0 ? null : pick(targetNow, edited),
    },
  };
  const side = chosenSide(situation);
  if (side === 'source' || chosen?.take === 'deletion') return remove;
  if (side === 'target' || chosen?.take === 'both') return { type: 'recreate-source' };
  if (edited.length === 0) return remove;
  if (rule === 'manual') return { type: 'conflict', fields: edited };
  // "Last change wins" keeps the edit: a deletion carries no time that could be compared, and an edit is never lost silently.
  return rule !== 'last' && sideOf(rule, direction) === 'source' ? remove : { type: 'recreate-source' };
};

const decideVanishedTarget = (situation: Situation, desired: AnyItem, changed: readonly string[]): Verdict => {
  const { rule, direction, chosen } = situation;
  const deletion: Verdict = { type: 'target-deletion-wins', lost: pick(desired, changed) };
  const side = chosenSide(situation);
  if (side === 'source' || chosen?.take === 'both') return { type: 'recreate-target' };
  if (side === 'target' || chosen?.take === 'deletion') return deletion;
  if (changed.length === 0) return { type: 'nothing', lost: null, rebase: {} };
  if (rule === 'manual') return { type: 'conflict', fields: changed };
  return rule !== 'last' && sideOf(rule, direction) === 'target' ? deletion : { type: 'recreate-target' };
};

/** An item that is there on both sides, with what changed on each since the last synchronisation. */
interface Edited {
  readonly situation: Situation;
  readonly desired: AnyItem;
  readonly base: AnyItem;
  readonly now: AnyItem;
  /** Fields that the source changed. */
  readonly candidates: readonly string[];
  /** Fields that the target changed. */
  readonly targetChanges: readonly string[];
  /** Fields in which the target is not as the source wants it. */
  readonly different: readonly string[];
}

/** What becomes of fields that are decided as one. */
interface Part {
  readonly write: Fields;
  readonly rebase: Fields;
  readonly lost: Fields;
  /** Fields that a person has to decide on. */
  readonly asked: readonly string[];
}

const untouched: Part = { write: {}, rebase: {}, lost: {}, asked: [] };

const exceptionSides = ({ base, desired, now }: Edited): ExceptionSides => {
  const of = (item: AnyItem) => (item.kind === 'appointment' ? item.exceptions : []);
  return { base: of(base), desired: of(desired), now: of(now) };
};

/** Both sides changed exceptions of a series that begins when it did: they are merged occurrence by occurrence. */
const mergeSeries = (edited: Edited, winner: Winner): Part => {
  const { merged, rebased, lost, conflicts, changed } = mergeExceptions(exceptionSides(edited), winner === 'target' ? 'target' : 'source');
  if (conflicts && winner === 'nobody') return { ...untouched, asked: ['exceptions'] };
  const write: Fields = changed ? { exceptions: merged } : {};
  return { write, rebase: { exceptions: rebased }, lost: conflicts ? { exceptions: lost } : {}, asked: [] };
};

const decidePart = (edited: Edited, fields: readonly string[]): Part => {
  const { situation, desired, base, now, candidates, targetChanges, different } = edited;
  const sourceFields = fields.filter((field) => candidates.includes(field));
  const unequal = fields.filter((field) => different.includes(field));
  const targetFields = unequal.filter((field) => targetChanges.includes(field));
  const wanted = sourceFields.filter((field) => unequal.includes(field));
  const asked = wasAsked(situation, fields) && (wanted.length > 0 || targetFields.length > 0);
  // What both sides made the same is synchronised already.
  const agreed = pick(
    now,
    sourceFields.filter((field) => !unequal.includes(field)),
  );
  if (!asked && wanted.length === 0) return { ...untouched, rebase: agreed };
  const winner = chosenFor(situation, fields) ?? winnerByRule(situation);
  // Who was asked about the exceptions saw both lists and chose one.
  const isSeries = fields.length === 1 && fields[0] === 'exceptions';
  if (!asked && isSeries && wanted.length > 0 && targetFields.length > 0) return mergeSeries(edited, winner);
  if (!asked && targetFields.length === 0) return { ...untouched, write: pick(desired, wanted), rebase: agreed };
  const conflicting = fields.filter((field) => wanted.includes(field) || targetFields.includes(field));
  switch (winner) {
    case 'nobody':
      return { ...untouched, asked: conflicting };
    case 'source': {
      // The whole group is the source's, or half of the target's change would stay. What the source left alone is in it as it was.
      const write = { ...pick(base, targetFields), ...pick(desired, wanted) };
      return { write, rebase: agreed, lost: pick(now, targetFields), asked: [] };
    }
    case 'target':
      return { write: {}, rebase: { ...agreed, ...pick(desired, wanted) }, lost: pick(desired, wanted), asked: [] };
  }
};

const orNull = (fields: Fields): Fields | null => (Object.keys(fields).length === 0 ? null : fields);

/**
 * Fields that said the same on both sides, and no longer would beside what is written: a rule that ends at a moment loses its last
 * occurrence when the series moves to a later hour. They are written, too.
 */
const brokenBy = (changes: Fields, { desired, now, different }: Edited, differing: DifferingFields): Fields => {
  const written: AnyItem = { ...now, ...changes };
  return pick(
    desired,
    differing(written, desired).filter((field) => !different.includes(field)),
  );
};

const decideEdit = (edited: Edited, differing: DifferingFields): Verdict => {
  const { situation, desired, now, candidates, targetChanges, different } = edited;
  const wanted = candidates.filter((field) => different.includes(field));
  const theirs = targetChanges.filter((field) => different.includes(field));
  if (situation.chosen?.take === 'both' && wanted.length + theirs.length > 0) return { type: 'separate' };
  const parts = decidedTogether(desired, wanted, theirs).map((fields) => decidePart(edited, fields));
  const asked = parts.flatMap((part) => part.asked);
  if (asked.length > 0) return { type: 'conflict', fields: asked };
  const all = (of: (part: Part) => Fields): Fields => parts.reduce<Fields>((fields, part) => ({ ...fields, ...of(part) }), {});
  const [chosen, lost, rebase] = [all(({ write }) => write), orNull(all((part) => part.lost)), all((part) => part.rebase)];
  if (Object.keys(chosen).length === 0) return { type: 'nothing', lost, rebase };
  const changes = { ...chosen, ...brokenBy(chosen, edited, differing) };
  const targetChanged = targetChanges.length > 0;
  return {
    type: 'write',
    decision: { action: 'update', changes, rebase, expected: now, expectedChangeKey: situation.targetChangeKey, targetChanged, lost },
  };
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
  const edited = {
    situation,
    desired,
    base: targetBase,
    now: targetNow,
    candidates,
    targetChanges: differing(targetBase, targetNow),
    different: differing(targetNow, desired),
  };
  return decideEdit(edited, differing);
};
