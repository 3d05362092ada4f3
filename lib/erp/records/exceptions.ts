/** Exceptions of a series as rows of a table of their own, by the mapping: pure. NULL in a field's columns means "as the series". */
import isEqual from 'lodash/isEqual';
import pickBy from 'lodash/pickBy';
import sortBy from 'lodash/sortBy';
import uniqBy from 'lodash/uniqBy';
import type { ErpAppointment, ErpException, ErpOccurrenceFields, FreeBusy } from '../../model/item';
import type { Row } from '../engine';
import { addMinutes, minutesBetween, withTime } from '../local-time';
import type { ExceptionsMapping } from '../schema/mapping';
import { codeConverter } from './converters/code';
import type { Converter } from './converters/converter';
import { flagConverter } from './converters/flag';
import { listConverter } from './converters/list';
import { numberConverter } from './converters/number';
import { plainConverter } from './converters/plain';
import { textConverter } from './converters/text';
import { timeConverter } from './converters/time';
import { aliasedRow, aliasOf, createColumns, rowOfCells, type Cell, type Columns } from './fields';
import { periodFields, type Period } from './period';
import { choices, type ShapeContext } from './shape';

type Changes = Partial<ErpOccurrenceFields>;

/** Exceptions as rows. */
export interface ExceptionShape {
  /** Columns that `read` needs, under the aliases of `fields.ts`; those that name the record are not among them. */
  readonly columns: readonly string[];
  /** Those of them that tell which occurrence a row is about. */
  readonly originalColumns: readonly string[];
  /** Which occurrence a row is about; null: none. Throws `erp-value-unreadable`. */
  readonly originalStart: (row: Row, series: ErpAppointment) => string | null;
  /** Null: the occurrence is as the series says. Throws `erp-value-unreadable`. */
  readonly read: (row: Row, series: ErpAppointment) => ErpException | null;
  /** All columns of a row by name. Throws `erp-cannot-hold`. */
  readonly write: (exception: ErpException, series: ErpAppointment) => Row;
  /** What reading would give of the series' exceptions after they were written. */
  readonly asStored: (series: ErpAppointment) => readonly ErpException[];
}

/** What the series makes of an occurrence. */
export const usualOf = (series: ErpAppointment, originalStart: string): ErpOccurrenceFields => {
  const { subject, body, bodyHtml, location, allDay, reminderMinutes, freeBusy, priority, activityTypeId, categories } = series;
  const length = minutesBetween(withTime(series.start), withTime(series.end));
  const end = addMinutes(withTime(originalStart), length);
  const period = { allDay, start: originalStart, end: allDay ? end.slice(0, 10) : end };
  return { subject, body, bodyHtml, location, reminderMinutes, freeBusy, priority, activityTypeId, categories, ...period };
};

/** Exceptions in order, each occurrence once. */
export const inOrder = (exceptions: readonly ErpException[]): readonly ErpException[] =>
  sortBy(
    uniqBy(exceptions, ({ originalStart }) => originalStart),
    ({ originalStart }) => originalStart,
  );

/** Fields of an occurrence that are held together. */
interface Part {
  readonly read: (row: Row, usual: ErpOccurrenceFields, zone: string) => Changes;
  /** NULL for what is not changed. */
  readonly write: (changes: Changes, usual: ErpOccurrenceFields, zone: string) => readonly Cell[];
}

const nulls = (columns: readonly string[]): readonly Cell[] => columns.map((column) => [column, null]);

/** Whether one of the columns is not NULL. */
const tells = (columns: Columns, names: readonly string[]): ((row: Row) => boolean) => {
  const aliases = names.map((name) => aliasOf(columns.names.indexOf(name)));
  return (row) => aliases.some((alias) => (row[alias] ?? null) !== null);
};

/** One field, where the mapping has it. */
const part = <Held>(
  columns: Columns,
  converter: Converter<Held> | null,
  changesOf: (held: Held) => Changes,
  heldOf: (changes: Changes) => Held | undefined,
): readonly Part[] => {
  if (converter === null) return [];
  const field = columns.field(converter);
  const isTold = tells(columns, converter.columns);
  return [
    {
      read: (row) => (isTold(row) ? changesOf(field.read(row)) : {}),
      write: (changes) => {
        const held = heldOf(changes);
        return held === undefined ? nulls(converter.columns) : field.write(held);
      },
    },
  ];
};

const lengthOf = ({ start, end }: Period): number => minutesBetween(withTime(start), withTime(end));

