/**
 * The outbox triggers for SQLite, one run per row. They run in every program that writes to the file, so they use nothing but plain SQL.
 *
 * A row for the employee in `sync_writing` is left out: that change came from this employee's mailbox (decision 0002).
 */
import { filterHolds } from './condition';
import { columnOf } from './key';
import { employeesOf, keyOf, masters, participantOf, queue, sameColumns, textOf } from './outbox';
import { sqliteDialect as dialect } from './quote';
import { isRecord, placeColumns, uniqueNames, watchedColumns, type WatchedParts, type WatchedTable } from './watched';

/** A trigger of SQLite: what stands between its name and its body, and the body's statements. */
export interface SqliteTrigger {
  readonly event: string;
  readonly head: string;
  readonly body: readonly string[];
}

type RowName = 'OLD' | 'NEW';

const notOwn = 'e.employee_id NOT IN (SELECT w.employee_id FROM sync_writing w)';
const quoted = dialect.quoteValue;
const names = (columns: readonly string[]): string => columns.map(dialect.quoteName).join(', ');
const changed = (columns: readonly string[]): string =>
  columns.map((name) => `${columnOf(dialect, 'OLD', name)} IS NOT ${columnOf(dialect, 'NEW', name)}`).join(' OR ');
const present = (conditions: readonly (string | null)[]): readonly string[] => conditions.filter((condition) => condition !== null);

const everyone = (table: WatchedTable, row: RowName, operation: string, where: readonly string[] = []): readonly string[] =>
  employeesOf(dialect, table, {
    row,
    from: null,
    where: [...present([isRecord(dialect, table, row)]), ...where],
    inCharge: quoted(operation),
    participant: quoted(operation),
  });

const employeeIds = (table: WatchedTable, row: RowName): string =>
  `SELECT n.employee_id FROM (${everyone(table, row, 'update').join(' UNION ALL ')}) n`;

/** Tells the records of which NEW, OLD or both are occurrences. */
const tellMasters = (table: WatchedTable, rows: readonly RowName[]): readonly string[] => {
  const { occurrencesOf, key } = table;
  const [part] = key;
  if (occurrencesOf === null || part === undefined) return [];
  const named = rows.map((row) => columnOf(dialect, row, occurrencesOf)).join(', ');
  const source = masters(dialect, table, `${dialect.quoteTable(table.table)} r`, [`${columnOf(dialect, 'r', part)} IN (${named})`]);
  return [queue(dialect, table, employeesOf(dialect, table, source), notOwn)];
};

/** INSERT OR REPLACE deletes a row without firing its delete trigger: who held the old record and is not part of the new one is told here. */
const leftByReplace = (table: WatchedTable): string => {
  const key = keyOf(dialect, 'NEW', table.key);
  const source = `SELECT l.employee_id, l.erp_id, 'delete' AS operation, 1 AS in_filter FROM sync_link l
    WHERE l.kind = ${quoted(table.kind)} AND l.erp_id = ${key}`;
  return queue(dialect, table, [source], notOwn, [`e.employee_id NOT IN (${employeeIds(table, 'NEW')})`]);
};

/** Who has lost the record: all of them when it is gone, else who was in charge and has no part in it any more. */
const tellLost = (table: WatchedTable): string => {
  const { employee, key } = table;
  const isThere = isRecord(dialect, table, 'NEW');
  const gone = [changed(key), ...(isThere === null ? [] : [`NOT (${isThere})`])].join(' OR ');
  const source = everyone(table, 'OLD', 'delete');
  if (employee === null) return queue(dialect, table, source, notOwn, [`(${gone})`]);
  const left = `e.employee_id = ${textOf(dialect, 'OLD', employee)} AND ${changed([employee])} AND e.employee_id NOT IN (${employeeIds(table, 'NEW')})`;
  return queue(dialect, table, source, notOwn, [`(${gone} OR (${left}))`]);
};

const tellChanged = (table: WatchedTable): string => {
  const wasThere = isRecord(dialect, table, 'OLD');
  const isNew = [changed(table.key), ...(wasThere === null ? [] : [`NOT (${wasThere})`])].join(' OR ');
  const operation = (when: string): string => `CASE WHEN ${when} THEN 'create' ELSE 'update' END`;
  return queue(
    dialect,
    table,
    employeesOf(dialect, table, {
      row: 'NEW',
      from: null,
      where: present([isRecord(dialect, table, 'NEW')]),
      inCharge: operation(table.employee === null ? isNew : `${isNew} OR ${changed([table.employee])}`),
      participant: operation(isNew),
    }),
    notOwn,
  );
};

