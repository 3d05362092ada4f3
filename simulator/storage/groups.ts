import type { Database } from './database';
import { textsOf, type Row } from './row';

/** A distribution group of the directory, or (`rooms`) a list of rooms; its members by address, which may be groups or belong to nobody here. */
export interface Group {
  readonly address: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly rooms: boolean;
}

const toGroup = (row: Row): Group => ({
  address: String(row['address']),
  name: String(row['name']),
  members: textsOf(row['members']),
  rooms: row['rooms'] === 1,
});

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
