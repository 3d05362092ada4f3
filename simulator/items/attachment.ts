import { detectMimeType } from 'nodemailer/lib/mime-funcs';
import { EwsError } from '../errors';
import {
  attachmentsOf,
  insertAttachedItem,
  insertFile,
  removeAttachment,
  type AttachmentDraft,
  type AttachmentPlace,
} from '../storage/attachments';
import { formatUtc } from '../time';
import { child, childText, isTrueText, type XmlElement } from '../xml/element';
import { readNew } from './apply';
import { completeItem } from './complete';
import type { WritingSession } from '../session';

/** Kinds that can be attached by CreateAttachment (MS-OXWSATT 2.2.4.6); what is not said to be more than an item is a message. */
const attachable: Readonly<Record<string, string>> = {
  Item: 'Message',
  Message: 'Message',
  CalendarItem: 'CalendarItem',
  Contact: 'Contact',
  Task: 'Task',
  PostItem: 'PostItem',
};

const attachmentParts: ReadonlySet<string> = new Set([
  ...['AttachmentId', 'Name', 'ContentType', 'ContentId', 'ContentLocation', 'Size', 'LastModifiedTime', 'IsInline'],
]);

const isSet = (element: XmlElement, name: string): boolean => isTrueText(childText(element, name));

const draftOf = (element: XmlElement, name: string): AttachmentDraft => ({
  name,
  contentType: childText(element, 'ContentType'),
  contentId: childText(element, 'ContentId'),
  contentLocation: childText(element, 'ContentLocation'),
  isInline: isSet(element, 'IsInline'),
  isContactPhoto: isSet(element, 'IsContactPhoto'),
});

const attachFile = (session: WritingSession, place: AttachmentPlace, element: XmlElement): number => {
  const draft = draftOf(element, childText(element, 'Name') ?? '');
  const content = Buffer.from(childText(element, 'Content') ?? '', 'base64');
  const contentType = draft.contentType ?? detectMimeType(draft.name);
  return insertFile(session.database, place, { ...draft, contentType }, content, formatUtc(session.now()));
};

const attachItem = (session: WritingSession, place: AttachmentPlace, element: XmlElement): number => {
  const given = element.children.find((part) => !attachmentParts.has(part.name));
  if (!given) throw new EwsError('ErrorMissingItemForCreateItemAttachment');
  const kind = attachable[given.name];
  if (kind === undefined) throw new EwsError('ErrorInvalidItemForOperationCreateItemAttachment');
  const changing = readNew({ ...given, name: kind });
  const properties = completeItem(session, kind, changing);
  const name = childText(element, 'Name') ?? properties['Subject']?.text ?? '';
  const attached = { element: kind, properties, extended: changing.extended };
  const id = insertAttachedItem(session.database, place, draftOf(element, name), attached, formatUtc(session.now()));
  attachAll(session, { item: place.item, parent: id }, given);
  return id;
};

/** Stores a FileAttachment or ItemAttachment of a request with an item; answers its number. The caller marks the item as changed. */
export const attach = (session: WritingSession, place: AttachmentPlace, element: XmlElement): number =>
  element.name === 'ItemAttachment' ? attachItem(session, place, element) : attachFile(session, place, element);

/** Stores the Attachments that a request gives with a new item. */
export function attachAll(session: WritingSession, place: AttachmentPlace, item: XmlElement): void {
  for (const element of child(item, 'Attachments')?.children ?? []) attach(session, place, element);
}

/** Puts the attachments that an update brings with MIME content in the place of those an item has. */
export function replaceAttachments(session: WritingSession, item: number, update: XmlElement): void {
  for (const { id } of attachmentsOf(session.database, { item })) removeAttachment(session.database, id);
  for (const holder of update.children) attachAll(session, { item }, holder);
}
