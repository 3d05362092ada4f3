/** The fields of both shapes with what they hold, so that a rule may join any two that fit. */
import type { ErpAppointment, ErpTask, ExchangeAppointment, ExchangeTask } from '../model/item';
import type { Kind } from '../model/kind';

/** What a field holds. `fixed`: a part of the times or of the rich text, which flows as it is or not at all. */
export type FieldType =
  | { readonly type: 'text' }
  | { readonly type: 'list'; readonly readOnly?: true }
  /** Key of an activity type, or null. */
  | { readonly type: 'activityType' }
  | { readonly type: 'number'; readonly min: number; readonly max: number; readonly nullable: boolean }
  | { readonly type: 'word'; readonly words: readonly string[] }
  /** `2026-03-28`, or null. */
  | { readonly type: 'day' }
  | { readonly type: 'fixed' };

type Catalogue<Item> = Readonly<Record<Exclude<keyof Item & string, 'kind'>, FieldType>>;

const text: FieldType = { type: 'text' };
const list: FieldType = { type: 'list' };
const fixed: FieldType = { type: 'fixed' };
const day: FieldType = { type: 'day' };
const word = (...words: readonly string[]): FieldType => ({ type: 'word', words });
const number = (min: number, max: number, nullable = false): FieldType => ({ type: 'number', min, max, nullable });

const shared = {
  subject: text,
  body: text,
  bodyHtml: fixed,
  sensitivity: word('normal', 'personal', 'private', 'confidential'),
  categories: list,
};
const appointment = {
  ...shared,
  location: text,
  allDay: fixed,
  start: fixed,
  end: fixed,
  timeZone: fixed,
  reminderMinutes: number(0, 2_147_483_647, true),
  freeBusy: word('free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'),
  exceptions: fixed,
};
const task = {
  ...shared,
  startDate: day,
  dueDate: day,
  status: word('notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'),
  percentComplete: number(0, 100),
  reminderAt: fixed,
};
const importance = word('low', 'normal', 'high');
const onlyErp = { priority: number(1, 5), activityTypeId: { type: 'activityType' } } as const;

const exchangeAppointment: Catalogue<ExchangeAppointment> = { ...appointment, importance, recurrence: fixed };
const erpAppointment: Catalogue<ErpAppointment> = {
  ...appointment,
  ...onlyErp,
  recurrenceRule: fixed,
  equipment: { type: 'list', readOnly: true },
};
const exchangeTask: Catalogue<ExchangeTask> = { ...task, importance };
const erpTask: Catalogue<ErpTask> = { ...task, ...onlyErp };

/** Fields by kind and side. */
export const fieldTypes: Readonly<Record<Kind, Readonly<Record<'exchange' | 'erp', Readonly<Record<string, FieldType>>>>>> = {
  appointment: { exchange: exchangeAppointment, erp: erpAppointment },
  task: { exchange: exchangeTask, erp: erpTask },
};

/** Whether a value of one field can stand in another as it is. */
export const compatible = (from: FieldType, to: FieldType): boolean => {
  if (from.type === 'fixed' || to.type === 'fixed') return false;
  switch (to.type) {
    case 'text':
      return true;
    case 'list':
    case 'activityType':
      return from.type !== 'number' && from.type !== 'day' && (to.type === 'list' || from.type !== 'list');
    case 'number':
      return from.type === 'number' && from.min >= to.min && from.max <= to.max && (to.nullable || !from.nullable);
    case 'word':
      return from.type === 'word' && from.words.every((name) => to.words.includes(name));
    case 'day':
      return from.type === 'day';
  }
};

/** What a field takes, in English, for messages. */
export const expected = (type: FieldType): string => {
  switch (type.type) {
    case 'text':
      return 'text';
    case 'list':
      return 'a list of texts';
    case 'activityType':
      return 'the key of an activity type';
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'word':
      return `one of ${type.words.join(', ')}`;
    case 'day':
      return 'a day such as 2026-03-28';
    case 'fixed':
      return 'its own counterpart';
  }
};

const isEmptyValue = (value: unknown): boolean => value === undefined || value === null || value === '';

const isSimple = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

const entries = (value: unknown): readonly string[] | null => {
  const values: readonly unknown[] = Array.isArray(value) ? value : String(isSimple(value) ? value : '').split(/[,;]/);
  return values.every(isSimple) ? [...new Set(values.map((entry) => String(entry).trim()).filter((entry) => entry !== ''))] : null;
};

const numberIn = (value: unknown, { min, max }: { readonly min: number; readonly max: number }): number | undefined => {
  const found = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isInteger(found) && found >= min && found <= max ? found : undefined;
};

const dayIn = (value: unknown): string | undefined => {
  const found = typeof value === 'string' ? /^\d{4}-\d\d-\d\d(?=$|T)/.exec(value)?.[0] : undefined;
  return found === undefined || Number.isNaN(Date.parse(found)) ? undefined : found;
};

/** The value as a field holds it; undefined when it does not fit. Lists and texts turn into each other by commas. */
export const fitted = (type: FieldType, value: unknown): unknown => {
  switch (type.type) {
    case 'text': {
      if (isEmptyValue(value)) return '';
      if (Array.isArray(value)) return entries(value)?.join(', ');
      return isSimple(value) ? String(value).replaceAll(/\r\n?/g, '\n') : undefined;
    }
    case 'list':
      return isEmptyValue(value) ? [] : Array.isArray(value) || isSimple(value) ? (entries(value) ?? undefined) : undefined;
    case 'activityType':
      return isEmptyValue(value) ? null : typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
    case 'number':
      return isEmptyValue(value) && type.nullable ? null : numberIn(value, type);
    case 'word':
      return type.words.find((name) => name === value);
    case 'day':
      return isEmptyValue(value) ? null : dayIn(value);
    case 'fixed':
      return undefined;
  }
};

/** Whether a field holds nothing. */
export const isBlank = (value: unknown): boolean => isEmptyValue(value) || (Array.isArray(value) && value.length === 0);
