import { occurrenceItems } from '../calendar/occurrences';
import { overlaps, periodOf, zoneOf } from '../calendar/series';
import { showBody } from '../items/body';
import { itemIdOf, type WritingSession } from '../session';
import type { Item } from '../storage/items';
import { isTrue, text } from '../storage/properties';
import { showTime } from '../time';
import { recurrenceForm, type RecurrenceForm } from './form';

/** An item as a person (or a test) looks at it: plain JSON. Times have the offset of the session's zone, days of tasks are `yyyy-MM-dd`. */
export interface ItemView {
  readonly id: string;
  readonly changeKey: string;
  readonly element: string;
  readonly itemClass: string | undefined;
  readonly subject: string;
  readonly body: string;
  readonly bodyType: string;
  readonly categories: readonly string[];
  readonly sensitivity: string;
  readonly importance: string;
  readonly reminderMinutes: number | null;
  readonly location?: string;
  readonly start?: string;
  readonly end?: string;
  readonly allDay?: boolean;
  readonly freeBusy?: string;
  readonly zone?: string;
  readonly uid?: string;
  readonly recurrence?: RecurrenceForm;
  readonly isSeries?: boolean;
  readonly startDate?: string;
  readonly dueDate?: string;
  readonly completeDate?: string;
  readonly status?: string;
  readonly percentComplete?: number;
  /** Values of the extended properties by name (or tag, or id). */
  readonly extended: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

const optional = <Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> => {
  const made: Partial<Record<Name, string>> = {};
  if (value !== undefined) made[name] = value;
  return made;
};

const extendedOf = (item: Item): Readonly<Record<string, string>> =>
  Object.fromEntries(
    item.extended.map((property) => {
      const [uri, value] = property.children;
      const { PropertyName: name, PropertyTag: tag, PropertyId: id } = uri?.attributes ?? {};
      return [name ?? tag ?? id ?? '', value?.text ?? ''];
    }),
  );

const calendarPart = (item: Item, session: WritingSession): Partial<ItemView> => {
  const { properties } = item;
  const recurrence = recurrenceForm(properties['Recurrence']);
  return {
    location: text(properties, 'Location') ?? '',
    start: showTime(text(properties, 'Start') ?? '', session.zone),
    end: showTime(text(properties, 'End') ?? '', session.zone),
    allDay: isTrue(properties, 'IsAllDayEvent'),
    freeBusy: text(properties, 'LegacyFreeBusyStatus') ?? 'Busy',
    zone: zoneOf(properties),
    uid: text(properties, 'UID') ?? '',
    isSeries: properties['Recurrence'] !== undefined,
    ...(recurrence ? { recurrence } : {}),
  };
};

const taskPart = (item: Item): Partial<ItemView> => ({
  ...optional('startDate', text(item.properties, 'StartDate')),
  ...optional('dueDate', text(item.properties, 'DueDate')),
  ...optional('completeDate', text(item.properties, 'CompleteDate')),
  status: text(item.properties, 'Status') ?? 'NotStarted',
  percentComplete: Number(text(item.properties, 'PercentComplete') ?? 0),
});

/** One item for a person's eyes. */
export function viewOf(item: Item, session: WritingSession): ItemView {
  const { properties } = item;
  const id = itemIdOf(session, item).attributes;
  const body = properties['Body'];
  return {
    id: id['Id'] ?? '',
    changeKey: id['ChangeKey'] ?? '',
    element: item.element,
    itemClass: text(properties, 'ItemClass'),
    subject: text(properties, 'Subject') ?? '',
    body: body ? showBody(body, 'Text').text : '',
    bodyType: body?.attributes['BodyType'] ?? 'Text',
    categories: properties['Categories']?.children.map((category) => category.text) ?? [],
    sensitivity: text(properties, 'Sensitivity') ?? 'Normal',
    importance: text(properties, 'Importance') ?? 'Normal',
    reminderMinutes: isTrue(properties, 'ReminderIsSet') ? Number(text(properties, 'ReminderMinutesBeforeStart') ?? 0) : null,
    ...(item.element === 'CalendarItem' ? calendarPart(item, session) : {}),
    ...(item.element === 'Task' ? taskPart(item) : {}),
    extended: extendedOf(item),
    createdAt: item.created,
    modifiedAt: item.modified,
  };
}

/**
 * The occurrences of an appointment in a period (ms), each as a view of its own: changed ones with what they have of their own, deleted ones
 * not at all. The ids are those of the appointment.
 */
export const occurrenceViews = (item: Item, from: number, to: number, session: WritingSession): readonly ItemView[] => {
  if (!item.properties['Recurrence']) return overlaps(periodOf(item.properties), from, to) ? [viewOf(item, session)] : [];
  const { isSeries, recurrence } = viewOf(item, session);
  return occurrenceItems(session.database, item, from, to).map((occurrence) => ({
    ...viewOf(occurrence, session),
    ...(isSeries === undefined ? {} : { isSeries }),
    ...(recurrence === undefined ? {} : { recurrence }),
  }));
};
