import { EwsError } from '../errors';
import type { Item } from '../storage/items';
import type { Properties } from '../storage/properties';
import { child, t, type XmlElement } from '../xml/element';
import { appendBody } from './body';
import { extendedKey, fieldKey, withExtended } from './extended';
import { propertyTypes, readOnlyProperties } from './kinds';
import { isPath, readPath, type Path } from './path';

/** The changing parts of an item while an update is applied; `set` collects the names that were touched. */
export interface Changing {
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
  readonly set: ReadonlySet<string>;
}

const without = (properties: Properties, name: string): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));

const entryKey = (entry: XmlElement): string | undefined => entry.attributes['Key'];

/** One entry of a dictionary property (or one part of a postal address) replaced; `undefined` removes it. */
const withEntry = (properties: Properties, path: Extract<Path, { kind: 'indexed' }>, given: XmlElement | undefined): Properties => {
  const entries = properties[path.name]?.children ?? [];
  const others = entries.filter((entry) => entryKey(entry) !== path.key);
  const current = entries.find((entry) => entryKey(entry) === path.key);
  const part = path.part;
  const next =
    part === undefined
      ? given
      : t(
          'Entry',
          [
            ...(current?.children ?? []).filter((piece) => piece.name !== part),
            ...(given?.children ?? []).filter((piece) => piece.name === part),
          ],
          { Key: path.key },
        );
  const kept = next && (next.children.length > 0 || part === undefined) ? [...others, next] : others;
  return kept.length === 0 ? without(properties, path.name) : { ...properties, [path.name]: t(path.name, kept) };
};

const onlyProperty = (change: XmlElement): XmlElement => {
  const item = change.children.find((candidate) => !isPath(candidate));
  const [property, ...more] = item?.children ?? [];
  if (!property || more.length > 0) throw new EwsError('ErrorIncorrectUpdatePropertyCount');
  return property;
};

const checkKind = (item: Item, change: XmlElement): void => {
  const given = change.children.find((candidate) => !isPath(candidate));
  if (given && given.name !== item.element && given.name !== 'Item') throw new EwsError('ErrorObjectTypeChanged');
};

const setField = (changing: Changing, path: Path, property: XmlElement): Changing => {
  if (path.kind === 'extended') {
    if (property.name !== 'ExtendedProperty' || extendedKey(property) !== fieldKey(path.uri))
      throw new EwsError('ErrorUpdatePropertyMismatch');
    return { ...changing, extended: withExtended(changing.extended, property) };
  }
  if (property.name !== path.name) throw new EwsError('ErrorUpdatePropertyMismatch');
  if (readOnlyProperties.has(path.name)) throw new EwsError('ErrorInvalidPropertySet');
  const set = new Set([...changing.set, path.name]);
  if (path.kind === 'indexed') {
    const entry = property.children.find((candidate) => entryKey(candidate) === path.key);
    if (!entry) throw new EwsError('ErrorUpdatePropertyMismatch');
    return { ...changing, set, properties: withEntry(changing.properties, path, entry) };
  }
  return { ...changing, set, properties: { ...changing.properties, [path.name]: property } };
};

const undeletable: ReadonlySet<string> = new Set(['Start', 'End', 'ItemClass', 'UID', 'StartTimeZone', 'EndTimeZone', 'IsAllDayEvent']);

const deleteField = (changing: Changing, path: Path): Changing => {
  if (path.kind === 'extended') {
    const key = fieldKey(path.uri);
    return { ...changing, extended: changing.extended.filter((property) => extendedKey(property) !== key) };
  }
  if (readOnlyProperties.has(path.name) || undeletable.has(path.name)) throw new EwsError('ErrorInvalidPropertyDelete');
  const set = new Set([...changing.set, path.name]);
  if (path.kind === 'indexed') return { ...changing, set, properties: withEntry(changing.properties, path, undefined) };
  return { ...changing, set, properties: without(changing.properties, path.name) };
};

const appendable: ReadonlySet<string> = new Set([
  'RequiredAttendees',
  'OptionalAttendees',
  'Resources',
  'ToRecipients',
  'CcRecipients',
  'BccRecipients',
  'ReplyTo',
]);

const appendToField = (changing: Changing, path: Path, property: XmlElement): Changing => {
  if (path.kind !== 'property') throw new EwsError('ErrorInvalidPropertyAppend');
  if (property.name !== path.name) throw new EwsError('ErrorUpdatePropertyMismatch');
  const current = changing.properties[path.name];
  const set = new Set([...changing.set, path.name]);
  if (path.name === 'Body') return { ...changing, set, properties: { ...changing.properties, Body: appendBody(current, property) } };
  if (!appendable.has(path.name)) throw new EwsError('ErrorInvalidPropertyAppend');
  return {
    ...changing,
    set,
    properties: { ...changing.properties, [path.name]: t(path.name, [...(current?.children ?? []), ...property.children]) },
  };
};

/** Applies SetItemField, AppendToItemField and DeleteItemField in their order. */
export function applyUpdates(item: Item, updates: readonly XmlElement[]): Changing {
  const known = propertyTypes(item.element);
  let changing: Changing = { properties: item.properties, extended: item.extended, set: new Set() };
  for (const change of updates) {
    const named = change.children.find(isPath);
    if (!named) throw new EwsError('ErrorInvalidPropertyRequest');
    const path = readPath(named);
    if (path.kind !== 'extended' && !known.has(path.name)) throw new EwsError('ErrorInvalidPropertyRequest');
    checkKind(item, change);
    if (change.name === 'SetItemField') changing = setField(changing, path, onlyProperty(change));
    else if (change.name === 'AppendToItemField') changing = appendToField(changing, path, onlyProperty(change));
    else changing = deleteField(changing, path);
  }
  return changing;
}

/** The properties and extended properties of an item in a CreateItem request. */
export function readNew(element: XmlElement): Changing {
  const given = element.children.filter((property) => !['ExtendedProperty', 'Attachments'].includes(property.name));
  const refused = given.find((property) => readOnlyProperties.has(property.name));
  if (refused)
    throw new EwsError('ErrorInvalidPropertySet', { messageXml: [t('FieldURI', '', { FieldURI: fieldUri(element.name, refused.name) })] });
  const extended = element.children.filter(
    (property) => property.name === 'ExtendedProperty' && child(property, 'ExtendedFieldURI') !== undefined,
  );
  return {
    properties: Object.fromEntries(given.map((property) => [property.name, property])),
    extended: extended.reduce<readonly XmlElement[]>(withExtended, []),
    set: new Set(given.map((property) => property.name)),
  };
}

const prefixes: Readonly<Record<string, string>> = { CalendarItem: 'calendar', Task: 'task', Contact: 'contacts', Message: 'message' };

const fieldUri = (element: string, name: string): string =>
  `${propertyTypes('Item').has(name) ? 'item' : (prefixes[element] ?? 'item')}:${name}`;
