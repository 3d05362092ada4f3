/** VEVENT -> appointment (RFC 5545, section 3.6.1). */
import { ical } from '../model/ical-js';
import { addDays } from '../mapping/calendar-days';
import { instantFromLocal, localFromInstant } from '../mapping/local-time';
import { ruleToRecurrence } from '../mapping/recurrence-rule';
import type { ExchangeAppointment, FreeBusy } from '../model/item';
import type { Recurrence } from '../model/recurrence';
import { reminderMinutes } from './alarm';
import { propertiesOf, propertyOf, textOf, wordOf, type Component } from './content-lines';
import { addDuration, localDay, readDuration, readMoment, Unreadable, type Moment, type MomentContext } from './moment';
import { readSharedFields } from './shared-fields';

const outlookBusy = new Map<string, FreeBusy>([
  ['FREE', 'free'],
  ['TENTATIVE', 'tentative'],
  ['BUSY', 'busy'],
  ['OOF', 'outOfOffice'],
  ['WORKINGELSEWHERE', 'workingElsewhere'],
]);

const freeBusyOf = (event: Component): FreeBusy => {
  const outlook = outlookBusy.get(wordOf(event, 'X-MICROSOFT-CDO-BUSYSTATUS'));
  if (outlook !== undefined) return outlook;
  if (wordOf(event, 'TRANSP') === 'TRANSPARENT') return 'free';
  return wordOf(event, 'STATUS') === 'TENTATIVE' ? 'tentative' : 'busy';
};

type Times = Pick<ExchangeAppointment, 'allDay' | 'start' | 'end' | 'timeZone'> & {
  /** Whether an IANA zone is known in which a series could recur. */
  readonly zoneKnown: boolean;
};

/** End of an all-day event: at least one day; a duration in hours fills its last day. */
const lastDay = (start: string, event: Component, context: MomentContext): string => {
  const end = propertyOf(event, 'DTEND');
  const duration = propertyOf(event, 'DURATION');
  if (end !== null) {
    const moment = readMoment(end, context);
    const day = localDay(moment, context.tenantZone);
    const partOfDay = moment.type === 'time' && !localFromInstant(moment.instant, context.tenantZone).endsWith('T00:00:00');
    const after = partOfDay ? addDays(day, 1) : day;
    if (after < start) throw new Unreadable('it ends before it begins');
    return after === start ? addDays(start, 1) : after;
  }
  if (duration === null) return addDays(start, 1);
  const { days, seconds } = readDuration(duration);
  return addDays(start, Math.max(1, days + Math.ceil(seconds / 86_400)));
};

const endInstant = (start: Extract<Moment, { type: 'time' }>, event: Component, context: MomentContext): string => {
  const end = propertyOf(event, 'DTEND');
  const duration = propertyOf(event, 'DURATION');
  const zone = start.timeZone ?? context.tenantZone;
  if (end !== null) {
    const moment = readMoment(end, context);
    return moment.type === 'day' ? instantFromLocal(`${moment.day}T00:00:00`, zone) : moment.instant;
  }
  return duration === null ? start.instant : addDuration(start.instant, readDuration(duration), zone);
};

/** Outlook writes all-day events as midnights and says so in a property of its own. */
const isOutlookAllDay = (event: Component): boolean => wordOf(event, 'X-MICROSOFT-CDO-ALLDAYEVENT') === 'TRUE';

