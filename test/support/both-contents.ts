/**
 * What a mailbox and the ERP hold, each read without the product and put into one form, so that they can be compared: a second opinion
 * beside the product's own check.
 */
import { DateTime } from 'luxon';
import type { SQLOutputValue } from 'node:sqlite';
import type { ItemView } from '../../simulator/testing';
import type { BothSides } from './site';

/** One appointment or task in neutral words; times are UTC instants, days of all-day appointments and tasks `yyyy-MM-dd`. */
export type Content = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

type Row = Readonly<Record<string, SQLOutputValue>>;

const zone = 'Europe/Vienna';

const utc = (time: DateTime): string => time.toUTC().toISO({ suppressMilliseconds: true }) ?? 'unreadable';
const bodyText = (text: string): string => text.replaceAll(/\r\n?/g, '\n').trimEnd();
const text = (value: SQLOutputValue | undefined): string => (value === null || value === undefined ? '' : String(value));
const numberOrNull = (value: SQLOutputValue | undefined): number | null => (value === null || value === undefined ? null : Number(value));
const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

const importanceOfPriority = (priority: number): string => (priority < 3 ? 'High' : priority > 3 ? 'Low' : 'Normal');

const freeBusyOf = (word: string): string => (word === 'OOF' ? 'outOfOffice' : lowerFirst(word));

const itemTime = (allDay: boolean, time: string | undefined): string => {
  const moment = DateTime.fromISO(time ?? '', { zone });
  return allDay ? (moment.toISODate() ?? 'unreadable') : utc(moment);
};

const itemContent = (item: ItemView): Content => {
  const shared = {
    subject: item.subject,
    body: bodyText(item.body),
    sensitivity: item.sensitivity.toLowerCase(),
    importance: item.importance,
    categories: [...item.categories].toSorted(),
  };
  if (item.element === 'Task') {
    return {
      ...shared,
      kind: 'task',
      startDate: item.startDate?.slice(0, 10) ?? '',
      dueDate: item.dueDate?.slice(0, 10) ?? '',
      status: lowerFirst(item.status ?? ''),
      percentComplete: item.percentComplete ?? 0,
    };
  }
  const allDay = item.allDay === true;
  return {
    ...shared,
    kind: 'appointment',
    location: item.location ?? '',
    allDay,
    start: itemTime(allDay, item.start),
    end: itemTime(allDay, item.end),
    reminderMinutes: item.reminderMinutes,
    freeBusy: freeBusyOf(item.freeBusy ?? ''),
    series: item.isSeries === true,
  };
};

/** Local time of the record's own zone, else of the ERP's. */
const rowTime = (allDay: boolean, value: string, ownZone: string): string =>
  allDay ? value.slice(0, 10) : utc(DateTime.fromISO(value.replace(' ', 'T'), { zone: ownZone === '' ? zone : ownZone }));

const rowContent = (kind: string, row: Row): Content => {
  const activityType = row['type_no'] === null ? [] : [`ES_${text(row['type_no'])}_${text(row['type_description'])}`];
  const categories = text(row['categories'])
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const shared = {
    subject: text(row['subject']),
    body: bodyText(text(row['body'])),
    sensitivity: text(row['sensitivity']),
    importance: importanceOfPriority(Number(row['priority'])),
    categories: [...activityType, ...categories].toSorted(),
  };
  if (kind === 'task') {
    return {
      ...shared,
      kind,
      startDate: text(row['start_date']),
      dueDate: text(row['due_date']),
      status: text(row['status']),
      percentComplete: Number(row['percent_complete']),
    };
  }
  const allDay = row['all_day'] === 1;
  return {
    ...shared,
    kind,
    location: text(row['location']),
    allDay,
    start: rowTime(allDay, text(row['start_at']), text(row['time_zone'])),
    end: rowTime(allDay, text(row['end_at']), text(row['time_zone'])),
    reminderMinutes: numberOrNull(row['reminder_minutes']),
    freeBusy: text(row['free_busy']),
    series: text(row['recurrence_rule']) !== '',
  };
};

const sorted = (contents: readonly Content[]): readonly Content[] =>
  contents.toSorted((a, b) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });

/** Everything in the calendar and the tasks of a mailbox, sorted, but the items with the ids of `without`. */
export const mailboxContents = (
  { simulator }: Pick<BothSides, 'simulator'>,
  address: string,
  without: ReadonlySet<string> = new Set(),
): readonly Content[] =>
  sorted(
    ['calendar', 'tasks']
      .flatMap((folder) => simulator.items(address, folder))
      .filter(({ id }) => !without.has(id))
      .map(itemContent),
  );

/** Every appointment and task of an employee in the ERP, sorted, but those that `without` names as kind and key. */
export const erpContents = (
  { erp }: Pick<BothSides, 'erp'>,
  employeeId: number,
  without: ReadonlySet<string> = new Set(),
): readonly Content[] =>
  sorted(
    ['appointment', 'task'].flatMap((kind) =>
      erp
        .prepare(
          `SELECT r.*, a.no AS type_no, a.description AS type_description FROM ${kind} r
           LEFT JOIN activity_type a ON a.id = r.activity_type_id WHERE r.employee_id = ?`,
        )
        .all(employeeId)
        .filter((row) => !without.has(`${kind} ${String(row['id'])}`))
        .map((row) => rowContent(kind, row)),
    ),
  );
