/** The rules of `item-map` as data: which field of one side belongs to which of the other, and in which directions it flows. */
import type { ErpAppointment, ErpTask, ExchangeAppointment, ExchangeTask } from '../model/item';
import { SyncError } from '../model/error';
import type { Direction, Kind } from '../model/kind';

/** Directions in which a field flows. */
export const ruleDirections = ['both', 'inbound', 'outbound', 'off'] as const;
/** See `ruleDirections`. */
export type RuleDirection = (typeof ruleDirections)[number];

/** One row of the rule table. A field that does not flow in a direction keeps the target's value; in a new item it is neutral. */
export interface FieldRule {
  readonly kind: Kind;
  /** Field name in Exchange's shape. */
  readonly exchange: string;
  /** Field name in the ERP's shape. */
  readonly erp: string;
  readonly direction: RuleDirection;
}

type Pair<Exchange, Erp> = readonly [keyof Exchange & string, keyof Erp & string];

const appointmentPairs: readonly Pair<ExchangeAppointment, ErpAppointment>[] = [
  ['subject', 'subject'],
  ['body', 'body'],
  ['location', 'location'],
  ['allDay', 'allDay'],
  ['start', 'start'],
  ['end', 'end'],
  ['timeZone', 'timeZone'],
  ['recurrence', 'recurrenceRule'],
  ['exceptions', 'exceptions'],
  ['reminderMinutes', 'reminderMinutes'],
  ['freeBusy', 'freeBusy'],
  ['sensitivity', 'sensitivity'],
  ['importance', 'priority'],
  ['categories', 'activityTypeId'],
  ['categories', 'categories'],
];

const taskPairs: readonly Pair<ExchangeTask, ErpTask>[] = [
  ['subject', 'subject'],
  ['body', 'body'],
  ['startDate', 'startDate'],
  ['dueDate', 'dueDate'],
  ['status', 'status'],
  ['percentComplete', 'percentComplete'],
  ['reminderAt', 'reminderAt'],
  ['sensitivity', 'sensitivity'],
  ['importance', 'priority'],
  ['categories', 'activityTypeId'],
  ['categories', 'categories'],
];

const preset = (kind: Kind, pairs: readonly (readonly [string, string])[]): readonly FieldRule[] =>
  pairs.map(([exchange, erp]) => ({ kind, exchange, erp, direction: 'both' }));

/** Every field of both kinds, both ways. */
export const defaultRules: readonly FieldRule[] = [...preset('appointment', appointmentPairs), ...preset('task', taskPairs)];

/** Fields that only make sense together: they flow in the same directions. */
const groups: readonly { readonly kind: Kind; readonly erp: readonly string[] }[] = [
  { kind: 'appointment', erp: ['allDay', 'start', 'end', 'timeZone', 'recurrenceRule', 'exceptions'] },
  { kind: 'task', erp: ['status', 'percentComplete'] },
];

const invalid = (place: string, remedy: string): SyncError =>
  new SyncError('mapping-invalid', 'configuration', `Mapping, ${place}: ${remedy}.`, { place });

const samePair = (a: FieldRule, b: FieldRule): boolean => a.kind === b.kind && a.exchange === b.exchange && a.erp === b.erp;

const nameOf = ({ kind, exchange, erp }: FieldRule): string => `rule ${kind} ${exchange} – ${erp}`;

const directionOf = (rules: readonly FieldRule[], kind: Kind, erp: string): RuleDirection =>
  rules.find((rule) => rule.kind === kind && rule.erp === erp)?.direction ?? 'off';

const requireKnown = (rule: FieldRule): void => {
  if (!defaultRules.some((known) => samePair(known, rule)))
    throw invalid(nameOf(rule), 'these two fields do not belong together; see the default rules');
  if (!ruleDirections.some((direction) => direction === rule.direction))
    throw invalid(nameOf(rule), `the direction is one of ${ruleDirections.join(', ')}`);
};

/**
 * The whole table: rules that are not given keep their default. Fails with `mapping-invalid` (scope `configuration`),
 * which names the row and what to do.
 */
export const completeRules = (given: readonly FieldRule[]): readonly FieldRule[] => {
  given.forEach(requireKnown);
  const rules = defaultRules.map((rule) => given.findLast((other) => samePair(rule, other)) ?? rule);
  for (const { kind, erp } of groups) {
    if (new Set(erp.map((field) => directionOf(rules, kind, field))).size > 1)
      throw invalid(`rules ${kind} ${erp.join(', ')}`, 'these fields belong together: give them the same direction');
  }
  for (const kind of ['appointment', 'task'] as const) {
    const activityType = directionOf(rules, kind, 'activityTypeId');
    if (activityType !== 'off' && activityType !== directionOf(rules, kind, 'categories'))
      throw invalid(`rules ${kind} activityTypeId`, 'both share the categories of Exchange: give it the direction of categories, or off');
  }
  return rules;
};

/** Whether a rule lets its field flow in a direction. */
export const flows = (rule: FieldRule, direction: Direction): boolean => rule.direction === 'both' || rule.direction === direction;
