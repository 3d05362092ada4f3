/** When an appointment is: start and end as the ERP's columns hold them, whole days included. */
import type { ErpAppointment } from '../../model/item';
import type { Row } from '../engine';
import { addDays, addMinutes, minutesBetween, moveLocalTime, withTime } from '../local-time';
import type { AppointmentMapping } from '../schema/mapping';
import { unreadable } from './converters/converter';
import { flagConverter } from './converters/flag';
import { numberConverter } from './converters/number';
import { timeConverter } from './converters/time';
import { absent, type Cell, type Columns } from './fields';
import type { ShapeContext } from './shape';

/** The fields of an appointment that say when it is. */
export type Period = Pick<ErpAppointment, 'allDay' | 'start' | 'end'>;

/** Where a period is. */
export type PeriodColumns = Pick<AppointmentMapping['fields'], 'start' | 'end' | 'allDay'>;

/** Reading and writing of a period; `zone`: IANA zone of its local times. */
export interface PeriodFields {
  /** `allDay`: what the row means where it does not tell by itself. */
  readonly read: (row: Row, zone: string, allDay?: boolean) => Period;
  readonly write: (period: Period, zone: string) => readonly Cell[];
}

/** The end of a period by itself. */
interface EndField {
  /** Null when it is not told. */
  readonly read: (row: Row, begin: Omit<Period, 'end'>, zone: string) => string | null;
  readonly write: (period: Period, zone: string) => readonly Cell[];
}

/** An end before the start, or within a day, is what programs write that count the last day itself. */
const dayAfter = (first: string, end: string, countsLastDay: boolean): string => {
  const after = end.endsWith('T00:00:00') && !countsLastDay ? end.slice(0, 10) : addDays(end.slice(0, 10), 1);
  return after > first ? after : addDays(first, 1);
};

/** Minutes from the start: by the clock on the wall where the start is a local time, else in real time. */
const endByMinutes = (column: string, isLocal: boolean, columns: Columns): EndField => {
  const minutes = columns.field(numberConverter({ column, none: null }));
  const clockOf = (allDay: boolean, zone: string): string => (isLocal || allDay ? 'UTC' : zone);
  return {
    read: (row, { allDay, start }, zone) => {
      const length = minutes.read(row);
      if (length === null) return null;
      const clock = clockOf(allDay, zone);
      return moveLocalTime(addMinutes(moveLocalTime(start, clock, 'UTC'), length), 'UTC', clock);
    },
    write: (period, zone) => {
      const clock = clockOf(period.allDay, zone);
      const [start, end] = [period.start, period.end].map((time) => moveLocalTime(withTime(time), clock, 'UTC'));
      return minutes.write(start === undefined || end === undefined ? null : Math.max(0, minutesBetween(start, end)));
    },
  };
};

const endField = (fields: PeriodColumns, columns: Columns, { dialect }: ShapeContext): EndField => {
  const { end } = fields;
  if (end.as === 'minutes') return endByMinutes(end.column, fields.start.as === 'local', columns);
  const time = columns.time(timeConverter(end, dialect));
  return {
    read: (row, _begin, zone) => time.read(row, zone),
    write: (period, zone) => {
      const lastDay = period.allDay && end.allDayEnd === 'last-day';
      return time.write(lastDay ? addDays(period.end.slice(0, 10), -1) : period.end, zone);
    },
  };
};

/** The fields of a period. An appointment whose end is not told ends as it begins. */
export const periodFields = (fields: PeriodColumns, columns: Columns, context: ShapeContext): PeriodFields => {
  const startTime = columns.time(timeConverter(fields.start, context.dialect));
  const endTime = endField(fields, columns, context);
  const allDayFlag = fields.allDay === undefined ? absent(false) : columns.field(flagConverter(fields.allDay));
  const countsLastDay = fields.end.as !== 'minutes' && fields.end.allDayEnd === 'last-day';
  return {
    read: (row, zone, allDay = allDayFlag.read(row)) => {
      const start = startTime.read(row, zone);
      if (start === null) throw unreadable(fields.start.column, 'date or time');
      const end = endTime.read(row, { allDay, start }, zone) ?? start;
      if (!allDay) return { allDay, start, end };
      const first = start.slice(0, 10);
      return { allDay, start: first, end: dayAfter(first, end, countsLastDay) };
    },
    write: (period, zone) => [...startTime.write(period.start, zone), ...endTime.write(period, zone), ...allDayFlag.write(period.allDay)],
  };
};
