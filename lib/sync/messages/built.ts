/**
 * What turning journal rows into messages has in common both ways: the message, the end of a row that needs none, and the employee's
 * options.
 */
import type { ClaimedEntry, Closing, JudgedBy } from '../../erp/store';
import { instantFromLocal, localFromInstant, utcText } from '../../mapping/local-time';
import type { Employee } from '../../model/employee';
import type { EmployeeOptions } from '../../model/employee-options';
import { SyncError } from '../../model/error';
import { removalHeld } from '../../model/held';
import type { AnyItem, Meeting } from '../../model/item';
import type { JournalEntry } from '../../model/journal';
import type { Operation } from '../../model/kind';
import type { Link } from '../../model/link';
import { topicOf } from '../../model/message';
import type { KeptPart, SyncMessage } from '../../model/message';
import { exclusionOf, removalNote, type Exclusion, type Today } from '../admission';
import type { TenantRuntime } from '../runtime';

/** A row that failed while it was read. */
export interface RowFailure {
  readonly claimed: ClaimedEntry;
  readonly error: SyncError;
}

/** Result of building: messages to send, rows to close, rows that failed. */
export interface Built {
  readonly messages: readonly SyncMessage[];
  readonly closings: readonly Closing[];
  readonly failures: readonly RowFailure[];
}

/** What became of one row. */
export type BuiltRow =
  | { readonly message: SyncMessage }
  | { readonly closing: Closing }
  | { readonly failure: RowFailure }
  /** A linked item became private: a person is asked, unless that was done. */
  | Asked;

interface Asked {
  readonly asked: ClaimedEntry;
  readonly exclusion: Exclusion;
  readonly judgedBy: JudgedBy;
}

/** What became of rows, sorted; asks about what became private. */
export const collect = async (tenant: TenantRuntime, rows: readonly BuiltRow[]): Promise<Built> => ({
  messages: rows.flatMap((row) => ('message' in row ? [row.message] : [])),
  closings: [
    ...rows.flatMap((row) => ('closing' in row ? [row.closing] : [])),
    ...(await askForRemovals(
      tenant,
      rows.flatMap((row) => ('asked' in row ? [row] : [])),
    )),
  ],
  failures: rows.flatMap((row) => ('failure' in row ? [row.failure] : [])),
});

/** The end of a row without a message. */
export const closing = (
  tenant: TenantRuntime,
  entry: JournalEntry,
  state: 'done' | 'skipped' | 'conflict',
  noteCode: string,
  note: string,
  link: Closing['link'] = { type: 'keep' },
): Closing => ({ journalId: entry.id, instance: tenant.instance, outcome: { state, note, noteCode }, link });

/** Asks once for each link, and again only after the item travelled in between. */
const askForRemovals = async (tenant: TenantRuntime, rows: readonly Asked[]): Promise<readonly Closing[]> => {
  if (rows.length === 0) return [];
  const known = new Set(await tenant.database.store.askedRemovals(rows.map(({ asked }) => asked.entry)));
  return rows.map(({ asked: { entry }, exclusion, judgedBy }) => ({
    ...(known.has(entry.id)
      ? closing(tenant, entry, 'skipped', exclusion.code, exclusion.note)
      : closing(tenant, entry, 'conflict', removalHeld, removalNote(entry.direction))),
    judgedBy,
  }));
};

/** Ends a row that the employee's options leave out; null: they let it through, or a person released the removal. */
export const exclude = ({ tenant, options, today }: Admitting, claimed: ClaimedEntry, now: AnyItem | null): BuiltRow | 'remove' | null => {
  const { entry, link } = claimed;
  const base = link === null ? null : entry.direction === 'inbound' ? link.exchangeBase : link.erpBase;
  const exclusion = exclusionOf({ direction: entry.direction, now, base }, options[entry.kind], today);
  if (exclusion === null) return null;
  if (exclusion.code === 'private-not-synchronised' && link?.decision?.take === 'deletion') return 'remove';
  const judgedBy = { employeeId: entry.employeeId, kind: entry.kind, options: options[entry.kind] };
  if (exclusion.asks) return { asked: claimed, exclusion, judgedBy };
  const left = closing(tenant, entry, 'skipped', exclusion.code, exclusion.note);
  return { closing: { ...untilItEnters(left, exclusion, today), judgedBy } };
};

/** The end of a row whose item time alone brings into the window: it comes again with that day. */
const untilItEnters = (left: Closing, { entersOn }: Exclusion, { timeZone }: Today): Closing =>
  entersOn === null
    ? left
    : { ...left, outcome: { ...left.outcome, comesAgainAt: new Date(instantFromLocal(`${entersOn}T00:00:00`, timeZone)).toISOString() } };

/** What is needed to apply an employee's options. */
export interface Admitting {
  readonly tenant: TenantRuntime;
  readonly options: EmployeeOptions;
  readonly today: Today;
}

/** The day by which options are applied. */
export const todayOf = ({ database: { store } }: TenantRuntime): Today => {
  const { timeZone } = store;
  return { day: localFromInstant(utcText(new Date().toISOString()), timeZone).slice(0, 10), timeZone };
};

/** What a message is made of. */
export interface MessageParts {
  readonly entry: JournalEntry;
  readonly operation: Operation;
  readonly employee: Employee;
  readonly connection: string | null;
  readonly link: Link | null;
  readonly erpId: string | null;
  readonly exchangeId: string | null;
  readonly changeKey: string | null;
  readonly syncId: string | null;
  readonly source: AnyItem | null;
  readonly sourceModifiedAt: string | null;
  readonly meeting: Meeting | null;
  readonly kept?: readonly KeptPart[];
  readonly participants?: number;
  readonly removal?: true;
}

/** The message of a row. */
export const messageOf = (tenant: TenantRuntime, parts: MessageParts): SyncMessage => {
  const { entry, operation, employee, link } = parts;
  return {
    topic: topicOf(entry.direction, entry.kind, operation),
    payload: parts.source,
    sync: {
      journalId: entry.id,
      direction: entry.direction,
      kind: entry.kind,
      operation,
      employee: { id: employee.id, name: employee.name, email: employee.email ?? '' },
      tenant: tenant.name,
      connection: parts.connection,
      erpId: parts.erpId,
      exchangeId: parts.exchangeId,
      changeKey: parts.changeKey,
      syncId: parts.syncId,
      link: link === null ? null : { id: link.id, version: link.version },
      base: link === null ? null : { erp: link.erpBase, exchange: link.exchangeBase },
      source: parts.source,
      sourceModifiedAt: parts.sourceModifiedAt,
      attempt: entry.attempt,
      // That a deletion was released says nothing about an item that is there again.
      chosen: link?.decision?.take === 'deletion' && operation !== 'delete' ? null : (link?.decision ?? null),
      meeting: parts.meeting,
      ...(parts.kept === undefined ? {} : { kept: parts.kept }),
      ...(parts.participants === undefined ? {} : { participants: parts.participants }),
      ...(parts.removal === undefined ? {} : { removal: parts.removal }),
    },
  };
};

/** `employee-unknown` (item). */
export const unknownEmployee = (entry: JournalEntry): SyncError =>
  new SyncError(
    'employee-unknown',
    'item',
    `There is no employee ${entry.employeeId} in the ERP's employee table. Enter the employee, then reopen this row.`,
    { employee: entry.employeeId },
  );
