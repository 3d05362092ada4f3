/**
 * The edge between a flow and the ERP: a message is free to edit, so what arrives here is checked field by field before
 * it becomes a statement. Failures are `erp-refused` (item) and name the field, never its content.
 */
import { SyncError } from '../model/error';
import type { ErpAppointment, ErpOccurrenceFields, ErpRecord, ErpTask, Fields } from '../model/item';
import { changeProgress } from '../model/task-progress';
import { choices } from './records/shape';

type Check = (value: unknown) => boolean;
interface FieldCheck {
  readonly holds: Check;
  readonly must: string;
}

const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const localTimeShape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$/;

const isText: Check = (value) => typeof value === 'string';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const shaped =
  (shape: RegExp): Check =>
  (value) =>
    typeof value === 'string' && shape.test(value) && !Number.isNaN(Date.parse(value.length === 10 ? value : `${value}Z`));
const between =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
const oneOf = (...values: readonly string[]): FieldCheck => ({
  holds: (value) => typeof value === 'string' && values.includes(value),
  must: `be one of ${values.join(', ')}`,
});

/** SQLite programs end a text at its first NUL, so it would arrive cut short. */
const plainText: FieldCheck = {
  holds: (value) => typeof value === 'string' && !value.includes('\u0000'),
  must: 'be a text without NUL characters',
};
const textOrNull: FieldCheck = { holds: orNull(plainText.holds), must: `${plainText.must}, or null` };
const dateOrNull: FieldCheck = { holds: orNull(shaped(dateShape)), must: 'be a date like 2026-03-28, or null' };
const localTime: FieldCheck = { holds: shaped(localTimeShape), must: 'be a local time like 2026-03-28T09:00:00' };
const localTimeOrNull: FieldCheck = { holds: orNull(localTime.holds), must: `${localTime.must}, or null` };
const textList: FieldCheck = { holds: (value) => Array.isArray(value) && value.every(plainText.holds), must: 'be a list of texts' };

const common = {
  subject: plainText,
  body: plainText,
  bodyHtml: textOrNull,
  sensitivity: oneOf(...choices.sensitivity),
  priority: { holds: between(1, 5), must: 'be a number from 1 to 5' },
  activityTypeId: { holds: orNull(isText), must: 'be the key of an activity type as text, or null' },
  categories: textList,
};
const { sensitivity, ...commonOfOccurrence } = common;
const occurrenceChecks: Readonly<Record<keyof ErpOccurrenceFields, FieldCheck>> = {
  ...commonOfOccurrence,
  location: plainText,
  allDay: { holds: (value) => typeof value === 'boolean', must: 'be true or false' },
  start: localTime,
  end: localTime,
  reminderMinutes: { holds: orNull(between(0, 10_000_000)), must: 'be a number of minutes, or null' },
  freeBusy: oneOf(...choices.freeBusy),
};
const appointmentChecks: Readonly<Record<Exclude<keyof ErpAppointment, 'kind'>, FieldCheck>> = {
  ...occurrenceChecks,
  sensitivity,
  timeZone: textOrNull,
  recurrenceRule: textOrNull,
  exceptions: { holds: (value) => Array.isArray(value), must: 'be a list of exceptions' },
  equipment: textList,
};
const taskChecks: Readonly<Record<Exclude<keyof ErpTask, 'kind'>, FieldCheck>> = {
  ...common,
  startDate: dateOrNull,
  dueDate: dateOrNull,
  status: oneOf(...choices.status),
  percentComplete: { holds: between(0, 100), must: 'be a number from 0 to 100' },
  reminderAt: localTimeOrNull,
};

const refuse = (field: string, must: string): SyncError =>
  new SyncError('erp-refused', 'item', `The ERP takes no such value: field ${field} must ${must}. Correct it in the item or in the flow.`, {
    field,
  });

/** `place`: what stands before the names of the fields in a failure. */
const checkFields = (checks: Readonly<Record<string, FieldCheck>>, fields: Fields, place = ''): void => {
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'kind') continue;
    const check = Object.hasOwn(checks, field) ? checks[field] : undefined;
    if (check === undefined) throw refuse(`${place}${field}`, 'not be there, the ERP record has no such field');
    if (!check.holds(value)) throw refuse(`${place}${field}`, check.must);
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** An exception of a series; a failure names its field as `exceptions.field`. */
const checkException = (value: unknown): void => {
  const refuseField = (field: string, must: string): SyncError => refuse(`exceptions.${field}`, must);
  if (!isObject(value)) throw refuse('exceptions', appointmentChecks.exceptions.must);
  const { originalStart, deleted, changes, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refuseField(unknown, 'not be there, an exception has no such field');
  if (!localTime.holds(originalStart)) throw refuseField('originalStart', localTime.must);
  if (deleted === true && changes === undefined) return;
  if (deleted !== false) throw refuseField('deleted', 'be true, or false beside changes');
  if (!isObject(changes)) throw refuseField('changes', 'be an object with the changed fields');
  checkFields(occurrenceChecks, changes, 'exceptions.');
};

const checkExceptions = (exceptions: unknown): void => {
  if (!Array.isArray(exceptions)) return;
  for (const exception of exceptions) checkException(exception);
  const starts = new Set(exceptions.map((exception: unknown) => (isObject(exception) ? exception['originalStart'] : null)));
  if (starts.size < exceptions.length) throw refuse('exceptions', 'name each occurrence once');
};

/** The same record when every field is there and holds what the ERP takes; throws `erp-refused` otherwise. */
export const checkRecord = <R extends ErpRecord>(record: R): R => {
  const checks: Readonly<Record<string, FieldCheck>> = record.kind === 'appointment' ? appointmentChecks : taskChecks;
  for (const field of Object.keys(checks)) if (!Object.hasOwn(record, field)) throw refuse(field, 'be there');
  checkFields(checks, { ...record });
  if (record.kind === 'appointment') checkExceptions(record.exceptions);
  return record;
};

/** A text that was changed alone has no HTML any more: that of before would bring the old text back. */
const withBodies = (changes: Fields): Fields => ('body' in changes && !('bodyHtml' in changes) ? { ...changes, bodyHtml: null } : changes);

/** A record with some fields changed, a task's progress in agreement; throws `erp-refused`. */
export const changeRecord = (before: ErpRecord, wanted: Fields): ErpRecord => {
  const changes = withBodies(wanted);
  if (before.kind === 'appointment') {
    checkFields(appointmentChecks, changes);
    checkExceptions(changes['exceptions']);
    return { ...before, ...changes, kind: 'appointment' };
  }
  checkFields(taskChecks, changes);
  const after: ErpTask = { ...before, ...changes, kind: 'task' };
  const progress = changeProgress(before, {
    ...('status' in changes ? { status: after.status } : {}),
    ...('percentComplete' in changes ? { percentComplete: after.percentComplete } : {}),
  });
  return { ...after, ...progress };
};
