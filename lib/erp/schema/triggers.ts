/**
 * The outbox triggers for SQLite: they write one journal row per employee in the ERP's own transaction, for every
 * program that writes to the file, so they use nothing but plain SQL.
 *
 * A row for the employee in `sync_writing` is left out: that change came from this employee's mailbox (decision 0002).
 */
import { quoteName, quoteText } from './quote';

/** What a trigger has to know of an ERP table. */
interface WatchedTable {
  readonly kind: string;
  readonly table: string;
  readonly key: string;
  readonly employee: string;
  /** Columns whose change matters to the other side. */
  readonly columns: readonly string[];
  readonly participants: { readonly table: string; readonly record: string; readonly employee: string } | null;
}

/** A trigger by name, with the statement that creates it exactly as SQLite keeps it. */
export interface Trigger {
  readonly name: string;
  readonly sql: string;
}

const watched: readonly WatchedTable[] = [
  {
    kind: 'appointment',
    table: 'appointment',
    key: 'id',
    employee: 'employee_id',
    columns: [
      'subject',
      'body',
      'location',
      'start_at',
      'end_at',
      'all_day',
      'time_zone',
      'reminder_minutes',
      'free_busy',
      'sensitivity',
      'priority',
      'activity_type_id',
      'categories',
      'recurrence_rule',
    ],
    participants: { table: 'appointment_participant', record: 'appointment_id', employee: 'employee_id' },
  },
  {
    kind: 'task',
    table: 'task',
    key: 'id',
    employee: 'employee_id',
    columns: [
      'subject',
      'body',
      'start_date',
      'due_date',
      'status',
      'percent_complete',
      'reminder_at',
      'sensitivity',
      'priority',
      'activity_type_id',
      'categories',
    ],
    participants: null,
  },
];

type RowName = 'OLD' | 'NEW';

const asText = (expression: string): string => `CAST(${expression} AS TEXT)`;
const column = (row: RowName, name: string): string => `${row}.${quoteName(name)}`;

/** The employees of a record, one row each: the one in charge and the participants. */
const employeesOf = (table: WatchedTable, row: RowName): string => {
  const inCharge = `SELECT ${asText(column(row, table.employee))} AS employee_id`;
  if (table.participants === null) return inCharge;
  const { table: name, record, employee } = table.participants;
  return `${inCharge} UNION SELECT ${asText(`p.${quoteName(employee)}`)} FROM ${quoteName(name)} p WHERE p.${quoteName(record)} = ${column(row, table.key)}`;
};

/** Queues a row per employee that `source` (a query with a column employee_id) yields. */
const queue = (kind: string, operation: string, key: string, source: string, condition = ''): string =>
  `  INSERT INTO sync_journal (direction, kind, operation, employee_id, erp_id)
  SELECT 'outbound', ${quoteText(kind)}, ${operation}, e.employee_id, ${asText(key)}
  FROM (${source}) e
  WHERE e.employee_id NOT IN (SELECT w.employee_id FROM sync_writing w)${condition === '' ? '' : ` AND ${condition}`};`;

const trigger = (table: string, event: string, when: string, on: string, body: readonly string[]): Trigger => {
  const name = `sync_${table}_${event}`;
  return { name, sql: `CREATE TRIGGER ${quoteName(name)} ${on} ON ${quoteName(table)}${when}\nBEGIN\n${body.join('\n')}\nEND` };
};

const changed = (columns: readonly string[]): string =>
  columns.map((name) => `${column('OLD', name)} IS NOT ${column('NEW', name)}`).join(' OR ');

/** INSERT OR REPLACE deletes a row without firing its delete trigger: who held the old record and is not part of the new one is told here. */
const leftByReplace = (table: WatchedTable): string =>
  queue(
    table.kind,
    "'delete'",
    column('NEW', table.key),
    `SELECT l.employee_id FROM sync_link l WHERE l.kind = ${quoteText(table.kind)} AND l.erp_id = ${asText(column('NEW', table.key))}`,
    `e.employee_id NOT IN (${employeesOf(table, 'NEW')})`,
  );

const recordTriggers = (table: WatchedTable): readonly Trigger[] => {
  const moved = changed([table.key, table.employee]);
  const operation = `CASE WHEN (${moved}) AND e.employee_id = ${asText(column('NEW', table.employee))} THEN 'create' ELSE 'update' END`;
  const stillThere = `(${column('OLD', table.key)} IS NOT ${column('NEW', table.key)} OR e.employee_id NOT IN (${employeesOf(table, 'NEW')}))`;
  const watchedColumns = [table.key, table.employee, ...table.columns];
  return [
    trigger(table.table, 'insert', '', 'AFTER INSERT', [
      queue(table.kind, "'create'", column('NEW', table.key), employeesOf(table, 'NEW')),
      leftByReplace(table),
    ]),
    trigger(table.table, 'update', `\nWHEN ${changed(watchedColumns)}`, `AFTER UPDATE OF ${watchedColumns.map(quoteName).join(', ')}`, [
      queue(
        table.kind,
        "'delete'",
        column('OLD', table.key),
        `SELECT ${asText(column('OLD', table.employee))} AS employee_id`,
        `(${moved}) AND ${stillThere}`,
      ),
      queue(table.kind, operation, column('NEW', table.key), employeesOf(table, 'NEW')),
    ]),
    // Participants that a cascade has taken away were queued by their own trigger; without foreign keys they are still here.
    trigger(table.table, 'delete', '', 'AFTER DELETE', [
      queue(table.kind, "'delete'", column('OLD', table.key), employeesOf(table, 'OLD')),
    ]),
  ];
};

const participantTriggers = (table: WatchedTable): readonly Trigger[] => {
  if (table.participants === null) return [];
  const { table: name, record, employee } = table.participants;
  const one = (row: RowName): string => `SELECT ${asText(column(row, employee))} AS employee_id`;
  const inCharge = (row: RowName): string =>
    `SELECT ${asText(`r.${quoteName(table.employee)}`)} FROM ${quoteName(table.table)} r WHERE r.${quoteName(table.key)} = ${column(row, record)}`;
  // Until the record itself is there, nothing can be written; its own trigger queues the participants that came before it.
  const joined = queue(
    table.kind,
    "'create'",
    column('NEW', record),
    one('NEW'),
    `EXISTS (${inCharge('NEW')}) AND e.employee_id NOT IN (${inCharge('NEW')})`,
  );
  const left = queue(table.kind, "'delete'", column('OLD', record), one('OLD'), `e.employee_id NOT IN (${inCharge('OLD')})`);
  return [
    trigger(name, 'insert', '', 'AFTER INSERT', [joined]),
    trigger(name, 'update', `\nWHEN ${changed([record, employee])}`, `AFTER UPDATE OF ${quoteName(record)}, ${quoteName(employee)}`, [
      left,
      joined,
    ]),
    trigger(name, 'delete', '', 'AFTER DELETE', [left]),
  ];
};

/** All outbox triggers of the reference schema. */
export const outboxTriggers: readonly Trigger[] = watched.flatMap((table) => [...recordTriggers(table), ...participantTriggers(table)]);
