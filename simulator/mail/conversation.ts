import { randomBytes } from 'node:crypto';
import { collationKey } from '../search/comparison';
import type { Database } from '../storage/database';
import { itemsByKey } from '../storage/mailbox-items';
import type { Item } from '../storage/items';
import { text, withTexts, type Properties } from '../storage/properties';

const headerLength = 22;

/** Milliseconds between 1601, where Windows' file times begin, and 1970. */
const fileTimeOffset = 11_644_473_600_000;

/** The index of a message that begins a conversation (MS-OXOMSG 2.2.1.3): 1, five bytes of its time, a GUID. */
function firstIndex(now: Date): Buffer {
  const fileTime = BigInt(now.getTime() + fileTimeOffset) * 10_000n;
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(fileTime);
  return Buffer.concat([Buffer.of(1), time.subarray(1, 6), randomBytes(16)]);
}

/** The index of an answer to a message: its own, and five bytes for the time between and chance. */
const nextIndex = (parent: Buffer): Buffer => Buffer.concat([parent, randomBytes(5)]);

/** A subject without its prefixes (`RE:`, `FW:`, `AW:` …: up to three letters and a colon, MS-OXCMSG 2.2.1.9). */
export const normalizedSubject = (subject: string): string => subject.replace(/^(?:[^\s\d:]{1,3}:\s+)+/, '');

/** Message ids in a header, each with its angle brackets. */
const messageIds = (header: string): readonly string[] => header.match(/<[^<>\s]+>/g) ?? [];

const byMessageId = (database: Database, mailbox: number, properties: Properties): Item | undefined => {
  const ids = [text(properties, 'InReplyTo') ?? '', text(properties, 'References') ?? ''].flatMap((header) =>
    [...messageIds(header)].reverse(),
  );
  for (const id of ids) {
    const [found] = itemsByKey(database, mailbox, 'message_id', collationKey(id));
    if (found) return found;
  }
  return undefined;
};

const byTopic = (database: Database, mailbox: number, subject: string): Item | undefined => {
  const topic = normalizedSubject(subject);
  if (topic === subject) return undefined;
  const subjects = [topic, subject, `RE: ${topic}`, `FW: ${topic}`];
  for (const candidate of subjects) {
    const [found] = itemsByKey(database, mailbox, 'subject', collationKey(candidate));
    if (found?.properties['ConversationIndex']) return found;
  }
  return undefined;
};

const parentOf = (database: Database, mailbox: number, properties: Properties): Item | undefined =>
  byMessageId(database, mailbox, properties) ?? byTopic(database, mailbox, text(properties, 'Subject') ?? '');

/** Puts a message into the conversation of what it answers (by message ids, else by topic), or into one of its own. */
export function withConversation(database: Database, mailbox: number, properties: Properties, now: Date): Properties {
  const topic = text(properties, 'ConversationTopic') ?? normalizedSubject(text(properties, 'Subject') ?? '');
  if (properties['ConversationIndex']) return withTexts(properties, { ConversationTopic: topic });
  const parent = Buffer.from(text(parentOf(database, mailbox, properties)?.properties ?? {}, 'ConversationIndex') ?? '', 'base64');
  const index = parent.length >= headerLength ? nextIndex(parent) : firstIndex(now);
  return withTexts(properties, { ConversationIndex: index.toString('base64'), ConversationTopic: topic });
}

/** Index of an answer to an item, as base64; undefined where that has none. */
export function answerIndex(properties: Properties): string | undefined {
  const parent = Buffer.from(text(properties, 'ConversationIndex') ?? '', 'base64');
  return parent.length >= headerLength ? nextIndex(parent).toString('base64') : undefined;
}

/** What all messages of a conversation have in common, as hex; undefined where an item is in none. */
export function conversationKey(properties: Properties): string | undefined {
  const index = Buffer.from(text(properties, 'ConversationIndex') ?? '', 'base64');
  return index.length >= headerLength ? index.toString('hex', 6, headerLength) : undefined;
}
