/** What a JSON Schema cannot say of a mapping: whether its parts fit together. */
import { kinds } from '../../model/kind';
import {
  equipmentOf,
  exceptionFieldsOf,
  fieldsOf,
  occurrenceRowsOf,
  type CodeColumn,
  type Condition,
  type AppointmentMapping,
  type ExceptionsMapping,
  type FieldMapping,
  type FlagColumn,
  type KindMapping,
  type Scalar,
  type SchemaMapping,
} from './mapping';
import { exceptionColumns, furtherColumns, ownColumns, sameColumn, type ColumnUse } from './mapping-columns';
import { faultAt, shownValue, type MappingFault } from './mapping-faults';
import { formatsFaults } from './mapping-formats';
import { namesFaults } from './mapping-names';
import { proceduresFaults } from './mapping-procedures';
import type { Dialect } from './quote';

/** A code as it is compared: without type and blanks at the end. */
const spelled = (code: Scalar): string | null => {
  if (code === null) return null;
  return (typeof code === 'boolean' ? String(Number(code)) : String(code)).trimEnd();
};

/** Start and end of an appointment within one day may share the column of the date. */
const shareDate = (one: ColumnUse, other: ColumnUse): boolean =>
  one.date !== undefined && other.date !== undefined && one.date.as === other.date.as && one.date.format === other.date.format;

/** Every use of a column that an earlier one has taken. */
const doubleUses = (uses: readonly ColumnUse[]): readonly MappingFault[] =>
  uses.flatMap((use, index) => {
    const first = uses.slice(0, index).find((other) => sameColumn(other.column, use.column) && !shareDate(other, use));
    return first === undefined ? [] : [faultAt(use.place, 'column-double', { column: use.column, other: first.place })];
  });

const takenUses = (uses: readonly ColumnUse[], taken: readonly ColumnUse[]): readonly MappingFault[] =>
  uses.flatMap((use) => {
    const first = taken.find((other) => sameColumn(other.column, use.column));
    return first === undefined ? [] : [faultAt(use.place, 'column-double', { column: use.column, other: first.place })];
  });

const columnsFaults = (place: string, record: KindMapping): readonly MappingFault[] => {
  const own = ownColumns(place, record);
  const { changeStamp: stamp, deleted, participants } = record;
  const written = [...furtherColumns(`${place}/insert`, record.insert), ...furtherColumns(`${place}/update`, record.update)];
  const named = participants?.record.map((column, index) => ({ place: `${place}/participants/record/${index}`, column })) ?? [];
  const joined = participants === null ? [] : [...named, { place: `${place}/participants/employee`, column: participants.employee }];
  return [
    ...doubleUses(own),
    ...takenUses(written, own),
    ...takenUses(deleted === null ? [] : [{ place: `${place}/deleted/column`, column: deleted.column }], own),
    ...takenUses(stamp === null ? [] : [{ place: `${place}/changeStamp/column`, column: stamp.column }], own),
    ...(stamp?.as === 'rowversion'
      ? written
          .filter(({ column }) => sameColumn(column, stamp.column))
          .map((use) => faultAt(use.place, 'rowversion-written', { column: use.column }))
      : []),
    ...doubleUses(joined),
    ...takenUses(participants === null ? [] : furtherColumns(`${place}/participants/insert`, participants.insert), joined),
  ];
};

/** A code may come again for another value, for which it is written, too; what it means is its first value. */
const codeFaults = (place: string, { codes, otherwise }: CodeColumn<string | number>): readonly MappingFault[] => {
  const double = codes.flatMap(({ code, value }, index) =>
    codes.slice(0, index).some((other) => spelled(other.code) === spelled(code) && other.value === value)
      ? [faultAt(`${place}/codes/${index}`, 'code-double', { code: shownValue(code), value })]
      : [],
  );
  const told = codes.length === 0 || codes.some(({ value }) => value === otherwise);
  return told ? double : [...double, faultAt(`${place}/otherwise`, 'otherwise-without-code', { value: otherwise })];
};

