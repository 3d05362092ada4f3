/** The mapping of `item-map`: Exchange item <-> ERP record by rules. Pure: the same item and context give the same result. */
import type { ActivityType } from '../model/activity-type';
import { SyncError } from '../model/error';
import type { AnyItem, ErpRecord, ExchangeItem } from '../model/item';
import type { Direction } from '../model/kind';
import { categoriesToErp, categoriesToExchange, requireCategoryPattern } from './categories';
import { differingFields } from './compare';
import { exceptionsToErp, exceptionsToExchange } from './exceptions';
import { completeRules, flows, type FieldRule } from './field-rules';
import { instantFromLocal, localFromInstant, requireZone } from './local-time';
import { neutralErp, neutralExchange } from './neutral';
import { defaultPriorities, importanceOf, requirePriorities, type PriorityTable } from './priority';
import { timesToErp, timesToExchange, zoneInErp } from './times';

/** Settings of a mapping; what is left out keeps its default. */
export interface MappingOptions {
  /** Rows that differ from `defaultRules`. */
  readonly rules?: readonly FieldRule[];
  /** Category of an activity type, with `{no}` and `{description}`; default `ES_{no}_{description}`. */
  readonly categoryPattern?: string;
  readonly priorities?: PriorityTable;
}

/** What a mapping has to know of the tenant. */
export interface MappingContext {
  /** The tenant's IANA zone. */
  readonly timeZone: string;
  readonly activityTypes: readonly ActivityType[];
  /**
   * A record as the ERP's columns can hold it, see `ErpRecords.asStored`; without it every field is held. What a column loses is no
   * difference. What the ERP cannot hold at all (it throws) is compared as it is, and refused when it is written.
   */
  readonly asStored?: (record: ErpRecord) => ErpRecord;
}

/**
 * Turns items of one side into the other's shape. All methods fail with a SyncError: `recurrence-not-expressible` or
 * `time-unreadable` (scope `item`), `time-zone-unknown`.
 */
export interface Mapping {
  readonly rules: readonly FieldRule[];
  readonly toErp: (item: ExchangeItem, context: MappingContext) => ErpRecord;
  readonly toExchange: (record: ErpRecord, context: MappingContext) => ExchangeItem;
  /**
   * Names of the target's fields whose mapped value differs between two states of the source: what a change has to
   * write. A lossy conversion whose result stays the same writes nothing.
   */
  readonly affectedFields: (direction: Direction, before: AnyItem, now: AnyItem, context: MappingContext) => readonly string[];
  /**
   * Names of the ERP fields in which a record and an Exchange item are not each other's image. A field that differs in
   * one shape only is a loss of the mapping (priority, zone of a single appointment) and no difference.
   */
  readonly differences: (record: ErpRecord, item: ExchangeItem, context: MappingContext) => readonly string[];
}

/** An item that comes from a wire may have lost its type: `importance` exists in Exchange's shape only. */
const isExchangeItem = (item: AnyItem): item is ExchangeItem => 'importance' in item;

/** The mapped item with the fields that do not flow in this direction put back to neutral. */
const withoutStopped = <T extends AnyItem>(mapped: T, neutral: T, fields: readonly string[]): T => {
  const stopped = new Map(Object.entries(neutral).filter(([field]) => !fields.includes(field) && field !== 'kind'));
  return stopped.size === 0 ? mapped : { ...mapped, ...Object.fromEntries(stopped) };
};

/** See `MappingContext.asStored`. */
export const storedIn = ({ asStored }: Pick<MappingContext, 'asStored'>, record: ErpRecord): ErpRecord => {
  if (asStored === undefined) return record;
  try {
    return asStored(record);
  } catch (error) {
    if (error instanceof SyncError) return record;
    throw error;
  }
};

