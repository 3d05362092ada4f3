import type { Session } from '../../session';
import { showTime } from '../../time';
import { t, type XmlElement } from '../../xml/element';
import { anyComputed } from './any';
import { calendarComputed } from './calendar';
import type { Computed, ShownItem } from './compute';
import { contactComputed, distributionListComputed } from './contact';
import { meetingComputed, meetingMessageComputed } from './meeting';
import { messageComputed } from './message';
import { taskComputed } from './task';

export type { OccurrenceOf, ShownItem } from './compute';

const meetingMessage: Computed = { ...anyComputed, ...meetingMessageComputed, ...messageComputed };

const byElement: Readonly<Record<string, Computed>> = {
  CalendarItem: { ...anyComputed, ...calendarComputed, ...meetingComputed },
  Contact: { ...anyComputed, ...contactComputed },
  DistributionList: { ...anyComputed, ...distributionListComputed },
  Task: { ...anyComputed, ...taskComputed },
  Message: { ...anyComputed, ...messageComputed },
  MeetingMessage: meetingMessage,
  MeetingRequest: meetingMessage,
  MeetingResponse: meetingMessage,
  MeetingCancellation: meetingMessage,
};

/** How the server fills properties of items of this element. */
const computedFor = (element: string): Computed => byElement[element] ?? anyComputed;

/**
 * One property as a response shows it, filled by the server or as it was stored; `type` is its type in the schema.
 * Absent where the item does not have it.
 */
export function shownProperty(item: ShownItem, name: string, type: string, session: Session): XmlElement | undefined {
  const compute = computedFor(item.element)[name];
  const value = compute ? compute(item, session) : item.properties[name];
  if (value === undefined) return undefined;
  const element = typeof value === 'object' ? value : t(name, value);
  const isStoredTime = type === 'xs:dateTime' && element.text.endsWith('Z');
  return isStoredTime ? t(name, showTime(element.text, session.zone)) : element;
}
