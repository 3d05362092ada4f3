/**
 * The statements inside the outbox triggers that both engines share: one journal row per employee of a record, in the ERP's own transaction.
 *
 * A row is queued when the record is in the mapping's filter or has a link: what left the filter stays in step.
 */
import { filterHolds } from './condition';
import { columnOf, keyText, keyTextOf } from './key';
import type { Dialect } from './quote';
import { binary } from './sync-tables';
import { isRecord, type WatchedTable } from './watched';

/** Records to tell of. */
export interface Records {
  /** What the record's row is called: an alias, or NEW and OLD in SQLite. */
  readonly row: string;
  /** Tables that the row comes from; null: the trigger's own row. */
  readonly from: string | null;
  /** Conditions on the row. */
  readonly where: readonly string[];
  /** Operation (an SQL expression) for the employee in charge, and for participants. */
  readonly inCharge: string;
  readonly participant: string;
}

/** A text of one column; SQL Server would not compare texts of two collations otherwise. */
export const textOf = (dialect: Dialect, row: string, column: string): string => collated(dialect, keyTextOf(dialect, row, column));

/** The text of a record's key. */
export const keyOf = (dialect: Dialect, row: string, columns: readonly string[]): string =>
  collated(dialect, keyText(dialect, row, columns));

const collated = (dialect: Dialect, text: string): string => (dialect.name === 'sqlite' ? text : `${text} ${binary}`);

/** Whether two rows hold the same columns; the lists go in pairs. */
export const sameColumns = (
  dialect: Dialect,
  left: string,
  leftColumns: readonly string[],
  right: string,
  rightColumns: readonly string[],
): string =>
  leftColumns
    .map((column, part) => `${columnOf(dialect, left, column)} = ${columnOf(dialect, right, rightColumns[part] ?? column)}`)
    .join(' AND ');

/** Rows of the participants' table that belong to a record. */
export const ofRecord = (dialect: Dialect, { key, participants }: WatchedTable, alias: string, row: string): string =>
  sameColumns(dialect, alias, participants?.record ?? [], row, key);

const branch = (columns: readonly (string | null)[], from: string | null, where: readonly string[]): string =>
  [
    `SELECT ${columns.filter((column) => column !== null).join(', ')}`,
    ...(from === null ? [] : [`FROM ${from}`]),
    ...(where.length === 0 ? [] : [`WHERE ${where.join(' AND ')}`]),
  ].join('\n      ');

/** A column that tells whether a row is in the filter; null without a filter. */
const filterColumn = (dialect: Dialect, { filter }: WatchedTable, row: string): string | null =>
  filter.length === 0 ? null : `CASE WHEN ${filterHolds(dialect, row, filter)} THEN 1 ELSE 0 END AS in_filter`;

/** Queries with the columns employee_id, erp_id, operation and, with a filter, in_filter: who is in charge, and the participants besides. */
export const employeesOf = (
  dialect: Dialect,
  table: WatchedTable,
  { row, from, where, inCharge, participant }: Records,
): readonly string[] => {
  const { employee, participants } = table;
  const key = `${keyOf(dialect, row, table.key)} AS erp_id`;
  const inFilter = filterColumn(dialect, table, row);
  const isSet = (of: string, column: string): string => `${columnOf(dialect, of, column)} IS NOT NULL`;
  const branches: string[] = [];
  if (employee !== null) {
    const columns = [`${textOf(dialect, row, employee)} AS employee_id`, key, `${inCharge} AS operation`, inFilter];
    branches.push(branch(columns, from, [...where, isSet(row, employee)]));
  }
  if (participants !== null) {
    const columns = [`${textOf(dialect, 'p', participants.employee)} AS employee_id`, key, `${participant} AS operation`, inFilter];
    const other =
      employee === null
        ? []
        : [
            `(${columnOf(dialect, row, employee)} IS NULL OR ${textOf(dialect, 'p', participants.employee)} <> ${textOf(dialect, row, employee)})`,
          ];
    const mine = ofRecord(dialect, table, 'p', row);
    const named = `${dialect.quoteTable(participants.table)} p`;
    branches.push(
      from === null
        ? branch(columns, named, [mine, ...where, isSet('p', participants.employee), ...other])
        : branch(columns, `${from} JOIN ${named} ON ${mine}`, [...where, isSet('p', participants.employee), ...other]),
    );
  }
  return branches;
};

/** A query with the same columns over a participant's row alone; `record`: columns of the row that name the record. */
export const participantOf = (
  dialect: Dialect,
  table: WatchedTable,
  {
    row,
    from,
    where,
    operation,
    filterOf,
  }: {
    readonly row: string;
    readonly from: string | null;
    readonly where: readonly string[];
    readonly operation: string;
    readonly filterOf: string;
  },
): readonly string[] => {
  const { participants } = table;
  if (participants === null) return [];
  const columns = [
    `${textOf(dialect, row, participants.employee)} AS employee_id`,
    `${keyOf(dialect, row, participants.record)} AS erp_id`,
    `${operation} AS operation`,
    table.filter.length === 0 ? null : `${filterOf} AS in_filter`,
  ];
  const set = [...participants.record, participants.employee].map((column) => `${columnOf(dialect, row, column)} IS NOT NULL`);
  return [branch(columns, from, [...set, ...where])];
};

/**
 * Queues what `sources` yield; `own` leaves out the employee on whose behalf we write ourselves. No UNION: telling doubles apart costs more
 * than all the rest, and no two sources yield the same. SQLite does several plain statements in half the time of one that joins them.
 */
export const queue = (
  dialect: Dialect,
  table: WatchedTable,
  sources: readonly string[],
  own: string,
  where: readonly string[] = [],
): string => {
  const kind = dialect.quoteValue(table.kind);
  const isLinked = `EXISTS (SELECT 1 FROM ${syncTable(dialect, 'sync_link')} l WHERE l.employee_id = e.employee_id AND l.kind = ${kind} AND l.erp_id = e.erp_id)`;
  const conditions = [...where, own, ...(table.filter.length === 0 ? [] : [`(e.in_filter = 1 OR ${isLinked})`])];
  const parts = dialect.name === 'sqlite' ? sources : [sources.join('\n    UNION ALL ')];
  return parts
    .map(
      (part) => `INSERT INTO ${syncTable(dialect, 'sync_journal')} (direction, kind, operation, employee_id, erp_id)
  SELECT ${dialect.quoteValue('outbound')}, ${kind}, e.operation, e.employee_id, e.erp_id
  FROM (
    ${part}
  ) e
  WHERE ${conditions.join('\n    AND ')};`,
    )
    .join('\n  ');
};

/** A sync table as a trigger names it, which may be in another schema. */
export const syncTable = (dialect: Dialect, name: string): string => (dialect.name === 'sqlite' ? name : `[dbo].[${name}]`);

/** The record of which rows are occurrences, as records to tell of; `masters`: a FROM that joins them as `r`. */
export const masters = (dialect: Dialect, table: WatchedTable, from: string, where: readonly string[]): Records => {
  const update = dialect.quoteValue('update');
  return {
    row: 'r',
    from,
    where: [...where, ...[isRecord(dialect, table, 'r')].filter((condition) => condition !== null)],
    inCharge: update,
    participant: update,
  };
};
