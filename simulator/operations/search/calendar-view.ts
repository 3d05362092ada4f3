import { appearances } from '../../calendar/appearances';
import { EwsError } from '../../errors';
import { seenItems } from '../../permissions/access';
import type { Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { itemsInPeriod } from '../../storage/items';
import { parseTime } from '../../time';
import type { XmlElement } from '../../xml/element';
import { findLimit, pageSize, type Found } from './page';

const longestView = 2 * 366 * 24 * 3_600_000;

/** The appointments and occurrences of a calendar folder that overlap a CalendarView's period, by their start. */
export const calendarView = (session: Session, folder: Folder, view: XmlElement): Found => {
  const from = parseTime(view.attributes['StartDate'] ?? '', session.zone).toMillis();
  const to = parseTime(view.attributes['EndDate'] ?? '', session.zone).toMillis();
  if (folder.element !== 'CalendarFolder') throw new EwsError('ErrorCalendarFolderIsInvalidForCalendarView');
  if (to < from) throw new EwsError('ErrorCalendarEndDateIsEarlierThanStartDate');
  if (to - from > longestView) throw new EwsError('ErrorCalendarViewRangeTooBig');
  const most = pageSize(view) ?? findLimit;
  const seen = seenItems(session, folder, itemsInPeriod(session.database, folder.id, from, to));
  const sorted = appearances(session.database, seen, from, to);
  return {
    items: sorted.slice(0, most),
    total: sorted.length,
    nextOffset: Math.min(most, sorted.length),
    isLast: sorted.length <= most,
    isPaged: false,
  };
};
