/** The mapping of the reference ERP schema (`reference.ts`): the default, and the first worked example (`docs/mappings/reference.json`). */
import type { RecordMapping, SchemaMapping, WrittenValue } from './mapping';

const author: WrittenValue = { from: 'author' };
const now: WrittenValue = { from: 'now-utc' };
const changed = { updated_by: author, updated_at: now };

const shared = {
  readFrom: null,
  key: [{ column: 'id', generated: 'identity' }],
  employee: 'employee_id',
  insert: { created_by: author, created_at: now, ...changed },
  update: changed,
  changeStamp: { column: 'updated_at', as: 'utc' },
  deleted: null,
  filter: [],
  procedures: { insert: null, update: null, delete: null },
  changes: { by: 'triggers' },
} satisfies Partial<RecordMapping>;

const sharedFields = {
  subject: { column: 'subject', format: 'plain' },
  body: { column: 'body', format: 'plain' },
  sensitivity: { column: 'sensitivity', codes: [], otherwise: 'normal' },
  priority: { column: 'priority', codes: [], otherwise: 3 },
  activityTypeId: { column: 'activity_type_id' },
  categories: { column: 'categories', separator: ';' },
} as const;

/** The tables of `reference.ts`. Appointments and reminders are local times, stamps are UTC. */
export const referenceMapping: SchemaMapping = {
  version: 1,
  name: 'Reference ERP',
  author: 'exchange-sync',
  employees: {
    table: 'employee',
    key: 'id',
    name: 'name',
    email: 'email',
    active: { column: 'active', yes: 1, no: 0 },
    filter: [],
  },
  activityTypes: { table: 'activity_type', key: 'id', no: 'no', description: 'description', colour: 'colour' },
  appointment: {
    table: 'appointment',
    ...shared,
    participants: { table: 'appointment_participant', record: ['appointment_id'], employee: 'employee_id', insert: {} },
    fields: {
      ...sharedFields,
      start: { column: 'start_at', as: 'local' },
      end: { column: 'end_at', as: 'local', allDayEnd: 'day-after' },
      allDay: { column: 'all_day', yes: 1, no: 0 },
      location: { column: 'location', format: 'plain' },
      timeZone: { column: 'time_zone' },
      reminderMinutes: { column: 'reminder_minutes', none: null },
      freeBusy: { column: 'free_busy', codes: [], otherwise: 'busy' },
      recurrenceRule: { column: 'recurrence_rule', prefix: false },
    },
    equipment: {
      table: 'appointment_equipment',
      record: ['appointment_id'],
      equipment: 'equipment_id',
      names: { table: 'equipment', key: 'id', name: 'name' },
    },
    exceptions: {
      table: 'appointment_exception',
      record: ['appointment_id'],
      originalStart: { column: 'original_start', as: 'local' },
      deleted: { column: 'deleted', yes: 1, no: 0 },
      insert: {},
      fields: {
        subject: { column: 'subject', format: 'plain' },
        body: { column: 'body', format: 'plain' },
        location: { column: 'location', format: 'plain' },
        start: { column: 'start_at', as: 'local' },
        end: { column: 'end_at', as: 'local', allDayEnd: 'day-after' },
        allDay: { column: 'all_day', yes: 1, no: 0 },
        // NULL is the series' reminder.
        reminderMinutes: { column: 'reminder_minutes', none: -1 },
        freeBusy: { column: 'free_busy', codes: [], otherwise: 'busy' },
        priority: { column: 'priority', codes: [], otherwise: 3 },
        activityTypeId: { column: 'activity_type_id' },
        categories: { column: 'categories', separator: ';' },
      },
    },
  },
  task: {
    table: 'task',
    ...shared,
    participants: null,
    fields: {
      ...sharedFields,
      startDate: { column: 'start_date', as: 'local' },
      dueDate: { column: 'due_date', as: 'local' },
      status: { column: 'status', codes: [], otherwise: 'notStarted' },
      percentComplete: { column: 'percent_complete', none: null },
      reminderAt: { column: 'reminder_at', as: 'local' },
      completedAt: { column: 'completed_at', as: 'local' },
    },
  },
};
