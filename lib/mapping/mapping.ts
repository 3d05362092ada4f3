/** The mapping of `item-map`: Exchange item <-> ERP record by rules. Pure: the same item and context give the same result. */
import type { ActivityType } from '../model/activity-type';
import { SyncError } from '../model/error';
import type { MailboxCategory } from '../model/category-colour';
import type { AnyItem, ErpRecord, ExchangeItem } from '../model/item';
import type { Direction } from '../model/kind';
import { applyRows, type Image } from './apply-rows';
import { type BodyBlock, requireBodyBlock, withBlock, withoutBlock } from './body-block';
import { categoriesToErp, categoriesToExchange, requireCategoryPattern } from './categories';
import { colouredCategories } from './category-colours';
import { differingFields } from './compare';
import { causeOf, type CompileExpression, type Evaluate, evaluateAll, noOutcomes, type Outcomes } from './expressions';
import { completeRules, expressionsOf, type FieldRule, flows, placeOf, type Row, targetOf, wayOf } from './field-rules';
import { instantFromLocal, localFromInstant, requireZone } from './local-time';
import { exceptionsToErp, exceptionsToExchange } from './exceptions';
import { neutralErp, neutralExchange } from './neutral';
import { defaultPriorities, importanceOf, requirePriorities, type PriorityTable } from './priority';
import { timesToErp, timesToExchange, zoneInErp } from './times';

/** Settings of a mapping; what is left out keeps its default. */
export interface MappingOptions {
  /** Rows that differ from `defaultRules`, and rows beside them. */
  readonly rules?: readonly FieldRule[];
  /** Category of an activity type, with `{no}` and `{description}`; default `ES_{no}_{description}`. */
  readonly categoryPattern?: string;
  readonly priorities?: PriorityTable;
  /** What is shown as text at the end of Exchange's body. */
  readonly bodyBlock?: BodyBlock;
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
  /** The mapped item makes a new one on the other side, so that defaults apply. */
  readonly isNew?: boolean;
}

/**
 * Turns items of one side into the other's shape. All methods fail with a SyncError: `recurrence-not-expressible`,
 * `time-unreadable` or `mapping-rule-failed` (scope `item`), `time-zone-unknown`.
 */
