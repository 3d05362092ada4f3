import { DateTime } from 'luxon';
import { collationKey, type Key } from './comparison';
import { fieldKey } from '../items/extended';
import { columnOf, isFiled } from '../items/filing';
import type { Path } from '../items/path';
import type { Condition, Operator } from './restriction';
import type { KeyColumn, KeyCondition } from '../storage/keys';

/** A condition on the table `item_key`. What is not exact lets through everything that passes, and perhaps more. */
export interface Clause extends KeyCondition {
  readonly isExact: boolean;
}

/** Where is searched, and in which zone days are days. */
export interface Scope {
  readonly folder: number;
  readonly zone: string;
}

const operators: Readonly<Record<Operator, string>> = {
  IsEqualTo: '=',
  // An absent property differs from everything.
  IsNotEqualTo: 'IS NOT',
  IsGreaterThan: '>',
  IsGreaterThanOrEqualTo: '>=',
  IsLessThan: '<',
  IsLessThanOrEqualTo: '<=',
};

const exact = (sql: string, ...values: readonly Key[]): Clause => ({ sql, values, narrow: undefined, isExact: true });

/** Days of tasks are midnight of the session's zone, and filed as midnight in UTC. */
const filed = (column: KeyColumn, constant: Key, { zone }: Scope): Key =>
  column === 'due' && typeof constant === 'number' ? constant + DateTime.fromMillis(constant, { zone }).offset * 60_000 : constant;

/** Columns of which few items share a value. */
const telling: ReadonlySet<KeyColumn> = new Set(['subject', 'message_id', 'file_as', 'display_name', 'email', 'object_id']);

/** The key of an extended property that the store files by its values. */
const filedKey = (path: Path): string | undefined => {
  const key = path.kind === 'extended' ? fieldKey(path.uri) : undefined;
  return key !== undefined && isFiled(key) ? key : undefined;
};

const comparison = (
  { operator, constant, property: { path } }: Extract<Condition, { kind: 'compare' }>,
  scope: Scope,
): Clause | undefined => {
  const column = columnOf(path);
  // A literal, so that the index of unread items is found.
  if (column === 'is_read') return exact(`is_read ${operators[operator]} ${Number(constant)}`);
  if (column !== undefined) {
    const clause = exact(`${column} ${operators[operator]} ?`, filed(column, constant, scope));
    return operator === 'IsEqualTo' && telling.has(column) ? { ...clause, narrow: 'column' } : clause;
  }
  const key = operator === 'IsEqualTo' ? filedKey(path) : undefined;
  if (key === undefined) return undefined;
  const sql = 'item IN (SELECT item FROM extended WHERE folder = ? AND name = ? AND value = ?)';
  return { ...exact(sql, scope.folder, key, constant), narrow: 'item' };
};

const existence = ({ property: { path } }: Extract<Condition, { kind: 'exists' }>, scope: Scope): Clause | undefined => {
  const column = columnOf(path);
  if (column !== undefined) return exact(`${column} IS NOT NULL`);
  const key = filedKey(path);
  return key === undefined ? undefined : exact('item IN (SELECT item FROM extended WHERE folder = ? AND name = ?)', scope.folder, key);
};

/** Whatever case, accents and words the search asks for: the letters must be there. */
const containment = ({ property: { path }, sought }: Extract<Condition, { kind: 'contains' }>): Clause | undefined => {
  const column = columnOf(path);
  const [base] = collationKey(sought).split('\u0001');
  return column === undefined || base === undefined ? undefined : { ...exact(`instr(${column}, ?) > 0`, base), isExact: false };
};

const joined = (clauses: readonly Clause[], word: string, isExact: boolean): Clause => ({
  sql: `(${clauses.map(({ sql }) => sql).join(` ${word} `)})`,
  values: clauses.flatMap(({ values }) => values),
  narrow: word === 'and' ? clauses.find(({ narrow }) => narrow !== undefined)?.narrow : undefined,
  isExact: isExact && clauses.every((clause) => clause.isExact),
});

/** A condition as far as the columns can tell; undefined where they cannot. */
export function clauseOf(condition: Condition, scope: Scope): Clause | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const known = condition.parts.flatMap((part) => clauseOf(part, scope) ?? []);
      const isComplete = known.length === condition.parts.length;
      if (known.length === 0 || (condition.kind === 'or' && !isComplete)) return undefined;
      return joined(known, condition.kind, isComplete);
    }
    case 'not': {
      const inner = clauseOf(condition.part, scope);
      return inner?.isExact === true ? { ...inner, sql: `NOT coalesce(${inner.sql}, 0)`, narrow: undefined } : undefined;
    }
    case 'exists':
      return existence(condition, scope);
    case 'compare':
      return comparison(condition, scope);
    case 'contains':
      return containment(condition);
    case 'compareProperties':
    case 'excludes':
      return undefined;
  }
}
