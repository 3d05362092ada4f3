import { EwsError } from '../errors';
import { bodyOf, uniquePart } from '../mail/body-parts';
import type { Session } from '../session';
import { child, childText, isTrueText, t, type XmlElement } from '../xml/element';
import { showBody, type BodyForm, type BodyLimits } from './body';
import { shownProperty, type ShownItem } from './computed';
import { shownExtended } from './extended-shown';
import { itemKind, propertyTypes } from './kinds';
import { readPath, type Path } from './path';
import { entryKey } from './dictionary';

/** Which properties a request wants to see, and bodies in which form. */
export interface Shape {
  readonly base: string;
  readonly additional: readonly Path[];
  /** IncludeMimeContent. */
  readonly isWithMime: boolean;
  readonly body: BodyForm;
  readonly uniqueBody: BodyForm;
  readonly normalizedBody: BodyForm;
  readonly bodyLimits: BodyLimits;
}

/** Whole items come from GetItem; lists (FindItem) and changes (SyncFolderItems) leave out what is costly to read. */
export type View = 'item' | 'list' | 'changes';

const notInLists: ReadonlySet<string> = new Set([
  ...['Body', 'UniqueBody', 'TextBody', 'NormalizedBody', 'MimeContent', 'Attachments', 'ResponseObjects', 'InternetMessageHeaders'],
  ...['RequiredAttendees', 'OptionalAttendees', 'Resources', 'ToRecipients', 'CcRecipients', 'BccRecipients', 'ReplyTo'],
  ...['Recurrence', 'FirstOccurrence', 'LastOccurrence', 'ModifiedOccurrences', 'DeletedOccurrences', 'MeetingTimeZone'],
  ...['ConflictingMeetings', 'AdjacentMeetings', 'ConflictingMeetingCount', 'AdjacentMeetingCount'],
]);

/** Asking a list for these is an error; the others, and all of them in changes, are silently left out. */
const refusedInLists: ReadonlySet<string> = new Set([
  'Body',
  'UniqueBody',
  'TextBody',
  'NormalizedBody',
  'MimeContent',
  'Attachments',
  'ResponseObjects',
]);

/** Only shown when they are asked for by name; later versions of Exchange added most of them. */
const onlyOnRequest: ReadonlySet<string> = new Set([
  ...['MimeContent', 'MimeContentUTF8', 'TextBody', 'UniqueBody', 'NormalizedBody', 'Preview', 'StoreEntryId', 'InstanceKey'],
]);

const bodyForm = (text: string | undefined): BodyForm => (text === 'Text' || text === 'HTML' ? text : 'Best');

const isSet = (element: XmlElement | undefined, name: string): boolean => isTrueText(childText(element, name));

/** Reads an ItemShape or AttachmentShape; what the view cannot deliver is an `ErrorInvalidPropertyRequest`. */
export function readShape(element: XmlElement | undefined, view: View): Shape {
  const paths = child(element, 'AdditionalProperties')?.children ?? [];
  const additional = paths.map(readPath);
  for (const [index, path] of additional.entries())
    if (view === 'list' && path.kind === 'property' && refusedInLists.has(path.name))
      throw new EwsError('ErrorInvalidPropertyRequest', { messageXml: paths.slice(index, index + 1) });
  const most = childText(element, 'MaximumBodySize');
  return {
    base: childText(element, 'BaseShape') ?? 'IdOnly',
    additional,
    isWithMime: isSet(element, 'IncludeMimeContent'),
    body: bodyForm(childText(element, 'BodyType')),
    uniqueBody: bodyForm(childText(element, 'UniqueBodyType') ?? childText(element, 'BodyType')),
    normalizedBody: bodyForm(childText(element, 'NormalizedBodyType') ?? childText(element, 'BodyType')),
    bodyLimits: { isFiltered: isSet(element, 'FilterHtmlContent'), most: most === undefined ? undefined : Number(most) },
  };
}

/** The shape that shows nothing but the id. */
export const idOnly: Shape = readShape(undefined, 'item');

