/** Whether the spellings of times (tokens of Luxon) hold what they are for and can be read again. */
import { DateTime } from 'luxon';
import { faultAt, type FaultCode, type MappingFault } from './mapping-faults';
import { exceptionFieldsOf, exceptionsOf, fieldsOf, type FieldMapping, type KindMapping, type TimeColumn } from './mapping';

/** What a spelling must hold. */
type Part = 'date' | 'time' | 'offset';

/** A time of which no part can be guessed: afternoon, day above 12, an offset of its own. */
const sample = DateTime.fromISO('2019-11-28T14:35:07+05:30', { setZone: true, locale: 'en-US' });

const readAgain = (format: string): DateTime | null => {
  try {
    const read = DateTime.fromFormat(sample.toFormat(format), format, { setZone: true, zone: 'utc', locale: 'en-US' });
    return read.isValid ? read : null;
  } catch {
    // Luxon throws for tokens that contradict each other.
    return null;
  }
};

const holds = (read: DateTime, part: Part): boolean => {
  if (part === 'offset') return read.offset === sample.offset;
  return part === 'date' ? read.toISODate() === sample.toISODate() : read.hour === sample.hour && read.minute === sample.minute;
};

const codes: Readonly<Record<Part, FaultCode>> = {
  date: 'format-without-date',
  time: 'format-without-time',
  offset: 'format-without-offset',
};

const formatFaults = (place: string, format: string, parts: readonly Part[]): readonly MappingFault[] => {
  const read = readAgain(format);
  if (read === null) return [faultAt(place, 'format-unreadable', { format })];
  const lost = parts.find((part) => !holds(read, part));
  return lost === undefined ? [] : [faultAt(place, codes[lost], { format })];
};

/** Fields that may be days: their column need not hold a time of day. `completedAt` is written, never read. */
const days: readonly string[] = ['startDate', 'dueDate', 'completedAt', 'originalStart'];

const timeFaults = (place: string, field: string, { as, timeColumn, format, timeFormat }: TimeColumn): readonly MappingFault[] => {
  if (timeColumn === undefined && timeFormat !== undefined) return [faultAt(`${place}/timeFormat`, 'time-format-without-column')];
  const offset: readonly Part[] = as === 'offset' ? ['offset'] : [];
  if (timeColumn !== undefined) {
    return [
      ...(format === undefined ? [] : formatFaults(`${place}/format`, format, ['date'])),
      ...(timeFormat === undefined ? [] : formatFaults(`${place}/timeFormat`, timeFormat, ['time', ...offset])),
    ];
  }
  return format === undefined ? [] : formatFaults(`${place}/format`, format, days.includes(field) ? ['date'] : ['date', 'time', ...offset]);
};

const isTimeColumn = (definition: object): definition is TimeColumn =>
  'as' in definition && (definition.as === 'local' || definition.as === 'utc' || definition.as === 'offset');

const faultsOf = (place: string, name: string, definition: FieldMapping): readonly MappingFault[] =>
  isTimeColumn(definition) ? timeFaults(place, name, definition) : [];

/** Faults of all spellings of a kind's fields. */
export const formatsFaults = (place: string, record: KindMapping): readonly MappingFault[] => {
  const exceptions = exceptionsOf(record);
  return [
    ...fieldsOf(record).flatMap(([field, definition]) => faultsOf(`${place}/fields/${field}`, field, definition)),
    ...(exceptions === null ? [] : exceptionFieldsOf(exceptions)).flatMap(([step, name, definition]) =>
      faultsOf(`${place}/exceptions/${step}`, name, definition),
    ),
  ];
};
