/** Change stamps as instants: the mark of a look is one, whatever zone the ERP's column is in. Pure. */
import { DateTime, IANAZone } from 'luxon';
import type { ChangeStamp } from '../schema/mapping';

/** What a stamp without offset means. */
export type StampZone = Exclude<ChangeStamp['as'], 'rowversion'>;

/**
 * How far back before its mark a look begins, ms: a transaction stamps its records when it writes them, and commits later; and the clocks of
 * the ERP's computers differ.
 */
export const overlapMs = 300_000;

/** The instant of a stamp `2026-03-28T09:00:00.123`, ms; null when it is none. `timeZone`: the tenant's. */
export const instantOf = (stamp: string, as: StampZone, timeZone: string): number | null => {
  const instant = DateTime.fromISO(stamp.trim().replace(' ', 'T'), { zone: as === 'local' ? timeZone : 'utc' });
  return instant.isValid ? instant.toMillis() : null;
};

/**
 * Where a look begins, as text that is compared with the column: no stamp that was set at `from` or later, up to `now`, is before it. In
 * local time an hour comes twice in autumn: the earlier spelling holds for both.
 */
export const stampText = (from: number, now: number, as: StampZone, timeZone: string): string => {
  const zone = IANAZone.create(timeZone);
  const offset = as === 'local' ? Math.min(zone.offset(from), zone.offset(now)) : 0;
  const text = new Date(from + offset * 60_000).toISOString().slice(0, -1);
  return as === 'offset' ? `${text}+00:00` : text;
};

/** A mark: an instant up to which all changes are known, and when it was taken by this program's clock; ms. */
export interface TimeMark {
  readonly at: number;
  readonly takenAt: number;
}

/**
 * The mark after a look that began at `now`. It follows the highest stamp and, while nothing changes, the time that passes; it never runs
 * ahead of the clock, so that a stamp of the year 2099 hides nothing, and goes back with a clock that is set back.
 */
export const nextMark = (mark: TimeMark, highest: number | null, now: number): TimeMark => {
  const passed = Math.max(0, now - mark.takenAt);
  return { at: Math.min(now, Math.max(mark.at + passed, highest ?? Number.NEGATIVE_INFINITY)), takenAt: now };
};
