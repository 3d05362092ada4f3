import { EwsError } from '../../errors';
import { deleteItem } from '../../items/delete';
import { storeItem } from '../../items/store';
import { createItem } from '../../items/write';
import { sendItem } from '../../mail/send';
import { cancelledByOrganiser } from '../../meetings/assistant';
import { attendeesOf, isOrganised } from '../../meetings/attendees';
import { meetingIn } from '../../meetings/meeting';
import { announce, cancellationOf, sendCancellation, type Announcement } from '../../meetings/organise';
import { answer, appointmentToAnswer, putAway, removeCancelled, responseMessage, responses } from '../../meetings/respond';
import { resolveFolder, resolveItem, type Session } from '../../session';
import type { Item } from '../../storage/items';
import { child, t } from '../../xml/element';
import { targetItem } from './item-target';
import { folderOr, ownFolder, referenceId, type Create, type Creation } from './creation';

/** What a SendMeeting… attribute means; copies go to Sent Items. */
export const announcementOf = (session: Session, attribute: string): Announcement => ({
  audience: attribute === 'SendToNone' ? 'none' : attribute.includes('Changed') ? 'changed' : 'all',
  saveTo: attribute.endsWith('SaveCopy') ? resolveFolder(session, t('DistinguishedFolderId', '', { Id: 'sentitems' })) : undefined,
});

/** An appointment, or a meeting with its invitations. */
export const createCalendarItem: Create = (element, creation) => {
  const { session, invitations } = creation;
  if (invitations === undefined) throw new EwsError('ErrorSendMeetingInvitationsRequired');
  const folder = folderOr(creation, 'calendar');
  const created = createItem(session, element, folder);
  return [invitations === 'SendToNone' ? created : announce(session, created, announcementOf(session, invitations))];
};

/** Saves what is to be sent, and sends it as the disposition says; answers what stays as a draft. */
const dispatch = (creation: Creation, draft: Pick<Item, 'element' | 'properties'>): readonly Item[] => {
  const { session, disposition } = creation;
  if (disposition === undefined) throw new EwsError('ErrorMessageDispositionRequired');
  const drafts = disposition === 'SaveOnly' ? folderOr(creation, 'drafts') : ownFolder(creation, 'drafts');
  const saved = storeItem(session, { ...draft, mailbox: drafts.mailbox, folder: drafts.id, extended: [] });
  if (disposition === 'SaveOnly') return [saved];
  sendItem(session, saved, disposition === 'SendAndSaveCopy' ? folderOr(creation, 'sentitems') : undefined);
  return [];
};

/** AcceptItem, TentativelyAcceptItem and DeclineItem. */
export const respondToMeeting: Create = (element, creation) => {
  const { session } = creation;
  const response = responses[element.name];
  if (!response) throw new EwsError('ErrorInvalidItemForOperationCreateItem');
  const reference = targetItem(session, referenceId(element));
  const appointment = appointmentToAnswer(session, reference, response);
  const message = { element: 'MeetingResponse', properties: responseMessage(session, appointment, response, element) };
  const answered = answer(session, appointment, response);
  const saved = dispatch(creation, message);
  return [answered, ...(reference.element === 'MeetingRequest' ? [putAway(session, reference)] : []), ...saved];
};

/** CancelCalendarItem: the organiser calls a meeting off. */
export const cancelMeeting: Create = (element, creation) => {
  const { session, disposition } = creation;
  const item = targetItem(session, referenceId(element));
  if (item.element !== 'CalendarItem') throw new EwsError('ErrorInvalidItemForOperationCancelItem');
  if (!isOrganised(item.properties)) throw new EwsError('ErrorCalendarIsNotOrganizer');
  if (disposition === undefined) throw new EwsError('ErrorMessageDispositionRequired');
  const said = child(element, 'NewBodyContent') ?? child(element, 'Body');
  if (disposition === 'SaveOnly') {
    const folder = folderOr(creation, 'drafts');
    const draft = { element: 'MeetingCancellation', properties: cancellationOf(session, item, said), extended: [] };
    return [storeItem(session, { ...draft, mailbox: folder.mailbox, folder: folder.id })];
  }
  const saveTo = disposition === 'SendAndSaveCopy' ? folderOr(creation, 'sentitems') : undefined;
  sendCancellation(session, item, attendeesOf(item.properties), saveTo, said);
  deleteItem(session, item.occurrence ? item : { ...item, properties: cancelledByOrganiser(item.properties) }, 'MoveToDeletedItems');
  return [];
};

/** RemoveItem: an attendee removes a meeting that was cancelled. */
export const removeMeeting: Create = (element, { session }) => {
  const { item } = resolveItem(session, referenceId(element));
  removeCancelled(session, item, meetingIn(session, item.mailbox, item.properties));
  return [];
};
