/** A kind's mapping, made ready once per open database: what does not depend on the records of a query is worded here. */
import type { ErpAppointment, ErpException, ErpRecord, ErpTask } from '../../model/item';
import type { Kind } from '../../model/kind';
import { SyncError } from '../../model/error';
import type { Row } from '../engine';
import { filterHolds, isPresent } from '../schema/condition';
import { columnOf, keyText, keyTextOf } from '../schema/key';
import {
  exceptionsOf,
  occurrenceRowsOf,
  type AppointmentMapping,
  type OccurrenceRows,
  type SchemaMapping,
  type TaskMapping,
} from '../schema/mapping';
import type { Dialect } from '../schema/quote';
import { appointmentShape } from './appointment';
import { timeConverter, type TimeConverter } from './converters/time';
import type { CompiledExceptions } from './exception-rows';
import { exceptionShape, inOrder } from './exceptions';
import { aliasedRow, aliasOf } from './fields';
import { asSeries, differences, headOccurrence, occurrenceAt, type OccurrenceChanges } from './occurrences';
import type { RecordShape, ShapeContext } from './shape';
import { taskShape } from './task';

/** A kind as the ERP's tables hold it. */
export interface CompiledKind {
  readonly kind: Kind;
  readonly mapping: AppointmentMapping | TaskMapping;
  /** The mapping again where it is one of appointments. */
  readonly appointment: AppointmentMapping | null;
  /** Author of what the sync writes. */
  readonly author: string;
  readonly keyColumns: readonly string[];
  /** Null where the ERP keeps rules itself, or none. */
  readonly occurrences: OccurrenceRows | null;
  /** Null where the ERP holds no exceptions of series. */
  readonly exceptions: CompiledExceptions | null;
  /** Stamped when a task is completed. */
  readonly completedAt: TimeConverter | null;
  /** SQL: the table to read from, as `r`. */
  readonly source: string;
  /** SQL: key, employee in charge, stamp, filter and columns of a row, under the names of `RecordRow`. */
  readonly selection: string;
  /** SQL: the text of the key of `r`. */
  readonly keyText: string;
  /** SQL: `r` is a record, neither deleted nor an occurrence of another. */
  readonly isRecord: string;
  /** SQL: the record `r` is in the filter. */
  readonly inFilter: string;
  /** SQL: the order of keys. */
  readonly order: string;
  readonly read: (row: Row) => ErpRecord;
  /** All columns of a record by name. */
  readonly write: (record: ErpRecord) => Row;
  /** See `ErpRecords.asStored`. */
  readonly asStored: (record: ErpRecord) => ErpRecord;
}

/** The kinds of a mapping. */
export type CompiledKinds = Readonly<Record<Kind, CompiledKind | null>>;

/** The pure part of a kind: a record of another kind is refused. */
interface Shape {
  readonly columns: readonly string[];
  readonly read: (row: Row) => ErpRecord;
  readonly write: (record: ErpRecord) => Row;
  readonly asStored: (record: ErpRecord) => ErpRecord;
}

const shapeFor = <R extends ErpRecord>({ columns, read, write }: RecordShape<R>, own: (record: ErpRecord) => R): Shape => ({
  columns,
  read,
  write: (record) => write(own(record)),
  asStored: (record) => read(aliasedRow(columns, write(own(record)))),
});

const wrongKind = (kind: Kind): SyncError =>
  new SyncError('erp-refused', 'item', `The ERP takes no such value: field kind must be ${kind}. Correct it in the item or in the flow.`, {
    field: 'kind',
  });

const ownAppointment = (record: ErpRecord): ErpAppointment => {
  if (record.kind === 'appointment') return record;
  throw wrongKind('appointment');
};

const ownTask = (record: ErpRecord): ErpTask => {
  if (record.kind === 'task') return record;
  throw wrongKind('task');
};

/** Exceptions as reading would give them where every occurrence is a row of its own. */
const exceptionsOfRows = (
  series: ErpAppointment,
  single: (record: ErpAppointment) => ErpAppointment,
  zone: string,
): readonly ErpException[] => {
  if (series.recurrenceRule === null) return [];
  return inOrder(
    series.exceptions.flatMap((exception): readonly ErpException[] => {
      if (exception.deleted) return [exception];
      const at = (changes: OccurrenceChanges) => single(occurrenceAt(series, exception.originalStart, changes, zone));
      const changes = differences(at(exception.changes), at({}), series, zone);
      return Object.keys(changes).length === 0 ? [] : [{ ...exception, changes }];
    }),
  );
};

