/**
 * What people wrote and nobody has knowingly overwritten or deleted: at the end it must be on both sides, or with a decided conflict in the
 * journal. Every text and time that people enter is there once, so a value tells by itself what became of its edit.
 */
import { DateTime } from 'luxon';
import type { Side } from './operations';

/** The values that a person sees in an item, each as `field:value`. */
export type Seen = readonly string[];

/** What people remember. */
export interface Memory {
  /** A person who saw these values replaced one of their fields, or wrote it anew. */
  readonly wrote: (seen: Seen, field: string, value: string) => void;
  /** A person at this side who saw these values took the item away. */
  readonly tookAway: (seen: Seen, side: Side) => void;
  /** An item with these values that was taken away may be there again all the same. */
  readonly mayReturn: (seen: Seen) => void;
  /** Occurrences of some series may have been changed again, or are gone with their series: who changed one may not find it. */
  readonly forgetOccurrences: () => void;
  /** A person copied an item with these values: it may be there once more. */
  readonly copied: (seen: Seen) => void;
  /**
   * A person put an item with these values back: it may be there once more, as an edit in the ERP may have made it anew meanwhile. What
   * nobody replaced since, and nobody in the ERP took away, is there to stay again.
   */
  readonly putBack: (seen: Seen) => void;
  /** A person let an item be removed from the other side: it comes back when the options let it travel again. */
  readonly removed: () => void;
  /** How often that was. */
  readonly removals: () => number;
  /** Values that must be somewhere. */
  readonly expected: () => readonly string[];
  /** How often a subject may be there. */
  readonly allowed: (subject: string) => number;
  /** Subjects of items that a person deleted. */
  readonly deleted: () => ReadonlySet<string>;
}

/** `field:value`, as memory keeps it. */
export const remembered = (field: string, value: string): string => `${field}:${value}`;

/** The spellings of a remembered value in the journal's details: a time stands there as instant and as local time. */
export const spellingsOf = (entry: string, zone: string): readonly string[] => {
  const [field = '', ...rest] = entry.split(':');
  const value = rest.join(':');
  if (field !== 'time' && field !== 'moved') return [`"${value}"`];
  const local = DateTime.fromISO(`${value}Z`).setZone(zone);
  return [value, local.toFormat("yyyy-MM-dd'T'HH:mm"), ...(local.hour === 0 && local.minute === 0 ? [local.toFormat('yyyy-MM-dd')] : [])];
};

/** What is entered in an occurrence: its place, and the time to which it is moved. */
const ofOccurrences = ['occurrence:', 'moved:'];

/** Whether a remembered value is that of an occurrence. */
export const isOfOccurrence = (entry: string): boolean => ofOccurrences.some((field) => entry.startsWith(field));

/** A memory of nothing yet. */
export const createMemory = (): Memory => {
  const expected = new Set<string>();
  /** Everything that people entered, and what of it nobody may wait for again. */
  const [written, over] = [new Set<string>(), new Set<string>()];
  const copies = new Map<string, number>();
  const deleted = new Set<string>();
  let removals = 0;
  const subjectIn = (seen: Seen): string | undefined => seen.find((entry) => entry.startsWith('subject:'));
  const copied = (seen: Seen): void => {
    const subject = subjectIn(seen);
    if (subject === undefined) return;
    copies.set(subject, (copies.get(subject) ?? 0) + 1);
    deleted.delete(subject);
  };
  return {
    wrote: (seen, field, value) => {
      for (const entry of seen.filter((one) => one.startsWith(`${field}:`))) {
        expected.delete(entry);
        over.add(entry);
      }
      expected.add(remembered(field, value));
      written.add(remembered(field, value));
    },
    tookAway: (seen, side) => {
      for (const entry of seen) {
        expected.delete(entry);
        if (side === 'erp') over.add(entry);
      }
      const subject = subjectIn(seen);
      // Of several copies the others stay.
      if (subject !== undefined && !copies.has(subject)) deleted.add(subject);
    },
    mayReturn: (seen) => {
      const subject = subjectIn(seen);
      if (subject !== undefined) deleted.delete(subject);
    },
    forgetOccurrences: () => {
      for (const entry of expected) if (isOfOccurrence(entry)) expected.delete(entry);
    },
    copied,
    putBack: (seen) => {
      copied(seen);
      for (const entry of seen) if (written.has(entry) && !over.has(entry)) expected.add(entry);
    },
    removed: () => {
      removals += 1;
    },
    removals: () => removals,
    expected: () => [...expected],
    allowed: (subject) => 1 + (copies.get(remembered('subject', subject)) ?? 0),
    deleted: () => deleted,
  };
};
