/** The synchronisation check (requirements O4, O5): what exists on one side only or differs, with a suggestion for each. */
import { DateTime } from 'luxon';
import { SyncError, toSyncError } from '../model/error';
import type { Employee } from '../model/employee';
import type { AnyItem, ErpEntry, ExchangeEntry } from '../model/item';
import type { Kind } from '../model/kind';
import type { Mapping, MappingContext } from '../mapping/mapping';
import type { ConflictRule } from '../model/employee-options';
import type { ExchangeRuntime, TenantRuntime } from '../sync/runtime';
import type { CheckEntry, CheckFailure, CheckReport, Suggestion } from './check-report';
import { readPairs, type Pair } from './mailbox-state';
import { suggestForDeletedInErp, suggestForDeletedInExchange, suggestForDifferent } from './suggest';

/** What to check. */
export interface CheckOptions {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly mapping: Mapping;
  readonly kinds: readonly Kind[];
  /** Period, UTC instants; `to` is exclusive. See `checkPeriod`. */
  readonly from: string;
  readonly to: string;
  /** Only these employees, by id; all when left out. */
  readonly employees?: readonly string[];
  /** What to suggest when both sides changed; default `manual`, which suggests nothing. */
  readonly rule?: ConflictRule;
  /** UTC instant of now. */
  readonly now: string;
}

/** Period of whole days around now in a zone, as UTC instants. */
export const checkPeriod = (
  now: string,
  daysBack: number,
  daysAhead: number,
  timeZone: string,
): { readonly from: string; readonly to: string } => {
  const today = DateTime.fromISO(now, { zone: timeZone }).startOf('day');
  const text = (day: DateTime): string => day.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
  return { from: text(today.minus({ days: daysBack })), to: text(today.plus({ days: daysAhead + 1 })) };
};

/** More missing items than this in one mailbox, and more than half of what is linked, look like an emptied calendar (requirement N4). */
const manyDeletions = 10;

const labelOf = (erp: ErpEntry | null, exchange: ExchangeEntry | null): string => {
  const sides = [erp?.record, exchange?.item].filter((side) => side !== undefined);
  if (sides.some(({ sensitivity }) => sensitivity === 'private' || sensitivity === 'confidential')) return '(private)';
  return sides[0]?.subject ?? '';
};

interface Judgement {
  readonly difference: CheckEntry['difference'];
  readonly fields: readonly string[];
  readonly suggestion: Suggestion;
}

const none = (difference: CheckEntry['difference'], reason: Suggestion['reason']): Judgement => ({
  difference,
  fields: [],
  suggestion: { action: 'none', reason },
});

const judgeBoth = (erp: ErpEntry, exchange: ExchangeEntry, pair: Pair, context: MappingContext, mapping: Mapping, rule: ConflictRule) => {
  if (pair.link === null) return null;
  try {
    const fields = mapping.differences(erp.record, exchange.item, context);
    if (fields.length === 0) return null;
    return { difference: 'different', fields, suggestion: suggestForDifferent(erp, exchange, pair.link, rule, context.timeZone) } as const;
  } catch (error) {
    // A pair that cannot be mapped cannot be compared either: shown, never corrected.
    if (error instanceof SyncError) return none('different', 'not-readable');
    throw error;
  }
};

/** Null when both sides agree. */
const judge = (pair: Pair, context: MappingContext, mapping: Mapping, rule: ConflictRule): Judgement | null => {
  const { link, erp, exchange } = pair;
  if (erp.state === 'there' && exchange.state === 'there') return judgeBoth(erp.entry, exchange.entry, pair, context, mapping, rule);
  if (erp.state === 'there') {
    if (exchange.state === 'unknown') return none('different', 'not-readable');
    const one = { difference: 'erp-only', fields: [] } as const;
    // What the schema mapping's filter keeps out is not missing.
    if (link === null && !erp.entry.inFilter) return null;
    if (link === null) return { ...one, suggestion: { action: 'erp-to-exchange', reason: 'never-synchronised' } };
    // Being created, or stopped in the middle: the writer looks for its sync id before it creates it.
    if (link.exchangeId === null) return { ...one, suggestion: { action: 'erp-to-exchange', reason: 'unfinished' } };
    return { ...one, suggestion: suggestForDeletedInExchange(erp.entry, link, rule, context.timeZone) };
  }
  if (exchange.state !== 'there') return null;
  if (erp.state === 'unknown') return none('different', 'not-readable');
  const one = { difference: 'exchange-only', fields: [] } as const;
  if (link === null) return { ...one, suggestion: { action: 'exchange-to-erp', reason: 'never-synchronised' } };
  return { ...one, suggestion: suggestForDeletedInErp(exchange.entry, link, rule, context.timeZone) };
};

