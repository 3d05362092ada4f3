import { memoize } from 'lodash';
import { ianaZone } from '../time';
import { t, type XmlElement } from '../xml/element';
import { zoneNames } from './names';
import { occurrenceOf, zoneRules, type Moment, type ZoneRule } from './rules';

/** English names of weekdays from Monday. */
export const weekdays: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Minutes as xs:duration, e.g. `-PT1H`, `PT3H30M`. */
const duration = (minutes: number): string => {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const parts = `${hours > 0 ? `${hours}H` : ''}${rest > 0 ? `${rest}M` : ''}`;
  return `${minutes < 0 ? '-' : ''}PT${parts === '' ? '0S' : parts}`;
};

/** The English name of a weekday (ISO number). */
export const weekdayName = (weekday: number): string => weekdays[weekday - 1] ?? 'Sunday';

/** The first rule is called 1, as it also holds for all time before; later ones by the year (or day) they start. */
const label = (rule: ZoneRule, index: number): string =>
  index === 0 ? '1' : rule.from.endsWith('-01-01') ? rule.from.slice(0, 4) : rule.from.replaceAll('-', '');

const transition = (moment: Moment, period: string): XmlElement =>
  t('RecurringDayTransition', [
    t('To', period, { Kind: 'Period' }),
    t('TimeOffset', duration(moment.minutes)),
    t('Month', moment.month),
    t('DayOfWeek', weekdayName(moment.weekday)),
    t('Occurrence', occurrenceOf(moment)),
  ]);

interface Labelled {
  readonly rule: ZoneRule;
  readonly standardId: string;
  readonly daylightId: string;
}

const periods = ({ rule, standardId, daylightId }: Labelled): readonly XmlElement[] => [
  t('Period', '', { Bias: duration(-rule.standard), Name: 'Standard', Id: standardId }),
  ...(rule.daylight ? [t('Period', '', { Bias: duration(-rule.daylight.offset), Name: 'Daylight', Id: daylightId })] : []),
];

const group = ({ rule: { daylight }, standardId, daylightId }: Labelled, index: number): XmlElement => {
  if (!daylight) return t('TransitionsGroup', [t('Transition', [t('To', standardId, { Kind: 'Period' })])], { Id: index });
  const changes = [
    { moment: daylight.begins, period: daylightId },
    { moment: daylight.ends, period: standardId },
  ].sort((one, two) => one.moment.month - two.moment.month);
  return t(
    'TransitionsGroup',
    changes.map(({ moment, period }) => transition(moment, period)),
    { Id: index },
  );
};

const toGroup = (rule: ZoneRule, index: number): XmlElement => {
  const to = t('To', index, { Kind: 'Group' });
  return index === 0 ? t('Transition', [to]) : t('AbsoluteDateTransition', [to, t('DateTime', `${rule.from}T00:00:00`)]);
};

/** The rules of a Windows zone, remembered: working them out takes some milliseconds. */
export const rulesOfWindowsZone = memoize((windowsId: string): readonly ZoneRule[] => zoneRules(ianaZone(windowsId)));

/** True for the zones Windows knows, by their exact id. */
export const isWindowsZone = (id: string): boolean => Object.hasOwn(zoneNames, id);

/** Id and name of a zone, without its rules; an id Windows does not know is its own name. */
export const shortTimeZoneDefinition = (windowsId: string, element = 'TimeZoneDefinition'): XmlElement =>
  t(element, '', { Id: windowsId, Name: zoneNames[windowsId] ?? windowsId });

/** A whole TimeZoneDefinition (MS-OXWSGTZ): periods, a transition group for each rule, and when each group begins to hold. */
export function timeZoneDefinition(windowsId: string, element = 'TimeZoneDefinition'): XmlElement {
  const labelled = rulesOfWindowsZone(windowsId).map((rule, index): Labelled => {
    const id = `trule:Microsoft/Registry/${windowsId}/${label(rule, index)}`;
    return { rule, standardId: `${id}-Standard`, daylightId: `${id}-Daylight` };
  });
  const { attributes } = shortTimeZoneDefinition(windowsId);
  const content = [
    t('Periods', labelled.flatMap(periods)),
    t('TransitionsGroups', labelled.map(group)),
    t(
      'Transitions',
      labelled.map(({ rule }, index) => toGroup(rule, index)),
    ),
  ];
  return t(element, content, attributes);
}
