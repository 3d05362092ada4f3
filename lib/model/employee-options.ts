/** What is synchronised for one employee (requirements A8, S1, S3, S4, S5): per kind, everything by default. */
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
