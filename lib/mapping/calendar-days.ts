/** Arithmetic with days as texts `2026-03-28`, without zones. */
import type { Weekday } from '../model/recurrence';

/** Weekdays from Monday, as RFC 5545 and ISO 8601 count them. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A day in parts; month 1–12. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Parts of a day text. */
export const parseDay = (text: string): Day => ({
  year: Number(text.slice(0, 4)),
  month: Number(text.slice(5, 7)),
  day: Number(text.slice(8, 10)),
});

/** Day text of parts. */
export const formatDay = ({ year, month, day }: Day): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** Number of days of a month. */
export const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Days since 1970-01-01. */
export const dayNumber = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

/** The day text so many days after 1970-01-01. */
export const dayFromNumber = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

/** Whether a text is a day `2026-03-28` of the calendar. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(dayNumber(text)) && dayFromNumber(dayNumber(text)) === text;

/** A day some days later, or earlier. */
export const addDays = (text: string, days: number): string => dayFromNumber(dayNumber(text) + days);

/** 0 for Monday to 6 for Sunday. */
export const weekdayIndex = (text: string): number => (((dayNumber(text) + 3) % 7) + 7) % 7;

/** Weekday of a day. */
export const weekdayOf = (text: string): Weekday => weekdays[weekdayIndex(text)] ?? 'monday';
