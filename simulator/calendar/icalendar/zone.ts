import { rulesOfWindowsZone, weekdayName } from '../../time-zones/definition';
import { offsetText } from '../../time';
import { occurrenceOf, type Moment } from '../../time-zones/rules';
import type { Component, Line } from './ical-js';

const two = (value: number): string => String(value).padStart(2, '0');

const part = (name: string, from: number, to: number, moment?: Moment): Component => {
  const rule = moment && {
    freq: 'YEARLY',
    interval: 1,
    byday: `${occurrenceOf(moment)}${weekdayName(moment.weekday).slice(0, 2).toUpperCase()}`,
    bymonth: moment.month,
  };
  const start = `1601-01-01T${two(Math.floor((moment?.minutes ?? 0) / 60))}:${two((moment?.minutes ?? 0) % 60)}:00`;
  const lines: Line[] = [
    ['dtstart', {}, 'date-time', start],
    ['tzoffsetfrom', {}, 'utc-offset', offsetText(from)],
    ['tzoffsetto', {}, 'utc-offset', offsetText(to)],
  ];
  return [name, rule ? [...lines, ['rrule', {}, 'recur', rule]] : lines, []];
};

/** A Windows zone as a VTIMEZONE, by the rule that holds from now on. */
export function zoneComponent(windowsId: string): Component {
  const rule = rulesOfWindowsZone(windowsId).at(-1);
  const { standard = 0, daylight } = rule ?? {};
  const parts = daylight
    ? [part('standard', daylight.offset, standard, daylight.ends), part('daylight', standard, daylight.offset, daylight.begins)]
    : [part('standard', standard, standard)];
  return ['vtimezone', [['tzid', {}, 'text', windowsId]], parts];
}
