/** Calendar days as numbers: days since 1970-01-01. Series are reckoned in them, far from zones and clock changes. */

const dayLength = 24 * 3_600_000;

/** The number of a day written `yyyy-MM-dd`. */
export const dayNumber = (text: string): number => Date.parse(`${text}T00:00:00Z`) / dayLength;

/** A day as `yyyy-MM-dd`. */
export const dayText = (day: number): string => new Date(day * dayLength).toISOString().slice(0, 10);

/** 0 for Sunday to 6 for Saturday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** Months since January of year 0. */
export const monthOf = (day: number): number => {
  const date = new Date(day * dayLength);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/** The first day of a month. */
export const firstOfMonth = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / dayLength;
