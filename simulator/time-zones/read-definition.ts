import { Duration, IANAZone } from 'luxon';
import { findIana } from 'windows-iana';
import { EwsError } from '../errors';
import { ianaZone } from '../time';
import { child, childText, type XmlElement } from '../xml/element';
import { isWindowsZone, rulesOfWindowsZone, weekdays } from './definition';
import { zoneNames } from './names';
import type { Moment, ZoneRule } from './rules';
import { months, weeks } from '../calendar/names';

/** A rule as clients write it: the one that holds from now on. */
type Given = Pick<ZoneRule, 'standard' | 'daylight'>;

/** xs:duration in minutes. */
const minutesOf = (text: string | undefined): number => {
  const duration = Duration.fromISO((text ?? '').trim());
  if (!duration.isValid) throw new EwsError('ErrorTimeZone');
  return duration.as('minutes');
};

const momentOf = (change: XmlElement): Moment => ({
  month: Number(childText(change, 'Month')),
  weekday: weekdays.indexOf(childText(change, 'DayOfWeek') ?? '') + 1,
  occurrences: [Number(childText(change, 'Occurrence'))],
  minutes: minutesOf(childText(change, 'TimeOffset')),
});

/** The rule that a TimeZoneDefinition ends with: that of its last transition. */
const lastRule = (definition: XmlElement): Given => {
  const periods = child(definition, 'Periods')?.children ?? [];
  const groups = child(definition, 'TransitionsGroups')?.children ?? [];
  const offsetOf = (change: XmlElement | undefined): number => {
    const period = periods.find(({ attributes }) => attributes['Id'] === childText(change, 'To'));
    if (!period) throw new EwsError('ErrorTimeZone');
    return -minutesOf(period.attributes['Bias']);
  };
  const target = child(child(definition, 'Transitions')?.children.at(-1), 'To');
  if (target?.attributes['Kind'] === 'Period') return { standard: offsetOf(child(definition, 'Transitions')?.children.at(-1)) };
  const changes = groups.find(({ attributes }) => attributes['Id'] === target?.text)?.children ?? [];
  const [begins, ends] = [...changes].sort((one, two) => offsetOf(two) - offsetOf(one));
  if (!begins) throw new EwsError('ErrorTimeZone');
  if (!ends || offsetOf(begins) === offsetOf(ends)) return { standard: offsetOf(begins) };
  return { standard: offsetOf(ends), daylight: { offset: offsetOf(begins), begins: momentOf(begins), ends: momentOf(ends) } };
};

const timeChange = (change: XmlElement): Moment => {
  const pattern = child(change, 'RelativeYearlyRecurrence');
  const weekday = weekdays.indexOf(childText(pattern, 'DaysOfWeek')?.trim() ?? '') + 1;
  if (weekday === 0) throw new EwsError('ErrorCalendarInvalidDayForTimeChangePattern');
  const index = weeks.indexOf(childText(pattern, 'DayOfWeekIndex') ?? '');
  const [hours = 0, minutes = 0] = (childText(change, 'Time') ?? '').split(':').map(Number);
  return {
    month: months.indexOf(childText(pattern, 'Month') ?? '') + 1,
    weekday,
    occurrences: [index === 4 ? -1 : index + 1],
    minutes: hours * 60 + minutes,
  };
};

/** The rule of a MeetingTimeZone, in which clients of Exchange 2007 write zones. */
const meetingRule = (zone: XmlElement): Given => {
  const base = -minutesOf(childText(zone, 'BaseOffset'));
  const [standard, daylight] = [child(zone, 'Standard'), child(zone, 'Daylight')];
  const offset = (change: XmlElement): number => base - minutesOf(childText(change, 'Offset'));
  if (!standard || !daylight || offset(standard) === offset(daylight)) return { standard: standard ? offset(standard) : base };
  return { standard: offset(standard), daylight: { offset: offset(daylight), begins: timeChange(daylight), ends: timeChange(standard) } };
};

const sameMoment = (known: Moment, given: Moment): boolean =>
  known.month === given.month &&
  known.weekday === given.weekday &&
  known.minutes === given.minutes &&
  given.occurrences.some((occurrence) => known.occurrences.includes(occurrence));

const follows = (known: Given | undefined, given: Given): boolean => {
  if (known?.standard !== given.standard || known.daylight?.offset !== given.daylight?.offset) return false;
  if (!known.daylight || !given.daylight) return true;
  return sameMoment(known.daylight.begins, given.daylight.begins) && sameMoment(known.daylight.ends, given.daylight.ends);
};

/** Moments by which most zones are told apart before their rules are worked out. */
const samples = [Date.UTC(2029, 0, 15), Date.UTC(2029, 6, 15)];

const hasOffsets = (id: string, { standard, daylight }: Given): boolean =>
  samples.every((moment) => [standard, daylight?.offset].includes(IANAZone.create(ianaZone(id)).offset(moment)));

/** The best known Windows zone of a rule: the one of the given name, else one that stands for a whole region. */
const zoneOfRule = (rule: Given, name: string | undefined): string | undefined => {
  const found = Object.keys(zoneNames).filter((id) => hasOffsets(id, rule) && follows(rulesOfWindowsZone(id).at(-1), rule));
  return found.find((id) => zoneNames[id] === name) ?? found.find((id) => !id.includes('(')) ?? found[0];
};

const knownId = (id: string | undefined): string | undefined =>
  id === 'tzone://Microsoft/Utc' ? 'UTC' : id !== undefined && (isWindowsZone(id) || findIana(id).length > 0) ? id : undefined;

/**
 * The Windows zone that a TimeZoneDefinition, StartTimeZone or EndTimeZone means: the one of its id, else one that follows its rules from
 * now on. `ErrorTimeZone` where there is none.
 */
export function windowsZoneOf(definition: XmlElement): string {
  const { Id, Name } = definition.attributes;
  const known = knownId(Id) ?? (definition.children.length > 0 ? zoneOfRule(lastRule(definition), Name) : undefined);
  if (known === undefined) throw new EwsError('ErrorTimeZone');
  return known;
}

/** The Windows zone that a MeetingTimeZone means, by its name or its rules. `ErrorCalendarInvalidTimeZone` where there is none. */
export function windowsZoneOfMeeting(zone: XmlElement): string {
  const { TimeZoneName } = zone.attributes;
  const known = knownId(TimeZoneName) ?? (zone.children.length > 0 ? zoneOfRule(meetingRule(zone), TimeZoneName) : undefined);
  if (known === undefined) throw new EwsError('ErrorCalendarInvalidTimeZone');
  return known;
}
