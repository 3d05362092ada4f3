/** Builders for what the tests of the EWS client need. */
import type { ExchangeAppointment, ExchangeTask } from '../../../lib/model/item';

/** An appointment on 2026-03-02, 09:00–10:00 in Vienna. */
export const appointment = (changes: Partial<ExchangeAppointment> = {}): ExchangeAppointment => ({
  kind: 'appointment',
  subject: 'Visit',
  body: 'Bring the offer',
  bodyHtml: null,
  location: 'Graz',
  allDay: false,
  start: '2026-03-02T08:00:00Z',
  end: '2026-03-02T09:00:00Z',
  timeZone: 'Europe/Vienna',
  reminderMinutes: 15,
  freeBusy: 'busy',
  sensitivity: 'normal',
  importance: 'normal',
  categories: ['ES_5_Task'],
  recurrence: null,
  exceptions: [],
  ...changes,
});

/** A task that is due on 2026-03-31. */
export const task = (changes: Partial<ExchangeTask> = {}): ExchangeTask => ({
  kind: 'task',
  subject: 'Offer',
  body: 'Call back',
  bodyHtml: null,
  startDate: '2026-03-28',
  dueDate: '2026-03-31',
  status: 'inProgress',
  percentComplete: 50,
  reminderAt: '2026-03-31T06:00:00Z',
  sensitivity: 'normal',
  importance: 'high',
  categories: [],
  ...changes,
});
