import { EwsError } from '../errors';
import type { Item } from '../storage/items';
import type { Properties } from '../storage/properties';
import { child, t, type XmlElement } from '../xml/element';
import { appendBody } from './body';
import { entryKey, entryOf, withEntry } from './dictionary';
import { checkedExtended, extendedKey, extendedValues, fieldKey, tagKey, withExtended } from './extended';
import { hasClassOf, itemKind, propertyTypes, readOnlyProperties } from './kinds';
import { mirrorOf, type Mirror } from './mirrored';
import { identityProperties } from './mirrored/identity';
import { isPath, pathTo, readPath, type Path } from './path';

/** The changing parts of an item while an update is applied; `set` collects the names (of extended properties: the keys) that were touched. */
export interface Changing {
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
  readonly set: ReadonlySet<string>;
}

const withProperty = (changing: Changing, name: string, property: XmlElement | undefined): Changing => {
  const others = Object.entries(changing.properties).filter(([key]) => key !== name);
  const properties = Object.fromEntries(property ? [...others, [name, property]] : others);
  return { ...changing, properties, set: new Set([...changing.set, name]) };
};

const withMirrored = (changing: Changing, { property, write }: Mirror, values: readonly string[]): Changing =>
  write ? withProperty(changing, property, write(values, changing.properties[property])) : changing;

/** Stores an extended property, or sets the EWS property it is another name for; what the server makes up itself stays as it is. */
const withExtendedOf = (element: string, changing: Changing, given: XmlElement): Changing => {
  const property = checkedExtended(given);
  const key = extendedKey(property);
  const mirror = mirrorOf(element, key);
  if (!mirror && identityProperties[key]) return changing;
  return mirror
    ? withMirrored(changing, mirror, extendedValues(property))
    : { ...changing, extended: withExtended(changing.extended, property), set: new Set([...changing.set, key]) };
};

const withoutExtended = (element: string, changing: Changing, uri: XmlElement): Changing => {
  const key = fieldKey(uri);
  const mirror = mirrorOf(element, key);
  if (mirror) return withMirrored(changing, mirror, []);
  const extended = changing.extended.filter((property) => extendedKey(property) !== key);
  return { ...changing, extended, set: new Set([...changing.set, key]) };
};

const givenItem = (change: XmlElement): XmlElement | undefined => change.children.find((candidate) => !isPath(candidate));

const onlyProperty = (change: XmlElement): XmlElement => {
  const [property, ...more] = givenItem(change)?.children ?? [];
  if (!property || more.length > 0) throw new EwsError('ErrorIncorrectUpdatePropertyCount');
  return property;
};

const isOfKind = (element: string, given: string): boolean =>
  given === element || given === 'Item' || (given === 'Message' && itemKind(element).prefix === 'message');

const checkKind = (item: Item, change: XmlElement): void => {
  const given = givenItem(change);
  if (given && !isOfKind(item.element, given.name)) throw new EwsError('ErrorObjectTypeChanged');
};

const checkClass = (element: string, property: XmlElement): void => {
  if (property.name === 'ItemClass' && !hasClassOf(element, property.text)) throw new EwsError('ErrorObjectTypeChanged');
};

/** Set once, when the item is created. */
const onlyCreated: ReadonlySet<string> = new Set(['Attachments', 'Owner']);

const setField = (item: Item, changing: Changing, path: Path, property: XmlElement): Changing => {
  if (path.kind === 'extended') {
    const isNamed = property.name === 'ExtendedProperty' && extendedKey(property) === fieldKey(path.uri);
    if (!isNamed) throw new EwsError('ErrorUpdatePropertyMismatch');
    return withExtendedOf(item.element, changing, property);
  }
  if (property.name !== path.name) throw new EwsError('ErrorUpdatePropertyMismatch');
  if (readOnlyProperties.has(path.name) || onlyCreated.has(path.name)) throw new EwsError('ErrorInvalidPropertySet');
  checkClass(item.element, property);
  if (path.kind === 'property') return withProperty(changing, path.name, property);
  const [entry, ...more] = property.children;
  const pieces = path.part === undefined ? 1 : (entry?.children.length ?? 0);
  if (!entry || more.length > 0 || pieces !== 1) throw new EwsError('ErrorIncorrectUpdatePropertyCount');
  const isNamed = entryKey(entry) === path.key && (path.part === undefined || child(entry, path.part) !== undefined);
  if (!isNamed) throw new EwsError('ErrorUpdatePropertyMismatch');
  return withProperty(changing, path.name, withEntry(changing.properties[path.name], path, entry));
};

const undeletable: ReadonlySet<string> = new Set([
  ...['Start', 'End', 'ItemClass', 'UID', 'StartTimeZone', 'EndTimeZone', 'IsAllDayEvent', 'Attachments', 'MimeContent', 'IsRead'],
]);

