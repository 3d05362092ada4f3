import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import { deserialise, serialise, type Properties } from './properties';

/** A settings object of a folder (MS-OXWSUSRCFG, MS-OXOCFG): `Dictionary`, `XmlData` and `BinaryData`, each where it was given. */
export interface UserConfiguration {
  readonly id: number;
  readonly folder: number;
  readonly name: string;
  /** How often it was written. */
  readonly sequence: number;
  readonly parts: Properties;
}

/** Its parts, in the order of the schema. */
export const configurationParts = ['Dictionary', 'XmlData', 'BinaryData'] as const;

/** The settings object of this name, whatever its case. */
export function findUserConfiguration(database: Database, folder: number, name: string): UserConfiguration | undefined {
  const row = database.statement('SELECT * FROM user_configuration WHERE folder = ? AND name = ?').get(folder, name);
  return (
    row && {
      id: Number(row['id']),
      folder,
      name: String(row['name']),
      sequence: Number(row['sequence']),
      parts: deserialise(String(row['parts'])).properties,
    }
  );
}

const byName = (parts: readonly XmlElement[]): Properties => Object.fromEntries(parts.map((part) => [part.name, part]));

/** Stores a new settings object. */
export function insertUserConfiguration(database: Database, folder: number, name: string, parts: readonly XmlElement[]): void {
  database
    .statement('INSERT INTO user_configuration (folder, name, sequence, parts) VALUES (?, ?, ?, ?)')
    .run(folder, name, 1, serialise(byName(parts), []));
}

/** Replaces the given parts of a settings object; the others stay. */
export function changeUserConfiguration(database: Database, changed: UserConfiguration, parts: readonly XmlElement[]): void {
  database
    .statement('UPDATE user_configuration SET sequence = ?, parts = ? WHERE id = ?')
    .run(changed.sequence + 1, serialise({ ...changed.parts, ...byName(parts) }, []), changed.id);
}

/** Removes a settings object. */
export function deleteUserConfiguration(database: Database, { id }: UserConfiguration): void {
  database.statement('DELETE FROM user_configuration WHERE id = ?').run(id);
}
