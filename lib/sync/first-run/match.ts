/**
 * Finds the items that both sides hold already (requirement S6): same kind, times, subject and organiser, series of the same rule. Pure.
 * What is equal is paired one to one, as often as it is on both sides; of several equal ones those that have body and location in common
 * come together first.
 */
import { exchangeZone, instantFromLocal, localFromInstant } from '../../mapping/local-time';
import { storedIn, type Mapping, type MappingContext } from '../../mapping/mapping';
import { canonicalRule } from '../../mapping/recurrence-rule';
import { SyncError } from '../../model/error';
import type { Employee } from '../../model/employee';
import type { ErpAppointment, ErpEntry, ErpRecord, ExchangeEntry } from '../../model/item';

/** What of an item decides whether another one is the same. */
export interface Candidate {
  readonly id: string;
  /** Times and subject; equal texts mean equal items. Null: cannot be compared, and has no counterpart. */
  readonly identity: string | null;
  /** Employee whose item it is; null: unknown, anybody's. Of an ERP record the one in charge. */
  readonly organiser: string | null;
  readonly body: string;
  readonly location: string;
}

/** Two ids of one item. */
export interface EqualPair {
  readonly erpId: string;
  readonly exchangeId: string;
}

const normalText = (text: string): string => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim().toLowerCase();

/** Single appointments in the tenant's zone, whatever zone they were made in; all-day ones have no zone. */
const timesOf = (record: ErpAppointment, tenantZone: string): readonly unknown[] => {
  const { allDay, start, end, recurrenceRule } = record;
  const zone = record.timeZone ?? tenantZone;
  if (recurrenceRule !== null) {
    const rule = canonicalRule(recurrenceRule, { start: allDay ? start.slice(0, 10) : start, timeZone: zone });
    return [allDay, start, end, rule, allDay ? null : exchangeZone(zone)];
  }
  const local = (time: string): string => localFromInstant(instantFromLocal(time, zone), tenantZone);
  return allDay ? [true, start.slice(0, 10), end.slice(0, 10)] : [false, local(start), local(end)];
};

const identityOf = (record: ErpRecord, tenantZone: string): string =>
  JSON.stringify([
    record.kind,
    normalText(record.subject),
    ...(record.kind === 'task' ? [record.startDate, record.dueDate] : timesOf(record, tenantZone)),
  ]);

const candidateOf = (id: string, organiser: string | null, read: () => ErpRecord, tenantZone: string): Candidate => {
  try {
    const record = read();
    const location = record.kind === 'appointment' ? normalText(record.location) : '';
    return { id, identity: identityOf(record, tenantZone), organiser, body: normalText(record.body), location };
  } catch (error) {
    // What cannot be mapped or read as a time is told when its own row is worked on.
    if (error instanceof SyncError) return { id, identity: null, organiser, body: '', location: '' };
    throw error;
  }
};

/** An ERP record as a candidate. */
export const erpCandidate = ({ id, record, employeeIds }: ErpEntry, { timeZone }: Pick<MappingContext, 'timeZone'>): Candidate =>
  candidateOf(id, employeeIds[0] ?? null, () => record, timeZone);

/**
 * An Exchange item as a candidate: compared as the ERP would hold it. The organiser of a meeting counts where the ERP knows the person.
 */
export const exchangeCandidate = (
  { id, item, meeting }: Pick<ExchangeEntry, 'id' | 'item' | 'meeting'>,
  mapping: Mapping,
  context: MappingContext,
  employees: readonly Employee[],
): Candidate => {
  const address = meeting?.organizer.toLowerCase() ?? '';
  const organiser = address === '' ? undefined : employees.find(({ email }) => email?.toLowerCase() === address);
  return candidateOf(id, organiser?.id ?? null, () => storedIn(context, mapping.toErp(item, context)), context.timeZone);
};

/** What equal items have to have in common beyond their identity to be paired, the closest first. */
const closeness: readonly ((candidate: Candidate) => readonly string[])[] = [
  ({ body, location }) => [body, location],
  ({ body }) => [body],
  ({ location }) => [location],
  () => [],
];

const grouped = (candidates: Iterable<Candidate>, keyOf: (candidate: Candidate) => string): Map<string, Candidate[]> => {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return groups;
};

/** Pairs of equal items; each id is in one pair at most. */
export const pairEqual = (erp: readonly Candidate[], exchange: readonly Candidate[]): readonly EqualPair[] => {
  const inExchange = new Set(exchange.map(({ identity }) => identity));
  const free = new Set(erp.filter(({ identity }) => identity !== null && inExchange.has(identity)));
  const inErp = new Set([...free].map(({ identity }) => identity));
  const unpaired = new Set(exchange.filter(({ identity }) => identity !== null && inErp.has(identity)));
  const pairs: EqualPair[] = [];
  // Whose organiser is known has fewer counterparts and chooses first, so that as many as possible find one.
  for (const known of [true, false]) {
    for (const also of closeness) {
      const keyOf = (candidate: Candidate): string =>
        JSON.stringify([candidate.identity, known ? candidate.organiser : null, ...also(candidate)]);
      const groups = grouped(free, keyOf);
      for (const item of unpaired) {
        if ((item.organiser !== null) !== known) continue;
        const record = groups.get(keyOf(item))?.shift();
        if (record === undefined) continue;
        free.delete(record);
        unpaired.delete(item);
        pairs.push({ erpId: record.id, exchangeId: item.id });
      }
    }
  }
  return pairs;
};
