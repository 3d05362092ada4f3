/** Items and messages for the tests of the nodes. */
import type { ErpAppointment, ExchangeAppointment } from '../../../lib/model/item';
import type { SyncContext, SyncMessage } from '../../../lib/model/message';

export const exchangeAppointment: ExchangeAppointment = {
  kind: 'appointment',
  subject: 'Jour fixe',
  body: '',
  bodyHtml: null,
  location: 'Wien',
  allDay: false,
  start: '2026-03-30T07:00:00Z',
  end: '2026-03-30T08:00:00Z',
  timeZone: 'Europe/Vienna',
  reminderMinutes: 15,
  freeBusy: 'busy',
  sensitivity: 'normal',
  importance: 'normal',
  categories: [],
  recurrence: null,
  exceptions: [],
};

export const erpAppointment: ErpAppointment = {
  kind: 'appointment',
  subject: 'Jour fixe',
  body: '',
  bodyHtml: null,
  location: 'Wien',
  allDay: false,
  start: '2026-03-30T09:00:00',
  end: '2026-03-30T10:00:00',
  timeZone: null,
  reminderMinutes: 15,
  freeBusy: 'busy',
  sensitivity: 'normal',
  priority: 3,
  activityTypeId: null,
  categories: [],
  recurrenceRule: null,
  exceptions: [],
  equipment: [],
};

/** A message of `ews-notify-in` about a new appointment. */
export const inboundMessage = (sync: Partial<SyncContext> = {}): SyncMessage => ({
  topic: 'inbound/appointment/create',
  payload: exchangeAppointment,
  sync: {
    journalId: 1,
    direction: 'inbound',
    kind: 'appointment',
    operation: 'create',
    employee: { id: '1', name: 'Anna Gruber', email: 'anna@demo.example' },
    tenant: 'ERP',
    connection: 'Exchange',
    erpId: null,
    exchangeId: 'AAA',
    changeKey: 'CK',
    syncId: null,
    link: null,
    base: null,
    source: exchangeAppointment,
    sourceModifiedAt: null,
    attempt: 1,
    chosen: null,
    meeting: null,
    ...sync,
  },
});
