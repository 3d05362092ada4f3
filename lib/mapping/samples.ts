/** Made-up items to try rules on. */
import type { ActivityType } from '../model/activity-type';
import type { AnyItem, ErpAppointment, ErpTask, ExchangeAppointment, ExchangeTask } from '../model/item';
import type { Kind } from '../model/kind';
import { fieldTypes, fitted } from './fields';

/** One item of each shape by kind. */
export interface Samples {
  readonly appointment: { readonly exchange: ExchangeAppointment; readonly erp: ErpAppointment };
  readonly task: { readonly exchange: ExchangeTask; readonly erp: ErpTask };
}

const text = { subject: 'Visit to the customer', body: 'Agenda:\n1. Offer\n2. Delivery', bodyHtml: null, sensitivity: 'normal' } as const;
const shared = { ...text, location: 'Graz', allDay: false, reminderMinutes: 15, freeBusy: 'busy', exceptions: [] } as const;
const task = { ...text, startDate: '2026-03-28', dueDate: '2026-03-30', status: 'inProgress', percentComplete: 50 } as const;

/** Samples. `category`: name of the category of `type`. */
export const samplesOf = (type: ActivityType | null, category: string): Samples => {
  const erp = { priority: 2, activityTypeId: type?.id ?? null, categories: ['Customer'] };
  const exchange = { importance: 'high', categories: [...(type === null ? [] : [category]), 'Customer'] } as const;
  return {
    appointment: {
      exchange: {
        kind: 'appointment',
        ...shared,
        ...exchange,
        start: '2026-03-28T08:00:00Z',
        end: '2026-03-28T09:00:00Z',
        timeZone: 'Europe/Vienna',
        recurrence: null,
      },
      erp: {
        kind: 'appointment',
        ...shared,
        ...erp,
        start: '2026-03-28T09:00:00',
        end: '2026-03-28T10:00:00',
        timeZone: null,
        recurrenceRule: null,
        equipment: ['Projector', 'Car 2'],
      },
    },
    task: {
      exchange: { kind: 'task', ...task, ...exchange, reminderAt: '2026-03-29T07:00:00Z' },
      erp: { kind: 'task', ...task, ...erp, reminderAt: '2026-03-29T09:00:00' },
    },
  };
};

/** What a person made of a sample, or the name of the first field that an item cannot hold so. */
export const edited = <T extends AnyItem>(
  sample: T,
  side: 'exchange' | 'erp',
  fields: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly item: T } | { readonly ok: false; readonly field: string } => {
  const kind: Kind = sample.kind;
  const values: [string, unknown][] = [];
  for (const [field, type] of Object.entries(fieldTypes[kind][side])) {
    if (!Object.hasOwn(fields, field)) continue;
    const value = fields[field];
    const fitting =
      type.type === 'fixed' ? likeSample(new Map<string, unknown>(Object.entries(sample)).get(field), value) : fitted(type, value);
    if (fitting === undefined) return { ok: false, field };
    values.push([field, fitting]);
  }
  return { ok: true, item: { ...sample, ...Object.fromEntries(values) } };
};

/** Times and patterns are as the sample has them: texts stay texts; what the sample leaves empty is not tried out here. */
const likeSample = (sample: unknown, value: unknown): unknown =>
  typeof value === typeof sample && (typeof value !== 'object' || JSON.stringify(value) === JSON.stringify(sample)) ? value : undefined;
