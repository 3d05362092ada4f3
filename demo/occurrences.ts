/** On which days of a period an appointment or series takes place, for the ERP page. */
import type ICAL from 'ical.js' with { 'resolution-mode': 'import' };

/** More occurrences than this before the period are not looked for; a daily series reaches 27 years. */
const mostOccurrences = 10_000;
const dayMs = 86_400_000;

const dayNumber = (date: string): number => Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / dayMs);
const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

type Calendar = typeof ICAL;

const firstDays = (calendar: Calendar, start: string, rule: unknown, before: number): readonly number[] => {
  if (typeof rule !== 'string' || rule === '') return [dayNumber(start)];
  const days: number[] = [];
  try {
    const first = calendar.Time.fromDateTimeString(`${start.slice(0, 10)}T${start.slice(11, 19) || '00:00:00'}`);
    const iterator = calendar.Recur.fromString(rule).iterator(first);
    for (let count = 0; count < mostOccurrences; count++) {
      const next = iterator.next();
      if (iterator.completed || dayNumber(next.toString()) >= before) break;
      days.push(dayNumber(next.toString()));
    }
    return days;
  } catch {
    // A rule that cannot be read still has its first day, where a person can find and mend it.
    return [dayNumber(start)];
  }
};

/** Days on which something takes place; see `loadOccurrences`. */
export type OccurrencesBetween = (start: string, end: string, rule: unknown, from: string, to: string) => readonly string[];

const occurrences = (calendar: Calendar, ...[start, end, rule, from, to]: Parameters<OccurrencesBetween>): readonly string[] => {
  const endsAtMidnight = end.length <= 10 || end.slice(11, 19) === '00:00:00';
  const lastDay = dayNumber(end) - (endsAtMidnight && dayNumber(end) > dayNumber(start) ? 1 : 0);
  const length = Math.max(0, lastDay - dayNumber(start));
  const [low, high] = [dayNumber(from), dayNumber(to)];
  const days = new Set<number>();
  for (const first of firstDays(calendar, start, rule, high)) {
    for (let day = Math.max(low, first); day <= first + length && day < high; day++) days.add(day);
  }
  return [...days].sort((a, b) => a - b).map(dayText);
};

/**
 * Loads the calendar library (an ES module). The function answers days `2026-03-28` from `from` (inclusive) to `to` (exclusive);
 * `start`, `end`: local times as the table holds them.
 */
export const loadOccurrences = async (): Promise<OccurrencesBetween> => {
  const { default: calendar } = await import('ical.js');
  return (...period) => occurrences(calendar, ...period);
};
