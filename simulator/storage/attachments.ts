import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import { deserialise, serialise, type Properties } from './properties';
import { numberOf, textOf, type Row } from './row';

/** An item that is attached to another: what it is and has. */
export interface AttachedItem {
  readonly element: string;
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
}

/** What an attachment is besides its content. */
export interface AttachmentDraft {
  readonly name: string;
  readonly contentType?: string | undefined;
  /** Without angle brackets; names an inline attachment in the item's HTML. */
  readonly contentId?: string | undefined;
  readonly contentLocation?: string | undefined;
  readonly isInline?: boolean;
  readonly isContactPhoto?: boolean;
}

/** A stored attachment, without its content. `parent` is the attached item it lies in, absent where it lies in the item itself. */
export interface Attachment extends AttachmentDraft {
  readonly id: number;
  readonly item: number;
  readonly parent: number | undefined;
  /** The day of the one occurrence of a series it belongs to. */
  readonly occurrence: number | undefined;
  readonly isInline: boolean;
  readonly isContactPhoto: boolean;
  /** In bytes. */
  readonly size: number;
  /** ISO text in UTC. */
  readonly modified: string;
  /** Absent where it is a file. */
  readonly attached: AttachedItem | undefined;
}

/** Where an attachment is put: into an item, into one occurrence (by its day) of a series, or into an item attached to it. */
export interface AttachmentPlace {
  readonly item: number;
  readonly parent?: number | undefined;
  readonly occurrence?: number | undefined;
}

const toAttachment = (row: Row): Attachment => ({
  id: Number(row['id']),
  item: Number(row['item']),
  parent: numberOf(row['parent']),
  occurrence: numberOf(row['occurrence']),
  name: String(row['name']),
  contentType: textOf(row['content_type']),
  contentId: textOf(row['content_id']),
  contentLocation: textOf(row['content_location']),
  isInline: row['inline'] === 1,
  isContactPhoto: row['photo'] === 1,
  size: Number(row['size']),
  modified: String(row['modified']),
  attached: typeof row['element'] === 'string' ? { element: row['element'], ...deserialise(String(row['properties'])) } : undefined,
});

const columns =
  'id, item, parent, occurrence, name, content_type, content_id, content_location, inline, photo, size, modified, element, properties';

const insert = (
  database: Database,
  place: AttachmentPlace,
  draft: AttachmentDraft,
  now: string,
  size: number,
  content: Uint8Array | null,
  attached: AttachedItem | undefined,
): number => {
  const { lastInsertRowid } = database
    .statement(
      `INSERT INTO attachment (item, parent, occurrence, name, content_type, content_id, content_location, inline, photo, size, modified, content,
       element, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      place.item,
      place.parent ?? null,
      place.occurrence ?? null,
      draft.name,
      draft.contentType ?? null,
      draft.contentId ?? null,
      draft.contentLocation ?? null,
      Number(draft.isInline === true),
      Number(draft.isContactPhoto === true),
      size,
      now,
      content,
      attached?.element ?? null,
      attached ? serialise(attached.properties, attached.extended) : null,
    );
  return Number(lastInsertRowid);
};

/** Stores a file with an item; answers the attachment's number. The caller marks the item as changed. */
export const insertFile = (database: Database, place: AttachmentPlace, draft: AttachmentDraft, content: Uint8Array, now: string): number =>
  insert(database, place, draft, now, content.length, content, undefined);

/** Stores an item with another one; answers the attachment's number. The caller marks the outer item as changed. */
export const insertAttachedItem = (
  database: Database,
  place: AttachmentPlace,
  draft: AttachmentDraft,
  attached: AttachedItem,
  now: string,
): number => insert(database, place, draft, now, serialise(attached.properties, attached.extended).length, null, attached);

/** Those of a place; an occurrence has the attachments of its series, too. */
const inPlace = 'item = ? AND parent IS ? AND (occurrence IS NULL OR occurrence = ?)';
const inPlaceOf = ({ item, parent, occurrence }: AttachmentPlace): [number, number | null, number | null] => [
  item,
  parent ?? null,
  occurrence ?? null,
];

/** The attachments of an item, of one occurrence of it, or of one attached item within it, in the order they were attached. */
export const attachmentsOf = (database: Database, place: AttachmentPlace): readonly Attachment[] =>
  database
    .statement(`SELECT ${columns} FROM attachment WHERE ${inPlace} ORDER BY id`)
    .all(...inPlaceOf(place))
    .map(toAttachment);

/** True where an item (or an occurrence, or an attached item) has an attachment that is not part of its text. */
export const hasAttachments = (database: Database, place: AttachmentPlace): boolean =>
  database.statement(`SELECT 1 FROM attachment WHERE ${inPlace} AND inline = 0 LIMIT 1`).get(...inPlaceOf(place)) !== undefined;

/** The attachment with this number. */
export function attachmentById(database: Database, id: number): Attachment | undefined {
  const row = database.statement(`SELECT ${columns} FROM attachment WHERE id = ?`).get(id);
  return row && toAttachment(row);
}

/** The bytes of an attached file. */
export function attachmentContent(database: Database, id: number): Buffer {
  const content = database.statement('SELECT content FROM attachment WHERE id = ?').get(id)?.['content'];
  return content instanceof Uint8Array ? Buffer.from(content) : Buffer.alloc(0);
}

/** Bytes that all attachments of an item take, nested ones too. */
export const attachmentSize = (database: Database, item: number): number =>
  Number(database.statement('SELECT coalesce(sum(size), 0) AS n FROM attachment WHERE item = ?').get(item)?.['n'] ?? 0);

/** Removes an attachment with all it holds. */
export const removeAttachment = (database: Database, id: number): void => {
  database.statement('DELETE FROM attachment WHERE id = ?').run(id);
};

/** Hands all attachments of an item to the one that takes its place. */
export const moveAttachments = (database: Database, from: number, to: number): void => {
  database.statement('UPDATE attachment SET item = ? WHERE item = ?').run(to, from);
};

/** Removes the attachments that one occurrence of a series has of its own, or that any has. */
export function removeOccurrenceAttachments(database: Database, item: number, day?: number): void {
  database
    .statement('DELETE FROM attachment WHERE item = ? AND occurrence IS NOT NULL AND (? IS NULL OR occurrence = ?)')
    .run(item, day ?? null, day ?? null);
}

/** Copies the attachments of an item, nested ones and those of single occurrences too, to another item. */
export function copyAttachments(database: Database, from: AttachmentPlace, to: AttachmentPlace): void {
  const copy = database.statement(
    `INSERT INTO attachment (item, parent, occurrence, name, content_type, content_id, content_location, inline, photo, size, modified, content,
     element, properties)
     SELECT ?, ?, occurrence, name, content_type, content_id, content_location, inline, photo, size, modified, content, element, properties
     FROM attachment WHERE id = ?`,
  );
  const held = database.statement('SELECT id FROM attachment WHERE item = ? AND parent IS ? ORDER BY id');
  for (const { id } of held.all(from.item, from.parent ?? null)) {
    const copied = Number(copy.run(to.item, to.parent ?? null, Number(id)).lastInsertRowid);
    copyAttachments(database, { ...from, parent: Number(id) }, { ...to, parent: copied });
  }
}
