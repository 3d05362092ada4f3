/** Carries the values of one item over to the other side, row by row. */
import type { ActivityType } from '../model/activity-type';
import { SyncError } from '../model/error';
import type { AnyItem } from '../model/item';
import type { Direction } from '../model/kind';
import { converted } from './conversion';
import type { Outcomes } from './expressions';
import { expected, type FieldType, fitted, isBlank } from './fields';
import { flows, placeOf, type Row, sourceOf, targetOf, typesOf, wayOf } from './field-rules';

/** An item on its way. */
export interface Passage<T extends AnyItem> {
  readonly direction: Direction;
  readonly source: AnyItem;
  /** What the built-in conversions made of it. */
  readonly target: T;
  /** The target is made by this item, so that defaults apply. */
  readonly isNew: boolean;
  readonly activityTypes: readonly ActivityType[];
  readonly outcomes: Outcomes;
}

/** An item in the target's shape. */
export interface Image<T extends AnyItem> {
  readonly item: T;
  /** Fields of the target that flow for this item. */
  readonly fields: ReadonlySet<string>;
}

const valueOf = (item: AnyItem, field: string): unknown => new Map<string, unknown>(Object.entries(item)).get(field);

/** A rule that failed on an item, which fails alone. The texts name the rule, never the item's content. */
const ruleFailed = (row: Row, direction: Direction, detail: string): SyncError => {
  const field = targetOf(row, direction);
  return new SyncError(
    'mapping-rule-failed',
    'item',
    `Rule ${row.name} of item-map gives no value for ${field} (${detail}). Try it in the preview of item-map, correct it, and reopen the row.`,
    { rule: row.name, field, detail, ...placeOf(row) },
  );
};

const resultOf = (row: Row, { direction, source, outcomes }: Passage<AnyItem>, expression: string): unknown => {
  const outcome = outcomes(expression, source);
  if (outcome.ok) return outcome.value;
  throw ruleFailed(row, direction, outcome.detail);
};

/** JSONata's own idea of true: an empty text, an empty list, 0 and nothing are false. */
const holds = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((entry) => holds(entry)) : typeof value === 'object' && value !== null ? true : Boolean(value);

const isKnown = (value: unknown, type: FieldType, activityTypes: readonly ActivityType[]): boolean =>
  type.type !== 'activityType' || value === null || activityTypes.length === 0 || activityTypes.some(({ id }) => id === value);

/** A value that a row made, as the field holds it. */
const inField = (row: Row, passage: Passage<AnyItem>, value: unknown): unknown => {
  const { to } = typesOf(row, passage.direction);
  const fitting = fitted(to, value);
  if (fitting !== undefined && isKnown(fitting, to, passage.activityTypes)) return fitting;
  throw ruleFailed(row, passage.direction, `expected ${expected(to)}`);
};

/** The value that a row gives its field. */
const carriedBy = (row: Row, passage: Passage<AnyItem>): unknown => {
  const { direction, source, target, isNew } = passage;
  const { conversion, whenNew } = wayOf(row, direction);
  const raw = valueOf(source, sourceOf(row, direction));
  const plain = row.standard ? valueOf(target, targetOf(row, direction)) : fitted(typesOf(row, direction).to, raw);
  const value =
    row.standard && conversion === undefined
      ? plain
      : inField(
          row,
          passage,
          converted(conversion, { raw, plain }, (expression) => resultOf(row, passage, expression)),
        );
  return isNew && whenNew !== undefined && isBlank(value) ? inField(row, passage, whenNew) : value;
};

/** The item that the rows make. Throws `mapping-rule-failed` (scope `item`), which names the rule. */
export const applyRows = <T extends AnyItem>(rows: readonly Row[], passage: Passage<T>): Image<T> => {
  const { direction, source, target } = passage;
  const lowest = new Map<string, Row>();
  for (const row of rows) {
    if (row.kind !== source.kind || !flows(row, direction)) continue;
    const { condition } = wayOf(row, direction);
    if (condition === undefined || holds(resultOf(row, passage, condition))) lowest.set(targetOf(row, direction), row);
  }
  const values = [...lowest].map(([field, row]) => [field, carriedBy(row, passage)] as const);
  return { item: { ...target, ...Object.fromEntries(values) }, fields: new Set(lowest.keys()) };
};