interface Named {
  readonly place: string;
  readonly value: Scalar;
}

/** Of two values one tells something and the other its opposite; NULL always means the opposite. */
const oppositeFaults = (told: Named, opposite: Named): readonly MappingFault[] => {
  if (told.value === null) return [faultAt(told.place, 'null-not-told')];
  return spelled(told.value)?.toLowerCase() === spelled(opposite.value)?.toLowerCase()
    ? [faultAt(opposite.place, 'flag-same', { other: told.place })]
    : [];
};

const flagFaults = (place: string, { yes, no }: FlagColumn): readonly MappingFault[] =>
  oppositeFaults({ place: `${place}/yes`, value: yes }, { place: `${place}/no`, value: no });

const fieldFaults = (place: string, definition: FieldMapping): readonly MappingFault[] => {
  if ('codes' in definition) return codeFaults(place, definition);
  return 'yes' in definition ? flagFaults(place, definition) : [];
};

const valuesFaults = (place: string, record: KindMapping): readonly MappingFault[] => {
  const { deleted } = record;
  const at = `${place}/deleted`;
  const marks =
    deleted === null
      ? []
      : oppositeFaults({ place: `${at}/deleted`, value: deleted.deleted }, { place: `${at}/present`, value: deleted.present });
  return [...marks, ...fieldsOf(record).flatMap(([field, definition]) => fieldFaults(`${place}/fields/${field}`, definition))];
};

const filterFaults = (place: string, conditions: readonly Condition[]): readonly MappingFault[] =>
  conditions.flatMap((condition, index) => {
    if ('isNull' in condition) return [];
    const [list, values] = 'in' in condition ? ['in', condition.in] : ['notIn', condition.notIn];
    return values.flatMap((value, position) =>
      value === null ? [faultAt(`${place}/${index}/${list}/${position}`, 'condition-null', { column: condition.column })] : [],
    );
  });

/** `named`: columns of another table that name the record. */
const keyLengthFaults = (place: string, { key }: KindMapping, named: readonly string[] | null): readonly MappingFault[] =>
  named === null || named.length === key.length
    ? []
    : [faultAt(`${place}/record`, 'participants-key-length', { found: named.length, expected: key.length })];

const keyFaults = (place: string, record: KindMapping): readonly MappingFault[] => {
  const identities = record.key.flatMap(({ generated }, index) => (generated === 'identity' ? [index] : []));
  return [
    ...identities.slice(1).map((index) => faultAt(`${place}/key/${index}/generated`, 'identity-double')),
    ...keyLengthFaults(`${place}/participants`, record, record.participants?.record ?? null),
    ...keyLengthFaults(`${place}/equipment`, record, equipmentOf(record)?.record ?? null),
  ];
};

const recordFaults = (place: string, record: KindMapping): readonly MappingFault[] => [
  ...keyFaults(place, record),
  ...(record.employee === null && record.participants === null ? [faultAt(`${place}/employee`, 'employee-missing')] : []),
  ...columnsFaults(place, record),
  ...valuesFaults(place, record),
  ...filterFaults(`${place}/filter`, record.filter),
  ...(record.changes.by === 'polling' && record.changeStamp === null ? [faultAt(`${place}/changeStamp`, 'stamp-missing')] : []),
  ...formatsFaults(place, record),
  ...proceduresFaults(place, record),
];

/** What `end` needs beside it, so that both are read alike. */
const periodFaults = (place: string, { start, end, allDay }: ExceptionsMapping['fields']): readonly MappingFault[] => {
  const missing = (name: string): readonly MappingFault[] => [faultAt(`${place}/${name}`, 'property-missing')];
  if (start === undefined) return end === undefined && allDay === undefined ? [] : missing('start');
  if (end === undefined) return missing('end');
  return end.as === 'minutes' || end.as === start.as
    ? []
    : [faultAt(`${place}/end/as`, 'as-differs', { found: end.as, expected: start.as })];
};

