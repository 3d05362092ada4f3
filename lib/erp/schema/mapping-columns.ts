/** Which columns of a record's table the mapping uses, and where it says so. */
import { exceptionFieldsOf, fieldsOf, type ExceptionsMapping, type FieldMapping, type KindMapping, type TimeColumn } from './mapping';
import { placeStep } from './mapping-faults';

/** A column and the place in the mapping that names it. */
export interface ColumnUse {
  readonly place: string;
  readonly column: string;
  /** The date of a time that has a column of its own for the time of day: start and end of one day may share it. */
  readonly date?: TimeColumn;
}

/** `at`: the place of the field. */
const columnsOfPlace = (at: string, definition: FieldMapping): readonly ColumnUse[] => {
  if ('occurrencesOf' in definition) return [{ place: `${at}/occurrencesOf`, column: definition.occurrencesOf }];
  const first = { place: `${at}/column`, column: definition.column };
  if (!('timeColumn' in definition)) return [first];
  return [
    { ...first, date: definition },
    { place: `${at}/timeColumn`, column: definition.timeColumn },
  ];
};

/** `place`: of the record's mapping. */
const fieldColumns = (place: string, record: KindMapping): readonly ColumnUse[] =>
  fieldsOf(record).flatMap(([field, definition]) => columnsOfPlace(`${place}/fields/${field}`, definition));

/** Columns of the rows of exceptions that the sync writes by itself. `place`: of their mapping. */
export const exceptionColumns = (place: string, exceptions: ExceptionsMapping): readonly ColumnUse[] => [
  ...exceptions.record.map((column, index) => ({ place: `${place}/record/${index}`, column })),
  ...exceptionFieldsOf(exceptions).flatMap(([step, , definition]) => columnsOfPlace(`${place}/${step}`, definition)),
];

/** Columns of the key. */
export const keyColumns = (place: string, record: KindMapping): readonly ColumnUse[] =>
  record.key.map(({ column }, index) => ({ place: `${place}/key/${index}/column`, column }));

/** Columns that the sync writes by itself: key, employee and fields. */
export const ownColumns = (place: string, record: KindMapping): readonly ColumnUse[] => [
  ...keyColumns(place, record),
  ...(record.employee === null ? [] : [{ place: `${place}/employee`, column: record.employee }]),
  ...fieldColumns(place, record),
];

/** Columns of `insert` or `update`. */
export const furtherColumns = (place: string, values: Readonly<Record<string, unknown>>): readonly ColumnUse[] =>
  Object.keys(values).map((column) => ({ place: `${place}${placeStep(column)}`, column }));

/** Whether two names mean one column: servers compare them without case. */
export const sameColumn = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
