/** Merges the exceptions of a series occurrence by occurrence. Pure. */
import { isEqual, union, uniq } from 'lodash';
import type { AnyItem, Fields } from '../model/item';

/** An exception of either side. */
type Exception = Extract<AnyItem, { kind: 'appointment' }>['exceptions'][number];

/** The exceptions of one series in three states. */
export interface ExceptionSides {
  readonly base: readonly Exception[];
  readonly desired: readonly Exception[];
  readonly now: readonly Exception[];
}

/** What became of them. */
export interface MergedExceptions {
  readonly merged: readonly object[];
  /** The target's base afterwards: what the source has, without what only the target changed. */
  readonly rebased: readonly object[];
  /** Exceptions that both sides changed differently: the loser's. */
  readonly lost: readonly object[];
  readonly conflicts: boolean;
  /** The target is not yet as `merged` says. */
  readonly changed: boolean;
}

const groups: readonly (readonly string[])[] = [
  ['allDay', 'start', 'end'],
  ['body', 'bodyHtml'],
  ['activityTypeId', 'categories'],
];

/** Fields of an occurrence that are its own; null for a deleted one. */
const changesOf = (exception: Exception | undefined): Fields | null =>
  exception === undefined ? {} : exception.deleted ? null : { ...exception.changes };

interface Occurrence {
  readonly base: Fields | null;
  readonly desired: Fields | null;
  readonly now: Fields | null;
}

/** One occurrence that both sides changed; `winner` takes the fields in which they differ. */
const mergeOccurrence = (
  { base, desired, now }: Occurrence,
  winner: 'source' | 'target',
): { fields: Fields | null; conflicts: boolean } => {
  if (desired === null || now === null) return { fields: winner === 'source' ? desired : now, conflicts: true };
  const before = base ?? {};
  const names = uniq([...Object.keys(before), ...Object.keys(desired), ...Object.keys(now)]);
  const alone = names.filter((name) => !groups.some((group) => group.includes(name)));
  const parts = [...groups, ...alone.map((name) => [name])].map((fields) => {
    const changed = (side: Fields) => fields.some((name) => !isEqual(side[name], before[name]));
    const agree = fields.every((name) => isEqual(desired[name], now[name]));
    const both = changed(desired) && changed(now) && !agree;
    const from = both ? (winner === 'source' ? desired : now) : changed(desired) ? desired : now;
    return { both, own: Object.entries(from).filter(([name]) => fields.includes(name)) };
  });
  return { fields: Object.fromEntries(parts.flatMap(({ own }) => own)), conflicts: parts.some(({ both }) => both) };
};

const exceptionOf = (originalStart: string, fields: Fields | null): readonly object[] => {
  if (fields === null) return [{ originalStart, deleted: true }];
  return Object.keys(fields).length === 0 ? [] : [{ originalStart, deleted: false, changes: fields }];
};

/** Three-way merge by `originalStart`. `winner` decides about an occurrence, or a field of it, that both sides changed differently. */
export const mergeExceptions = ({ base, desired, now }: ExceptionSides, winner: 'source' | 'target'): MergedExceptions => {
  const find = (list: readonly Exception[], start: string) => changesOf(list.find(({ originalStart }) => originalStart === start));
  const starts = union(...[base, desired, now].map((list) => list.map(({ originalStart }) => originalStart))).toSorted();
  const occurrences = starts.map((start) => {
    const sides = { base: find(base, start), desired: find(desired, start), now: find(now, start) };
    const source = !isEqual(sides.desired, sides.base);
    const target = !isEqual(sides.now, sides.base);
    const both = source && target && !isEqual(sides.desired, sides.now);
    const { fields, conflicts } = both ? mergeOccurrence(sides, winner) : { fields: source ? sides.desired : sides.now, conflicts: false };
    const loser = winner === 'source' ? sides.now : sides.desired;
    return {
      conflicts,
      changed: !isEqual(fields, sides.now),
      merged: exceptionOf(start, fields),
      rebased: exceptionOf(start, source ? sides.desired : sides.base),
      // The occurrence as the loser had it; an empty one was put back to what the series says.
      lost: conflicts
        ? [loser === null ? { originalStart: start, deleted: true } : { originalStart: start, deleted: false, changes: loser }]
        : [],
    };
  });
  return {
    merged: occurrences.flatMap(({ merged }) => merged),
    rebased: occurrences.flatMap(({ rebased }) => rebased),
    lost: occurrences.flatMap(({ lost }) => lost),
    conflicts: occurrences.some(({ conflicts }) => conflicts),
    changed: occurrences.some(({ changed }) => changed),
  };
};
