/** Whether the stored procedures of a mapping get all that is to be written, and tell the key of a new record. */
import type { KindMapping, Procedure } from './mapping';
import { furtherColumns, keyColumns, ownColumns, sameColumn, type ColumnUse } from './mapping-columns';
import { faultAt, placeStep, type MappingFault } from './mapping-faults';

const includes = (columns: readonly string[], column: string): boolean => columns.some((other) => sameColumn(other, column));

/** Parameters that ask for a column of which a new record has no value. */
const unknownColumns = (place: string, procedure: Procedure, known: readonly ColumnUse[]): readonly MappingFault[] => {
  const names = known.map(({ column }) => column);
  return Object.entries(procedure.parameters).flatMap(([parameter, from]) =>
    'column' in from && !includes(names, from.column)
      ? [faultAt(`${place}/parameters${placeStep(parameter)}/column`, 'parameter-column-unknown', { column: from.column })]
      : [],
  );
};

const missingParameters = (place: string, procedure: Procedure, needed: readonly ColumnUse[]): readonly MappingFault[] => {
  const passed = Object.values(procedure.parameters).flatMap((from) => ('column' in from ? [from.column] : []));
  return needed
    .filter(({ column }) => !includes(passed, column))
    .map(({ column, place: other }) => faultAt(`${place}/parameters`, 'parameter-missing', { column, other }));
};

/** Returned columns that are no part of the key which the procedure makes. */
const unknownReturns = (place: string, procedure: Procedure, made: readonly string[]): readonly MappingFault[] =>
  Object.keys(procedure.returns)
    .filter((name) => !includes(made, name))
    .map((name) => faultAt(`${place}/returns${placeStep(name)}`, 'returns-unknown'));

/** Key, employee and fields; the ERP may stamp a completion by itself. */
const contents = (place: string, record: KindMapping): readonly ColumnUse[] =>
  ownColumns(place, record).filter((use) => !use.place.startsWith(`${place}/fields/completedAt/`));

const insertFaults = (place: string, record: KindMapping, procedure: Procedure): readonly MappingFault[] => {
  const at = `${place}/procedures/insert`;
  const made = record.key.filter(({ generated }) => generated === 'procedure').map(({ column }) => column);
  const numbered = record.key.filter(({ generated }) => generated === 'identity').map(({ column }) => column);
  const needed = contents(place, record).filter(({ column }) => !includes([...made, ...numbered], column));
  const { participants, deleted } = record;
  const known = [
    ...ownColumns(place, record),
    ...furtherColumns(`${place}/insert`, record.insert),
    ...(deleted === null ? [] : [{ place: `${place}/deleted/column`, column: deleted.column }]),
    // A procedure that takes the employee enters the participant itself.
    ...(participants === null ? [] : [{ place: `${place}/participants/employee`, column: participants.employee }]),
  ];
  return [
    ...record.key.flatMap(({ generated }, index) =>
      generated === 'identity' ? [faultAt(`${place}/key/${index}/generated`, 'identity-with-procedure')] : [],
    ),
    ...unknownColumns(at, procedure, known),
    ...missingParameters(at, procedure, needed),
    ...made
      .filter((column) => !includes(Object.keys(procedure.returns), column))
      .map((column) => faultAt(`${at}/returns${placeStep(column)}`, 'returns-missing')),
    ...unknownReturns(at, procedure, made),
  ];
};

/**
 * An update keeps the employee; a deletion needs the key only. Both may take any column of the table: what the sync does not write they get
 * as it stands.
 */
const changeFaults = (place: string, record: KindMapping, name: 'update' | 'delete', procedure: Procedure): readonly MappingFault[] => {
  const at = `${place}/procedures/${name}`;
  const needed = name === 'delete' ? keyColumns(place, record) : contents(place, record).filter((use) => use.place !== `${place}/employee`);
  return [...missingParameters(at, procedure, needed), ...unknownReturns(at, procedure, [])];
};

/** Faults of a kind's procedures, and of keys that wait for a procedure that is not there. */
export const proceduresFaults = (place: string, record: KindMapping): readonly MappingFault[] => {
  const { insert, update, delete: remove } = record.procedures;
  const waits = record.key.some(({ generated }) => generated === 'procedure');
  return [
    ...(insert === null && waits ? [faultAt(`${place}/procedures/insert`, 'returns-missing')] : []),
    ...(insert === null ? [] : insertFaults(place, record, insert)),
    ...(update === null ? [] : changeFaults(place, record, 'update', update)),
    ...(remove === null ? [] : changeFaults(place, record, 'delete', remove)),
  ];
};
