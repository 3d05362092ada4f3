/** Tries rules on an item, there and back, and tells which rules fail: the others still show what they make. */
import { SyncError } from '../model/error';
import type { AnyItem, ErpRecord, ExchangeItem } from '../model/item';
import type { CompileExpression } from './expressions';
import type { FieldRule } from './field-rules';
import { createMapping, type Mapping, type MappingContext, type MappingOptions } from './mapping';

/** A rule that cannot work, or fails on the item; `row`: its place among the rules, null when it is none of them. */
export interface PreviewFault {
  readonly row: number | null;
  readonly error: SyncError;
}

/** What the rules make of an item. */
export interface Preview {
  /** The item in the other side's shape and what comes back of it; null when the rules as a whole cannot be used. */
  readonly shown: {
    readonly target: AnyItem;
    readonly back: AnyItem;
    /** Fields that would be written when `before` became the item. */
    readonly changed: readonly string[];
  } | null;
  readonly faults: readonly PreviewFault[];
}

/** What to try. */
export interface Trial {
  readonly options: MappingOptions;
  readonly compile: CompileExpression;
  readonly context: MappingContext;
  readonly item: AnyItem;
  /** The item before a change, of the same side and kind. */
  readonly before: AnyItem;
}

const isExchange = (item: AnyItem): item is ExchangeItem => 'importance' in item;

const mapped = (mapping: Mapping, item: ExchangeItem | ErpRecord, context: MappingContext): AnyItem =>
  isExchange(item) ? mapping.toErp(item, context) : mapping.toExchange(item, context);

const tried = async ({ options, compile, context, item, before }: Trial): Promise<NonNullable<Preview['shown']>> => {
  const whole = createMapping(options, compile);
  const there = await whole.prepared([item, before], context);
  const target = mapped(there, item, { ...context, isNew: true });
  const back = mapped(await whole.prepared([target], context), target, context);
  // Equipment is only read: it never comes back.
  const equipment = 'equipment' in item ? { equipment: item.equipment } : {};
  return {
    target,
    back: { ...back, ...equipment },
    changed: there.affectedFields(isExchange(item) ? 'inbound' : 'outbound', before, item, context),
  };
};

/** Tries the rules; one that fails is told and left out. Rejects only with what is no fault of a mapping. */
export const preview = async (trial: Trial): Promise<Preview> => {
  const faults: PreviewFault[] = [];
  let left: readonly (readonly [row: number, rule: FieldRule])[] = [...(trial.options.rules ?? []).entries()];
  for (;;) {
    try {
      const rules = left.map(([, rule]) => rule);
      return { shown: await tried({ ...trial, options: { ...trial.options, rules } }), faults };
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      const at = error.params['row'];
      const failed = typeof at === 'number' ? left[at] : undefined;
      faults.push({ row: failed?.[0] ?? null, error });
      if (failed === undefined) return { shown: null, faults };
      left = left.filter((entry) => entry !== failed);
    }
  }
};