/** Where the ERP holds occurrences only, a series is written as its first one; what else there is of it comes back from the sync tables. */
const shapeOfAppointments = (mapping: AppointmentMapping, context: ShapeContext, held: CompiledExceptions | null): Shape => {
  const { timeZone } = context;
  const shape = appointmentShape(mapping, context);
  const isWhole = occurrenceRowsOf(mapping) === null;
  const own = shapeFor(shape, (record) => (isWhole ? ownAppointment(record) : headOccurrence(ownAppointment(record), timeZone)));
  const single = (record: ErpAppointment): ErpAppointment => ownAppointment(own.asStored({ ...record, exceptions: [] }));
  return {
    ...own,
    asStored: (record) => {
      const given = ownAppointment(record);
      const stored = isWhole ? single(given) : asSeries(single(given), given, timeZone);
      const series = { ...stored, exceptions: given.exceptions };
      const rows = isWhole ? (held?.shape.asStored(series) ?? []) : exceptionsOfRows(series, single, timeZone);
      // Equipment is as it was: nobody writes it.
      return { ...stored, exceptions: rows, equipment: mapping.equipment === null ? [] : given.equipment };
    },
  };
};

/** What the kinds do not share. */
type Particulars = Pick<CompiledKind, 'kind' | 'mapping' | 'appointment' | 'author' | 'occurrences' | 'exceptions' | 'completedAt'>;

const compileKind = (particulars: Particulars, shape: Shape, dialect: Dialect): CompiledKind => {
  const { mapping } = particulars;
  const keyColumns = mapping.key.map((part) => part.column);
  const own = (column: string): string => columnOf(dialect, 'r', column);
  const key = keyText(dialect, 'r', keyColumns);
  const stamp = mapping.changeStamp;
  const inFilter = filterHolds(dialect, 'r', mapping.filter);
  const present = isPresent(dialect, 'r', mapping.deleted);
  return {
    ...particulars,
    keyColumns,
    source: `${dialect.quoteTable(mapping.readFrom ?? mapping.table)} r`,
    selection: [
      `${key} AS record_key`,
      `${mapping.employee === null ? 'NULL' : keyTextOf(dialect, 'r', mapping.employee)} AS in_charge`,
      `${stamp === null || stamp.as === 'rowversion' ? 'NULL' : own(stamp.column)} AS stamp`,
      `${mapping.filter.length === 0 ? '1' : `CASE WHEN ${inFilter} THEN 1 ELSE 0 END`} AS in_filter`,
      ...shape.columns.map((column, index) => `${own(column)} AS ${aliasOf(index)}`),
    ].join(', '),
    keyText: key,
    isRecord: particulars.occurrences === null ? present : `${present} AND ${own(particulars.occurrences.occurrencesOf)} IS NULL`,
    inFilter,
    order: keyColumns.map(own).join(', '),
    read: shape.read,
    write: shape.write,
    asStored: shape.asStored,
  };
};

const compileAppointments = (mapping: AppointmentMapping, author: string, context: ShapeContext): CompiledKind => {
  const held = exceptionsOf(mapping);
  const exceptions = held === null ? null : { mapping: held, shape: exceptionShape(held, context) };
  const occurrences = occurrenceRowsOf(mapping);
  return compileKind(
    { kind: 'appointment', mapping, appointment: mapping, author, occurrences, exceptions, completedAt: null },
    shapeOfAppointments(mapping, context, exceptions),
    context.dialect,
  );
};

const compileTasks = (mapping: TaskMapping, author: string, context: ShapeContext): CompiledKind => {
  const { completedAt } = mapping.fields;
  const stamp = completedAt === undefined ? null : timeConverter(completedAt, context.dialect);
  const shape = shapeFor(taskShape(mapping, context), ownTask);
  return compileKind(
    { kind: 'task', mapping, appointment: null, author, occurrences: null, exceptions: null, completedAt: stamp },
    shape,
    context.dialect,
  );
};

/** The kinds of a mapping over an engine. */
export const compileKinds = ({ appointment, task, author }: SchemaMapping, context: ShapeContext): CompiledKinds => ({
  appointment: appointment === null ? null : compileAppointments(appointment, author, context),
  task: task === null ? null : compileTasks(task, author, context),
});

/** The kind, which the caller must not ask for when the mapping does not have it: `kind-not-mapped` (configuration). */
export const compiledKind = (kinds: CompiledKinds, kind: Kind): CompiledKind => {
  const compiled = kinds[kind];
  if (compiled !== null) return compiled;
  throw new SyncError(
    'kind-not-mapped',
    'configuration',
    `The schema mapping of this ERP has no ${kind}. Leave the kind out in the in-nodes, or add it to the mapping.`,
    { kind },
  );
};