export interface Mapping {
  readonly rules: readonly FieldRule[];
  /**
   * This mapping with the expressions of its rules evaluated for these items: only they can be mapped by it then, and their occurrences. The
   * same mapping where no rule has an expression.
   */
  readonly prepared: (items: readonly AnyItem[], context: Pick<MappingContext, 'timeZone'>) => Promise<Mapping>;
  readonly toErp: (item: ExchangeItem, context: MappingContext) => ErpRecord;
  readonly toExchange: (record: ErpRecord, context: MappingContext) => ExchangeItem;
  /** Categories of a mapped item that the mailbox shall list with the colours of their activity types. */
  readonly colours: (item: ExchangeItem, context: Pick<MappingContext, 'activityTypes'>) => readonly MailboxCategory[];
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
const withoutStopped = <T extends AnyItem>(mapped: T, neutral: T, fields: ReadonlySet<string>): T => {
  const stopped = new Map(Object.entries(neutral).filter(([field]) => !fields.has(field) && field !== 'kind'));
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

interface Parts {
  readonly rules: readonly Row[];
  readonly categoryPattern: string;
  readonly priorities: PriorityTable;
  readonly bodyBlock: BodyBlock;
  readonly compiled: ReadonlyMap<string, Evaluate>;
}

const build = (parts: Parts, outcomes: Outcomes): Mapping => {
  const { rules, categoryPattern, priorities, bodyBlock, compiled } = parts;

  const patternFor = (kind: AnyItem['kind']): string | null =>
    rules.some((rule) => rule.kind === kind && rule.erp === 'activityTypeId' && rule.direction !== 'off') ? categoryPattern : null;
  const hasDefaults = rules.some((row) => row.toErp?.whenNew !== undefined || row.toExchange?.whenNew !== undefined);

  const standardToErp = (item: ExchangeItem, { timeZone, activityTypes }: MappingContext): ErpRecord => {
    const shared = {
      subject: item.subject,
      body: item.body,
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

  const standardToExchange = (record: ErpRecord, { timeZone, activityTypes }: MappingContext): ExchangeItem => {
    const shared = {
      subject: record.subject,
      body: record.body,
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

  const toErpImage = (item: ExchangeItem, context: MappingContext): Image<ErpRecord> => {
    const source = asSource(item, bodyBlock);
    const target = standardToErp(source, context);
    return applyRows(rules, { ...context, outcomes, isNew: context.isNew === true, direction: 'inbound', source, target });
  };

  const toExchangeImage = (record: ErpRecord, context: MappingContext): Image<ExchangeItem> => {
    const source = asSource(record, bodyBlock);
    const target = standardToExchange(source, context);
    const image = applyRows(rules, { ...context, outcomes, isNew: context.isNew === true, direction: 'outbound', source, target });
    return { ...image, item: { ...image.item, body: withBlock(image.item.body, bodyBlock, record) } };
  };

  /** The item with its exceptions. `shown`: fields that are kept although they do not flow; the others are neutral. */
  const wholeToErp = (item: ExchangeItem, context: MappingContext, shown: readonly string[]): Image<ErpRecord> => {
    const { item: image, fields } = toErpImage(item, context);
    const kept = new Set([...fields, ...shown]);
    const mapped = withoutStopped(image, neutralErp(image), kept);
    if (item.kind === 'task' || mapped.kind === 'task' || !kept.has('exceptions')) return { item: mapped, fields };
    const timeZone = zoneInErp(item, context.timeZone);
    // A field that does not flow for one occurrence is no difference of that occurrence.
    const mapSingle = (occurrence: ExchangeItem): ErpRecord => {
      const single = toErpImage(occurrence, { ...context, timeZone });
      return withoutStopped<ErpRecord>(single.item, mapped, new Set([...single.fields, ...shown]));
    };
    return { item: { ...mapped, exceptions: exceptionsToErp({ item, timeZone, mapSingle }) }, fields };
  };

  const wholeToExchange = (record: ErpRecord, context: MappingContext, shown: readonly string[]): Image<ExchangeItem> => {
    const { item: image, fields } = toExchangeImage(record, context);
    const kept = new Set([...fields, ...shown]);
    const mapped = withoutStopped(image, neutralExchange(image), kept);
    if (record.kind === 'task' || mapped.kind === 'task' || !kept.has('exceptions')) return { item: mapped, fields };
    const { recurrence, timeZone } = mapped;
    const mapSingle = (occurrence: ErpRecord): ExchangeItem => {
      const single = toExchangeImage(occurrence, { ...context, timeZone });
      return withoutStopped<ExchangeItem>(single.item, mapped, new Set([...single.fields, ...shown]));
    };
    return { item: { ...mapped, exceptions: exceptionsToExchange({ record, recurrence, timeZone, mapSingle }) }, fields };
  };

  const toErp: Mapping['toErp'] = (item, context) => wholeToErp(item, context, []).item;

  const toExchange: Mapping['toExchange'] = (record, context) => wholeToExchange(record, context, []).item;

  const toTarget = (item: AnyItem, context: MappingContext, shown: readonly string[] = []): Image<AnyItem> => {
    if (!isExchangeItem(item)) return wholeToExchange(item, context, shown);
    const image = wholeToErp(item, context, shown);
    return { ...image, item: storedIn(context, image.item) };
  };

  /** Fields in which the image of an item is not the other side's. A default fills new items only, so both images are right. */
  const judge = (direction: Direction, source: AnyItem, target: AnyItem, context: MappingContext) => {
    const shown = stillFields(rules, source.kind, direction);
    const { item, fields } = toTarget(source, context, shown);
    const differing = differingFields(target, item, context.timeZone);
    const flowing = new Set([...fields, ...shown]);
    if (!hasDefaults) return { flowing, differing };
    const ofNew = differingFields(target, toTarget(source, { ...context, isNew: true }, shown).item, context.timeZone);
    return { flowing, differing: differing.filter((field) => ofNew.includes(field)) };
  };

  return {
    rules,
    prepared: async (items, context) => {
      if (compiled.size === 0) return build(parts, outcomes);
      const questions = items
        .flatMap((item) => [item, ...occurrencesOf(item, context.timeZone)])
        .map((given) => {
          const item = asSource(given, bodyBlock);
          return { item, expressions: expressionsOf(rules, item.kind, isExchangeItem(item) ? 'inbound' : 'outbound') };
        });
      return build(parts, await evaluateAll(questions, compiled));
    },
    toErp,
    toExchange,
    colours: (item, { activityTypes }) => colouredCategories(item, patternFor(item.kind), activityTypes),
    affectedFields: (direction, before, now, context) => {
      const [was, is] = [toTarget(before, context), toTarget(now, context)];
      const differing = differingFields(was.item, is.item, context.timeZone);
      // A field that did not flow before was never synchronised: whatever it holds now is news.
      return targetFields(rules, now.kind, direction).filter(
        (field) => is.fields.has(field) && (differing.includes(field) || !was.fields.has(field)),
      );
    },
    differences: (record, item, context) => {
      const [erp, exchange] = [judge('inbound', item, record, context), judge('outbound', record, item, context)];
      const differs = (row: Row, direction: Direction): boolean | null => {
        const { flowing, differing } = direction === 'inbound' ? erp : exchange;
        const field = targetOf(row, direction);
        return flowing.has(field) ? differing.includes(field) : null;
      };
      const found = rules
        .filter((row) => row.kind === record.kind && row.direction !== 'off')
        .filter((row) => {
          const images = [differs(row, 'inbound'), differs(row, 'outbound')].filter((image) => image !== null);
          return images.length > 0 && images.every((image) => image);
        });
      return [...new Set(found.map(({ erp: field }) => field))];
    },
  };
};

/** The single appointments that mapping the exceptions of a series looks at. */
const occurrencesOf = (item: AnyItem, tenantZone: string): readonly AnyItem[] => {
  const occurrences: AnyItem[] = [];
  const mapSingle = (occurrence: AnyItem): AnyItem => {
    occurrences.push(occurrence);
    return occurrence;
  };
  if (item.kind === 'task' || item.exceptions.length === 0) return [];
  try {
    if (isExchangeItem(item)) exceptionsToErp({ item, timeZone: zoneInErp(item, tenantZone), mapSingle });
    else exceptionsToExchange({ ...timesToExchange(item, tenantZone), record: item, mapSingle });
  } catch (error) {
    // What cannot be expressed fails when it is mapped.
    if (!(error instanceof SyncError)) throw error;
  }
  return occurrences;
};

/** Fields of standard rows that flow in the other direction only: their image still tells a loss of the mapping from a difference. */
const stillFields = (rules: readonly Row[], kind: AnyItem['kind'], direction: Direction): readonly string[] =>
  rules
    .filter((row) => row.kind === kind && row.standard && row.direction !== 'off' && !flows(row, direction))
    .filter((row) => wayOf(row, direction).conversion === undefined)
    .map((row) => targetOf(row, direction));

/** The item as the rules read it: one kind of line ends, and only what a person wrote in the body. */
const asSource = <T extends AnyItem>(item: T, bodyBlock: BodyBlock): T => {
  const body = item.body.replaceAll(/\r\n?/g, '\n');
  return { ...item, body: isExchangeItem(item) ? withoutBlock(body, bodyBlock) : body };
};

/** Fields of the target in the order of the rules. */
const targetFields = (rules: readonly Row[], kind: AnyItem['kind'], direction: Direction): readonly string[] => [
  ...new Set(rules.filter((row) => row.kind === kind).map((row) => targetOf(row, direction))),
];

const compileAll = (rules: readonly Row[], compile: CompileExpression | null): ReadonlyMap<string, Evaluate> => {
  const compiled = new Map<string, Evaluate>();
  for (const row of rules) {
    for (const direction of ['inbound', 'outbound'] as const) {
      for (const expression of expressionsOf([row], row.kind, direction)) {
        try {
          if (compile === null) throw new Error('no JSONata here');
          if (!compiled.has(expression)) compiled.set(expression, compile(expression));
        } catch (thrown) {
          const cause = causeOf(thrown);
          throw new SyncError(
            'mapping-invalid',
            'configuration',
            `Mapping, rule ${row.name}: the expression cannot be read (${cause}). Correct it in the dialog of item-map.`,
            { place: `rule ${row.name}: ${cause}`, ...placeOf(row) },
          );
        }
      }
    }
  }
  return compiled;
};

/**
 * Creates a mapping. Fails with `mapping-invalid` (scope `configuration`), which names the place and the remedy. `compile`: for the
 * expressions of rules; a mapping that has them must be `prepared` for an item before it maps it.
 */
export const createMapping = (options: MappingOptions = {}, compile: CompileExpression | null = null): Mapping => {
  const rules = completeRules(options.rules ?? []);
  const bodyBlock = requireBodyBlock(
    options.bodyBlock ?? {},
    rules.some((row) => row.exchange === 'bodyHtml' && row.direction !== 'off'),
  );
  return build(
    {
      rules,
      categoryPattern: requireCategoryPattern(options.categoryPattern ?? 'ES_{no}_{description}'),
      priorities: requirePriorities(options.priorities ?? defaultPriorities),
      bodyBlock,
      compiled: compileAll(rules, compile),
    },
    noOutcomes,
  );
};
