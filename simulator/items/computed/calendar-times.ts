import { memoize } from 'lodash';
import { DateTime } from 'luxon';
import { nextOccurrence } from '../../calendar/occurrences';
import { dayAt, periodOf, windowsIdOf, zoneOf } from '../../calendar/series';
import { formatUtc, ianaZone, showTime } from '../../time';
import type { Session } from '../../session';
import { isTrue, text } from '../../storage/properties';
import { shortTimeZoneDefinition, timeZoneDefinition } from '../../time-zones/definition';
import { t, type XmlElement } from '../../xml/element';
import type { Compute, ShownItem } from './compute';

const duration: Compute = (item) => {
  const { starts, ends } = periodOf(item.properties);
  const { days, hours, minutes } = DateTime.fromMillis(ends)
    .diff(DateTime.fromMillis(starts), ['hours', 'minutes'])
    .shiftTo('days', 'hours', 'minutes');
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
};

const rulesOf = memoize((windowsId: string): XmlElement => timeZoneDefinition(windowsId));

/** A zone with its rules, under the id and name it was given. */
const zone =
  (name: 'StartTimeZone' | 'EndTimeZone'): Compute =>
  (item) => {
    const stored = item.properties[name];
    return stored && { ...rulesOf(windowsIdOf(stored)), name, attributes: stored.attributes };
  };

const zoneId =
  (name: 'StartTimeZone' | 'EndTimeZone'): Compute =>
  (item) =>
    item.properties[name]?.attributes['Id'];

/** A time as the clocks show it where the appointment is held. */
const wallClock =
  (name: string, time: 'Start' | 'End', place: 'StartTimeZone' | 'EndTimeZone'): Compute =>
  (item): XmlElement | undefined => {
    const [moment, stored] = [text(item.properties, time), item.properties[place]];
    if (moment === undefined || !stored) return undefined;
    return t(name, showTime(moment, ianaZone(windowsIdOf(stored))).replace('Z', '+00:00'));
  };

/** When the reminder's appointment begins: of a series, the next occurrence. */
const dueBy = (item: ShownItem, session: Session): string | undefined => {
  const start = text(item.properties, 'Start');
  if (!item.properties['Recurrence']) return start;
  const now = session.now().getTime();
  const from = nextOccurrence(session.database, item, dayAt(now, zoneOf(item.properties)));
  const next =
    from?.occurrence && periodOf(from.properties).starts < now ? nextOccurrence(session.database, item, from.occurrence.day + 1) : from;
  return text((next ?? from ?? item).properties, 'Start');
};

const nextReminder: Compute = (item, session) => {
  const due = dueBy(item, session);
  if (due === undefined || !isTrue(item.properties, 'ReminderIsSet')) return undefined;
  return formatUtc(new Date(Date.parse(due) - Number(text(item.properties, 'ReminderMinutesBeforeStart') ?? 0) * 60_000));
};

/** Only what belongs to a series says its zone in words (MS-OXWSMTGS, Exchange 2016). */
const zoneText: Compute = (item) => {
  const stored = item.properties['StartTimeZone'];
  if (!stored || (!item.properties['Recurrence'] && !item.occurrence)) return undefined;
  return stored.attributes['Name'] ?? shortTimeZoneDefinition(windowsIdOf(stored)).attributes['Name'];
};

/** When an appointment is, in which zone, and when its reminder is due. */
export const calendarTimes: Readonly<Record<string, Compute>> = {
  Duration: duration,
  TimeZone: zoneText,
  StartTimeZone: zone('StartTimeZone'),
  EndTimeZone: zone('EndTimeZone'),
  StartTimeZoneId: zoneId('StartTimeZone'),
  EndTimeZoneId: zoneId('EndTimeZone'),
  StartWallClock: wallClock('StartWallClock', 'Start', 'StartTimeZone'),
  EndWallClock: wallClock('EndWallClock', 'End', 'EndTimeZone'),
  ReminderDueBy: dueBy,
  ReminderNextTime: nextReminder,
};
