import { randomBytes } from 'node:crypto';
import { EwsError } from '../errors';
import { isTrue, text, withTexts, type Properties } from '../storage/properties';
import { formatUtc, parseTime, toUtc } from '../time';
import { shortTimeZoneDefinition } from '../time-zones/definition';
import { windowsZoneOf, windowsZoneOfMeeting } from '../time-zones/read-definition';
import { t, type XmlElement } from '../xml/element';
import { dayText } from './days';
import { checkRecurrence, rangeStart, shortestGap, withRangeStart } from './recurrence';
import { occurrences, wallClockLength, zoneOf } from './series';

const halfHour = 30 * 60_000;
const dayLength = 24 * 3_600_000;
const longest = 1825 * dayLength;

/** What an appointment has when its creator says nothing. */
const defaults: Properties = Object.fromEntries(
  Object.entries({ LegacyFreeBusyStatus: 'Busy', IsAllDayEvent: 'false', ReminderIsSet: 'true', ReminderMinutesBeforeStart: '15' }).map(
    ([name, value]) => [name, t(name, value)],
  ),
);

/** A UID as Outlook makes them. */
const newUid = (): string => `040000008200E00074C5B7101A82E008${'0'.repeat(32)}10000000${randomBytes(16).toString('hex').toUpperCase()}`;

/** A zone as it is stored: what the client called it, and as text the Windows zone it is. What was stored before stays. */
const storedZone = (name: string, given: XmlElement | undefined): XmlElement | undefined => {
  if (!given || given.text !== '') return given;
  const known = windowsZoneOf(given);
  const { Id = known, Name = shortTimeZoneDefinition(known).attributes['Name'] } = given.attributes;
  return t(name, known, { Id, Name });
};

const zoneNamed = (name: string, windowsId: string): XmlElement => t(name, windowsId, shortTimeZoneDefinition(windowsId).attributes);

/** Every appointment has a zone for its start and one for its end; MeetingTimeZone is how clients of Exchange 2007 say both. */
const withZones = (properties: Properties, zoneId: string): Properties => {
  const { MeetingTimeZone: meeting, StartTimeZone: givenStart, EndTimeZone: givenEnd, ...others } = properties;
  const isSet = givenStart?.text === '';
  const start =
    (meeting && !isSet ? zoneNamed('StartTimeZone', windowsZoneOfMeeting(meeting)) : storedZone('StartTimeZone', givenStart)) ??
    zoneNamed('StartTimeZone', zoneId);
  const end = (meeting && !isSet ? undefined : storedZone('EndTimeZone', givenEnd)) ?? { ...start, name: 'EndTimeZone' };
  return { ...others, StartTimeZone: start, EndTimeZone: end };
};

/** All-day is midnight to midnight in the appointment's zone: anything else is widened. */
const widened = (properties: Properties): Properties => {
  if (!isTrue(properties, 'IsAllDayEvent')) return withTexts(properties, { IsAllDayEvent: false });
  const zone = zoneOf(properties);
  const start = parseTime(text(properties, 'Start') ?? '', zone).setZone(zone);
  const end = parseTime(text(properties, 'End') ?? '', zone).setZone(zone);
  const first = start.startOf('day');
  const floor = end.startOf('day');
  const after = floor.equals(end) && floor > first ? floor : floor.plus({ days: 1 });
  return withTexts(properties, { IsAllDayEvent: true, Start: formatUtc(first), End: formatUtc(after) });
};

const checked = (properties: Properties): Properties => {
  const duration = Date.parse(text(properties, 'End') ?? '') - Date.parse(text(properties, 'Start') ?? '');
  if (duration < 0) throw new EwsError('ErrorCalendarEndDateIsEarlierThanStartDate');
  if (duration > longest) throw new EwsError('ErrorCalendarDurationIsTooLong');
  return properties;
};

/** Start and End become those of the first occurrence, and the range starts on its day. */
const withFirstOccurrence = (properties: Properties): Properties => {
  const recurrence = properties['Recurrence'];
  if (!recurrence) return properties;
  const dated = withRangeStart(recurrence, rangeStart(recurrence));
  checkRecurrence(dated);
  const [first] = occurrences({ ...properties, Recurrence: dated });
  if (!first) throw new EwsError('ErrorRecurrenceHasNoOccurrence');
  if (wallClockLength(properties) > shortestGap(dated) * dayLength) throw new EwsError('ErrorOccurrenceTimeSpanTooBig');
  return {
    ...withTexts(properties, { Start: formatUtc(new Date(first.starts)), End: formatUtc(new Date(first.ends)) }),
    Recurrence: withRangeStart(dated, dayText(first.day)),
  };
};

/** What an appointment's properties mean: zone and times of the request resolved, gaps filled, rules of Exchange applied. */
export interface CalendarContext {
  /** IANA zone in which times without an offset count. */
  readonly zone: string;
  /** Windows id that an appointment without a zone of its own gets. */
  readonly zoneId: string;
  readonly now: Date;
}

/** Completes a new or changed appointment, or refuses it with Exchange's error. */
export function completeCalendar(given: Properties, context: CalendarContext): Properties {
  const zoned = withZones({ ...defaults, ...given }, context.zoneId);
  const start = toUtc(text(zoned, 'Start') ?? formatUtc(new Date(Math.ceil(context.now.getTime() / halfHour) * halfHour)), context.zone);
  const end = toUtc(text(zoned, 'End') ?? formatUtc(new Date(Date.parse(start) + halfHour)), context.zone);
  const timed = withTexts(zoned, { Start: start, End: end, UID: text(zoned, 'UID') ?? newUid() });
  return withFirstOccurrence(widened(checked(timed)));
}
