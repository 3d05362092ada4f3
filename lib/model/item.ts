/**
 * The two shapes of an item: as Exchange holds it and as the ERP holds it. Both are plain JSON, so that they
 * survive a Node-RED wire, a base snapshot and a debug panel. `lib/mapping` turns one into the other.
 */
import type { Kind } from './kind';
import type { Recurrence } from './recurrence';
import type { SeriesException } from './series-exception';

/** How a calendar shows the time of an appointment to others (EWS LegacyFreeBusyStatus). */
export type FreeBusy = 'free' | 'tentative' | 'busy' | 'outOfOffice' | 'workingElsewhere';
/** EWS Sensitivity. */
export type Sensitivity = 'normal' | 'personal' | 'private' | 'confidential';
/** EWS Importance. */
export type Importance = 'low' | 'normal' | 'high';
/** EWS Task Status. `completed` goes with 100 percent and `notStarted` with 0, see `normalizeProgress`. */
export type TaskStatus = 'notStarted' | 'inProgress' | 'completed' | 'waitingOnOthers' | 'deferred';

/** An appointment or series master as Exchange holds it. */
export interface ExchangeAppointment {
  readonly kind: 'appointment';
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly body: string;
  /** The same as HTML where it is synchronised as rich text (requirement D11); null: plain text is all there is. */
  readonly bodyHtml: string | null;
  readonly location: string;
  readonly allDay: boolean;
  /** UTC instant `2026-03-28T08:00:00Z`; for an all-day appointment the first day, `2026-03-28`. Of a series: its first occurrence. */
  readonly start: string;
  /** UTC instant; for an all-day appointment the day after the last, `2026-03-29`. */
  readonly end: string;
  /** IANA zone in which the appointment was made; a series recurs in it. */
  readonly timeZone: string;
  /** Minutes before the start; null for no reminder. */
  readonly reminderMinutes: number | null;
  readonly freeBusy: FreeBusy;
  readonly sensitivity: Sensitivity;
  readonly importance: Importance;
  readonly categories: readonly string[];
  /** Null for a single appointment. */
  readonly recurrence: Recurrence | null;
  /** Moved, changed and deleted occurrences by `originalStart`, each at most once; empty for a single appointment. */
  readonly exceptions: readonly ExchangeException[];
}

/** Fields of which an occurrence may have its own; the others are the series'. */
export type ExchangeOccurrenceFields = Omit<ExchangeAppointment, 'kind' | 'timeZone' | 'sensitivity' | 'recurrence' | 'exceptions'>;
/** An exception of a series in Exchange. */
export type ExchangeException = SeriesException<ExchangeOccurrenceFields>;

/** A task as Exchange holds it. */
export interface ExchangeTask {
  readonly kind: 'task';
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly body: string;
  /** The same as HTML where it is synchronised as rich text (requirement D11); null: plain text is all there is. */
  readonly bodyHtml: string | null;
  /** Date `2026-03-28` without zone, or null. */
  readonly startDate: string | null;
  /** Date `2026-03-28` without zone, or null. */
  readonly dueDate: string | null;
  readonly status: TaskStatus;
  /** 0–100. */
  readonly percentComplete: number;
  /** UTC instant of the reminder, null for none. */
  readonly reminderAt: string | null;
  readonly sensitivity: Sensitivity;
  readonly importance: Importance;
  readonly categories: readonly string[];
}

/** An item in Exchange's shape. */
export type ExchangeItem = ExchangeAppointment | ExchangeTask;

