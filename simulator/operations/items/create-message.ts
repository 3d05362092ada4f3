import { EwsError } from '../../errors';
import { createItem, reviseItem } from '../../items/write';
import { answerMessage, answeredMarks, answers } from '../../mail/answer';
import { sendItem } from '../../mail/send';
import { resolveItem } from '../../session';
import { copyAttachments } from '../../storage/attachments';
import type { Item } from '../../storage/items';
import { isTrue, withTexts } from '../../storage/properties';
import { withExtended } from '../../items/extended';
import { formatUtc } from '../../time';
import type { XmlElement } from '../../xml/element';
import { folderOr, ownFolder, referenceId, type Create, type Creation } from './creation';

const noChange = (): void => undefined;

/** Saves a message, or saves and sends it; what is sent is a draft first, as in Exchange. `prepare` completes the saved one. */
const createAndSend = (element: XmlElement, creation: Creation, prepare: (item: Item) => void = noChange): readonly Item[] => {
  const { session, disposition } = creation;
  if (disposition === undefined) throw new EwsError('ErrorMessageDispositionRequired');
  const isSent = disposition !== 'SaveOnly';
  const item = createItem(session, element, isSent ? ownFolder(creation, 'drafts') : folderOr(creation, 'drafts'));
  prepare(item);
  if (!isSent) return [item];
  sendItem(session, item, disposition === 'SendAndSaveCopy' ? folderOr(creation, 'sentitems') : undefined);
  return [];
};

/** A message (MS-OXWSMSG). */
export const createMessage: Create = (element, creation) => createAndSend(element, creation);

/** ReplyToItem, ReplyAllToItem and ForwardItem. */
export const createAnswer: Create = (element, creation) => {
  const { session } = creation;
  const { item: original } = resolveItem(session, referenceId(element));
  const answer = answers[element.name];
  if (!answer) throw new EwsError('ErrorInvalidItemForOperationCreateItem');
  const created = createAndSend(answerMessage(session, original, element, answer), creation, (item) => {
    if (answer.prefix === 'FW') copyAttachments(session.database, { item: original.id }, { item: item.id });
  });
  if (created.length === 0)
    reviseItem(session, { ...original, extended: answeredMarks(answer, formatUtc(session.now())).reduce(withExtended, original.extended) });
  return created;
};

/** SuppressReadReceipt: the sender will not be told that a message was read. */
export const suppressReadReceipt: Create = (element, { session }) => {
  const { item } = resolveItem(session, referenceId(element));
  const isPending = isTrue(item.properties, 'IsReadReceiptRequested') && !isTrue(item.properties, 'IsReadReceiptSuppressed');
  if (!isPending || isTrue(item.properties, 'IsDraft')) throw new EwsError('ErrorReadReceiptNotPending');
  reviseItem(session, { ...item, properties: withTexts(item.properties, { IsReadReceiptSuppressed: true }) });
  return [];
};
