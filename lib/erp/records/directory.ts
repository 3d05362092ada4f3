/** Employees and activity types by the mapping. */
import { sql, type Kysely } from 'kysely';
import type { Employee } from '../../model/employee';
import type { Engine, Value } from '../engine';
import { filterHolds } from '../schema/condition';
import { columnOf, keyTextOf } from '../schema/key';
import type { ActivityTypeMapping, EmployeeMapping } from '../schema/mapping';
import type { ActivityType } from '../store';
import type { Tables } from '../tables';
import { trimmedTextOf } from './converters/converter';
import { flagConverter } from './converters/flag';

/** All employees, in order of their keys. Who is not in the filter is known, but not active: what concerns him is no fault. */
export const readEmployees = async ({ dialect }: Engine, db: Kysely<Tables>, mapping: EmployeeMapping): Promise<readonly Employee[]> => {
  const { table, key, name, email, active, filter } = mapping;
  const own = (column: string): string => columnOf(dialect, 'r', column);
  const columns = [
    `${keyTextOf(dialect, 'r', key)} AS employee_key`,
    `${own(name)} AS employee_name`,
    `${own(email)} AS email`,
    `${active === null ? 'NULL' : own(active.column)} AS active`,
    `CASE WHEN ${filterHolds(dialect, 'r', filter)} THEN 1 ELSE 0 END AS in_filter`,
  ];
  const { rows } = await sql<{
    readonly employee_key: string | null;
    readonly employee_name: Value;
    readonly email: Value;
    readonly active: Value;
    readonly in_filter: number;
  }>`SELECT ${sql.raw(columns.join(', '))} FROM ${sql.raw(dialect.quoteTable(table))} r
    ORDER BY ${sql.raw(own(key))}`.execute(db);
  const isActive = active === null ? null : flagConverter(active);
  return rows.flatMap((row): readonly Employee[] =>
    row.employee_key === null
      ? []
      : [
          {
            id: row.employee_key,
            name: trimmedTextOf(row.employee_name, name) ?? '',
            email: trimmedTextOf(row.email, email),
            active: row.in_filter === 1 && (isActive === null || isActive.read([row.active])),
          },
        ],
  );
};

/** All activity types, in order of their keys. */
export const readActivityTypes = async (
  { dialect }: Engine,
  db: Kysely<Tables>,
  mapping: ActivityTypeMapping | null,
): Promise<readonly ActivityType[]> => {
  if (mapping === null) return [];
  const { table, key, no, description, colour } = mapping;
  const own = (column: string): string => columnOf(dialect, 'r', column);
  const columns = [
    `${keyTextOf(dialect, 'r', key)} AS type_key`,
    `${own(no)} AS type_no`,
    `${own(description)} AS description`,
    `${colour === null ? 'NULL' : own(colour)} AS colour`,
  ];
  const { rows } = await sql<{
    readonly type_key: string | null;
    readonly type_no: Value;
    readonly description: Value;
    readonly colour: Value;
  }>`
    SELECT ${sql.raw(columns.join(', '))} FROM ${sql.raw(dialect.quoteTable(table))} r ORDER BY ${sql.raw(own(key))}`.execute(db);
  return rows.flatMap((row): readonly ActivityType[] =>
    row.type_key === null
      ? []
      : [
          {
            id: row.type_key,
            no: trimmedTextOf(row.type_no, no) ?? '',
            description: trimmedTextOf(row.description, description) ?? '',
            colour: trimmedTextOf(row.colour, colour ?? ''),
          },
        ],
  );
};