/** An appointment or series as the ERP holds it. */
export interface ErpAppointment {
  readonly kind: 'appointment';
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly body: string;
  /** The same as HTML where it is synchronised as rich text (requirement D11); null: plain text is all there is. */
  readonly bodyHtml: string | null;
  readonly location: string;
  readonly allDay: boolean;
  /** Local time `2026-03-28T09:00:00` in `timeZone`; for an all-day appointment the first day, `2026-03-28`. */
  readonly start: string;
  /** Local time in `timeZone`; for an all-day appointment the day after the last, `2026-03-29`. */
  readonly end: string;
  /** IANA zone of `start` and `end`; null for the tenant's zone. Set only for series that recur in another zone. */
  readonly timeZone: string | null;
  /** Minutes before the start; null for no reminder. */
  readonly reminderMinutes: number | null;
  readonly freeBusy: FreeBusy;
  readonly sensitivity: Sensitivity;
  /** 1 (highest) to 5 (lowest). */
  readonly priority: number;
  /** Key of the activity type, null for none. */
  readonly activityTypeId: string | null;
  /** Keywords other than the activity type. */
  readonly categories: readonly string[];
  /** RRULE value of RFC 5545 without its name, `FREQ=WEEKLY;BYDAY=MO`; null for a single appointment. */
  readonly recurrenceRule: string | null;
  /** Moved, changed and deleted occurrences by `originalStart`, each at most once; empty for a single appointment. */
  readonly exceptions: readonly ErpException[];
  /** Names of the equipment assigned to it (requirement D10), in the ERP's order. Only read: assigning is the ERP's business. */
  readonly equipment: readonly string[];
}

/** Fields of which an occurrence may have its own; the others are the series'. */
export type ErpOccurrenceFields = Omit<ErpAppointment, 'kind' | 'timeZone' | 'sensitivity' | 'recurrenceRule' | 'exceptions' | 'equipment'>;
/** An exception of a series in the ERP. */
export type ErpException = SeriesException<ErpOccurrenceFields>;

/** A task as the ERP holds it. */
export interface ErpTask {
  readonly kind: 'task';
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly body: string;
  /** The same as HTML where it is synchronised as rich text (requirement D11); null: plain text is all there is. */
  readonly bodyHtml: string | null;
  /** Date `2026-03-28`, or null. */
  readonly startDate: string | null;
  /** Date `2026-03-28`, or null. */
  readonly dueDate: string | null;
  readonly status: TaskStatus;
  /** 0–100. */
  readonly percentComplete: number;
  /** Local time `2026-03-28T09:00:00` in the tenant's zone, null for none. */
  readonly reminderAt: string | null;
  readonly sensitivity: Sensitivity;
  /** 1 (highest) to 5 (lowest). */
  readonly priority: number;
  readonly activityTypeId: string | null;
  readonly categories: readonly string[];
}

/** An item in the ERP's shape. */
export type ErpRecord = ErpAppointment | ErpTask;

/** An item of either side. */
export type AnyItem = ExchangeItem | ErpRecord;

/** A part of an item by field name: the changes that are to be written. */
export type Fields = Readonly<Record<string, unknown>>;

/** What makes an appointment a meeting: it belongs to several mailboxes, one of which may change it. */
export interface Meeting {
  /** The mailbox's role: the organiser's item is the meeting itself, an attendee's is a copy of it. */
  readonly role: 'organizer' | 'attendee';
  /** SMTP address, empty when Exchange does not tell it. */
  readonly organizer: string;
  readonly attendees: number;
  /** The organiser cancelled it, and it still lies in the attendee's calendar. */
  readonly cancelled: boolean;
}

/** An Exchange item with its identity on the server. */
export interface ExchangeEntry {
  /** ItemId; case-sensitive. */
  readonly id: string;
  readonly changeKey: string;
  /** The sync id that this product wrote into the item, null when it never did. */
  readonly syncId: string | null;
  /** UTC instant of the last change. */
  readonly modifiedAt: string;
  /** Null for an appointment without others, and for a task. */
  readonly meeting: Meeting | null;
  /** A task that comes again when it is completed: its recurrence is Exchange's alone. */
  readonly regenerates: boolean;
  readonly item: ExchangeItem;
}

/** An ERP record with its identity in the database. */
export interface ErpEntry {
  /** Primary key as text. */
  readonly id: string;
  readonly kind: Kind;
  /** Employees whose mailboxes hold the record: the one in charge first, then the participants. */
  readonly employeeIds: readonly string[];
  /** UTC instant of the last change, null when the table has no change stamp. */
  readonly modifiedAt: string | null;
  /** False: the tenant's filter keeps the record out of the sync unless it is linked already. */
  readonly inFilter: boolean;
  readonly record: ErpRecord;
}
