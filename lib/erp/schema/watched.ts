/** What the outbox triggers watch, taken from the mapping. */
import uniqBy from 'lodash/uniqBy';
import type { Kind } from '../../model/kind';
import { kinds } from '../../model/kind';
import { isPresent } from './condition';
import { columnOf } from './key';
import {
  equipmentOf,
  exceptionFieldsOf,
  exceptionsOf,
  fieldsOf,
  occurrenceRowsOf,
  mappingOf,
  type BesideTable,
  type Condition,
  type DeletedMark,
  type ExceptionsMapping,
  type FieldMapping,
  type KindMapping,
  type SchemaMapping,
  type TableName,
} from './mapping';
import type { Dialect } from './quote';

/** Parts of records that have a table of their own. */
export const partNames = ['exception', 'equipment'] as const;
type PartName = (typeof partNames)[number];

/** A table with a row per record and employee. */
export interface WatchedParticipants extends BesideTable {
  readonly employee: string;
}

/** A table whose rows are parts of a record, such as the exceptions of a series. */
export interface WatchedParts extends BesideTable {
  /** What names of triggers begin with. */
  readonly name: PartName;
  /** All columns whose change is told, those that name the record among them. */
  readonly columns: readonly string[];
}

/** What a trigger has to know of a kind's table. */
export interface WatchedTable {
  readonly kind: Kind;
  readonly table: TableName;
  readonly key: readonly string[];
  readonly employee: string | null;
  /** Columns of texts: another case is another text, whatever the ERP's collation says. */
  readonly texts: readonly string[];
  /** Other columns whose change matters to the other side. */
  readonly values: readonly string[];
  readonly deleted: DeletedMark | null;
  readonly occurrencesOf: string | null;
  readonly filter: readonly Condition[];
  readonly participants: WatchedParticipants | null;
  readonly parts: readonly WatchedParts[];
}

const textFields: readonly string[] = ['subject', 'body', 'location', 'categories', 'recurrenceRule'];
/** Written when a task is completed, never read. */
const unread: readonly string[] = ['completedAt'];

/** The columns of a field; none for a series that is held as rows. */
export const columnsOfField = (field: FieldMapping): readonly string[] => {
  if (!('column' in field)) return [];
  return 'timeColumn' in field ? [field.column, field.timeColumn] : [field.column];
};

/** Names of columns, each once; case means nothing in them. */
export const uniqueNames = (names: readonly string[]): readonly string[] => uniqBy(names, (name) => name.toLowerCase());

/** The columns of the rows of exceptions. */
export const columnsOfExceptions = (exceptions: ExceptionsMapping): readonly string[] =>
  uniqueNames([...exceptions.record, ...exceptionFieldsOf(exceptions).flatMap(([, , field]) => columnsOfField(field))]);

const watchedParts = (mapping: KindMapping): readonly WatchedParts[] => {
  const [exceptions, equipment] = [exceptionsOf(mapping), equipmentOf(mapping)];
  return [
    ...(exceptions === null
      ? []
      : [{ name: 'exception', table: exceptions.table, record: exceptions.record, columns: columnsOfExceptions(exceptions) } as const]),
    ...(equipment === null
      ? []
      : [
          {
            name: 'equipment',
            table: equipment.table,
            record: equipment.record,
            columns: [...equipment.record, equipment.equipment],
          } as const,
        ]),
  ];
};

const without = (names: readonly string[], others: readonly string[]): readonly string[] => {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return uniqueNames(names).filter((name) => !known.has(name.toLowerCase()));
};

/** A kind's table as its triggers see it. */
export const watchedTable = (kind: Kind, mapping: KindMapping): WatchedTable => {
  const { table, employee, deleted, filter, participants } = mapping;
  const key = mapping.key.map((part) => part.column);
  const occurrencesOf = occurrenceRowsOf(mapping)?.occurrencesOf ?? null;
  const fields = fieldsOf(mapping).filter(([name]) => !unread.includes(name));
  const named = (of: (name: string) => boolean) => fields.filter(([name]) => of(name)).flatMap(([, field]) => columnsOfField(field));
  const placed = [...key, employee, deleted?.column ?? null, occurrencesOf].filter((name) => name !== null);
  const texts = without(
    named((name) => textFields.includes(name)),
    placed,
  );
  const values = without(
    [...named((name) => !textFields.includes(name)), ...filter.map((condition) => condition.column)],
    [...placed, ...texts],
  );
  return {
    kind,
    table,
    key,
    employee,
    texts,
    values,
    deleted,
    occurrencesOf,
    filter,
    participants,
    parts: watchedParts(mapping),
  };
};

/** The tables of the mapping that tell their changes by triggers. */
export const watchedTables = (mapping: SchemaMapping): readonly WatchedTable[] =>
  kinds.flatMap((kind) => {
    const own = mappingOf(mapping, kind);
    return own?.changes.by === 'triggers' ? [watchedTable(kind, own)] : [];
  });

/** Columns that say whose record a row is and whether it is one. */
export const placeColumns = ({ key, employee, deleted, occurrencesOf }: WatchedTable): readonly string[] =>
  uniqueNames([...key, employee, deleted?.column ?? null, occurrencesOf].filter((name) => name !== null));

/** All columns whose change is told. */
export const watchedColumns = (table: WatchedTable): readonly string[] => [...placeColumns(table), ...table.values, ...table.texts];

/** Whether a row is a record: neither marked as deleted nor an occurrence of another; an SQL condition that is never unknown, null: always. */
export const isRecord = (dialect: Dialect, { deleted, occurrencesOf }: WatchedTable, row: string): string | null => {
  const conditions = [
    ...(deleted === null ? [] : [isPresent(dialect, row, deleted)]),
    ...(occurrencesOf === null ? [] : [`${columnOf(dialect, row, occurrencesOf)} IS NULL`]),
  ];
  return conditions.length === 0 ? null : conditions.join(' AND ');
};
