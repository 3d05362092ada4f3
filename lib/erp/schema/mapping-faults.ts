/** Faults of a schema mapping: a stable code, a place in the JSON, and a text. German texts: `mapping-fault` in nodes/locales/de. */
import type { ErrorParams } from '../../model/error';

const texts = {
  'json-invalid':
    'The mapping is no JSON: line __line__, column __column__ holds what JSON does not allow there. Look for a missing or surplus comma, quote or bracket.',
  'json-missing': 'The mapping is no JSON value. Give the text of the mapping file, or the object that it stands for.',
  'type-wrong': '__place__ must be of the JSON type __expected__, not __found__. Correct the value.',
  'value-not-allowed': '__place__ is __found__, which is not possible there. Choose one of __allowed__.',
  'version-unknown':
    '__place__ is __found__, but this program knows version __known__ only. Enter it, or install the package that knows yours.',
  'property-missing': '__place__ is missing. Add it.',
  'property-misspelt': '__place__ is not known. Did you mean "__suggestion__"?',
  'property-unknown': '__place__ is not known. Remove it; known there: __known__.',
  'property-without-meaning': '__place__ means nothing beside the other properties. Remove it.',
  'choice-unclear': '__place__ must have exactly one of these properties: __choices__. Keep one and remove the others.',
  'text-empty': '__place__ is empty. Fill it in.',
  'text-too-long': '__place__ is longer than __limit__ characters. Shorten it.',
  'control-character': '__place__ contains a control character. Remove it; look for line breaks and tabs.',
  'list-empty': '__place__ is an empty list. Add at least one entry.',
  'number-too-small': '__place__ is __found__. Enter at least __limit__.',
  'number-too-large': '__place__ is __found__. Enter at most __limit__.',
  'kinds-missing': 'Neither __place__ nor /task is described, so there is nothing to synchronise. Describe at least one of them.',
  'table-name-unclear':
    '__place__ is "__found__", whose schema cannot be told from its name. Write { "schema": …, "name": … }; for a table of another database make a view.',
  'name-reserved': '__place__: names that begin with sync_ belong to the tables of the sync. Use the ERP\'s own object, not "__found__".',
  'column-double': '__place__: the column __column__ is already used at __other__. Name another column, or remove one of the two.',
  'identity-double': '__place__: a table can number only one column by itself. Choose another "generated" for one part of the key.',
  'participants-key-length':
    "__place__ names __found__ columns, but the record's key has __expected__. Name one column for each part of the key, in the same order.",
  'employee-missing':
    '__place__ is missing, and there are no participants either. Name the column of the employee, or describe the table of the participants.',
  'code-double': '__place__: that the code __code__ stands for "__value__" is said already. Remove it, or enter another value.',
  'otherwise-without-code':
    '__place__ is __value__, for which "codes" has no code. Add a code for it, or set "otherwise" to one of the values that have one.',
  'flag-same': '__place__ is the same as __other__. Enter two values that differ.',
  'null-not-told': '__place__ is null, but NULL never counts as this. Enter a value that the ERP writes.',
  'condition-null':
    '__place__ is null, which is in no list. Write { "column": "__column__", "isNull": true } or false as a condition of its own.',
  'activity-types-missing':
    '__place__ is missing, but __other__ needs it. Describe the table of the activity types, or leave the field out.',
  'stamp-missing': '__place__ is missing, but polling needs it. Name the column of the last change, or choose other "changes".',
  'rowversion-written': '__place__: SQL Server itself writes the rowversion column __column__. Remove it here.',
  'occurrences-composite-key':
    '__place__: occurrences name the key of their record in one column, but the key has __found__ parts. Map the series otherwise or leave them out.',
  'exceptions-without-rule':
    '__place__: exceptions belong to series that the ERP holds by their rules. Name the column of the rule at __other__, or leave the exceptions out.',
  'as-differs': '__place__ is "__found__", but the start is "__expected__". Enter the same for both.',
  'format-unreadable':
    '__place__: what is written as "__format__" cannot be read again. Use tokens of Luxon, for example yyyyMMdd for the date and HHmm for the time.',
  'format-without-date': '__place__: "__format__" does not hold year, month and day. Add them, for example yyyyMMdd.',
  'format-without-time':
    '__place__: "__format__" does not hold hours (0 to 24) and minutes. Add them, for example HHmm, or name a "timeColumn".',
  'format-without-offset': '__place__: "__format__" does not hold the offset that "as" promises. Add ZZ, or choose local or utc.',
  'time-format-without-column':
    '__place__ is given, but there is no "timeColumn". Name the column of the time of day, or remove the format.',
  'parameter-column-unknown':
    '__place__: a new record has no value for the column __column__. Name a column of the key, the employee, a field or "insert", or give a "value".',
  'parameter-missing':
    '__place__: the procedure gets no parameter for the column __column__ (__other__), so its value would be lost. Add a parameter, or leave the field out.',
  'identity-with-procedure':
    '__place__: the insert procedure numbers the new record, not the sync. Write "generated": "procedure" and name in "returns" where the key comes from.',
  'returns-missing':
    '__place__ is missing: nobody tells the key of a new record. Say which output parameter or result column of the insert procedure holds it.',
  'returns-unknown': '__place__: only an insert procedure returns a key, for columns with "generated": "procedure". Remove it.',
  'sequence-needs-sql-server': '__place__: SQLite has no sequences. Choose "identity" or an expression.',
  'rowversion-needs-sql-server': '__place__: SQLite has no rowversion. Name a column that holds the time of the last change.',
  'change-tracking-needs-sql-server': '__place__: only SQL Server has Change Tracking. Choose triggers or polling.',
} as const;

/** Codes of faults; stable, keys of the locale texts `mapping-fault.<code>`. */
export type FaultCode = keyof typeof texts;

/** All codes of faults. */
export const faultCodes: readonly string[] = Object.keys(texts);

/** One mistake in a mapping. */
export interface MappingFault {
  readonly code: FaultCode;
  /** JSON pointer (RFC 6901) of the place, for example `/appointment/fields/start/column`; `/` for the whole. */
  readonly place: string;
  /** What a text may show, `place` among them. */
  readonly params: ErrorParams;
  /** English: place, mistake and remedy. */
  readonly message: string;
}

/** A fault with its English text. */
export const faultAt = (place: string, code: FaultCode, params: ErrorParams = {}): MappingFault => {
  const all: ErrorParams = { place: place === '' ? '/' : place, ...params };
  return {
    code,
    place: String(all['place']),
    params: all,
    message: texts[code].replaceAll(/__(\w+?)__/g, (_, name: string) => String(all[name])),
  };
};

/** A step of a place: a name with `/` and `~` as a JSON pointer spells it. */
export const placeStep = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const longest = 60;

/** A JSON value as a text may show it, shortened. */
export const shownValue = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};