/** Creates a mapping. Fails with `mapping-invalid` (scope `configuration`), which names the place and the remedy. */
export const createMapping = (options: MappingOptions = {}): Mapping => {
  const rules = completeRules(options.rules ?? []);
  const categoryPattern = requireCategoryPattern(options.categoryPattern ?? 'ES_{no}_{description}');
  const priorities = requirePriorities(options.priorities ?? defaultPriorities);

  const patternFor = (kind: AnyItem['kind']): string | null =>
    rules.some((rule) => rule.kind === kind && rule.erp === 'activityTypeId' && rule.direction !== 'off') ? categoryPattern : null;
  const rulesOf = (direction: Direction, kind: AnyItem['kind']) => rules.filter((rule) => rule.kind === kind && flows(rule, direction));

  const plainToErp = (item: ExchangeItem, { timeZone, activityTypes }: MappingContext): ErpRecord => {
    const shared = {
      subject: item.subject,
      body: item.body.replaceAll(/\r\n?/g, '\n'),
      bodyHtml: item.bodyHtml,
      sensitivity: item.sensitivity,
      priority: priorities.priorities[item.importance],
      ...categoriesToErp(item.categories, patternFor(item.kind), activityTypes),
    };
    if (item.kind === 'appointment')
      return {
        kind: item.kind,
        ...shared,
        location: item.location,
        ...timesToErp(item, requireZone(timeZone)),
        reminderMinutes: item.reminderMinutes,
        freeBusy: item.freeBusy,
        exceptions: [],
        equipment: [],
      };
    const { kind, startDate, dueDate, status, percentComplete, reminderAt } = item;
    return {
      kind,
      ...shared,
      startDate,
      dueDate,
      status,
      percentComplete,
      reminderAt: reminderAt === null ? null : localFromInstant(reminderAt, timeZone),
    };
  };

  const plainToExchange = (record: ErpRecord, { timeZone, activityTypes }: MappingContext): ExchangeItem => {
    const shared = {
      subject: record.subject,
      body: record.body.replaceAll(/\r\n?/g, '\n'),
      bodyHtml: record.bodyHtml,
      sensitivity: record.sensitivity,
      importance: importanceOf(priorities, record.priority),
      categories: categoriesToExchange(record, patternFor(record.kind), activityTypes),
    };
    if (record.kind === 'appointment')
      return {
        kind: record.kind,
        ...shared,
        location: record.location,
        ...timesToExchange(record, requireZone(timeZone)),
        reminderMinutes: record.reminderMinutes,
        freeBusy: record.freeBusy,
        exceptions: [],
      };
    const { kind, startDate, dueDate, status, percentComplete, reminderAt } = record;
    return {
      kind,
      ...shared,
      startDate,
      dueDate,
      status,
      percentComplete,
      reminderAt: reminderAt === null ? null : instantFromLocal(reminderAt, timeZone),
    };
  };

  /** The item with its exceptions; `fields`: those of the result that flow, the others are neutral. */
  const wholeToErp = (item: ExchangeItem, context: MappingContext, fields: readonly string[]): ErpRecord => {
    const own = (single: ExchangeItem, inZone: MappingContext): ErpRecord => {
      const mapped = plainToErp(single, inZone);
      return withoutStopped(mapped, neutralErp(mapped), fields);
    };
    const mapped = own(item, context);
    if (item.kind === 'task' || mapped.kind === 'task' || !fields.includes('exceptions')) return mapped;
    const timeZone = zoneInErp(item, context.timeZone);
    return { ...mapped, exceptions: exceptionsToErp({ item, timeZone, mapSingle: (single) => own(single, { ...context, timeZone }) }) };
  };

  const wholeToExchange = (record: ErpRecord, context: MappingContext, fields: readonly string[]): ExchangeItem => {
    const own = (single: ErpRecord, inZone: MappingContext): ExchangeItem => {
      const mapped = plainToExchange(single, inZone);
      return withoutStopped(mapped, neutralExchange(mapped), fields);
    };
    const mapped = own(record, context);
    if (record.kind === 'task' || mapped.kind === 'task' || !fields.includes('exceptions')) return mapped;
    const { recurrence, timeZone } = mapped;
    const mapSingle = (single: ErpRecord) => own(single, { ...context, timeZone });
    return { ...mapped, exceptions: exceptionsToExchange({ record, recurrence, timeZone, mapSingle }) };
  };

  const erpFields = (fieldRules: readonly FieldRule[]) => fieldRules.map(({ erp }) => erp);
  const exchangeFields = (fieldRules: readonly FieldRule[]) => fieldRules.map(({ exchange }) => exchange);
  const usedRules = (kind: AnyItem['kind']) => rules.filter((rule) => rule.kind === kind && rule.direction !== 'off');

  const toErp: Mapping['toErp'] = (item, context) => wholeToErp(item, context, erpFields(rulesOf('inbound', item.kind)));

  const toExchange: Mapping['toExchange'] = (record, context) =>
    wholeToExchange(record, context, exchangeFields(rulesOf('outbound', record.kind)));

  const toTarget = (item: AnyItem, context: MappingContext): AnyItem =>
    isExchangeItem(item) ? storedIn(context, toErp(item, context)) : toExchange(item, context);

  return {
    rules,
    toErp,
    toExchange,
    affectedFields: (direction, before, now, context) => {
      const fields = rulesOf(direction, now.kind).map((rule) => (direction === 'inbound' ? rule.erp : rule.exchange));
      const differing = differingFields(toTarget(before, context), toTarget(now, context), context.timeZone);
      return differing.filter((field) => fields.includes(field));
    },
    differences: (record, item, context) => {
      const used = usedRules(record.kind);
      const inErp = differingFields(record, storedIn(context, wholeToErp(item, context, erpFields(used))), context.timeZone);
      const inExchange = differingFields(wholeToExchange(record, context, exchangeFields(used)), item, context.timeZone);
      return used.filter(({ erp, exchange }) => inErp.includes(erp) && inExchange.includes(exchange)).map(({ erp }) => erp);
    },
  };
};
