import type { ItemForm } from '../user/form';
import { follows, isFlag, isNumber, isText, oneOf, type Check } from './checks';

const isTextOrNull: Check = (value) => value === null || isText(value);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isDay: Check = (value) => typeof value === 'string' && /^(\d{4}-\d{2}-\d{2})?$/.test(value);

const isRecurrence: Check = (value) =>
  value === null ||
  follows(
    value,
    { pattern: oneOf('daily', 'weekly', 'monthly', 'yearly'), interval: isNumber, days: isTexts, until: isDay, count: isNumber },
    ['pattern'],
  );

const common: Readonly<Record<string, Check>> = {
  subject: isText,
  body: isText,
  categories: isTexts,
  sensitivity: oneOf('Normal', 'Personal', 'Private', 'Confidential'),
  importance: oneOf('Low', 'Normal', 'High'),
};

const appointment: Readonly<Record<string, Check>> = {
  ...common,
  kind: oneOf('appointment'),
  location: isText,
  start: isText,
  end: isText,
  allDay: isFlag,
  reminderMinutes: (value) => value === null || isNumber(value),
  freeBusy: oneOf('Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere'),
  recurrence: isRecurrence,
};

const task: Readonly<Record<string, Check>> = {
  ...common,
  kind: oneOf('task'),
  startDate: (value) => isTextOrNull(value) && (value === null || isDay(value)),
  dueDate: (value) => isTextOrNull(value) && (value === null || isDay(value)),
  status: oneOf('NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred'),
  percentComplete: isNumber,
};

/** True where JSON from the page is an appointment or a task with nothing unknown in it. */
export const isItemForm = (value: unknown): value is ItemForm => follows(value, appointment, ['kind']) || follows(value, task, ['kind']);
