import { t, type XmlElement } from '../xml/element';
import type { Database } from './database';
import { deserialise, serialise } from './properties';

/** A mailbox's UserOofSettings, as they were last set; undefined where they never were. */
export function findOofSettings(database: Database, mailbox: number): XmlElement | undefined {
  const column = database.statement('SELECT oof FROM mailbox WHERE id = ?').get(mailbox)?.['oof'];
  return typeof column === 'string' ? deserialise(column).properties['OofSettings'] : undefined;
}

/** Keeps the parts of a mailbox's UserOofSettings. */
export function putOofSettings(database: Database, mailbox: number, parts: readonly (XmlElement | undefined)[]): void {
  database.statement('UPDATE mailbox SET oof = ? WHERE id = ?').run(serialise({ OofSettings: t('OofSettings', parts) }, []), mailbox);
}
