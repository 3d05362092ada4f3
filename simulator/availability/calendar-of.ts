/** What others may know of a person's time: appointments with as much of each as the caller may see, and working hours. */
import { appearances } from '../calendar/appearances';
import { periodOf } from '../calendar/series';
import { EwsError } from '../errors';
import type { ShownItem } from '../items/computed';
import { rightsOf, viewsPrivate } from '../permissions/access';
import type { ReadAccess } from '../permissions/levels';
import type { Session } from '../session';
import { itemEntryId } from '../storage/entry-id';
import { distinguishedFolder } from '../storage/folders';
import { findGroup } from '../storage/groups';
import { itemsInPeriod, type Period } from '../storage/items';
import { findMailbox, type Mailbox } from '../storage/mailboxes';
import { isTrue, text } from '../storage/properties';
import { findUserConfiguration } from '../storage/user-configurations';
import { readWorkingHours, type WorkingHours } from '../time-zones/working-hours';
import { t, type XmlElement } from '../xml/element';
import { isMeeting } from '../meetings/attendees';

/** An appointment as free/busy data: details are those the caller may see, if any. */
export interface BusyTime extends Period {
  readonly busyType: string;
  readonly details: XmlElement;
}

/** A person's time; of a distribution list nothing but when its members are busy. */
export interface PersonsTime {
  readonly busy: readonly BusyTime[];
  readonly hours: WorkingHours | undefined;
  readonly access: ReadAccess | 'Merged';
}

const mostEvents = 1000;
const mostMembers = 100;

const details = (session: Session, item: ShownItem, access: ReadAccess): XmlElement => {
  const isPrivate = text(item.properties, 'Sensitivity') === 'Private';
  const isShown = !isPrivate || viewsPrivate(session, item.mailbox);
  const id = itemEntryId(session.database, item).toString('hex').toUpperCase();
  return t('CalendarEventDetails', [
    isShown && access === 'FullDetails' ? t('ID', id) : undefined,
    isShown ? t('Subject', text(item.properties, 'Subject') ?? '') : undefined,
    isShown ? t('Location', text(item.properties, 'Location') ?? '') : undefined,
    t('IsMeeting', isMeeting(item.properties)),
    t('IsRecurring', item.occurrence?.isException === false),
    t('IsException', item.occurrence?.isException === true),
    t('IsReminderSet', isTrue(item.properties, 'ReminderIsSet')),
    t('IsPrivate', isPrivate),
  ]);
};

const timeOfMailbox = (session: Session, mailbox: Mailbox, from: number, to: number): PersonsTime => {
  const { database } = session;
  const folder = distinguishedFolder(database, mailbox.id, 'calendar');
  if (!folder) throw new EwsError('ErrorNoCalendar');
  const access = rightsOf(session, folder).read;
  if (access === 'None')
    throw new EwsError('ErrorNoFreeBusyAccess', { text: 'The caller does not have permission to view free/busy data of this mailbox.' });
  const items = appearances(database, itemsInPeriod(database, folder.id, from, to), from, to);
  if (items.length > mostEvents)
    throw new EwsError('ErrorResultSetTooBig', {
      text: `The result set contains too many calendar entries. The allowed size = ${mostEvents}; the actual size = ${items.length}.`,
    });
  return {
    busy: items.map((item) => ({
      ...periodOf(item.properties),
      busyType: text(item.properties, 'LegacyFreeBusyStatus') ?? 'Busy',
      details: details(session, item, access),
    })),
    hours: readWorkingHours(findUserConfiguration(database, folder.id, 'WorkHours')?.parts['XmlData']?.text),
    access,
  };
};

const membersOf = (session: Session, address: string, seen: Set<string>): readonly Mailbox[] => {
  const key = address.toLowerCase();
  if (seen.has(key)) return [];
  seen.add(key);
  const mailbox = findMailbox(session.database, address);
  if (mailbox) return [mailbox];
  return findGroup(session.database, address)?.members.flatMap((member) => membersOf(session, member, seen)) ?? [];
};

/** The time of a mailbox or distribution list between two moments (ms). */
export function timeOf(session: Session, address: string, from: number, to: number): PersonsTime {
  const mailbox = findMailbox(session.database, address);
  if (mailbox) return timeOfMailbox(session, mailbox, from, to);
  if (!findGroup(session.database, address))
    throw new EwsError('ErrorMailRecipientNotFound', {
      text: `Unable to resolve email address <>SMTP:${address} to an Active Directory object.`,
    });
  const members = membersOf(session, address, new Set());
  if (members.length > mostMembers) throw new EwsError('ErrorFreeBusyDLLimitReached');
  const busy = members.flatMap((member) => {
    try {
      return timeOfMailbox(session, member, from, to).busy;
    } catch (error) {
      // Of a member whose time is closed to the caller, the list says nothing.
      if (error instanceof EwsError) return [];
      throw error;
    }
  });
  return { busy, hours: undefined, access: 'Merged' };
}
