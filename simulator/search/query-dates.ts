import { DateTime, type DurationLikeObject } from 'luxon';

/** A stretch of time in ms, without its end. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];

const steps: Readonly<Record<string, number>> = { this: 0, last: -1, past: -1, next: 1, coming: 1 };

const stretch = (start: DateTime, length: DurationLikeObject): TimeRange => ({ from: start.toMillis(), to: start.plus(length).toMillis() });

const sunday = (today: DateTime): DateTime => today.minus({ days: today.weekday % 7 });

const nearDays: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['tomorrow', 1],
  ['yesterday', -1],
]);

const relative = (words: string, today: DateTime): TimeRange | undefined => {
  const day = nearDays.get(words);
  if (day !== undefined) return stretch(today.plus({ days: day }), { days: 1 });
  if (days.includes(words)) return stretch(sunday(today).plus({ days: days.indexOf(words) }), { days: 1 });
  if (months.includes(words)) return stretch(today.set({ month: months.indexOf(words) + 1, day: 1 }), { months: 1 });
  const [, which = '', unit] = /^(this|last|past|next|coming) (week|month|year)$/.exec(words) ?? [];
  const step = steps[which] ?? 0;
  if (unit === 'week') return stretch(sunday(today).plus({ weeks: step }), { weeks: 1 });
  if (unit === 'month') return stretch(today.startOf('month').plus({ months: step }), { months: 1 });
  return unit === 'year' ? stretch(today.startOf('year').plus({ years: step }), { years: 1 }) : undefined;
};

const formats = ['yyyy-MM-dd', 'yyyy/M/d', 'M/d/yyyy', 'M/d', 'MMMM d, yyyy', 'MMMM d yyyy', 'MMMM d'];

const calendarDay = (words: string, today: DateTime): TimeRange | undefined => {
  for (const format of formats) {
    const day = DateTime.fromFormat(words, format, { zone: today.zone, locale: 'en-US' });
    if (day.isValid) return stretch(format.includes('y') ? day : day.set({ year: today.year }), { days: 1 });
  }
  const moment = DateTime.fromISO(words.toUpperCase(), { zone: today.zone });
  return moment.isValid && words.includes('t') ? stretch(moment, { seconds: 1 }) : undefined;
};

const point = (words: string, today: DateTime): TimeRange | undefined => relative(words, today) ?? calendarDay(words, today);

const endless = { from: -8.64e15, to: 8.64e15 };

/** The time that words of a query string name, e.g. `>=yesterday` or `12/1/2013..today`; undefined where they name none. */
export function timeRange(text: string, now: Date, zone: string): TimeRange | undefined {
  const today = DateTime.fromJSDate(now, { zone }).startOf('day');
  const [, operator = '', words = ''] = /^([<>]=?|=)?\s*(.*)$/s.exec(text.toLowerCase()) ?? [];
  const [first = '', second] = words.split('..');
  const from = point(first.trim(), today);
  const to = second === undefined ? from : point(second.trim(), today);
  if (!from || !to) return undefined;
  switch (operator) {
    case '>':
      return { ...endless, from: from.to };
    case '>=':
      return { ...endless, from: from.from };
    case '<':
      return { ...endless, to: from.from };
    case '<=':
      return { ...endless, to: from.to };
    default:
      return { from: from.from, to: to.to };
  }
}
