import { completeCalendar } from '../calendar/complete';
import { withFileAs } from '../contacts/file-as';
import { withMembers } from '../contacts/members';
import { EwsError } from '../errors';
import type { WritingSession } from '../session';
import { isValidSimple } from '../schema/simple';
import { isTrue, text, type Properties } from '../storage/properties';
import { dayOf, formatUtc, toUtc } from '../time';
import { t, type XmlElement } from '../xml/element';
import type { Changing } from './apply';
import { storedBody } from './body';
import { withAttendees } from '../meetings/attendees';
import { withFlag } from './flag';
import { isMessage, propertyTypes } from './kinds';
import { completeMessage } from '../mail/complete';
import { completeTask } from '../tasks/complete';

const longestSubject = 255;

/** Times of the request's zone become UTC, `1` and `0` words; days of tasks are dealt with by the task rules. */
const withNormalValues = (properties: Properties, element: string, zone: string): Properties => {
  const types = propertyTypes(element);
  const isDay = (name: string): boolean => element === 'Task' && ['StartDate', 'DueDate', 'CompleteDate'].includes(name);
  const normal = (name: string, property: XmlElement): XmlElement => {
    if (property.text === '') return property;
    if (types.get(name) === 'xs:boolean') return t(name, isTrue(properties, name));
    return types.get(name) === 'xs:dateTime' && !isDay(name) ? t(name, toUtc(property.text, zone)) : property;
  };
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, normal(name, property)]));
};

/** MIME that could be read has been replaced by the properties it holds before the request was carried out (`mail/mime-in.ts`). */
const unreadMime = (element: string, mime: string): EwsError => {
  const isAppointment = element === 'CalendarItem';
  if (!isMessage(element) && !isAppointment) return new EwsError('ErrorUnsupportedMimeConversion');
  if (!isValidSimple(mime, 'xs:base64Binary')) return new EwsError('ErrorMimeContentInvalidBase64String');
  return new EwsError(isAppointment ? 'ErrorMimeContentConversionFailed' : 'ErrorMimeContentInvalid');
};

const checkCommon = (element: string, changing: Changing): void => {
  const mime = changing.properties['MimeContent'];
  if (mime) throw unreadMime(element, mime.text);
  if ((text(changing.properties, 'Subject') ?? '').length > longestSubject)
    throw new EwsError('ErrorItemSavePropertyError', {
      text: 'An error occurred while setting the property item:Subject: it is longer than 255 characters.',
    });
};

const withStoredBody = (properties: Properties): Properties =>
  properties['Body'] ? { ...properties, Body: storedBody(properties['Body']) } : properties;

/** Applies the rules of the item's kind to what was written. */
export function completeItem(session: WritingSession, element: string, changing: Changing): Properties {
  checkCommon(element, changing);
  const timed = withFlag(withNormalValues(changing.properties, element, session.zone), session.zone, session.now());
  const properties = withStoredBody(timed);
  if (element === 'CalendarItem')
    return completeCalendar(withAttendees(session.database, properties), {
      zone: session.zone,
      zoneId: session.zoneId,
      now: session.now(),
    });
  if (element === 'Task') return completeTask(properties, changing.set, session.zone, dayOf(formatUtc(session.now()), session.zone));
  if (isMessage(element)) return completeMessage(session, properties, changing.set);
  if (element === 'Contact') return withFileAs(properties, changing.set);
  return element === 'DistributionList' ? withMembers(properties, session.database) : properties;
}
