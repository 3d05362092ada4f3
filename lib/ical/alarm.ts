/** VALARM -> reminder. Exchange knows one reminder before the start; the first alarm that says so is taken. */
import { propertyOf, type Component } from './content-lines';
import { addDuration, readDuration, readMoment, secondsBetween, type MomentContext } from './moment';

/** Begin and end of what is reminded of, UTC instants, and the zone in which days are counted. */
export interface AlarmAnchor {
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
}

/** UTC instant of an alarm, null when it cannot be read or has nothing to be relative to. */
const alarmTime = (alarm: Component, anchor: AlarmAnchor | null, context: MomentContext): string | null => {
  const trigger = propertyOf(alarm, 'TRIGGER');
  if (trigger === null) return null;
  try {
    if (/^[+-]?P/i.test(trigger.value.trim())) {
      if (anchor === null) return null;
      const from = trigger.params.get('RELATED')?.toUpperCase() === 'END' ? anchor.end : anchor.start;
      return addDuration(from, readDuration(trigger), anchor.timeZone);
    }
    const moment = readMoment(trigger, context);
    return moment.type === 'time' ? moment.instant : null;
  } catch {
    // An alarm that cannot be read is no reason to leave the event out.
    return null;
  }
};

/** Times of all alarms of a component, UTC instants; without an anchor only those at a time of their own. */
export const alarmTimes = (component: Component, anchor: AlarmAnchor | null, context: MomentContext): readonly string[] =>
  component.components.filter(({ name }) => name === 'VALARM').flatMap((alarm) => alarmTime(alarm, anchor, context) ?? []);

/** Minutes before the start of the first alarm that is not after it; null for none. */
export const reminderMinutes = (component: Component, anchor: AlarmAnchor, context: MomentContext): number | null => {
  const minutes = alarmTimes(component, anchor, context).map((time) => Math.round(secondsBetween(time, anchor.start) / 60));
  return minutes.find((value) => value >= 0) ?? null;
};
