/** The result of a synchronisation check (requirements O4, O5): plain JSON, without contents of items. */
import type { NewEntry } from '../erp/store';
import type { Kind } from '../model/kind';

/** What can be done about a difference. */
export const checkActions = ['erp-to-exchange', 'exchange-to-erp', 'delete-erp', 'delete-exchange', 'none'] as const;
/** See `checkActions`. */
export type CheckAction = (typeof checkActions)[number];

/** Why an action is suggested; each has a text in `texts.ts`. */
export const checkReasons = [
  'never-synchronised',
  'unfinished',
  'changed-in-erp',
  'changed-in-exchange',
  'conflict-rule',
  'conflict-manual',
  'unchanged',
  'deleted-in-erp',
  'deleted-in-exchange',
  'edited-after-deletion',
  'many-deletions',
  'not-readable',
] as const;
/** See `checkReasons`. */
export type CheckReason = (typeof checkReasons)[number];

/** What is suggested for one difference. */
export interface Suggestion {
  readonly action: CheckAction;
  readonly reason: CheckReason;
}

/** One difference. */
export interface CheckEntry {
  readonly employee: { readonly id: string; readonly name: string };
  readonly kind: Kind;
  readonly difference: 'erp-only' | 'exchange-only' | 'different';
  /** Names of the ERP fields that differ; empty when the item is on one side only. */
  readonly fields: readonly string[];
  readonly erpId: string | null;
  readonly exchangeId: string | null;
  /** Subject, or `(private)`. */
  readonly label: string;
  /** An action that a person changed is carried out as changed. */
  readonly suggestion: Suggestion;
}

/** A mailbox that could not be checked. */
export interface CheckFailure {
  readonly employee: { readonly id: string; readonly name: string };
  readonly kind: Kind;
  /** Code of the SyncError. */
  readonly code: string;
  readonly text: string;
}

/** Result of a check. */
export interface CheckReport {
  readonly tenant: string;
  /** Name of the Exchange connection. */
  readonly connection: string;
  /** UTC instants; `to` is exclusive. */
  readonly from: string;
  readonly to: string;
  /** UTC instant at which the check began. */
  readonly startedAt: string;
  readonly kinds: readonly Kind[];
  /** Employees whose mailboxes were checked, failures included. */
  readonly employees: number;
  /** Items compared, those on one side only included. */
  readonly compared: number;
  readonly entries: readonly CheckEntry[];
  readonly failures: readonly CheckFailure[];
}

const correctionOf = (entry: CheckEntry, connection: string): NewEntry | null => {
  const { kind, difference, employee, erpId, exchangeId, suggestion } = entry;
  const shared = { kind, employeeId: employee.id };
  const operation = difference === 'different' ? ('update' as const) : ('create' as const);
  const outbound = { ...shared, direction: 'outbound', connection: null, erpId, exchangeId: null } as const;
  const inbound = { ...shared, direction: 'inbound', connection, erpId: null, exchangeId } as const;
  switch (suggestion.action) {
    case 'erp-to-exchange':
      return erpId === null ? null : { ...outbound, operation };
    case 'exchange-to-erp':
      return exchangeId === null ? null : { ...inbound, operation };
    case 'delete-exchange':
      return erpId === null ? null : { ...outbound, operation: 'delete' };
    case 'delete-erp':
      return exchangeId === null ? null : { ...inbound, operation: 'delete' };
    case 'none':
      return null;
  }
};

/** Journal rows that carry out the actions of a report; they pass through conflict-resolve like every other change. */
export const correctionsOf = ({ entries, connection }: Pick<CheckReport, 'entries' | 'connection'>): readonly NewEntry[] =>
  entries.flatMap((entry) => correctionOf(entry, connection) ?? []);
