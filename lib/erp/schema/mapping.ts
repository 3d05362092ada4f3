/**
 * The schema mapping: how one ERP's tables hold what the sync knows as employees, appointments and tasks (design, section 6).
 *
 * This is the shape of the JSON file after `readMapping` has checked it against `erp-mapping.schema.json` and filled in the defaults.
 * Names of tables and columns are the ERP's own; they become part of a statement through `quote.ts` only.
 */
import type { FreeBusy, Sensitivity, TaskStatus } from '../../model/item';
import type { Kind } from '../../model/kind';

/** `name`, or `schema.name`; a name that contains a dot needs the long form. */
export type TableName = string | { readonly schema?: string; readonly name: string };

/** A constant in the mapping. */
export type Scalar = string | number | boolean | null;

/** A whole schema mapping. */
export interface SchemaMapping {
  /** Version of this format. */
  readonly version: 1;
  /** Name of the ERP, for scripts and reports. */
  readonly name: string;
  /** Author of what the sync writes, for values `{ "from": "author" }` (requirement D13). Default `exchange-sync`. */
  readonly author: string;
  readonly employees: EmployeeMapping;
  readonly activityTypes: ActivityTypeMapping | null;
  /** Null when the ERP has no appointments to synchronise. */
  readonly appointment: AppointmentMapping | null;
  readonly task: TaskMapping | null;
}

/** Where the employees are. */
export interface EmployeeMapping {
  readonly table: TableName;
  /** Column of the key. */
  readonly key: string;
  readonly name: string;
  /** Column of the mailbox's SMTP address. */
  readonly email: string;
  /** Null: every employee is active. */
  readonly active: FlagColumn | null;
  /** Who is not in it counts as not active. */
  readonly filter: readonly Condition[];
}

/** Where the activity types are, which become Outlook categories (D7). */
export interface ActivityTypeMapping {
  readonly table: TableName;
  readonly key: string;
  readonly no: string;
  readonly description: string;
  /** Column of the Outlook colour, by name or number; null: there is none. */
  readonly colour: string | null;
}

/** What both kinds of records share. */
export interface RecordMapping {
  readonly table: TableName;
  /** A view to read from, with the same columns; null: the table itself. */
  readonly readFrom: TableName | null;
  /** One part, or several of a composite key, in order. */
  readonly key: readonly KeyColumn[];
  /** Column of the employee in charge; null when the participants' table alone says whose record it is. */
  readonly employee: string | null;
  readonly participants: ParticipantsMapping | null;
  /** Further columns of a new record. */
  readonly insert: Readonly<Record<string, WrittenValue>>;
  /** Further columns of every change that the sync writes. */
  readonly update: Readonly<Record<string, WrittenValue>>;
  readonly changeStamp: ChangeStamp | null;
  /** How the ERP marks a deleted record that stays in the table; null: rows are deleted. */
  readonly deleted: DeletedMark | null;
  /**
   * Which records enter the sync. A record that has a link stays in it when it leaves the filter: that is no deletion (design, section 3).
   */
  readonly filter: readonly Condition[];
  readonly procedures: Procedures;
  readonly changes: ChangeDetection;
}

/** Fields of both kinds. A field that is left out is not held by this ERP. */
type CommonFields = {
  readonly subject: TextColumn;
  readonly body?: BodyColumn;
  readonly sensitivity?: CodeColumn<Sensitivity>;
  /** Codes for 1 (highest) to 5 (lowest); without codes the column holds the number itself. */
  readonly priority?: CodeColumn<number>;
  readonly activityTypeId?: PlainColumn;
  readonly categories?: ListColumn;
};

