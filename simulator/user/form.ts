import { DateTime } from 'luxon';
import { child, childText, t, type XmlElement } from '../xml/element';

/** A simple recurrence as a person picks it; the weekday, day and month are those of the start. */
export interface RecurrenceForm {
  readonly pattern: 'daily' | 'weekly' | 'monthly' | 'yearly';
  readonly interval?: number;
  /** English names of the weekdays of a weekly series; default: the start's. */
  readonly days?: readonly string[];
  /** Last day (yyyy-MM-dd), or else a number of occurrences, or else no end. */
  readonly until?: string;
  readonly count?: number;
}

/** What appointments and tasks have in common in a person's eyes. */
interface CommonForm {
  readonly subject?: string;
  readonly body?: string;
  readonly categories?: readonly string[];
  readonly sensitivity?: string;
  readonly importance?: string;
}

/** An appointment as a person fills it in. Times are local (`2026-03-29T09:00`) in the zone of the page or caller, or ISO with an offset. */
export interface AppointmentForm extends CommonForm {
  readonly kind: 'appointment';
  readonly location?: string;
  readonly start?: string;
  readonly end?: string;
  readonly allDay?: boolean;
  /** Minutes before the start; null for none. */
  readonly reminderMinutes?: number | null;
  readonly freeBusy?: string;
  readonly recurrence?: RecurrenceForm | null;
}

/** A task as a person fills it in; days are `yyyy-MM-dd`, null clears. */
export interface TaskForm extends CommonForm {
  readonly kind: 'task';
  readonly startDate?: string | null;
  readonly dueDate?: string | null;
  readonly status?: string;
  readonly percentComplete?: number;
}

/** What a person may put into a mailbox. */
export type ItemForm = AppointmentForm | TaskForm;

/** The EWS element of a form. */
export const elementOf = (form: ItemForm): string => (form.kind === 'appointment' ? 'CalendarItem' : 'Task');

const weekdayOf = (date: DateTime): string => date.setLocale('en').toFormat('cccc');

const patternOf = (form: RecurrenceForm, start: DateTime): XmlElement => {
  const interval = t('Interval', form.interval ?? 1);
  switch (form.pattern) {
    case 'daily':
      return t('DailyRecurrence', [interval]);
    case 'weekly':
      return t('WeeklyRecurrence', [interval, t('DaysOfWeek', (form.days ?? [weekdayOf(start)]).join(' ')), t('FirstDayOfWeek', 'Monday')]);
    case 'monthly':
      return t('AbsoluteMonthlyRecurrence', [interval, t('DayOfMonth', start.day)]);
    case 'yearly':
      return t('AbsoluteYearlyRecurrence', [t('DayOfMonth', start.day), t('Month', start.setLocale('en').toFormat('LLLL'))]);
  }
};

const rangeOf = (form: RecurrenceForm, start: DateTime): XmlElement => {
  const first = t('StartDate', start.toFormat('yyyy-MM-dd'));
  if (form.until !== undefined) return t('EndDateRecurrence', [first, t('EndDate', form.until)]);
  if (form.count !== undefined) return t('NumberedRecurrence', [first, t('NumberOfOccurrences', form.count)]);
  return t('NoEndRecurrence', [first]);
};

const text = (name: string, value: string | number | boolean | undefined): readonly (readonly [string, XmlElement])[] =>
  value === undefined ? [] : [[name, t(name, value)]];

/** A value, a removal (null), or nothing said. */
const clearable = (name: string, value: string | null | undefined): readonly (readonly [string, XmlElement | null])[] =>
  value === null || value === '' ? [[name, null]] : text(name, value);

const recurrenceOf = (
  form: AppointmentForm,
  zone: string,
  currentStart: string | undefined,
): readonly (readonly [string, XmlElement | null])[] => {
  if (form.recurrence === undefined) return [];
  if (form.recurrence === null) return [['Recurrence', null]];
  const start = DateTime.fromISO(form.start ?? currentStart ?? '', { zone });
  return [['Recurrence', t('Recurrence', [patternOf(form.recurrence, start), rangeOf(form.recurrence, start)])]];
};

const categoriesOf = (categories: readonly string[] | undefined): readonly (readonly [string, XmlElement | null])[] => {
  if (!categories) return [];
  return [
    [
      'Categories',
      categories.length === 0
        ? null
        : t(
            'Categories',
            categories.map((category) => t('String', category)),
          ),
    ],
  ];
};

const reminderOf = (minutes: number | null | undefined): readonly (readonly [string, XmlElement])[] => {
  if (minutes === undefined) return [];
  return minutes === null ? text('ReminderIsSet', false) : [...text('ReminderIsSet', true), ...text('ReminderMinutesBeforeStart', minutes)];
};

/** What a form says, as properties of EWS; null where one is to be removed. `currentStart` is that of the item being edited. */
export function propertiesOf(form: ItemForm, zone: string, currentStart?: string): readonly (readonly [string, XmlElement | null])[] {
  const common = [
    ...text('Subject', form.subject),
    ...text('Sensitivity', form.sensitivity),
    ...(form.body === undefined ? [] : [['Body', t('Body', form.body, { BodyType: 'Text' })] as const]),
    ...categoriesOf(form.categories),
    ...text('Importance', form.importance),
  ];
  if (form.kind === 'task')
    return [
      ...common,
      ...clearable('DueDate', form.dueDate),
      ...text('PercentComplete', form.percentComplete),
      ...clearable('StartDate', form.startDate),
      ...text('Status', form.status),
    ];
  return [
    ...common,
    ...reminderOf(form.reminderMinutes),
    ...text('Start', form.start),
    ...text('End', form.end),
    ...text('IsAllDayEvent', form.allDay),
    ...text('LegacyFreeBusyStatus', form.freeBusy),
    ...text('Location', form.location),
    ...recurrenceOf(form, zone, currentStart),
  ];
}

const patterns: Readonly<Record<string, RecurrenceForm['pattern']>> = {
  DailyRecurrence: 'daily',
  WeeklyRecurrence: 'weekly',
  AbsoluteMonthlyRecurrence: 'monthly',
  AbsoluteYearlyRecurrence: 'yearly',
};

/** A stored recurrence as a form; undefined where a form cannot express it. */
export function recurrenceForm(recurrence: XmlElement | undefined): RecurrenceForm | undefined {
  const [pattern, range] = recurrence?.children ?? [];
  const kind = pattern && patterns[pattern.name];
  if (!pattern || !range || !kind) return undefined;
  const until = childText(range, 'EndDate')?.slice(0, 10);
  const count = childText(range, 'NumberOfOccurrences');
  const days = child(pattern, 'DaysOfWeek')?.text.split(/\s+/);
  return {
    pattern: kind,
    interval: Number(childText(pattern, 'Interval') ?? 1),
    ...(days ? { days } : {}),
    ...(until === undefined ? {} : { until }),
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}
