import type { Database } from './database';

/** A distribution group of the directory, or (`rooms`) a list of rooms; its members by address, which may be groups or belong to nobody here. */
export interface Group {
  readonly address: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly rooms: boolean;
}

type Row = Readonly<Record<string, unknown>>;

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((text) => typeof text === 'string');

const toGroup = (row: Row): Group => {
  const members: unknown = JSON.parse(String(row['members']));
  if (!isTexts(members)) throw new Error('the state file holds a group that is not one');
  return { address: String(row['address']), name: String(row['name']), members, rooms: row['rooms'] === 1 };
};

/** Creates a group, or replaces the one of this address. */
export function putGroup(database: Database, { address, name, members, rooms }: Group): void {
  database
    .statement('INSERT OR REPLACE INTO directory_group VALUES (?, ?, ?, ?)')
    .run(address, name, JSON.stringify(members), Number(rooms));
}

/** The group of an address, whatever its case. */
export function findGroup(database: Database, address: string): Group | undefined {
  const row = database.statement('SELECT * FROM directory_group WHERE address = ?').get(address);
  return row && toGroup(row);
}

/** All groups and lists of rooms by name. */
export const listGroups = (database: Database): readonly Group[] =>
  database.statement('SELECT * FROM directory_group ORDER BY name, address').all().map(toGroup);
