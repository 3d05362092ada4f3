/** Compares a database with a mapping and with what its scripts would install. */
import { kinds } from '../../model/kind';
import { catalogKey, columnNamed, shownTable, traitsOf, type Catalog, type CatalogTable } from './catalog';
import { columnFindings } from './check-columns';
import { finding, type Finding } from './finding';
import {
  equipmentOf,
  exceptionsOf,
  fieldsOf,
  mappingOf,
  occurrenceRowsOf,
  type KindMapping,
  type SchemaMapping,
  type TableName,
} from './mapping';
import type { Dialect } from './quote';
import { syncSchemaVersion, syncTables } from './sync-tables';
import { markBegin, markOf, outboxTriggers, type Trigger } from './triggers';
import { columnsOfExceptions, columnsOfField, uniqueNames } from './watched';

/** A table and the columns that the mapping needs of it. */
interface Need {
  readonly table: TableName;
  readonly columns: readonly string[];
}

const neededOfRecord = (record: KindMapping): readonly Need[] => {
  const { table, readFrom, key, employee, participants, insert, update, changeStamp, deleted, filter } = record;
  const read = [
    ...key.map((part) => part.column),
    employee,
    ...fieldsOf(record).flatMap(([, field]) => columnsOfField(field)),
    occurrenceRowsOf(record)?.occurrencesOf ?? null,
    changeStamp?.column ?? null,
    deleted?.column ?? null,
    ...filter.map((condition) => condition.column),
  ].filter((column) => column !== null);
  const [exceptions, equipment] = [exceptionsOf(record), equipmentOf(record)];
  return [
    { table, columns: [...read, ...Object.keys(insert), ...Object.keys(update)] },
    ...(readFrom === null ? [] : [{ table: readFrom, columns: read }]),
    ...(participants === null
      ? []
      : [{ table: participants.table, columns: [...participants.record, participants.employee, ...Object.keys(participants.insert)] }]),
    ...(exceptions === null
      ? []
      : [{ table: exceptions.table, columns: [...columnsOfExceptions(exceptions), ...Object.keys(exceptions.insert)] }]),
    ...(equipment === null
      ? []
      : [
          { table: equipment.table, columns: [...equipment.record, equipment.equipment] },
          { table: equipment.names.table, columns: [equipment.names.key, equipment.names.name] },
        ]),
  ];
};

const neededOf = (mapping: SchemaMapping): readonly Need[] => {
  const { table, key, name, email, active, filter } = mapping.employees;
  const types = mapping.activityTypes;
  return [
    { table, columns: [key, name, email, ...(active === null ? [] : [active.column]), ...filter.map((condition) => condition.column)] },
    ...(types === null
      ? []
      : [{ table: types.table, columns: [types.key, types.no, types.description, types.colour].filter((column) => column !== null) }]),
    ...kinds.flatMap((kind) => {
      const record = mappingOf(mapping, kind);
      return record === null ? [] : neededOfRecord(record);
    }),
  ];
};

/** Missing tables first: what lacks a table says nothing of columns. */
const tableFindings = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] => {
  const needs = neededOf(mapping).map((need) => ({ ...need, found: catalog.tables.get(catalogKey(dialect, need.table)) ?? null }));
  // Another database, or a login without any right: a line for each table would hide that.
  if (needs.every(({ found }) => found === null)) {
    const tables = uniqueNames(needs.map(({ table }) => shownTable(table))).join(', ');
    return [finding('erp-nothing-visible', { database: catalog.database, tables })];
  }
  return [
    ...needs
      .filter(({ found }) => found === null)
      .map(({ table }) => finding('erp-table-missing', { database: catalog.database, table: shownTable(table) })),
    ...needs.flatMap(({ table, columns, found }) =>
      found === null
        ? []
        : uniqueNames(columns)
            .filter((column) => columnNamed(found, column) === null)
            .map((column) => finding('erp-column-missing', { database: catalog.database, column: `${shownTable(table)}.${column}` })),
    ),
  ];
};

const syncTableFindings = (dialect: Dialect, { database, version, syncTables: present }: Catalog): readonly Finding[] => {
  const versions = { database, installed: version, known: syncSchemaVersion };
  if (version > syncSchemaVersion) return [finding('erp-version-too-new', versions)];
  if (version > 0 && version < syncSchemaVersion) return [finding('erp-version-too-old', versions)];
  const missing = syncTables(dialect).filter((name) => !present.includes(name));
  return missing.length === 0 ? [] : [finding('erp-schema-missing', { database, what: missing.join(', ') })];
};

const stateOf = (trigger: Trigger, catalog: Catalog, on: CatalogTable, dialect: Dialect): Finding | null => {
  const params = { table: shownTable(trigger.table), trigger: trigger.name };
  if (on.isView) return finding('erp-view-untriggered', params);
  const key = catalogKey(dialect, trigger.table);
  const present = catalog.triggers.find(({ name, table }) => table === key && name.toLowerCase() === trigger.name);
  if (present === undefined) return finding('erp-trigger-missing', params);
  if (present.disabled) return finding('erp-trigger-disabled', params);
  if (present.text === null) return finding('erp-trigger-unreadable', params);
  // A trigger of the first versions carries no mark.
  return markOf(present.text) === trigger.mark ? null : finding('erp-trigger-outdated', params);
};

const triggerFindings = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] => {
  const wanted = outboxTriggers(mapping, dialect, traitsOf(mapping, dialect, catalog));
  const left = catalog.triggers.filter(
    ({ name, table, text }) =>
      text?.includes(markBegin) === true &&
      !wanted.some((trigger) => trigger.name === name.toLowerCase() && catalogKey(dialect, trigger.table) === table),
  );
  return [
    ...wanted.flatMap((trigger) => {
      const on = catalog.tables.get(catalogKey(dialect, trigger.table));
      return on === undefined ? [] : (stateOf(trigger, catalog, on, dialect) ?? []);
    }),
    ...left.map(({ name, table }) => finding('erp-trigger-left', { table, trigger: name })),
  ];
};

/** Everything that is wrong or doubtful, errors first; the ERP's own tables before what the script installs. */
export const schemaFindings = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] => {
  const all = [
    ...tableFindings(mapping, dialect, catalog),
    ...columnFindings(mapping, dialect, catalog),
    ...syncTableFindings(dialect, catalog),
    ...triggerFindings(mapping, dialect, catalog),
  ];
  return [...all.filter(({ severity }) => severity === 'error'), ...all.filter(({ severity }) => severity === 'warning')];
};

/** What keeps the script itself from being applied: the ERP's own tables, and sync tables of a later version. */
export const obstacles = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] =>
  schemaFindings(mapping, dialect, catalog).filter(({ code }) =>
    [
      'erp-nothing-visible',
      'erp-table-missing',
      'erp-column-missing',
      'erp-key-unsuitable',
      'erp-view-untriggered',
      'erp-version-too-new',
    ].includes(code),
  );
