import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import type { Period } from './items';
import { deserialise, serialise, type Properties } from './properties';
import { textsOf, type Row } from './row';

/** What one occurrence of a series has of its own, over what it has from the series. */
export interface Exception extends Period {
  /** The day of the occurrence, by which it is known wherever it is moved. */
  readonly day: number;
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
  /** Names (of extended properties: keys) of what the series has and this occurrence has not. */
  readonly removed: readonly string[];
}

const toException = (row: Row): Exception => ({
  day: Number(row['day']),
  starts: Number(row['starts']),
  ends: Number(row['ends']),
  removed: textsOf(row['removed']),
  ...deserialise(String(row['properties'])),
});

/** Gives an occurrence of a series values of its own, in place of those it had. */
export const saveException = (database: Database, item: number, exception: Exception): void => {
  database
    .statement('INSERT OR REPLACE INTO exception (item, day, starts, ends, properties, removed) VALUES (?, ?, ?, ?, ?, ?)')
    .run(
      item,
      exception.day,
      exception.starts,
      exception.ends,
      serialise(exception.properties, exception.extended),
      JSON.stringify(exception.removed),
    );
};

/** Takes an occurrence out of a series. */
export const saveDeletion = (database: Database, item: number, day: number): void => {
  database.statement('INSERT OR REPLACE INTO exception (item, day) VALUES (?, ?)').run(item, day);
};

/** What happened to the occurrence of a day: it is an exception, it is deleted, or nothing did. */
export function changeOf(database: Database, item: number, day: number): Exception | 'deleted' | undefined {
  const row = database.statement('SELECT * FROM exception WHERE item = ? AND day = ?').get(item, day);
  if (!row) return undefined;
  return row['starts'] === null ? 'deleted' : toException(row);
}

/** The exceptions of a series by their days. */
export const exceptionsOf = (database: Database, item: number): readonly Exception[] =>
  database.statement('SELECT * FROM exception WHERE item = ? AND starts IS NOT NULL ORDER BY day').all(item).map(toException);

/** The exceptions of a series that overlap a period (ms), by the times they have now. */
export const exceptionsIn = (database: Database, item: number, from: number, to: number): readonly Exception[] =>
  database
    .statement('SELECT * FROM exception WHERE item = ? AND starts < ? AND (ends > ? OR starts >= ?) ORDER BY starts')
    .all(item, to, from, from)
    .map(toException);

/** The deleted days of a series. */
export const deletedDays = (database: Database, item: number): readonly number[] =>
  database
    .statement('SELECT day FROM exception WHERE item = ? AND starts IS NULL ORDER BY day')
    .all(item)
    .map((row) => Number(row['day']));

/** The days within two (both included) whose occurrences are exceptions or deleted. */
export const changedDays = (database: Database, item: number, first: number, last: number): ReadonlySet<number> =>
  new Set(
    database
      .statement('SELECT day FROM exception WHERE item = ? AND day BETWEEN ? AND ?')
      .all(item, first, last)
      .map((row) => Number(row['day'])),
  );

/** The time that the exceptions of a series cover; undefined where there is none. */
export function exceptionPeriod(database: Database, item: number): Period | undefined {
  const row = database.statement('SELECT min(starts) AS starts, max(ends) AS ends FROM exception WHERE item = ?').get(item);
  return row && row['starts'] !== null ? { starts: Number(row['starts']), ends: Number(row['ends']) } : undefined;
}

/** Forgets what happened to the occurrences of some days, or of all. */
export function dropExceptions(database: Database, item: number, days?: readonly number[]): void {
  if (!days) database.statement('DELETE FROM exception WHERE item = ?').run(item);
  const remove = database.statement('DELETE FROM exception WHERE item = ? AND day = ?');
  for (const day of days ?? []) remove.run(item, day);
}

/** Gives a copy of a series its exceptions and deletions, too. */
export const copyExceptions = (database: Database, from: number, to: number): void => {
  database
    .statement(
      'INSERT INTO exception (item, day, starts, ends, properties, removed) SELECT ?, day, starts, ends, properties, removed FROM exception WHERE item = ?',
    )
    .run(to, from);
};
