import { parseXml, XmlError } from '../xml/parse';
import { child, childText, descend, other, type XmlElement } from '../xml/element';
import { weekdays } from './definition';
import { serializableZone, type SerializableTime, type SerializableZone } from './serializable';

/** When a person works: days by English name, times in minutes after midnight of their zone. */
export interface WorkingHours {
  readonly zone: SerializableZone;
  readonly days: readonly string[];
  readonly from: number;
  readonly to: number;
}

const two = (value: number): string => String(value).padStart(2, '0');

const el = (name: string, content: string | number | readonly XmlElement[]): XmlElement => other('WorkingHours.xsd', name, content);

const change = (name: string, { bias, time, dayOrder, month, dayOfWeek }: SerializableTime): XmlElement =>
  el(name, [
    el('Bias', bias),
    el('ChangeDate', [
      el('Time', time),
      el('Date', `0000/${two(month)}/${two(dayOrder)}`),
      el('DayOfWeek', (weekdays.indexOf(dayOfWeek) + 1) % 7),
    ]),
  ]);

/** The XML of the settings object `WorkHours` (MS-OXOCFG): Monday to Friday, eight to five, in a Windows zone. */
export function timeSlots(windowsZone: string): XmlElement {
  const { bias, standard, daylight } = serializableZone(windowsZone);
  const zone = [el('Bias', bias), change('Standard', standard), change('DaylightSavings', daylight), el('Name', windowsZone)];
  return el('Root', [
    el('WorkHoursVersion1', [
      el('TimeZone', zone),
      el('TimeSlot', [el('Start', '08:00:00'), el('End', '17:00:00')]),
      el('WorkDays', weekdays.slice(0, 5).join(' ')),
    ]),
  ]);
}

const minutesOf = (time: string | undefined, otherwise: number): number => {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(time ?? '') ?? [];
  return hours === undefined ? otherwise : Number(hours) * 60 + Number(minutes);
};

const readChange = (element: XmlElement | undefined): SerializableTime => {
  const date = child(element, 'ChangeDate');
  const [, month, dayOrder] = (childText(date, 'Date') ?? '').split('/').map(Number);
  return {
    bias: Number(childText(element, 'Bias') ?? 0),
    time: childText(date, 'Time') ?? '00:00:00',
    dayOrder: dayOrder ?? 0,
    month: month ?? 0,
    dayOfWeek: weekdays[(Number(childText(date, 'DayOfWeek') ?? 0) + 6) % 7] ?? 'Sunday',
  };
};

const parsed = (base64: string | undefined): XmlElement | undefined => {
  try {
    return base64 === undefined
      ? undefined
      : parseXml(
          Buffer.from(base64, 'base64')
            .toString('utf8')
            .replace(/^\ufeff/, ''),
        );
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
};

/** Reads `WorkHours`, in base64; undefined where it is absent or cannot be read. */
export function readWorkingHours(base64: string | undefined): WorkingHours | undefined {
  const version = descend(parsed(base64), 'WorkHoursVersion1');
  const zone = child(version, 'TimeZone');
  if (!version || !zone) return undefined;
  const slot = child(version, 'TimeSlot');
  return {
    zone: {
      bias: Number(childText(zone, 'Bias') ?? 0),
      standard: readChange(child(zone, 'Standard')),
      daylight: readChange(child(zone, 'DaylightSavings')),
    },
    days: (childText(version, 'WorkDays') ?? '').split(/\s+/).filter((day) => weekdays.includes(day)),
    from: minutesOf(childText(slot, 'Start'), 480),
    to: minutesOf(childText(slot, 'End'), 1020),
  };
}