/** Where appointments are. */
export interface AppointmentMapping extends RecordMapping {
  readonly fields: CommonFields & {
    readonly start: TimeColumn;
    /** `minutes`: how long the appointment lasts. */
    readonly end: EndColumn | { readonly column: string; readonly as: 'minutes' };
    readonly allDay?: FlagColumn;
    readonly location?: TextColumn;
    readonly timeZone?: PlainColumn;
    readonly reminderMinutes?: NumberColumn;
    readonly freeBusy?: CodeColumn<FreeBusy>;
    readonly recurrenceRule?: RuleColumn | OccurrenceRows;
  };
  /** Null: this ERP holds no occurrence that is not as its series says. */
  readonly exceptions: ExceptionsMapping | null;
  /** Null: equipment is not shown. */
  readonly equipment: EquipmentMapping | null;
}

/** A table with one row per record and piece of equipment; only read (requirement D10). */
export interface EquipmentMapping {
  readonly table: TableName;
  /** Columns that name the record, in the order of its key. */
  readonly record: readonly string[];
  /** Column that names the piece of equipment. */
  readonly equipment: string;
  /** Where the pieces are. */
  readonly names: { readonly table: TableName; readonly key: string; readonly name: string };
}

/** Fields of which an occurrence may have its own. */
type ExceptionField =
  'subject' | 'location' | 'start' | 'end' | 'allDay' | 'reminderMinutes' | 'freeBusy' | 'priority' | 'activityTypeId' | 'categories';

/** A table with one row per moved, changed or deleted occurrence of a series; NULL in a field's columns means "as the series". */
export interface ExceptionsMapping {
  readonly table: TableName;
  /** Columns that name the record, in the order of its key. */
  readonly record: readonly string[];
  /** When the occurrence would begin by the rule; a day alone will do. Together with `record` it names the row. */
  readonly originalStart: TimeColumn;
  /** Null: deleted occurrences cannot be held. */
  readonly deleted: FlagColumn | null;
  /** Further columns of a new row. */
  readonly insert: Readonly<Record<string, WrittenValue>>;
  /** A field that is left out is always the series'. `start` and `end` go together. */
  readonly fields: Partial<Pick<AppointmentMapping['fields'], ExceptionField>> & { readonly body?: TextColumn };
}

/** Where tasks are. */
export interface TaskMapping extends RecordMapping {
  readonly fields: CommonFields & {
    readonly startDate?: TimeColumn;
    readonly dueDate?: TimeColumn;
    readonly status?: CodeColumn<TaskStatus>;
    readonly percentComplete?: NumberColumn;
    readonly reminderAt?: TimeColumn;
    /** Stamped when the sync completes a task and emptied when it opens it again; not read. */
    readonly completedAt?: TimeColumn;
  };
}

/** A column taken as it is. */
export interface PlainColumn {
  readonly column: string;
}

/** A text; `html` and `rtf` are turned into plain text on the way in, and plain text into them on the way out. */
export interface TextColumn {
  readonly column: string;
  readonly format: 'plain' | 'html' | 'rtf';
}

/** The text of an item; `rich`: HTML that stays HTML where item-map lets rich text through, and is like `html` where it does not. */
export interface BodyColumn {
  readonly column: string;
  readonly format: TextColumn['format'] | 'rich';
}

/** A list of texts in one column, separated by `separator`. */
export interface ListColumn {
  readonly column: string;
  readonly separator: string;
}

/** A yes or no. Read: `yes` (compared without type, case or blanks at the end) is true, everything else and NULL is false. */
export interface FlagColumn {
  readonly column: string;
  /** Default 1. */
  readonly yes: Scalar;
  /** Default 0. */
  readonly no: Scalar;
}

/** A number. */
export interface NumberColumn {
  readonly column: string;
  /** What stands for "none" besides NULL, and is written for it; default null. */
  readonly none: Scalar;
}

/** A code table. */
export interface CodeColumn<Value> {
  readonly column: string;
  /**
   * Codes and what they mean. Of several codes with one meaning the first is written; a code that comes again with another value is written
   * for that value, too. Empty: the column holds the value itself.
   */
  readonly codes: readonly { readonly code: Scalar; readonly value: Value }[];
  /**
   * What an unknown code or NULL means; its code is written for a value that has none. Default: the field's neutral value (`normal`, 3,
   * `busy`, `notStarted`).
   */
  readonly otherwise: Value;
}