const exceptionsFaults = (place: string, appointment: AppointmentMapping): readonly MappingFault[] => {
  const { exceptions, fields } = appointment;
  if (exceptions === null) return [];
  const own = exceptionColumns(place, exceptions);
  const hasRule = fields.recurrenceRule !== undefined && 'column' in fields.recurrenceRule;
  return [
    ...(hasRule ? [] : [faultAt(place, 'exceptions-without-rule', { other: '/appointment/fields/recurrenceRule' })]),
    ...keyLengthFaults(place, appointment, exceptions.record),
    ...doubleUses(own),
    ...takenUses(furtherColumns(`${place}/insert`, exceptions.insert), own),
    ...exceptionFieldsOf(exceptions).flatMap(([step, , definition]) => fieldFaults(`${place}/${step}`, definition)),
    ...periodFaults(`${place}/fields`, exceptions.fields),
  ];
};

const appointmentFaults = ({ appointment }: SchemaMapping): readonly MappingFault[] => {
  if (appointment === null) return [];
  const { start, end } = appointment.fields;
  const composite = occurrenceRowsOf(appointment) !== null && appointment.key.length > 1;
  return [
    ...(end.as === 'minutes' || end.as === start.as
      ? []
      : [faultAt('/appointment/fields/end/as', 'as-differs', { found: end.as, expected: start.as })]),
    ...(composite
      ? [faultAt('/appointment/fields/recurrenceRule/occurrencesOf', 'occurrences-composite-key', { found: appointment.key.length })]
      : []),
    ...exceptionsFaults('/appointment/exceptions', appointment),
  ];
};

const activityTypesFaults = (mapping: SchemaMapping): readonly MappingFault[] => {
  const kind = kinds.find((name) => mapping[name]?.fields.activityTypeId !== undefined);
  if (mapping.activityTypes !== null || kind === undefined) return [];
  return [faultAt('/activityTypes', 'activity-types-missing', { other: `/${kind}/fields/activityTypeId` })];
};

/** Faults of a mapping that its JSON Schema accepts. */
export const mappingFaults = (mapping: SchemaMapping): readonly MappingFault[] => [
  ...(mapping.appointment === null && mapping.task === null ? [faultAt('/appointment', 'kinds-missing')] : []),
  ...namesFaults(mapping),
  ...(mapping.employees.active === null ? [] : flagFaults('/employees/active', mapping.employees.active)),
  ...filterFaults('/employees/filter', mapping.employees.filter),
  ...activityTypesFaults(mapping),
  ...kinds.flatMap((kind) => {
    const record = mapping[kind];
    return record === null ? [] : recordFaults(`/${kind}`, record);
  }),
  ...appointmentFaults(mapping),
];

const sqliteFaults = (place: string, record: KindMapping): readonly MappingFault[] => [
  ...record.key.flatMap(({ generated }, index) =>
    generated === 'sequence' ? [faultAt(`${place}/key/${index}/generated`, 'sequence-needs-sql-server')] : [],
  ),
  ...(record.changeStamp?.as === 'rowversion' ? [faultAt(`${place}/changeStamp/as`, 'rowversion-needs-sql-server')] : []),
  ...(record.changes.by === 'change-tracking' ? [faultAt(`${place}/changes/by`, 'change-tracking-needs-sql-server')] : []),
];

/** What this engine cannot do of a mapping that is right otherwise. */
export const checkForEngine = (mapping: SchemaMapping, engine: Dialect['name']): readonly MappingFault[] =>
  engine === 'mssql'
    ? []
    : kinds.flatMap((kind) => {
        const record = mapping[kind];
        return record === null ? [] : sqliteFaults(`/${kind}`, record);
      });
