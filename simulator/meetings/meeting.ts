import { globalObjectId } from '../items/mirrored/global-object-id';
import type { Session } from '../session';
import { folderById } from '../storage/folders';
import { itemsByKey } from '../storage/mailbox-items';
import type { Item } from '../storage/items';
import { text, type Properties } from '../storage/properties';

/** What makes up a meeting wherever it is: the organiser's item, the messages about it, the attendees' copies. */
export const meetingProperties = [
  ...['Subject', 'Body', 'Sensitivity', 'Importance', 'UID', 'Start', 'End', 'IsAllDayEvent', 'Location', 'EnhancedLocation'],
  ...['StartTimeZone', 'EndTimeZone', 'Recurrence', 'RequiredAttendees', 'OptionalAttendees', 'IntendedFreeBusyStatus', 'Organizer'],
  ...['AppointmentSequenceNumber', 'IsResponseRequested', 'AllowNewTimeProposal', 'IsOnlineMeeting', 'MeetingWorkspaceUrl', 'NetShowUrl'],
  ...['ConferenceType', 'JoinOnlineMeetingUrl'],
] as const;

/** Some properties of an item, those it has. */
export const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.flatMap((name) => (properties[name] ? [[name, properties[name]] as const] : [])));

/** How often a meeting was changed so that answers to it are out of date. */
export const sequenceOf = (properties: Properties): number => Number(text(properties, 'AppointmentSequenceNumber') ?? 0);

/** Folders whose items are no longer in a calendar. */
const discarded: ReadonlySet<string> = new Set(['deleteditems', 'recoverableitemsroot', 'recoverableitemsdeletions']);

const isDiscarded = (session: Session, item: Item): boolean =>
  discarded.has(folderById(session.database, item.folder)?.distinguished ?? '');

/** The appointment of a meeting in a mailbox, by what names the meeting everywhere. */
export function meetingIn(session: Session, mailbox: number, properties: Properties): Item | undefined {
  const uid = text(properties, 'UID');
  if (uid === undefined) return undefined;
  return itemsByKey(session.database, mailbox, 'object_id', globalObjectId(uid).toString('hex')).find(
    (item) => item.element === 'CalendarItem' && !isDiscarded(session, item),
  );
}

const scheduleParts = ['Start', 'End', 'Recurrence', 'IsAllDayEvent'];

/** True where two versions of a meeting are at different times. */
export const isRescheduled = (before: Properties, after: Properties): boolean =>
  JSON.stringify(pick(before, scheduleParts)) !== JSON.stringify(pick(after, scheduleParts));
