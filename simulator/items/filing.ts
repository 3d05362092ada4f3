import { memoize } from 'lodash';
import type { Session } from '../session';
import type { Database } from '../storage/database';
import { refileItems, type Item, type KeysOf } from '../storage/items';
import { keyColumns, type KeyColumn, type SearchKeys } from '../storage/keys';
import { isTrue } from '../storage/properties';
import { child, t, type XmlElement } from '../xml/element';
import { comparisonOf, keyOf, type Key } from '../search/comparison';
import { extendedKey, extendedValues, fieldKey } from './extended';
import { itemKinds, propertyTypes } from './kinds';
import { mirrorOf } from './mirrored';
import { identityProperties } from './mirrored/identity';
import type { Path } from './path';
import { searchedProperty, type Searched } from '../search/restriction';
import { valuesOf } from './values';

const property = (prefix: string, name: string): Searched => searchedProperty({ kind: 'property', prefix, name });

const meetingId = (number: number): XmlElement =>
  t('ExtendedFieldURI', '', { DistinguishedPropertySetId: 'Meeting', PropertyId: number, PropertyType: 'Binary' });

/** The properties in the columns of the store. */
const searched: Readonly<Record<KeyColumn, Searched>> = {
  received: property('item', 'DateTimeReceived'),
  sent: property('item', 'DateTimeSent'),
  created: property('item', 'DateTimeCreated'),
  modified: property('item', 'LastModifiedTime'),
  starts: property('calendar', 'Start'),
  ends: property('calendar', 'End'),
  due: property('task', 'DueDate'),
  subject: property('item', 'Subject'),
  class: property('item', 'ItemClass'),
  message_id: property('message', 'InternetMessageId'),
  file_as: property('contacts', 'FileAs'),
  display_name: property('contacts', 'DisplayName'),
  email: searchedProperty({ kind: 'indexed', name: 'EmailAddresses', key: 'EmailAddress1', part: undefined }),
  object_id: searchedProperty({ kind: 'extended', uri: meetingId(0x23) }),
  is_read: property('message', 'IsRead'),
  importance: property('item', 'Importance'),
  sensitivity: property('item', 'Sensitivity'),
};

/** One text for a path, however it is written. */
const pathKey = (path: Path): string => {
  if (path.kind === 'extended') return fieldKey(path.uri);
  return path.kind === 'property' ? `${path.prefix}:${path.name}` : `${path.name}[${path.key}]${path.part ?? ''}`;
};

const columnByPath: ReadonlyMap<string, KeyColumn> = new Map([
  ...keyColumns.map((column) => [pathKey(searched[column].path), column] as const),
  // GlobalObjectId and CleanGlobalObjectId are the same here.
  [fieldKey(meetingId(0x3)), 'object_id'],
]);

/** The column that holds what a path finds, where there is one. */
export const columnOf = (path: Path): KeyColumn | undefined => columnByPath.get(pathKey(path));

/** True for extended properties whose values are filed as they are stored: those that are no other name of something else. */
export const isFiled = (key: string): boolean =>
  !Object.hasOwn(identityProperties, key) && Object.keys(itemKinds).every((element) => !mirrorOf(element, key));

const hasProperty = (element: string, { path }: Searched): boolean =>
  path.kind === 'extended' ? mirrorOf(element, fieldKey(path.uri)) !== undefined : propertyTypes(element).has(path.name);

/** The columns that items of an element can fill. */
const columnsFor = memoize((element: string): readonly KeyColumn[] =>
  keyColumns.filter((column) => hasProperty(element, searched[column])),
);

const columnsOf = (item: Item, session: Session): SearchKeys['columns'] => {
  const columns: Partial<Record<KeyColumn, Key>> = {};
  for (const column of columnsFor(item.element)) {
    const { path, comparison } = searched[column];
    const value = valuesOf(item, path, session)[0];
    const key = value === undefined ? undefined : keyOf(comparison, value, session.zone);
    if (key !== undefined) columns[column] = key;
  }
  return columns;
};

const extendedKeys = (item: Item): SearchKeys['extended'] =>
  item.extended.flatMap((property) => {
    const uri = child(property, 'ExtendedFieldURI');
    const comparison = uri && comparisonOf({ kind: 'extended', uri });
    if (!comparison) return [];
    return extendedValues(property).flatMap((value) => {
      const key = keyOf(comparison, value, 'UTC');
      return key === undefined ? [] : [{ name: extendedKey(property), value: key }];
    });
  });

/** The keys of a session's items: days of tasks as midnight in UTC, everything else as a session in UTC shows it. */
export const keyedBy = (session: Session): KeysOf => {
  const inUtc: Session = { ...session, zone: 'UTC' };
  return (item) => ({
    isAssociated: isTrue(item.properties, 'IsAssociated'),
    columns: columnsOf(item, inUtc),
    extended: item.extended.length === 0 ? [] : extendedKeys(item),
  });
};

/** Counts up when items are filed differently than before. */
const edition = '1';

/** Files the items of a state file anew where an earlier edition of this program filed them. */
export function refile(database: Database): void {
  const known = database.statement("SELECT value FROM meta WHERE name = 'filing'").get()?.['value'];
  if (known === edition) return;
  const keysOf = keyedBy({ database, mailbox: undefined, isService: true, zone: 'UTC', now: () => new Date() });
  database.transaction(() => {
    refileItems(database, keysOf);
    database.statement("INSERT OR REPLACE INTO meta VALUES ('filing', ?)").run(edition);
  });
}