const baseNames = (shape: Shape, element: string, view: View): readonly string[] => {
  if (shape.base === 'IdOnly') return ['ItemId'];
  const names =
    shape.base === 'Default'
      ? itemKind(element).defaultShape
      : [...propertyTypes(element).keys()].filter((name) => !onlyOnRequest.has(name));
  return names.filter((name) => view === 'item' || !notInLists.has(name));
};

const bodyForms: Readonly<Record<string, (shape: Shape) => BodyForm>> = {
  Body: ({ body }) => body,
  UniqueBody: ({ uniqueBody }) => uniqueBody,
  NormalizedBody: ({ normalizedBody }) => normalizedBody,
  TextBody: () => 'Text',
};

const bodyProperty = (item: ShownItem, name: string, form: BodyForm, shape: Shape): XmlElement => {
  const body = bodyOf(item.properties);
  return showBody(name === 'UniqueBody' ? uniquePart(body) : body, form, name, shape.bodyLimits);
};

/** Lists show no more of long values: characters of texts, and bytes. */
const [longestText, longestBinary] = [255, 512];

const shortened = (property: XmlElement): XmlElement =>
  property.text.length > longestText ? { ...property, text: property.text.slice(0, longestText) } : property;

const shortenedExtended = (property: XmlElement): XmlElement => {
  const type = child(property, 'ExtendedFieldURI')?.attributes['PropertyType'];
  const value = childText(property, 'Value') ?? '';
  if (type !== 'String' && type !== 'Binary') return property;
  const short =
    type === 'String' ? value.slice(0, longestText) : Buffer.from(value, 'base64').subarray(0, longestBinary).toString('base64');
  return value.length <= longestText ? property : t('ExtendedProperty', [...property.children.slice(0, 1), t('Value', short)]);
};

const dictionaryEntries = (item: ShownItem, shape: Shape, name: string): XmlElement | undefined => {
  const wanted = shape.additional.flatMap((path) => (path.kind === 'indexed' && path.name === name ? [path] : []));
  const found = (item.properties[name]?.children ?? []).filter((entry) => wanted.some((path) => path.key === entryKey(entry)));
  return found.length === 0 ? undefined : t(name, found);
};

/** What is asked for by path: whole properties, dictionaries of which entries are wanted, extended properties. */
const requested = (item: ShownItem, shape: Shape, session: Session) => ({
  names: shape.additional.flatMap((path) => (path.kind === 'property' ? [path.name] : [])),
  partial: new Set(shape.additional.flatMap((path) => (path.kind === 'indexed' ? [path.name] : []))),
  extended: shape.additional.flatMap((path) => (path.kind === 'extended' ? (shownExtended(item, path.uri, session) ?? []) : [])),
});

/** An item as the shape shows it, its properties in the order of the schema. */
export function showItem(item: ShownItem, shape: Shape, view: View, session: Session): XmlElement {
  const { names: additional, partial, extended } = requested(item, shape, session);
  const visible = view === 'item' ? additional : additional.filter((name) => !notInLists.has(name));
  const names = new Set(['ItemId', ...baseNames(shape, item.element, view), ...visible]);
  if (shape.isWithMime && view === 'item') names.add('MimeContent');
  if (names.size === 1 && partial.size === 0 && extended.length === 0) return t(item.element, [shownProperty(item, 'ItemId', '', session)]);
  const show = (name: string, type: string): XmlElement | undefined => {
    const form = bodyForms[name];
    if (form) return bodyProperty(item, name, form(shape), shape);
    const shown = shownProperty(item, name, type, session);
    return shown && view !== 'item' && type === 'xs:string' ? shortened(shown) : shown;
  };
  const shown: (XmlElement | undefined)[] = [];
  for (const [name, type] of propertyTypes(item.element)) {
    if (name === 'ExtendedProperty') shown.push(...(view !== 'item' ? extended.map(shortenedExtended) : extended));
    else if (names.has(name)) shown.push(show(name, type));
    else if (partial.has(name)) shown.push(dictionaryEntries(item, shape, name));
  }
  return t(item.element, shown);
}