const itemsOf = ({ erp, exchange }: Pair): readonly AnyItem[] => [
  ...(erp.state === 'there' ? [erp.entry.record] : []),
  ...(exchange.state === 'there' ? [exchange.entry.item] : []),
];

/** An emptied calendar must never empty the other side: suggestions to delete most of a mailbox are withdrawn. */
const withoutManyDeletions = (entries: readonly CheckEntry[], linked: number): readonly CheckEntry[] => {
  const isDeletion = ({ suggestion }: CheckEntry): boolean => suggestion.action === 'delete-erp' || suggestion.action === 'delete-exchange';
  const deletions = entries.filter(isDeletion).length;
  if (deletions <= manyDeletions || deletions * 2 <= linked) return entries;
  return entries.map((entry) => (isDeletion(entry) ? { ...entry, suggestion: { action: 'none', reason: 'many-deletions' } } : entry));
};

const entriesOf = (
  pairs: readonly Pair[],
  employee: Employee,
  kind: Kind,
  options: CheckOptions,
  context: MappingContext,
): readonly CheckEntry[] => {
  const entries = pairs.flatMap((pair): readonly CheckEntry[] => {
    const judgement = judge(pair, context, options.mapping, options.rule ?? 'manual');
    if (judgement === null) return [];
    const erp = pair.erp.state === 'there' ? pair.erp.entry : null;
    const exchange = pair.exchange.state === 'there' ? pair.exchange.entry : null;
    return [
      {
        employee: { id: employee.id, name: employee.name },
        kind,
        ...judgement,
        erpId: erp?.id ?? pair.link?.erpId ?? null,
        exchangeId: exchange?.id ?? pair.link?.exchangeId ?? null,
        label: labelOf(erp, exchange),
      },
    ];
  });
  return withoutManyDeletions(entries, pairs.filter(({ link }) => link !== null).length);
};

/**
 * Compares both sides of all employees that the connection serves and that have an e-mail address. A mailbox that cannot be read becomes
 * a failure of the report. Rejects only when the ERP cannot be read at all.
 */
export const runCheck = async (options: CheckOptions): Promise<CheckReport> => {
  const { tenant, exchange, from, to, now } = options;
  const { database } = tenant;
  const kinds = options.kinds.filter((kind) => database.kinds.includes(kind));
  const { store, records } = database;
  const context: MappingContext = {
    timeZone: store.timeZone,
    activityTypes: await records.activityTypes(),
    asStored: (record) => records.asStored(record),
  };
  const all = await records.employees();
  const employees = all.filter(
    (employee) =>
      employee.active &&
      (employee.email ?? '') !== '' &&
      exchange.serves(employee) &&
      (options.employees === undefined || options.employees.includes(employee.id)),
  );
  const entries: CheckEntry[] = [];
  const failures: CheckFailure[] = [];
  let compared = 0;
  for (const employee of employees) {
    for (const kind of kinds) {
      const mailbox = employee.email ?? '';
      const question = { ...options, context, employeeId: employee.id, mailbox, kind };
      try {
        // Not while a writer is between creating an item and storing its link.
        const pairs = await exchange.locks.hold(mailbox, () => readPairs(question));
        compared += pairs.length;
        const mapping = await options.mapping.prepared(pairs.flatMap(itemsOf), context);
        entries.push(...entriesOf(pairs, employee, kind, { ...options, mapping }, context));
      } catch (thrown) {
        const error = toSyncError(thrown);
        failures.push({ employee: { id: employee.id, name: employee.name }, kind, code: error.code, text: error.message });
      }
    }
  }
  return {
    tenant: tenant.name,
    connection: exchange.name,
    from,
    to,
    startedAt: now,
    kinds,
    employees: employees.length,
    compared,
    entries,
    failures,
  };
};
