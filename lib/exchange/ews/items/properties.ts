/**
 * Items of the model as properties of Exchange. A field of the model becomes a group of properties that are written together; creating
 * and changing an item both use these groups.
 */
import type { ExchangeAppointment, ExchangeItem, ExchangeTask } from '../../../model/item';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { composeRecurrence } from './recurrence';
import { dateIn, startOfDate } from './time';
import { freeBusyWords, importanceWords, sensitivityWords, taskStatusWords } from './words';
import { windowsZone } from './zones';

/** A property with its FieldURI; `value` null: it has none, and Exchange wants it deleted. */
export interface Property {
  readonly path: string;
  readonly value: XmlNode | null;
}

/** Properties that are written together when one of the fields changed. */
export interface PropertyGroup {
  readonly fields: readonly string[];
  readonly properties: readonly Property[];
}

const property = (path: string, value: string | null): Property => ({
  path,
  value: value === null ? null : element(`t:${path.slice(path.indexOf(':') + 1)}`, {}, value),
});

const group = (fields: readonly string[], ...properties: readonly Property[]): PropertyGroup => ({ fields, properties });

const categories = (names: readonly string[]): Property => ({
  path: 'item:Categories',
  value: names.length === 0 ? null : element('t:Categories', {}, ...names.map((name) => element('t:String', {}, name))),
});

const common = (item: ExchangeItem): readonly PropertyGroup[] => [
  // Subject and body cannot be deleted, but may be empty.
  group(['subject'], property('item:Subject', item.subject)),
  group(['sensitivity'], property('item:Sensitivity', sensitivityWords.toExchange(item.sensitivity))),
  group(['body', 'bodyHtml'], {
    path: 'item:Body',
    value:
      item.bodyHtml === null ? element('t:Body', { BodyType: 'Text' }, item.body) : element('t:Body', { BodyType: 'HTML' }, item.bodyHtml),
  }),
  group(['categories'], categories(item.categories)),
  group(['importance'], property('item:Importance', importanceWords.toExchange(item.importance))),
];

const zoneProperty = (name: 'StartTimeZone' | 'EndTimeZone', id: string): Property => ({
  path: `calendar:${name}`,
  value: element(`t:${name}`, { Id: id }),
});

const instant = (item: ExchangeAppointment, field: 'start' | 'end'): string =>
  item.allDay ? startOfDate(item[field], item.timeZone, field) : item[field];

/** Start, end, zone, all-day and series belong together: Exchange reads each in the light of the others. */
const span = (item: ExchangeAppointment): PropertyGroup => {
  const zone = windowsZone(item.timeZone);
  return group(
    ['start', 'end', 'allDay', 'timeZone', 'recurrence'],
    property('calendar:Start', instant(item, 'start')),
    property('calendar:End', instant(item, 'end')),
    property('calendar:IsAllDayEvent', String(item.allDay)),
    {
      path: 'calendar:Recurrence',
      value: item.recurrence === null ? null : composeRecurrence(item.recurrence, dateIn(item.start, item.timeZone, 'start')),
    },
    zoneProperty('StartTimeZone', zone),
    zoneProperty('EndTimeZone', zone),
  );
};

const appointmentGroups = (item: ExchangeAppointment): readonly PropertyGroup[] => [
  ...common(item),
  group(
    ['reminderMinutes'],
    property('item:ReminderIsSet', String(item.reminderMinutes !== null)),
    ...(item.reminderMinutes === null ? [] : [property('item:ReminderMinutesBeforeStart', String(item.reminderMinutes))]),
  ),
  span(item),
  group(['freeBusy'], property('calendar:LegacyFreeBusyStatus', freeBusyWords.toExchange(item.freeBusy))),
  group(['location'], property('calendar:Location', item.location === '' ? null : item.location)),
];

/** Dates of tasks are midnights in UTC, the zone that the request names. */
const taskDate = (date: string | null, field: string): string | null => (date === null ? null : startOfDate(date, 'utc', field));

const taskGroups = (item: ExchangeTask): readonly PropertyGroup[] => [
  ...common(item),
  group(
    ['reminderAt'],
    ...(item.reminderAt === null ? [] : [property('item:ReminderDueBy', item.reminderAt)]),
    property('item:ReminderIsSet', String(item.reminderAt !== null)),
  ),
  group(
    ['startDate', 'dueDate'],
    property('task:DueDate', taskDate(item.dueDate, 'dueDate')),
    property('task:StartDate', taskDate(item.startDate, 'startDate')),
  ),
  // Each changes the other in Exchange; the status comes last so that it stands.
  group(
    ['status', 'percentComplete'],
    property('task:PercentComplete', String(item.percentComplete)),
    property('task:Status', taskStatusWords.toExchange(item.status)),
  ),
];

/**
 * All properties of an item, in groups.
 * @throws SyncError `time-zone-unknown` (scope `item`)
 */
export const propertyGroups = (item: ExchangeItem): readonly PropertyGroup[] =>
  item.kind === 'appointment' ? appointmentGroups(item) : taskGroups(item);