/** Triggers of the record's table. Losing a record is rare: a trigger of its own, which an ordinary UPDATE does not even start. */
export const recordTriggers = (table: WatchedTable): readonly SqliteTrigger[] => {
  const on = dialect.quoteTable(table.table);
  const [places, all] = [placeColumns(table), watchedColumns(table)];
  return [
    {
      event: 'insert',
      head: `AFTER INSERT ON ${on}`,
      body: [queue(dialect, table, everyone(table, 'NEW', 'create'), notOwn), leftByReplace(table), ...tellMasters(table, ['NEW'])],
    },
    { event: 'move', head: `AFTER UPDATE OF ${names(places)} ON ${on}\nWHEN ${changed(places)}`, body: [tellLost(table)] },
    {
      event: 'update',
      head: `AFTER UPDATE OF ${names(all)} ON ${on}\nWHEN ${changed(all)}`,
      body: [tellChanged(table), ...tellMasters(table, ['OLD', 'NEW'])],
    },
    // Participants that a cascade has taken away were queued by their own trigger; without foreign keys they are still here.
    {
      event: 'delete',
      head: `AFTER DELETE ON ${on}`,
      body: [queue(dialect, table, everyone(table, 'OLD', 'delete'), notOwn), ...tellMasters(table, ['OLD'])],
    },
  ];
};

/** Triggers of the participants' table. */
export const participantTriggers = (table: WatchedTable): readonly SqliteTrigger[] => {
  const { participants, employee } = table;
  if (participants === null) return [];
  const on = dialect.quoteTable(participants.table);
  const record = (row: RowName, where: readonly string[]): string =>
    `SELECT 1 FROM ${dialect.quoteTable(table.table)} r WHERE ${[sameColumns(dialect, 'r', table.key, row, participants.record), ...where].join(' AND ')}`;
  const inCharge = (row: RowName): string | null =>
    employee === null
      ? null
      : `NOT EXISTS (${record(row, [`${textOf(dialect, 'r', employee)} = ${textOf(dialect, row, participants.employee)}`])})`;
  const inFilter = (row: RowName): string => `EXISTS (${record(row, [filterHolds(dialect, 'r', table.filter)])})`;
  const told = (row: RowName, operation: string, where: readonly (string | null)[]): string =>
    queue(
      dialect,
      table,
      participantOf(dialect, table, {
        row,
        from: null,
        where: present([...where, inCharge(row)]),
        operation: quoted(operation),
        filterOf: inFilter(row),
      }),
      notOwn,
    );
  // Until the record itself is there, nothing can be written; its own trigger queues the participants that came before it.
  const joined = told('NEW', 'create', [`EXISTS (${record('NEW', present([isRecord(dialect, table, 'r')]))})`]);
  const left = told('OLD', 'delete', []);
  const columns = uniqueNames([...participants.record, participants.employee]);
  return [
    { event: 'participant_insert', head: `AFTER INSERT ON ${on}`, body: [joined] },
    { event: 'participant_update', head: `AFTER UPDATE OF ${names(columns)} ON ${on}\nWHEN ${changed(columns)}`, body: [left, joined] },
    { event: 'participant_delete', head: `AFTER DELETE ON ${on}`, body: [left] },
  ];
};

/** Triggers of a table of parts: whose part changes, changes itself. A cascade finds the record gone. */
export const partTriggers = (table: WatchedTable, parts: WatchedParts): readonly SqliteTrigger[] => {
  const on = dialect.quoteTable(parts.table);
  const told = (...rows: readonly RowName[]): string => {
    const named = rows.map((row) => sameColumns(dialect, 'r', table.key, row, parts.record)).map((same) => `(${same})`);
    const source = masters(dialect, table, `${dialect.quoteTable(table.table)} r`, [`(${named.join(' OR ')})`]);
    return queue(dialect, table, employeesOf(dialect, table, source), notOwn);
  };
  const { columns } = parts;
  return [
    { event: `${parts.name}_insert`, head: `AFTER INSERT ON ${on}`, body: [told('NEW')] },
    {
      event: `${parts.name}_update`,
      head: `AFTER UPDATE OF ${names(columns)} ON ${on}\nWHEN ${changed(columns)}`,
      body: [told('OLD', 'NEW')],
    },
    { event: `${parts.name}_delete`, head: `AFTER DELETE ON ${on}`, body: [told('OLD')] },
  ];
};