const deleteField = (item: Item, changing: Changing, path: Path): Changing => {
  if (path.kind === 'extended') return withoutExtended(item.element, changing, path.uri);
  if (readOnlyProperties.has(path.name) || undeletable.has(path.name)) throw new EwsError('ErrorInvalidPropertyDelete');
  if (path.kind === 'property') return withProperty(changing, path.name, undefined);
  const current = changing.properties[path.name];
  if (path.name === 'Members' && !entryOf(current, path.key)) throw new EwsError('ErrorDistributionListMemberNotExist');
  return withProperty(changing, path.name, withEntry(current, path, undefined));
};

const appendable: ReadonlySet<string> = new Set([
  ...['RequiredAttendees', 'OptionalAttendees', 'Resources', 'ToRecipients', 'CcRecipients', 'BccRecipients', 'ReplyTo', 'Members'],
]);

const appendToField = (changing: Changing, path: Path, property: XmlElement): Changing => {
  if (path.kind !== 'property') throw new EwsError('ErrorInvalidPropertyAppend');
  if (property.name !== path.name) throw new EwsError('ErrorUpdatePropertyMismatch');
  const current = changing.properties[path.name];
  if (path.name === 'Body') return withProperty(changing, 'Body', appendBody(current, property));
  if (!appendable.has(path.name)) throw new EwsError('ErrorInvalidPropertyAppend');
  return withProperty(changing, path.name, t(path.name, [...(current?.children ?? []), ...property.children]));
};

const applyOne = (item: Item, changing: Changing, change: XmlElement, path: Path): Changing => {
  if (path.kind !== 'extended' && !propertyTypes(item.element).has(path.name)) throw new EwsError('ErrorInvalidPropertyRequest');
  checkKind(item, change);
  if (change.name === 'SetItemField') return setField(item, changing, path, onlyProperty(change));
  if (change.name === 'AppendToItemField') return appendToField(changing, path, onlyProperty(change));
  return deleteField(item, changing, path);
};

/** Errors about one property name it. */
const naming = <Result>(path: XmlElement, work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    if (error instanceof EwsError && error.messageXml.length === 0)
      throw new EwsError(error.code, { text: error.message, messageXml: [path] });
    throw error;
  }
};

/** Path of the attachments that MIME content brings with an update; no client can name it, for attachments have operations of their own. */
export const mimeAttachments = 'mime:Attachments';

/** Element by which the MIME content of a new series brings its deleted and changed occurrences; no client can write it. */
export const mimeOccurrences = 'mime:Occurrences';

/** True for the update by which MIME content brings its attachments. */
export const isMimeAttachments = (update: XmlElement): boolean => update.children[0]?.attributes['FieldURI'] === mimeAttachments;

/** Applies SetItemField, AppendToItemField and DeleteItemField in their order. */
export function applyUpdates(item: Item, updates: readonly XmlElement[]): Changing {
  let changing: Changing = { properties: item.properties, extended: item.extended, set: new Set() };
  for (const change of updates) {
    const named = change.children.find(isPath);
    if (!named) throw new EwsError('ErrorInvalidPropertyRequest');
    const before = changing;
    changing = naming(named, () => applyOne(item, before, change, readPath(named)));
  }
  return changing;
}

const messageFlagsKey = tagKey(0x0e07, 'Integer');
const [isReadFlag, isUnsentFlag] = [0x1, 0x8];

/** Message flags count when an item is created, so that what is not a draft can be put into a mailbox. */
const withMessageFlags = (element: string, changing: Changing, extended: readonly XmlElement[]): Changing => {
  const given = extended.find((property) => extendedKey(property) === messageFlagsKey);
  if (!given) return changing;
  const flags = Number(extendedValues(given)[0]);
  const drafted = withProperty(changing, 'IsDraft', t('IsDraft', (flags & isUnsentFlag) !== 0));
  return propertyTypes(element).has('IsRead') ? withProperty(drafted, 'IsRead', t('IsRead', (flags & isReadFlag) !== 0)) : drafted;
};

/** Read apart: attachments and occurrences have tables of their own, extended properties rules of theirs. */
const readApart: ReadonlySet<string> = new Set(['ExtendedProperty', 'Attachments', mimeOccurrences]);

/** The properties and extended properties of an item in a CreateItem request. */
export function readNew(element: XmlElement): Changing {
  const given = element.children.filter(({ name }) => !readApart.has(name));
  for (const property of given)
    naming(pathTo(element.name, property.name), () => {
      if (readOnlyProperties.has(property.name)) throw new EwsError('ErrorInvalidPropertySet');
      checkClass(element.name, property);
    });
  const plain: Changing = {
    properties: Object.fromEntries(given.map((property) => [property.name, property])),
    extended: [],
    set: new Set(given.map(({ name }) => name)),
  };
  const extended = element.children.filter((property) => property.name === 'ExtendedProperty');
  const changing = extended.reduce(
    (before, property) => naming(child(property, 'ExtendedFieldURI') ?? property, () => withExtendedOf(element.name, before, property)),
    plain,
  );
  return withMessageFlags(element.name, changing, extended);
}
