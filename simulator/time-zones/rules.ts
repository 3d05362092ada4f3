import { IANAZone } from 'luxon';

/** When clocks change in every year of a rule: local time before the change. */
export interface Moment {
  /** 1 to 12. */
  readonly month: number;
  /** ISO: Monday 1 to Sunday 7. */
  readonly weekday: number;
  /** Which of those weekdays of the month (1 to 4, -1 for the last); several numbers that mean the same in all years seen so far. */
  readonly occurrences: readonly number[];
  /** Minutes after midnight. */
  readonly minutes: number;
}

/** Summer time of a rule: its offset and when it begins and ends. */
export interface Daylight {
  readonly offset: number;
  readonly begins: Moment;
  readonly ends: Moment;
}

/** The rule of a zone from a day on, until the next one. Offsets are minutes east of UTC. */
export interface ZoneRule {
  /** yyyy-MM-dd */
  readonly from: string;
  readonly standard: number;
  readonly daylight?: Daylight;
}

interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Windows describes zones by rules that start around here; what was before follows the first one. */
const firstYear = 2000;
const lastYear = 2030;
const minute = 60_000;
const day = 86_400_000;
/** No zone has kept an offset for less. */
const step = 14 * day;

const changeWithin = (zone: IANAZone, from: number, to: number): Change => {
  const before = zone.offset(from);
  let [low, high] = [from / minute, to / minute];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle * minute) === before) low = middle;
    else high = middle;
  }
  return { at: high * minute, before, after: zone.offset(to) };
};

const changesOf = (zone: IANAZone, year: number): readonly Change[] => {
  const end = Date.UTC(year + 1, 0, 1);
  const changes: Change[] = [];
  for (let from = Date.UTC(year, 0, 1); from < end; from += step) {
    const to = Math.min(from + step, end);
    if (zone.offset(from) !== zone.offset(to)) changes.push(changeWithin(zone, from, to));
  }
  return changes;
};

const localBefore = ({ at, before }: Change): Date => new Date(at + before * minute);

const momentOf = (change: Change): Moment => {
  const local = localBefore(change);
  const date = local.getUTCDate();
  const length = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  return {
    month: local.getUTCMonth() + 1,
    weekday: local.getUTCDay() === 0 ? 7 : local.getUTCDay(),
    occurrences: [...(date <= 28 ? [Math.ceil(date / 7)] : []), ...(date + 7 > length ? [-1] : [])],
    minutes: local.getUTCHours() * 60 + local.getUTCMinutes(),
  };
};

const rulesOfYear = (zone: IANAZone, year: number): readonly ZoneRule[] => {
  const from = `${year}-01-01`;
  const changes = changesOf(zone, year);
  const [first, second] = changes;
  if (first && second && changes.length === 2 && first.before === second.after) {
    const [begins, ends] = first.after > first.before ? [first, second] : [second, first];
    return [{ from, standard: begins.before, daylight: { offset: begins.after, begins: momentOf(begins), ends: momentOf(ends) } }];
  }
  return [
    { from, standard: first?.before ?? zone.offset(Date.UTC(year, 6, 1)) },
    ...changes.map((change) => ({ from: localBefore(change).toISOString().slice(0, 10), standard: change.after })),
  ];
};

const mergedMoment = (one: Moment, two: Moment): Moment | undefined => {
  const occurrences = one.occurrences.filter((occurrence) => two.occurrences.includes(occurrence));
  const isSame = one.month === two.month && one.weekday === two.weekday && one.minutes === two.minutes && occurrences.length > 0;
  return isSame ? { ...one, occurrences } : undefined;
};

/** One rule for the time of both; undefined where they differ. */
const merged = (one: ZoneRule | undefined, two: ZoneRule): ZoneRule | undefined => {
  if (one?.standard !== two.standard || one.daylight?.offset !== two.daylight?.offset) return undefined;
  if (!one.daylight || !two.daylight) return one;
  const begins = mergedMoment(one.daylight.begins, two.daylight.begins);
  const ends = mergedMoment(one.daylight.ends, two.daylight.ends);
  return begins && ends ? { ...one, daylight: { ...one.daylight, begins, ends } } : undefined;
};

/**
 * The rules of an IANA zone from 2000 on, oldest first; the last one holds for ever. A year in which a zone changes otherwise than to
 * summer time and back is cut at the day of each change, as Windows does: there, times of that day may be off by the change.
 */
export function zoneRules(ianaName: string): readonly ZoneRule[] {
  const zone = IANAZone.create(ianaName);
  const rules: ZoneRule[] = [];
  for (let year = firstYear; year <= lastYear; year += 1) {
    for (const rule of rulesOfYear(zone, year)) {
      const both = merged(rules.at(-1), rule);
      if (both) rules[rules.length - 1] = both;
      else rules.push(rule);
    }
  }
  return rules;
}

/** The occurrence EWS writes for a moment: the last of a month where that fits. */
export const occurrenceOf = ({ occurrences }: Moment): number => (occurrences.includes(-1) ? -1 : (occurrences[0] ?? 1));