/**
 * A date or time. The column may be of a date or time type, a text or a number.
 * `as`: what a value without offset means: `local` (the tenant's zone) or `utc`; `offset`: written with the tenant zone's offset.
 */
export interface TimeColumn {
  readonly column: string;
  /** A second column that holds the time of day; `column` then holds the date. */
  readonly timeColumn?: string;
  readonly as: 'local' | 'utc' | 'offset';
  /** How a text or number column spells it, in Luxon's tokens, for example `yyyyMMdd`; default ISO. */
  readonly format?: string;
  /** The same for `timeColumn`, for example `HHmm`. */
  readonly timeFormat?: string;
}

/** The end of an appointment. */
export interface EndColumn extends TimeColumn {
  /** What the ERP writes as the end of an all-day appointment: the day after the last (default) or the last day itself. */
  readonly allDayEnd: 'day-after' | 'last-day';
}

/** A series as RRULE text. */
export interface RuleColumn {
  readonly column: string;
  /** Whether the text begins with `RRULE:`; both are read. */
  readonly prefix: boolean;
}

/**
 * An ERP that knows no series: the first occurrence is the record, the further ones are rows of the same table that name its key in
 * `occurrencesOf`. The rule itself is kept in `sync_series`.
 */
export interface OccurrenceRows {
  /** Column that names the key of the record whose occurrence the row is; NULL in a record. */
  readonly occurrencesOf: string;
  /** How far ahead occurrences are written, days from now; default 400. */
  readonly days: number;
}

/** A part of the key, and where the value of a new record comes from. */
export type KeyColumn = { readonly column: string } & (
  | { readonly generated: 'identity' | 'guid' | 'procedure' }
  /** SQL Server: a sequence object. */
  | { readonly generated: 'sequence'; readonly sequence: TableName }
  /** An expression of the ERP's own SQL, for example `(SELECT COALESCE(MAX(NR), 0) + 1 FROM TERMIN)`. */
  | { readonly generated: 'expression'; readonly expression: string }
  | { readonly generated: 'constant'; readonly value: Scalar }
);

/** A table with one row per record and employee. */
export interface ParticipantsMapping {
  readonly table: TableName;
  /** Columns that name the record, in the order of its key. */
  readonly record: readonly string[];
  readonly employee: string;
  /** Further columns of a new row. */
  readonly insert: Readonly<Record<string, WrittenValue>>;
}

/** What goes into a column that no field stands for. */
export type WrittenValue = Scalar | { readonly from: 'author' | 'guid' | 'employee' | 'now-local' | 'now-utc' };

/** The column that tells when a record was changed last. */
export interface ChangeStamp {
  readonly column: string;
  /** `rowversion`: tells that something changed, not when. */
  readonly as: 'local' | 'utc' | 'offset' | 'rowversion';
}

/** A soft-delete flag. */
export interface DeletedMark {
  readonly column: string;
  /** Value of a deleted record. */
  readonly deleted: Scalar;
  /** Value of a record that is there; NULL counts as there, too. */
  readonly present: Scalar;
}

/** A condition on one column; all conditions of a list must hold. NULL is in no list and is "not in" every one. */
export type Condition =
  | { readonly column: string; readonly in: readonly Scalar[] }
  | { readonly column: string; readonly notIn: readonly Scalar[] }
  | { readonly column: string; readonly isNull: boolean };

/** Stored procedures that write instead of plain statements (decision 0009 for SQLite). */
export interface Procedures {
  readonly insert: Procedure | null;
  readonly update: Procedure | null;
  readonly delete: Procedure | null;
}

