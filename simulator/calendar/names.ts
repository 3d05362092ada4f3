/** The words of EWS for days, months and weeks, at the places of their numbers. */

/** Sunday is 0. */
export const weekdays: readonly string[] = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** January is 0. */
export const months: readonly string[] = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
];

/** Weeks of a month (DayOfWeekIndex). */
export const weeks: readonly string[] = ['First', 'Second', 'Third', 'Fourth', 'Last'];
