/** Two items of one side, field by field: what means the same counts as equal, whatever the text. */
import { isEmpty, isEqual, sortBy } from 'lodash';
import type {
  AnyItem,
  ErpAppointment,
  ErpException,
  ErpOccurrenceFields,
  ExchangeAppointment,
  ExchangeException,
  ExchangeOccurrenceFields,
} from '../model/item';
import type { Recurrence } from '../model/recurrence';
import { weekdays } from './calendar-days';
import { exchangeZone, utcText } from './local-time';
import { canonicalRule } from './recurrence-rule';

const isExchange = (item: AnyItem): boolean => 'importance' in item;

/** Line ends and what follows the last line are not content: both sides change them on their own. */
const normalBody = (body: string): string => body.replaceAll(/\r\n?/g, '\n').trimEnd();

/** Times as instants; local times are compared as if they were UTC, which is enough for "equal". Unreadable text stays. */
const normalTime = (text: string, allDay: boolean): string => {
  if (allDay) return text.slice(0, 10);
  try {
    return utcText(text);
  } catch {
    return text;
  }
};

const normalRecurrence = (recurrence: Recurrence): unknown =>
  recurrence.pattern.type === 'weekly'
    ? {
        ...recurrence,
        pattern: {
          ...recurrence.pattern,
          days: weekdays.filter((day) => recurrence.pattern.type === 'weekly' && recurrence.pattern.days.includes(day)),
        },
      }
    : recurrence;

const normalCategories = (categories: readonly string[]): readonly string[] => [...new Set(categories)].toSorted();

/** The fields of an exception as those of an appointment; one that is not named stays so. */
const normalChanges = (changes: Partial<ExchangeOccurrenceFields> | Partial<ErpOccurrenceFields>, seriesAllDay: boolean): object => {
  const { body, categories, start, end, allDay = seriesAllDay } = changes;
  return {
    ...changes,
    ...(body === undefined ? {} : { body: normalBody(body) }),
    ...(categories === undefined ? {} : { categories: normalCategories(categories) }),
    ...(start === undefined ? {} : { start: normalTime(start, allDay) }),
    ...(end === undefined ? {} : { end: normalTime(end, allDay) }),
  };
};

/** An occurrence that is as the series says is no exception; their order says nothing. */
const normalExceptions = ({ exceptions, allDay }: ExchangeAppointment | ErpAppointment): unknown =>
  sortBy(
    exceptions.flatMap((exception: ExchangeException | ErpException) => {
      const originalStart = normalTime(exception.originalStart, allDay);
      if (exception.deleted) return [{ originalStart, deleted: true }];
      return isEmpty(exception.changes) ? [] : [{ originalStart, deleted: false, changes: normalChanges(exception.changes, allDay) }];
    }),
    'originalStart',
  );

const normalAppointment = (item: ExchangeAppointment | ErpAppointment, tenantZone: string): object => ({
  ...item,
  timeZone: exchangeZone(item.timeZone ?? tenantZone),
  start: normalTime(item.start, item.allDay),
  end: normalTime(item.end, item.allDay),
  exceptions: normalExceptions(item),
  ...('recurrence' in item
    ? { recurrence: item.recurrence === null ? null : normalRecurrence(item.recurrence) }
    : {
        recurrenceRule:
          item.recurrenceRule === null
            ? null
            : canonicalRule(item.recurrenceRule, { start: item.start, timeZone: item.timeZone ?? tenantZone }),
      }),
});

/** The item with every field in a form that can be compared. */
const normal = (item: AnyItem, tenantZone: string): ReadonlyMap<string, unknown> => {
  const own =
    item.kind === 'appointment'
      ? normalAppointment(item, tenantZone)
      : { ...item, reminderAt: item.reminderAt === null ? null : normalTime(item.reminderAt, false) };
  const shared = { body: normalBody(item.body), categories: normalCategories(item.categories) };
  return new Map(Object.entries({ ...own, ...shared }));
};

/**
 * Names of the fields in which two items of the same side and kind differ. Line ends, the end of the body, the order of
 * categories, the wording of a recurrence rule and zones that Exchange cannot tell apart do not count. `timeZone`: the tenant's, in which an ERP series without
 * zone recurs.
 */
export const differingFields = (a: AnyItem, b: AnyItem, timeZone = 'UTC'): readonly string[] => {
  if (a.kind !== b.kind || isExchange(a) !== isExchange(b)) return ['kind'];
  const [left, right] = [normal(a, timeZone), normal(b, timeZone)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((field) => !isEqual(left.get(field), right.get(field)));
};

/** Whether one field of two items of the same side means the same, see `differingFields`. */
export const equalFields = (field: string, a: AnyItem, b: AnyItem, timeZone = 'UTC'): boolean =>
  !differingFields(a, b, timeZone).includes(field);
