/** Appointments as rows, by the mapping: pure. */
import type { ErpAppointment, FreeBusy } from '../../model/item';
import { moveLocalTime } from '../local-time';
import type { AppointmentMapping } from '../schema/mapping';
import { cannotHold } from './cannot-hold';
import { codeConverter } from './converters/code';
import { numberConverter } from './converters/number';
import { plainConverter } from './converters/plain';
import { ruleConverter } from './converters/rule';
import { textConverter } from './converters/text';
import { absent, createColumns, rowOfCells, type Field } from './fields';
import { periodFields } from './period';
import { choices, commonFields, type RecordShape, type ShapeContext } from './shape';

/** An appointment without a place for its zone is local in the tenant's; a series cannot be moved there, as clocks change on other days. */
const inTenantZone = (record: ErpAppointment, timeZone: string): ErpAppointment => {
  if (record.timeZone === null || record.timeZone === timeZone) return { ...record, timeZone: null };
  // Days have no zone.
  if (record.allDay) return { ...record, timeZone: null };
  if (record.recurrenceRule !== null) throw cannotHold('timeZone', 'it is a series of another time zone');
  const move = (local: string) => moveLocalTime(local, record.timeZone ?? timeZone, timeZone);
  return { ...record, start: move(record.start), end: move(record.end), timeZone: null };
};

const ruleField = (
  rule: AppointmentMapping['fields']['recurrenceRule'],
  columns: ReturnType<typeof createColumns>,
): Field<string | null> => {
  if (rule !== undefined && 'column' in rule) return columns.field(ruleConverter(rule));
  return {
    read: () => null,
    write: (held) => {
      if (held !== null) throw cannotHold('recurrenceRule', 'it is a series');
      return [];
    },
  };
};

/** The shape of appointments. Series of an ERP that holds rows of occurrences come and go without their rule (`series.ts`). */
export const appointmentShape = (mapping: AppointmentMapping, context: ShapeContext): RecordShape<ErpAppointment> => {
  const { fields } = mapping;
  const columns = createColumns();
  const common = commonFields(fields, columns, context);
  const period = periodFields(fields, columns, context);
  const location = fields.location === undefined ? absent('') : columns.field(textConverter(fields.location, context.dialect));
  const timeZone = fields.timeZone === undefined ? null : columns.field(plainConverter(fields.timeZone));
  const reminderMinutes =
    fields.reminderMinutes === undefined ? absent<number | null>(null) : columns.field(numberConverter(fields.reminderMinutes));
  const freeBusy =
    fields.freeBusy === undefined ? absent<FreeBusy>('busy') : columns.field(codeConverter<FreeBusy>(fields.freeBusy, choices.freeBusy));
  const rule = ruleField(fields.recurrenceRule, columns);
  return {
    columns: columns.names,
    read: (row) => {
      const zone = timeZone?.read(row) ?? null;
      return {
        kind: 'appointment',
        ...common.read(row),
        location: location.read(row),
        ...period.read(row, zone ?? context.timeZone),
        timeZone: zone,
        reminderMinutes: reminderMinutes.read(row),
        freeBusy: freeBusy.read(row),
        recurrenceRule: rule.read(row),
        exceptions: [],
        equipment: [],
      };
    },
    write: (given) => {
      const record = timeZone === null ? inTenantZone(given, context.timeZone) : given;
      const cells = [
        ...common.write(record),
        ...location.write(record.location),
        ...period.write(record, record.timeZone ?? context.timeZone),
        ...(timeZone?.write(record.timeZone) ?? []),
        ...reminderMinutes.write(record.reminderMinutes),
        ...freeBusy.write(record.freeBusy),
        ...rule.write(record.recurrenceRule),
      ];
      return rowOfCells(cells, ['start', 'end']);
    },
  };
};
