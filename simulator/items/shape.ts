import { EwsError } from '../errors';
import type { Session } from '../session';
import { child, childText, t, type XmlElement } from '../xml/element';
import { showBody, type BodyForm } from './body';
import { shownProperty, type ShownItem } from './computed';
import { shownExtended } from './extended-shown';
import { itemKind, propertyTypes } from './kinds';
import { readPath, type Path } from './path';

/** Which properties a request wants to see, and bodies in which form. */
export interface Shape {
  readonly base: string;
  readonly additional: readonly Path[];
  readonly body: BodyForm;
}

/** Whole items come from GetItem; lists (FindItem, SyncFolderItems) leave out what is costly to read. */
export type View = 'item' | 'list';

const notInLists: ReadonlySet<string> = new Set([
  ...['Body', 'UniqueBody', 'TextBody', 'NormalizedBody', 'MimeContent', 'Attachments', 'ResponseObjects', 'InternetMessageHeaders'],
  ...['RequiredAttendees', 'OptionalAttendees', 'Resources', 'ToRecipients', 'CcRecipients', 'BccRecipients', 'ReplyTo'],
  ...['Recurrence', 'FirstOccurrence', 'LastOccurrence', 'ModifiedOccurrences', 'DeletedOccurrences', 'MeetingTimeZone'],
  ...['ConflictingMeetings', 'AdjacentMeetings'],
]);

/** Asking a list for these is an error; the others are silently left out. */
const refusedInLists: ReadonlySet<string> = new Set([
  'Body',
  'UniqueBody',
  'TextBody',
  'NormalizedBody',
  'MimeContent',
  'Attachments',
  'ResponseObjects',
]);

/** Only shown when they are asked for by name. */
const onlyOnRequest: ReadonlySet<string> = new Set([
  'MimeContent',
  'TextBody',
  'UniqueBody',
  'NormalizedBody',
  'Preview',
  'ConversationId',
]);

const bodyForm = (text: string | undefined): BodyForm => (text === 'Text' || text === 'HTML' ? text : 'Best');

/** Reads an ItemShape; what the view cannot deliver is an `ErrorInvalidPropertyRequest`. */
export function readShape(element: XmlElement | undefined, view: View): Shape {
  const additional = (child(element, 'AdditionalProperties')?.children ?? []).map(readPath);
  for (const path of additional)
    if (view === 'list' && path.kind === 'property' && refusedInLists.has(path.name)) throw new EwsError('ErrorInvalidPropertyRequest');
  return { base: childText(element, 'BaseShape') ?? 'IdOnly', additional, body: bodyForm(childText(element, 'BodyType')) };
}

/** The shape that shows nothing but the id. */
export const idOnly: Shape = { base: 'IdOnly', additional: [], body: 'Best' };

const baseNames = (shape: Shape, element: string, view: View): readonly string[] => {
  if (shape.base === 'IdOnly') return ['ItemId'];
  const names =
    shape.base === 'Default'
      ? itemKind(element).defaultShape
      : [...propertyTypes(element).keys()].filter((name) => !onlyOnRequest.has(name));
  return names.filter((name) => view === 'item' || !notInLists.has(name));
};

const bodyProperty = (item: ShownItem, name: string, form: BodyForm): XmlElement | undefined => {
  const body = item.properties['Body'];
  if (name === 'TextBody') return body && showBody(body, 'Text', name);
  return showBody(body ?? t('Body', '', { BodyType: 'Text' }), form, name);
};

const dictionaryEntries = (item: ShownItem, shape: Shape, name: string): XmlElement | undefined => {
  const wanted = shape.additional.flatMap((path) => (path.kind === 'indexed' && path.name === name ? [path] : []));
  const found = (item.properties[name]?.children ?? []).filter((entry) =>
    wanted.some((path) => path.key === (entry.attributes['Key'] ?? entry.attributes['HeaderName'])),
  );
  return found.length === 0 ? undefined : t(name, found);
};

/** An item as the shape shows it, its properties in the order of the schema. */
export function showItem(item: ShownItem, shape: Shape, view: View, session: Session): XmlElement {
  const names = new Set(['ItemId', ...baseNames(shape, item.element, view)]);
  const partial = new Set<string>();
  const extended: XmlElement[] = [];
  for (const path of shape.additional) {
    if (path.kind === 'property') names.add(path.name);
    else if (path.kind === 'indexed') partial.add(path.name);
    else extended.push(...[shownExtended(item, path.uri, session)].filter((found) => found !== undefined));
  }
  if (names.size === 1 && partial.size === 0 && extended.length === 0) return t(item.element, [shownProperty(item, 'ItemId', '', session)]);
  const shown: (XmlElement | undefined)[] = [];
  for (const [name, type] of propertyTypes(item.element)) {
    if (name === 'ExtendedProperty') shown.push(...extended);
    else if (names.has(name))
      shown.push(name === 'Body' || name === 'TextBody' ? bodyProperty(item, name, shape.body) : shownProperty(item, name, type, session));
    else if (partial.has(name)) shown.push(dictionaryEntries(item, shape, name));
  }
  return t(item.element, shown);
}
