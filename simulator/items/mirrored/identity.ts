import { createHash } from 'node:crypto';
import { dayText } from '../../calendar/days';
import { text } from '../../storage/properties';
import { folderEntryId, globalId, itemEntryId } from '../../storage/entry-id';
import { shownProperty, type ShownItem } from '../computed';
import type { Compute } from '../computed/compute';
import type { Session } from '../../session';
import { distinguishedSets, namedKey, tagKey } from '../extended';
import { globalObjectId } from './global-object-id';

const binary = (bytes: Buffer): string => bytes.toString('base64');

const entryId: Compute = (item, { database }) => binary(itemEntryId(database, item));

const isShown = (item: ShownItem, name: string, session: Session): boolean => shownProperty(item, name, '', session)?.text === 'true';

/** MSGFLAG_READ, _UNMODIFIED, _UNSENT, _HASATTACH and _ASSOCIATED (MS-OXCMSG 2.2.1.6). */
const messageFlags: Compute = (item, session) =>
  (['IsRead', 'IsUnmodified', 'IsDraft', 'HasAttachments', 'IsAssociated'] as const).reduce(
    (flags, name, index) => flags + (isShown(item, name, session) ? ([0x1, 0x2, 0x8, 0x10, 0x40][index] ?? 0) : 0),
    0,
  );

const occurrenceId: Compute = (item) => {
  const uid = text(item.properties, 'UID');
  return uid === undefined || !item.occurrence ? undefined : binary(globalObjectId(uid, dayText(item.occurrence.day)));
};

/** PR_OBJECT_TYPE of messages, and the code page of UTF-8. */
const [messageType, utf8] = [5, 65001];

/** MAPI properties that the server makes up and EWS has no other name for. */
export const identityProperties: Readonly<Record<string, Compute>> = {
  [tagKey(0x0fff, 'Binary')]: entryId,
  [tagKey(0x0ff9, 'Binary')]: entryId,
  [tagKey(0x0ff6, 'Binary')]: (item, { database }) => binary(globalId(database, item.mailbox, item.id)),
  [tagKey(0x65e0, 'Binary')]: (item, { database }) => binary(globalId(database, item.mailbox, item.id)),
  [tagKey(0x65e2, 'Binary')]: (item, { database }) => binary(globalId(database, item.mailbox, item.sequence)),
  [tagKey(0x300b, 'Binary')]: (item, { database }) =>
    createHash('md5').update(`${database.key}:${item.mailbox}:${item.created}:${item.id}`).digest('base64'),
  [tagKey(0x0e09, 'Binary')]: (item, { database }) => binary(folderEntryId(database, item.mailbox, item.folder)),
  [tagKey(0x65e1, 'Binary')]: (item, { database }) => binary(globalId(database, item.mailbox, item.folder)),
  [tagKey(0x0ffe, 'Integer')]: () => messageType,
  [tagKey(0x0e07, 'Integer')]: messageFlags,
  [tagKey(0x0e23, 'Integer')]: (item) => item.id,
  [tagKey(0x3fde, 'Integer')]: () => utf8,
  [namedKey(distinguishedSets['Meeting'] ?? '', '#3', 'Binary')]: occurrenceId,
};