/** Start and end are written together; who moves the start alone means the whole occurrence. */
const periodPart = (columns: Columns, { start, end, allDay }: ExceptionsMapping['fields'], context: ShapeContext): readonly Part[] => {
  if (start === undefined || end === undefined) return [];
  const own = createColumns();
  const period = periodFields({ start, end, ...(allDay === undefined ? {} : { allDay }) }, own, context);
  const begins = timeConverter(start, context.dialect).columns;
  const whole = allDay === undefined ? [] : [allDay.column];
  const ends = own.names.filter((name) => !begins.includes(name) && !whole.includes(name));
  columns.add(own.names);
  const [startTold, endTold, allDayTold] = [begins, ends, whole].map((names) => tells(columns, names));
  const flag = allDay === undefined ? null : columns.field(flagConverter(allDay));
  return [
    {
      read: (row, usual, zone) => {
        const isAllDay = flag !== null && allDayTold?.(row) === true ? flag.read(row) : usual.allDay;
        const [moved, resized] = [startTold?.(row) === true, endTold?.(row) === true];
        if (!moved && !resized && isAllDay === usual.allDay) return {};
        const written = rowOfCells(period.write(usual, zone), ['start', 'end']);
        const told = Object.fromEntries(
          own.names.map((name) => [name, row[aliasOf(columns.names.indexOf(name))] ?? written[name] ?? null]),
        );
        const read = { ...period.read(aliasedRow(own.names, told), zone, isAllDay) };
        const keepsLength = moved && !resized && end.as !== 'minutes' && isAllDay === usual.allDay;
        if (!keepsLength) return read;
        const last = addMinutes(withTime(read.start), lengthOf(usual));
        return { ...read, end: isAllDay ? last.slice(0, 10) : last };
      },
      write: (changes, usual, zone) => {
        if (changes.start === undefined && changes.end === undefined && changes.allDay === undefined) return nulls(own.names);
        const cells = period.write({ ...usual, ...changes }, zone);
        return cells.map(([column, value]) => [column, whole.includes(column) && changes.allDay === undefined ? null : value]);
      },
    },
  ];
};

const partsOf = (columns: Columns, { fields }: ExceptionsMapping, context: ShapeContext): readonly Part[] => {
  const { dialect } = context;
  const { subject, body, location, reminderMinutes, freeBusy, priority, activityTypeId, categories } = fields;
  const text = (column: typeof subject) => (column === undefined ? null : textConverter(column, dialect));
  return [
    ...part(
      columns,
      text(subject),
      (held) => ({ subject: held }),
      (changes) => changes.subject,
    ),
    ...part(
      columns,
      text(body),
      (held) => ({ body: held }),
      (changes) => changes.body,
    ),
    ...part(
      columns,
      text(location),
      (held) => ({ location: held }),
      (changes) => changes.location,
    ),
    ...periodPart(columns, fields, context),
    ...part(
      columns,
      reminderMinutes === undefined ? null : numberConverter(reminderMinutes),
      (held) => ({ reminderMinutes: held }),
      (changes) => changes.reminderMinutes,
    ),
    ...part(
      columns,
      freeBusy === undefined ? null : codeConverter<FreeBusy>(freeBusy, choices.freeBusy),
      (held) => ({ freeBusy: held }),
      (changes) => changes.freeBusy,
    ),
    ...part(
      columns,
      priority === undefined ? null : codeConverter<number>(priority, choices.priority),
      (held) => ({ priority: held }),
      (changes) => changes.priority,
    ),
    ...part(
      columns,
      activityTypeId === undefined ? null : plainConverter(activityTypeId),
      (held) => ({ activityTypeId: held }),
      (changes) => changes.activityTypeId,
    ),
    ...part(
      columns,
      categories === undefined ? null : listConverter(categories),
      (held) => ({ categories: held }),
      (changes) => changes.categories,
    ),
  ];
};

/** The shape of exceptions. */
export const exceptionShape = (mapping: ExceptionsMapping, context: ShapeContext): ExceptionShape => {
  const columns = createColumns();
  const converter = timeConverter(mapping.originalStart, context.dialect);
  const original = columns.time(converter);
  const deleted = mapping.deleted === null ? null : columns.field(flagConverter(mapping.deleted));
  const parts = partsOf(columns, mapping, context);
  const zoneOf = ({ timeZone }: ErpAppointment): string => timeZone ?? context.timeZone;

  const originalStart: ExceptionShape['originalStart'] = (row, series) => {
    const begin = original.read(row, zoneOf(series));
    if (begin === null || series.allDay) return begin?.slice(0, 10) ?? null;
    // A day alone: every occurrence begins at the same time of day.
    return begin.endsWith('T00:00:00') ? `${begin.slice(0, 10)}${series.start.slice(10)}` : begin;
  };
  const read: ExceptionShape['read'] = (row, series) => {
    const start = originalStart(row, series);
    if (start === null) return null;
    if (deleted?.read(row) === true) return { originalStart: start, deleted: true };
    const usual = usualOf(series, start);
    const told = parts.reduce<Changes>((before, one) => ({ ...before, ...one.read(row, usual, zoneOf(series)) }), {});
    const usually = new Map<string, unknown>(Object.entries(usual));
    const changes: Changes = pickBy(told, (value, field) => !isEqual(value, usually.get(field)));
    return Object.keys(changes).length === 0 ? null : { originalStart: start, deleted: false, changes };
  };
  const write: ExceptionShape['write'] = (exception, series) => {
    const changes = exception.deleted ? {} : exception.changes;
    const usual = usualOf(series, exception.originalStart);
    const cells = [
      ...original.write(exception.originalStart, zoneOf(series)),
      ...(deleted?.write(exception.deleted) ?? []),
      ...parts.flatMap((one) => one.write(changes, usual, zoneOf(series))),
    ];
    return rowOfCells(cells, ['exceptions']);
  };
  const isHeld = (exception: ErpException): boolean => !exception.deleted || deleted !== null;
  return {
    columns: columns.names,
    originalColumns: converter.columns,
    originalStart,
    read,
    write,
    asStored: (series) => {
      if (series.recurrenceRule === null) return [];
      const held = series.exceptions.filter(isHeld);
      return inOrder(held.flatMap((exception) => read(aliasedRow(columns.names, write(exception, series)), series) ?? []));
    },
  };
};
