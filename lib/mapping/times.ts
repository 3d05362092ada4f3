/** When an appointment takes place: UTC instants in Exchange, local times in the ERP (docs/decisions/0001). */
import type { ErpAppointment, ExchangeAppointment } from '../model/item';
import { dayOf, exchangeZone, instantFromLocal, localFromInstant } from './local-time';
import { recurrenceToRule, ruleToRecurrence } from './recurrence-rule';

/** The fields of an appointment that say when it is, in the ERP's shape. */
export type ErpTimes = Pick<ErpAppointment, 'allDay' | 'start' | 'end' | 'timeZone' | 'recurrenceRule'>;
/** The same in Exchange's shape. */
export type ExchangeTimes = Pick<ExchangeAppointment, 'allDay' | 'start' | 'end' | 'timeZone' | 'recurrence'>;

/** Zone of an appointment's local times in the ERP: a series' own, unless Exchange cannot tell it from the tenant's. */
export const zoneInErp = ({ recurrence, timeZone }: Pick<ExchangeTimes, 'recurrence' | 'timeZone'>, tenantZone: string): string =>
  recurrence === null || exchangeZone(timeZone) === exchangeZone(tenantZone) ? tenantZone : timeZone;

/**
 * A single appointment is stored in the tenant's zone, a series in its own, which is left out where it is the tenant's
 * or one that Exchange cannot tell from it.
 * All-day appointments keep their days. A time of the hour that occurs twice in autumn reads the same for both.
 */
export const timesToErp = (item: ExchangeTimes, tenantZone: string): ErpTimes => {
  const zone = zoneInErp(item, tenantZone);
  const local = (text: string): string => (item.allDay ? dayOf(text) : localFromInstant(text, zone));
  const start = local(item.start);
  return {
    allDay: item.allDay,
    start,
    end: local(item.end),
    timeZone: zone === tenantZone ? null : zone,
    recurrenceRule: item.recurrence === null ? null : recurrenceToRule(item.recurrence, { start, timeZone: zone }),
  };
};

/** Local times that a DST change skips move forward, those that occur twice are the first (RFC 5545, section 3.3.5). */
export const timesToExchange = (record: ErpTimes, tenantZone: string): ExchangeTimes => {
  const timeZone = record.timeZone ?? tenantZone;
  const time = (text: string): string => (record.allDay ? dayOf(text) : instantFromLocal(text, timeZone));
  const start = record.allDay ? dayOf(record.start) : record.start;
  return {
    allDay: record.allDay,
    start: time(record.start),
    end: time(record.end),
    timeZone,
    recurrence: record.recurrenceRule === null ? null : ruleToRecurrence(record.recurrenceRule, { start, timeZone }),
  };
};
