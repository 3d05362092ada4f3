import { t, type XmlElement } from '../xml/element';
import { rulesOfWindowsZone, weekdayName } from './definition';
import { occurrenceOf, type Moment } from './rules';

/** Half of a SerializableTimeZone: standard or daylight time. `dayOrder` 5 is the last of the month; month 0 means no change at all. */
export interface SerializableTime {
  /** Minutes to be added to the zone's bias. */
  readonly bias: number;
  /** HH:mm:ss */
  readonly time: string;
  readonly dayOrder: number;
  readonly month: number;
  readonly dayOfWeek: string;
  /** Set where the rule is of one year: then dayOrder is the day of the month. */
  readonly year?: number;
}

/** The zone that availability requests carry (MS-OXWAVLS): one rule for all years, bias in minutes west of UTC. */
export interface SerializableZone {
  readonly bias: number;
  readonly standard: SerializableTime;
  readonly daylight: SerializableTime;
}

const noChange: SerializableTime = { bias: 0, time: '00:00:00', dayOrder: 0, month: 0, dayOfWeek: 'Sunday' };

const timeOf = (moment: Moment, bias: number): SerializableTime => {
  const occurrence = occurrenceOf(moment);
  const [hours, minutes] = [Math.floor(moment.minutes / 60), moment.minutes % 60].map((part) => String(part).padStart(2, '0'));
  return {
    bias,
    time: `${hours ?? ''}:${minutes ?? ''}:00`,
    dayOrder: occurrence === -1 ? 5 : occurrence,
    month: moment.month,
    dayOfWeek: weekdayName(moment.weekday),
  };
};

/** A Windows zone by the rule that holds now and from now on. */
export function serializableZone(windowsId: string): SerializableZone {
  const rule = rulesOfWindowsZone(windowsId).at(-1);
  const standard = rule?.standard ?? 0;
  const { daylight } = rule ?? {};
  return {
    bias: -standard,
    standard: daylight ? timeOf(daylight.ends, 0) : noChange,
    daylight: daylight ? timeOf(daylight.begins, standard - daylight.offset) : noChange,
  };
}

const showTime = (element: string, { bias, time, dayOrder, month, dayOfWeek }: SerializableTime): XmlElement =>
  t(element, [t('Bias', bias), t('Time', time), t('DayOrder', dayOrder), t('Month', month), t('DayOfWeek', dayOfWeek)]);

/** The TimeZone element of an answer. */
export const showSerializableZone = ({ bias, standard, daylight }: SerializableZone): XmlElement =>
  t('TimeZone', [t('Bias', bias), showTime('StandardTime', standard), showTime('DaylightTime', daylight)]);
