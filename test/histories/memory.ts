/**
 * What people wrote and nobody has knowingly overwritten or deleted: at the end it must be on both sides, or with a decided conflict in the
 * journal. Every text and time that people enter is there once, so a value tells by itself what became of its edit.
 */
import { DateTime } from 'luxon';

/** The values that a person sees in an item, each as `field:value`. */
export type Seen = readonly string[];

/** What people remember. */
export interface Memory {
  /** A person who saw these values replaced one of their fields, or wrote it anew. */
  readonly wrote: (seen: Seen, field: string, value: string) => void;
  /** A person who saw these values took the item away. */
  readonly tookAway: (seen: Seen) => void;
  /** An item with these values that was taken away may be there again all the same. */
  readonly mayReturn: (seen: Seen) => void;
  /** Occurrences of some series may have been changed again, or are gone with their series: who changed one may not find it. */
  readonly forgetOccurrences: () => void;
  /** A person copied, or put back, an item with these values: it may be there once more. */
  readonly copied: (seen: Seen) => void;
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
  if (field !== 'time') return [`"${value}"`];
  const local = DateTime.fromISO(`${value}Z`).setZone(zone);
  return [value, local.toFormat("yyyy-MM-dd'T'HH:mm"), ...(local.hour === 0 && local.minute === 0 ? [local.toFormat('yyyy-MM-dd')] : [])];
};

/** A memory of nothing yet. */
export const createMemory = (): Memory => {
  const expected = new Set<string>();
  const copies = new Map<string, number>();
  const deleted = new Set<string>();
  const subjectIn = (seen: Seen): string | undefined => seen.find((entry) => entry.startsWith('subject:'));
  return {
    wrote: (seen, field, value) => {
      for (const entry of seen) if (entry.startsWith(`${field}:`)) expected.delete(entry);
      expected.add(remembered(field, value));
    },
    tookAway: (seen) => {
      for (const entry of seen) expected.delete(entry);
      const subject = subjectIn(seen);
      // Of several copies the others stay.
      if (subject !== undefined && !copies.has(subject)) deleted.add(subject);
    },
    mayReturn: (seen) => {
      const subject = subjectIn(seen);
      if (subject !== undefined) deleted.delete(subject);
    },
    forgetOccurrences: () => {
      for (const entry of expected) if (entry.startsWith('occurrence:')) expected.delete(entry);
    },
    copied: (seen) => {
      const subject = subjectIn(seen);
      if (subject === undefined) return;
      copies.set(subject, (copies.get(subject) ?? 0) + 1);
      deleted.delete(subject);
    },
    expected: () => [...expected],
    allowed: (subject) => 1 + (copies.get(remembered('subject', subject)) ?? 0),
    deleted: () => deleted,
  };
};
