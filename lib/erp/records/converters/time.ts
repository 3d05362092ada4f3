/** A date or time: in one column or two, local, UTC or with offset, of a date type, a text or a number. */
import { DateTime } from 'luxon';
import type { Value } from '../../engine';
import { moveLocalTime, readLocalTime, withTime } from '../../local-time';
import type { TimeColumn } from '../../schema/mapping';
import type { Dialect } from '../../schema/quote';
import { trimmedTextOf, unreadable } from './converter';

/** A time and its columns; `zone`: IANA zone of the local time in the record. */
export interface TimeConverter {
  readonly columns: readonly string[];
  /** Local time `2026-03-28T09:00:00`; null for NULL and empty. Throws `erp-value-unreadable` (item). */
  readonly read: (values: readonly Value[], zone: string) => string | null;
  /** Takes a date, too, for its midnight. */
  readonly write: (local: string | null, zone: string) => readonly Value[];
}

const locale = { locale: 'en-US' } as const;
const modelForm = "yyyy-MM-dd'T'HH:mm:ss";

/** One spelling of a format in Luxon's tokens. */
interface Format {
  /** As the text says, in UTC, or in `zone` when it has an offset; null when it is none. */
  readonly read: (text: string, zone: string) => string | null;
  /** `local`: in `zone`. */
  readonly write: (local: string, zone: string) => string;
  readonly knowsOffset: boolean;
}

const formatOf = (format: string): Format => {
  const knowsOffset = /[Zz]/.test(format.replaceAll(/'[^']*'/g, ''));
  const zoneOf = (zone: string) => (knowsOffset ? zone : 'UTC');
  // A number has lost its zeros in front.
  const digitsOnly = /^[yMdHms]+$/.test(format);
  return {
    knowsOffset,
    read: (text, zone) => {
      const time = DateTime.fromFormat(digitsOnly ? text.padStart(format.length, '0') : text, format, { zone: zoneOf(zone), ...locale });
      return time.isValid ? time.toFormat(modelForm, locale) : null;
    },
    write: (local, zone) => DateTime.fromISO(local, { zone: zoneOf(zone) }).toFormat(format, locale),
  };
};

/** How dates without format are spelled: SQL Server reads the form with blank, and a date alone, by the session's language. */
const spelled = (local: string, dialect: Dialect): string => (dialect.name === 'sqlite' ? local.replace('T', ' ') : local);

const offsetText = (local: string, zone: string): string => DateTime.fromISO(local, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ", locale);

/** Date and time in one column. */
const inOneColumn = ({ column, as, format }: TimeColumn, dialect: Dialect): TimeConverter => {
  const spelling = format === undefined ? null : formatOf(format);
  const readText = (text: string, zone: string): string | null => {
    const assumed = as === 'utc' ? 'UTC' : zone;
    if (spelling === null) return readLocalTime(text, zone, assumed);
    const read = spelling.read(text, zone);
    return read === null || spelling.knowsOffset ? read : moveLocalTime(read, assumed, zone);
  };
  const writeText = (given: string, zone: string): string => {
    if (spelling === null && as === 'local') return spelled(given, dialect);
    // A day too many is carried over, as it will be when it is read.
    const local = readLocalTime(given, zone) ?? given;
    if (spelling?.knowsOffset === true) return spelling.write(local, zone);
    if (spelling === null && as === 'offset') return spelled(offsetText(local, zone), dialect);
    const stored = as === 'utc' ? moveLocalTime(local, zone, 'UTC') : local;
    return spelling === null ? spelled(stored, dialect) : spelling.write(stored, zone);
  };
  return {
    columns: [column],
    read: ([value = null], zone) => {
      const text = trimmedTextOf(value, column);
      // Nought is how programs without NULL say "no date".
      if (text === null || /^0+$/.test(text)) return null;
      const read = readText(text, zone);
      if (read === null) throw unreadable(column, 'date or time');
      return read;
    },
    write: (local, zone) => [local === null ? null : writeText(withTime(local), zone)],
  };
};

const timeOfDay = /^(?:\d{4}-\d{2}-\d{2}[T ])?(\d{1,2}):(\d{2})(?::(\d{2}))?/;

const readTimeOfDay = (text: string): string | null => {
  const match = timeOfDay.exec(text);
  if (match === null) return null;
  const [, hour = '0', minute = '00', second = '00'] = match;
  return `${hour.padStart(2, '0')}:${minute}:${second}`;
};

/** The date in one column, the time of day in another. */
const inTwoColumns = (time: TimeColumn, timeColumn: string, dialect: Dialect): TimeConverter => {
  const date = inOneColumn({ column: time.column, as: 'local', ...(time.format === undefined ? {} : { format: time.format }) }, dialect);
  const spelling = time.timeFormat === undefined ? null : formatOf(time.timeFormat);
  const read = (value: Value): string => {
    const text = trimmedTextOf(value, timeColumn);
    if (text === null) return '00:00:00';
    const known = spelling === null ? readTimeOfDay(text) : (spelling.read(text, 'UTC')?.slice(11) ?? null);
    if (known === null) throw unreadable(timeColumn, 'time of day');
    return known;
  };
  const other = time.as === 'utc' ? 'UTC' : null;
  return {
    columns: [time.column, timeColumn],
    read: ([day = null, value = null], zone) => {
      const first = date.read([day], 'UTC');
      return first === null ? null : readLocalTime(`${first.slice(0, 10)}T${read(value)}`, zone, other ?? zone);
    },
    write: (local, zone) => {
      if (local === null) return [null, null];
      const stored = moveLocalTime(withTime(local), zone, other ?? zone);
      const day = dialect.name === 'sqlite' && time.format === undefined ? [stored.slice(0, 10)] : date.write(stored.slice(0, 10), 'UTC');
      return [...day, spelling === null ? stored.slice(11) : spelling.write(stored, 'UTC')];
    },
  };
};

/** A time. */
export const timeConverter = (column: TimeColumn, dialect: Dialect): TimeConverter =>
  column.timeColumn === undefined ? inOneColumn(column, dialect) : inTwoColumns(column, column.timeColumn, dialect);

/** A date `2026-03-28`, kept as its midnight where the column can hold more. */
export const dateConverter = (column: TimeColumn, dialect: Dialect): TimeConverter => {
  const time = timeConverter(column, dialect);
  // SQLite keeps a date as it is written.
  const asItIs = dialect.name === 'sqlite' && column.as === 'local' && column.format === undefined && column.timeColumn === undefined;
  return {
    columns: time.columns,
    read: (values, zone) => time.read(values, zone)?.slice(0, 10) ?? null,
    write: (date, zone) => (asItIs ? [date] : time.write(date, zone)),
  };
};