const timesOf = (event: Component, context: MomentContext): Times => {
  const dtstart = propertyOf(event, 'DTSTART');
  if (dtstart === null) throw new Unreadable('it has no DTSTART');
  const start = readMoment(dtstart, context);
  if (start.type === 'day')
    return { allDay: true, start: start.day, end: lastDay(start.day, event, context), timeZone: context.tenantZone, zoneKnown: true };
  const end = endInstant(start, event, context);
  if (end < start.instant) throw new Unreadable('it ends before it begins');
  const timeZone = start.timeZone ?? context.tenantZone;
  const [localStart, localEnd] = [localFromInstant(start.instant, timeZone), localFromInstant(end, timeZone)];
  if (isOutlookAllDay(event) && localStart.endsWith('T00:00:00') && localEnd.endsWith('T00:00:00') && localEnd > localStart)
    return { allDay: true, start: localStart.slice(0, 10), end: localEnd.slice(0, 10), timeZone: context.tenantZone, zoneKnown: true };
  return { allDay: false, start: start.instant, end, timeZone, zoneKnown: start.timeZone !== null };
};

/** Exchange knows deleted and changed occurrences, but no further ones, and no second rule. */
const requireOneRule = (event: Component): void => {
  if (propertyOf(event, 'RDATE') !== null) throw new Unreadable('it has occurrences beside its rule, which Exchange cannot hold (RDATE)');
  if (propertyOf(event, 'EXRULE') !== null)
    throw new Unreadable('a second rule takes occurrences out, which Exchange cannot hold (EXRULE)');
};

/** DTSTART is an occurrence whatever the rule says (RFC 5545, section 3.8.5.3): a rule that adds nothing makes no series. */
const hasNoOtherDay = (rule: string, start: string): boolean => {
  try {
    const recur = ical.Recur.fromString(rule);
    const [year = 0, month = 0, day = 0] = start.slice(0, 10).split('-').map(Number);
    // Compared by days: UNTIL without time counts as a whole day, as everywhere here.
    const until = recur.until?.toString().slice(0, 10) ?? null;
    if (until === null) return false;
    if (until < start.slice(0, 10)) return true;
    recur.until = null;
    const iterator = recur.iterator(ical.Time.fromData({ year, month, day, isDate: true }));
    const days = [iterator.next(), iterator.next()].map((time) => time.toString().slice(0, 10));
    return days.every((other) => other === start.slice(0, 10) || other > until);
  } catch {
    return false;
  }
};

const recurrenceOf = (event: Component, times: Times): Recurrence | null => {
  const rules = propertiesOf(event, 'RRULE').filter(({ value }) => value.trim() !== '');
  const [rule] = rules;
  if (rule === undefined) return null;
  if (rules.length > 1) throw new Unreadable('it has several recurrence rules');
  if (!times.zoneKnown) throw new Unreadable('its series recurs in a time zone that no IANA zone equals');
  const start = times.allDay ? times.start : localFromInstant(times.start, times.timeZone);
  try {
    return ruleToRecurrence(rule.value, { start, timeZone: times.timeZone });
  } catch (error) {
    if (hasNoOtherDay(rule.value, start)) return null;
    throw error;
  }
};

/** The appointment of a VEVENT, without exceptions: `series.ts` adds them. Throws Unreadable, or SyncError `recurrence-not-expressible`. */
export const readEvent = (event: Component, context: MomentContext): ExchangeAppointment => {
  if (wordOf(event, 'STATUS') === 'CANCELLED') throw new Unreadable('it was cancelled');
  requireOneRule(event);
  const times = timesOf(event, context);
  const recurrence = recurrenceOf(event, times);
  const midnight = (day: string) => instantFromLocal(`${day}T00:00:00`, times.timeZone);
  const anchor = {
    start: times.allDay ? midnight(times.start) : times.start,
    end: times.allDay ? midnight(times.end) : times.end,
    timeZone: times.timeZone,
  };
  return {
    kind: 'appointment',
    ...readSharedFields(event),
    location: textOf(event, 'LOCATION')
      .replaceAll(/\s*[\r\n]+\s*/g, ' ')
      .trim(),
    allDay: times.allDay,
    start: times.start,
    end: times.end,
    timeZone: times.timeZone,
    reminderMinutes: reminderMinutes(event, anchor, context),
    freeBusy: freeBusyOf(event),
    recurrence,
    exceptions: [],
  };
};
