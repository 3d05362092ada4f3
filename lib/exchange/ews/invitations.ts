/**
 * Whether attendees are told of what is written (setting `invitations`). Only meetings of the mailbox itself are announced: what an attendee's
 * copy goes through is nobody else's business.
 */
import { zip } from 'lodash';
import type { Fields } from '../../model/item';
import type { ItemReading } from './item-reading';
import type { EwsOptions } from './options';

/** Ids of those items that are meetings of which the mailbox is the organiser and whose attendees are to be told. */
export type AnnouncedItems = (mailbox: string, ids: readonly string[]) => Promise<ReadonlySet<string>>;

/** Asks Exchange only where the setting says that attendees are told at all. */
export const createAnnouncedItems =
  (items: ItemReading, { invitations }: EwsOptions): AnnouncedItems =>
  async (mailbox, ids) => {
    if (invitations === 'never' || ids.length === 0) return new Set();
    const read = await items.read(
      mailbox,
      ids.map((id) => ({ id })),
    );
    return new Set(
      zip(ids, read).flatMap(([id, result]) =>
        id !== undefined && result?.ok === true && result.value.entry.meeting?.role === 'organizer' ? [id] : [],
      ),
    );
  };

/** Fields that attendees see; the others are the organiser's own. */
const shared: ReadonlySet<string> = new Set([
  ...['subject', 'body', 'bodyHtml', 'location', 'start', 'end', 'allDay', 'timeZone', 'recurrence', 'sensitivity', 'importance'],
]);

/** True when a change is one that attendees would see. Exceptions are announced one by one as they are written. */
export const concernsAttendees = (changes: Fields): boolean => Object.keys(changes).some((field) => shared.has(field));
