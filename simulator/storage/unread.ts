import type { Database } from './database';
import type { Draft } from './items';
import { isTrue } from './properties';

/** Elements of the items that people read; the others count as read. */
const readable: ReadonlySet<string> = new Set([
  'Message',
  'MeetingMessage',
  'MeetingRequest',
  'MeetingResponse',
  'MeetingCancellation',
  'PostItem',
]);

/** Whether an item counts as unread in its folder. */
export const isUnread = ({ element, properties }: Pick<Draft, 'element' | 'properties'>): boolean =>
  readable.has(element) && !isTrue(properties, 'IsRead') && !isTrue(properties, 'IsAssociated');

/** How many unread items a folder holds. */
export const unreadCount = (database: Database, folder: number): number =>
  Number(database.statement('SELECT count(*) AS n FROM item WHERE folder = ? AND unread = 1').get(folder)?.['n'] ?? 0);
