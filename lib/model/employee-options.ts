/** What is synchronised for one employee (requirements A8, S1, S3, S4, S5): per kind, everything by default. */
import { SyncError } from './error';
import type { Kind } from './kind';

/** Who wins a conflict (requirement S3): a side, the later change, or a person decides. */
export const conflictRules = ['erp', 'exchange', 'last', 'manual'] as const;
/** See `conflictRules`. */
export type ConflictRule = (typeof conflictRules)[number];

/** Directions in which an employee's items of a kind flow; `off`: not at all. */
export const optionDirections = ['both', 'inbound', 'outbound', 'off'] as const;
/** See `optionDirections`. */
export type OptionDirection = (typeof optionDirections)[number];

/** An employee's options of one kind. */
export interface KindOptions {
  readonly direction: OptionDirection;
  /** Delete in Exchange what was deleted in the ERP. */
  readonly deleteInExchange: boolean;
  /** Delete in the ERP what was deleted in Exchange. */
  readonly deleteInErp: boolean;
  /** Whether private and confidential items of the ERP go to Exchange. */
  readonly privateToExchange: boolean;
  /** Whether private and confidential items of Exchange go to the ERP. */
  readonly privateToErp: boolean;
  /** Null: the rule of the conflict-resolve node. */
  readonly conflictRule: ConflictRule | null;
  /** Day `2026-03-28` in the tenant's zone: what ended before it is left alone; null: everything. */
  readonly startDate: string | null;
  /** Days back from today and ahead; what lies outside is left alone, and leaving the window is no deletion. Null: no limit. */
  readonly pastDays: number | null;
  readonly futureDays: number | null;
}

/** A new employee starts with everything on (requirement A8). */
export const defaultKindOptions: KindOptions = {
  direction: 'both',
  deleteInExchange: true,
  deleteInErp: true,
  privateToExchange: true,
  privateToErp: true,
  conflictRule: null,
  startDate: null,
  pastDays: null,
  futureDays: null,
};

/** An employee's options of all kinds. */
export type EmployeeOptions = Readonly<Record<Kind, KindOptions>>;

/** Everything on, for all kinds. */
export const defaultOptions: EmployeeOptions = { appointment: defaultKindOptions, task: defaultKindOptions };

/** `options-invalid`, naming the field and what it may be. */
const invalid = (field: string, expected: string): SyncError =>
  new SyncError('options-invalid', 'configuration', `Employee option ${field} must be ${expected}.`, { field });

const flag = (value: unknown, field: string): boolean => {
  if (typeof value === 'boolean') return value;
  throw invalid(field, 'true or false');
};

const oneOf = <T extends string>(allowed: readonly T[], value: unknown, field: string): T => {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw invalid(field, `one of ${allowed.join(', ')}`);
  return found;
};

const rule = (value: unknown, field: string): ConflictRule | null => {
  if (value === null) return null;
  const found = conflictRules.find((name) => name === value);
  if (found === undefined) throw invalid(field, `one of ${conflictRules.join(', ')}, or null for the rule of the node`);
  return found;
};

const day = (value: unknown, field: string): string | null => {
  if (value === null) return null;
  const isDay = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && isCalendarDay(value);
  if (!isDay) throw invalid(field, 'a day such as 2026-03-28, or null for none');
  return value;
};

/** JavaScript's clock carries 30 February over. */
const isCalendarDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/** Hundred years: further ahead, days are no days of a calendar any more. */
const mostDays = 36_525;

const days = (value: unknown, field: string): number | null => {
  if (value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= mostDays) return value;
  throw invalid(field, `a whole number of days from 0 to ${mostDays}, or null for no limit`);
};

/** How each option is read. */
const readers: { readonly [Name in keyof KindOptions]: (value: unknown, field: string) => KindOptions[Name] } = {
  direction: (value, field) => oneOf(optionDirections, value, field),
  deleteInExchange: flag,
  deleteInErp: flag,
  privateToExchange: flag,
  privateToErp: flag,
  conflictRule: rule,
  startDate: day,
  pastDays: days,
  futureDays: days,
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Options of a kind as `before` says, with what `given` changes. `place` names the options in the error. Throws `options-invalid`: a word
 * that means nothing is a mistake someone would look for in vain.
 */
export const changedKindOptions = (before: KindOptions, given: unknown, place: string): KindOptions => {
  if (!isObject(given)) throw invalid(place, 'an object of options');
  const unknown = Object.keys(given).find((name) => !(name in readers));
  if (unknown !== undefined) throw invalid(`${place}.${unknown}`, `left out: the options are ${Object.keys(readers).join(', ')}`);
  const read = <Name extends keyof KindOptions>(name: Name): KindOptions[Name] =>
    given[name] === undefined ? before[name] : readers[name](given[name], `${place}.${name}`);
  return {
    direction: read('direction'),
    deleteInExchange: read('deleteInExchange'),
    deleteInErp: read('deleteInErp'),
    privateToExchange: read('privateToExchange'),
    privateToErp: read('privateToErp'),
    conflictRule: read('conflictRule'),
    startDate: read('startDate'),
    pastDays: read('pastDays'),
    futureDays: read('futureDays'),
  };
};

/** An employee's options as they are stored, by kind; what is left out is the default. Throws `options-invalid`. */
export const readEmployeeOptions = (stored: Readonly<Partial<Record<Kind, unknown>>>, employeeId: string): EmployeeOptions => {
  const read = (kind: Kind): KindOptions =>
    changedKindOptions(defaultKindOptions, stored[kind] ?? {}, `of employee ${employeeId}, ${kind}`);
  return { appointment: read('appointment'), task: read('task') };
};