/** A procedure and where its arguments come from. */
export interface Procedure {
  readonly name: TableName;
  /**
   * Parameter (without `@`) → a value, or the column whose value it gets: key, employee, field, `insert` or `update` column. A change or
   * deletion may take any other column of the table, too: it gets what stands there.
   */
  readonly parameters: Readonly<Record<string, { readonly column: string } | { readonly value: WrittenValue }>>;
  /** Insert: where the key comes from, by key column: an output parameter, or a column of the first result. */
  readonly returns: Readonly<Record<string, { readonly output: string } | { readonly result: string }>>;
}

/** Limits of deletions that are found by comparing keys; beyond both of them they are held for a person. */
export interface DeletionLimits {
  /** Default 10. */
  readonly count: number;
  /** Share of an employee's linked records, 0 to 1; default 0.1. */
  readonly share: number;
}

/** How the sync learns of changes in the ERP. */
export type ChangeDetection =
  | { readonly by: 'triggers' }
  | {
      /** `polling`: the change stamp; `change-tracking`: SQL Server's Change Tracking. */
      readonly by: 'polling' | 'change-tracking';
      readonly everySeconds: number;
      /** How often keys are compared to find deleted records; `change-tracking` needs it only when its history was cut. */
      readonly deletionsEveryMinutes: number;
      readonly deletions: DeletionLimits;
    };

/** Where the records of one kind are. */
export type KindMapping = AppointmentMapping | TaskMapping;

/** Where one field is, of whatever kind it is. */
export type FieldMapping =
  | PlainColumn
  | TextColumn
  | BodyColumn
  | ListColumn
  | FlagColumn
  | NumberColumn
  | CodeColumn<string | number>
  | TimeColumn
  | EndColumn
  | { readonly column: string; readonly as: 'minutes' }
  | RuleColumn
  | OccurrenceRows;

/** The fields that the ERP holds, by name. */
export const fieldsOf = (record: KindMapping): readonly (readonly [string, FieldMapping])[] => Object.entries<FieldMapping>(record.fields);

/** A table beside the record's own. */
export interface BesideTable {
  readonly table: TableName;
  /** Columns that name the record, in the order of its key. */
  readonly record: readonly string[];
}

/** How the ERP holds occurrences; null when it holds series themselves, or none. */
export const occurrenceRowsOf = ({ fields }: KindMapping): OccurrenceRows | null => {
  const rule = 'recurrenceRule' in fields ? fields.recurrenceRule : undefined;
  return rule !== undefined && 'occurrencesOf' in rule ? rule : null;
};

/** Where the ERP holds exceptions of the series that it holds by their rules; null when it does not. */
export const exceptionsOf = (record: KindMapping): ExceptionsMapping | null => {
  if (!('exceptions' in record)) return null;
  const { recurrenceRule } = record.fields;
  return recurrenceRule !== undefined && 'column' in recurrenceRule ? record.exceptions : null;
};

/** Where the ERP holds the equipment of records; null when it does not. */
export const equipmentOf = (record: KindMapping): EquipmentMapping | null => ('equipment' in record ? record.equipment : null);

/** Tables beside the record's own whose rows belong to a record. */
export const tablesBeside = (record: KindMapping): readonly BesideTable[] =>
  [record.participants, exceptionsOf(record), equipmentOf(record)].filter((beside) => beside !== null);

/** Fields of the rows of exceptions with their steps in the mapping, when the occurrence would begin and whether it is deleted among them. */
export const exceptionFieldsOf = ({
  originalStart,
  deleted,
  fields,
}: ExceptionsMapping): readonly (readonly [place: string, name: string, field: FieldMapping])[] => [
  ['originalStart', 'originalStart', originalStart],
  ...(deleted === null ? [] : [['deleted', 'deleted', deleted] as const]),
  ...Object.entries<FieldMapping>(fields).map(([name, field]) => [`fields/${name}`, name, field] as const),
];

/** The mapping of a kind; null when this ERP does not have it. */
export const mappingOf = (mapping: SchemaMapping, kind: Kind): KindMapping | null => mapping[kind];
