/** The settings objects Outlook and Outlook on the web leave in every mailbox (MS-OXOCFG). */
import { randomUUID } from 'node:crypto';
import { findWindows } from 'windows-iana';
import { timeSlots } from '../time-zones/working-hours';
import { other, t, type XmlElement } from '../xml/element';
import { writeXml } from '../xml/write';
import type { Database } from './database';
import { distinguishedFolder } from './folders';
import { insertUserConfiguration } from './user-configurations';

const never = '1601-01-01T00:00:00.000';

/** Outlook's categories and the number of each one's colour. */
const categories: Readonly<Record<string, number>> = {
  'Red Category': 0,
  'Orange Category': 1,
  'Yellow Category': 3,
  'Green Category': 4,
  'Blue Category': 7,
  'Purple Category': 8,
};

const uses = ['Notes', 'Journal', 'Contacts', 'Tasks', 'Calendar', 'Mail', ''].map((kind) => [`lastTimeUsed${kind}`, never] as const);

const category = ([name, color]: readonly [string, number]): XmlElement =>
  other('CategoryList.xsd', 'category', '', {
    name,
    color,
    keyboardShortcut: 0,
    usageCount: 0,
    ...Object.fromEntries(uses),
    lastSessionUsed: 0,
    guid: `{${randomUUID().toUpperCase()}}`,
    renameOnFirstUse: 1,
  });

const categoryList = (): XmlElement =>
  other('CategoryList.xsd', 'categories', Object.entries(categories).map(category), {
    default: 'Red Category',
    lastSavedSession: 0,
    lastSavedTime: never,
  });

const xmlData = (root: XmlElement): XmlElement =>
  t('XmlData', Buffer.from(`<?xml version="1.0"?>\r\n${writeXml(root)}`).toString('base64'));

const entry = (key: string, type: string, value: string | number | boolean): XmlElement =>
  t('DictionaryEntry', [
    t('DictionaryKey', [t('Type', 'String'), t('Value', key)]),
    t('DictionaryValue', [t('Type', type), t('Value', value)]),
  ]);

/** Writes them for a new mailbox whose person lives in an IANA zone. */
export function createDefaultConfigurations(database: Database, mailbox: number, zone: string): void {
  const windowsZone = findWindows(zone)[0] ?? 'UTC';
  const add = (folderName: string, name: string, parts: readonly XmlElement[]): void => {
    const folder = distinguishedFolder(database, mailbox, folderName);
    if (folder) insertUserConfiguration(database, folder.id, name, parts);
  };
  add('calendar', 'CategoryList', [xmlData(categoryList())]);
  add('calendar', 'WorkHours', [xmlData(timeSlots(windowsZone))]);
  const reminder = [entry('piRemindDefault', 'Integer32', 15), entry('piAutoProcess', 'Boolean', true)];
  add('calendar', 'Calendar', [t('Dictionary', [entry('OLPrefsVersion', 'Integer32', 1), ...reminder])]);
  add('root', 'OWA.UserOptions', [t('Dictionary', [entry('timezone', 'String', windowsZone)])]);
}
