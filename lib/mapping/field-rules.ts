/** The rules of `item-map` as data: which field of one side belongs to which of the other, in which directions it flows, and how. */
import type { ErpAppointment, ErpTask, ExchangeAppointment, ExchangeTask } from '../model/item';
import { type ErrorParams, SyncError } from '../model/error';
import type { Direction, Kind } from '../model/kind';
import { type Conversion, faultOf } from './conversion';
import { compatible, expected, type FieldType, fieldTypes, fitted, isBlank } from './fields';

/** Directions in which a field flows. */
export const ruleDirections = ['both', 'inbound', 'outbound', 'off'] as const;
/** See `ruleDirections`. */
export type RuleDirection = (typeof ruleDirections)[number];

/** What a row does on its way to one side. */
export interface RuleWay {
  readonly conversion?: Conversion;
  /** Value for a field that would be empty in a new item; a change may empty it. */
  readonly whenNew?: string;
  /** JSONata on the item of the source: the row flows only where it holds. */
  readonly condition?: string;
}

/**
 * One row of the rule table. A field that does not flow in a direction keeps the target's value; in a new item it is neutral. Where several
 * rows fill the same field, the lowest that flows decides.
 */
export interface FieldRule {
  readonly kind: Kind;
  /** Field name in Exchange's shape. */
  readonly exchange: string;
  /** Field name in the ERP's shape. */
  readonly erp: string;
  readonly direction: RuleDirection;
  readonly toErp?: RuleWay;
  readonly toExchange?: RuleWay;
}

/** A row of the complete table. */
export interface Row extends FieldRule {
  /** For messages. */
  readonly name: string;
  /** One of the pairs that belong together, with the conversion that is built in. */
  readonly standard: boolean;
  /** Place among the given rules; null for a standard row as it is. */
  readonly given: number | null;
}

/** What an error tells of a row: its place among the given rules, so that a dialog can mark it. */
export const placeOf = ({ given }: Pick<Row, 'given'>): ErrorParams => (given === null ? {} : { row: given });

type Pair<Exchange, Erp> = readonly [keyof Exchange & string, keyof Erp & string];

const appointmentPairs: readonly Pair<ExchangeAppointment, ErpAppointment>[] = [
  ['subject', 'subject'],
  ['body', 'body'],
  ['bodyHtml', 'bodyHtml'],
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
  ['bodyHtml', 'bodyHtml'],
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

/** Rich text is off: an ERP seldom holds HTML, and the plain text says the same (requirement D11). */
const standardDirection = (erp: string): RuleDirection => (erp === 'bodyHtml' ? 'off' : 'both');

const preset = (kind: Kind, pairs: readonly (readonly [string, string])[]): readonly FieldRule[] =>
  pairs.map(([exchange, erp]) => ({ kind, exchange, erp, direction: standardDirection(erp) }));

/** Every field of both kinds, both ways, but rich text. */
export const defaultRules: readonly FieldRule[] = [...preset('appointment', appointmentPairs), ...preset('task', taskPairs)];

/** Fields that only make sense together: they flow in the same directions, all or none. */
const groups: readonly { readonly kind: Kind; readonly erp: readonly string[] }[] = [
  { kind: 'appointment', erp: ['allDay', 'start', 'end', 'timeZone', 'recurrenceRule', 'exceptions'] },
  { kind: 'task', erp: ['status', 'percentComplete'] },
];

const invalid = (place: string, remedy: string, row: ErrorParams = {}): SyncError =>
  new SyncError('mapping-invalid', 'configuration', `Mapping, ${place}: ${remedy}.`, { place, ...row });

/** Takes the remedy for a fault of one row. */
type Refuse = (remedy: string) => SyncError;

const samePair = (a: FieldRule, b: FieldRule): boolean => a.kind === b.kind && a.exchange === b.exchange && a.erp === b.erp;

const nameOf = ({ kind, exchange, erp }: FieldRule): string => `${kind} ${exchange} – ${erp}`;

const directionOf = (rows: readonly Row[], kind: Kind, erp: string): RuleDirection =>
  rows.find((row) => row.standard && row.kind === kind && row.erp === erp)?.direction ?? 'off';

/** Whether a rule lets its field flow in a direction. */
export const flows = (rule: FieldRule, direction: Direction): boolean => rule.direction === 'both' || rule.direction === direction;

/** What a rule does in a direction. */
export const wayOf = (rule: FieldRule, direction: Direction): RuleWay => (direction === 'inbound' ? rule.toErp : rule.toExchange) ?? {};

/** The field that a rule fills in a direction. */
export const targetOf = (rule: FieldRule, direction: Direction): string => (direction === 'inbound' ? rule.erp : rule.exchange);

/** The field that a rule reads in a direction. */
export const sourceOf = (rule: FieldRule, direction: Direction): string => (direction === 'inbound' ? rule.exchange : rule.erp);

/** What a rule reads and fills in a direction. */
export const typesOf = (rule: FieldRule, direction: Direction): { readonly from: FieldType; readonly to: FieldType } => {
  const { exchange, erp } = fieldTypes[rule.kind];
  const [from, to] = direction === 'inbound' ? [exchange[rule.exchange], erp[rule.erp]] : [erp[rule.erp], exchange[rule.exchange]];
  return { from: from ?? { type: 'fixed' }, to: to ?? { type: 'fixed' } };
};

const requireFields = ({ kind, exchange, erp, direction }: Row, invalidRow: Refuse): void => {
  const fields = fieldTypes[kind];
  if (!(exchange in fields.exchange)) throw invalidRow(`Exchange has no field "${exchange}"; choose one of the list`);
  if (!(erp in fields.erp)) throw invalidRow(`the ERP has no field "${erp}"; choose one of the list`);
  if (!ruleDirections.some((known) => known === direction)) throw invalidRow(`the direction is one of ${ruleDirections.join(', ')}`);
};

/** Fields whose built-in conversion takes several fields together. */
const isBound = (row: Row, direction: Direction): boolean =>
  typesOf(row, direction).to.type === 'fixed' ||
  groups.some(({ kind, erp }) => kind === row.kind && erp.includes(row.erp)) ||
  (direction === 'outbound' && row.exchange === 'categories');

/** Checks what a row does in a direction in which it flows. */
const requireWay = (row: Row, direction: Direction, invalidRow: Refuse): void => {
  const way = wayOf(row, direction);
  const { from, to } = typesOf(row, direction);
  const { conversion, whenNew } = way;
  if (row.standard && isBound(row, direction)) {
    if (conversion !== undefined || whenNew !== undefined || way.condition !== undefined)
      throw invalidRow(`${targetOf(row, direction)} belongs to other fields: take conversion, default and condition away`);
    return;
  }
  if (to.type === 'fixed') throw invalidRow(`${targetOf(row, direction)} can only come from its own counterpart: use the standard row`);
  if (to.type === 'list' && to.readOnly) throw invalidRow(`${targetOf(row, direction)} is only read: let the row flow into Exchange only`);
  const replaces = conversion?.type === 'expression' || conversion?.type === 'codes';
  if (!row.standard && !replaces && !compatible(from, to))
    throw invalidRow(`${targetOf(row, direction)} takes ${expected(to)}: give the row a code table or an expression, or another direction`);
  const fault = conversion === undefined ? null : faultOf(conversion, to);
  if (fault !== null) throw invalidRow(fault);
  if (whenNew !== undefined && (isBlank(whenNew) || fitted(to, whenNew) === undefined))
    throw invalidRow(`the default for new items must be ${expected(to)}`);
};

const requireRow = (row: Row): void => {
  const invalidRow: Refuse = (remedy) => invalid(`rule ${row.name}`, remedy, placeOf(row));
  requireFields(row, invalidRow);
  for (const direction of ['inbound', 'outbound'] as const) if (flows(row, direction)) requireWay(row, direction, invalidRow);
};

const requireGroups = (rows: readonly Row[]): void => {
  for (const { kind, erp } of groups) {
    if (new Set(erp.map((field) => directionOf(rows, kind, field))).size > 1)
      throw invalid(`rules ${kind} ${erp.join(', ')}`, 'these fields belong together: give them the same direction');
  }
  for (const kind of ['appointment', 'task'] as const) {
    const activityType = directionOf(rows, kind, 'activityTypeId');
    if (activityType !== 'off' && activityType !== directionOf(rows, kind, 'categories'))
      throw invalid(`rules ${kind} activityTypeId`, 'both share the categories of Exchange: give it the direction of categories, or off');
    const html = directionOf(rows, kind, 'bodyHtml');
    if (html !== 'off' && html !== directionOf(rows, kind, 'body'))
      throw invalid(`rules ${kind} bodyHtml`, 'rich and plain text are one: give it the direction of body, or off');
  }
};

const placeIn = (given: readonly FieldRule[], rule: FieldRule): number | null => {
  const place = given.indexOf(rule);
  return place < 0 ? null : place;
};

/**
 * The whole table: the standard rows, each as given where it is given, and then the other given rows in their order. Fails with
 * `mapping-invalid` (scope `configuration`), which names the row and what to do.
 */
export const completeRules = (given: readonly FieldRule[]): readonly Row[] => {
  const standard = defaultRules.map((rule) => given.find((other) => samePair(rule, other)) ?? rule);
  const own = given.filter((rule) => !standard.includes(rule));
  const rows: readonly Row[] = [
    ...standard.map((rule) => ({ ...rule, name: nameOf(rule), standard: true, given: placeIn(given, rule) })),
    ...own.map((rule, at) => ({ ...rule, name: `${nameOf(rule)} (own row ${at + 1})`, standard: false, given: placeIn(given, rule) })),
  ];
  rows.forEach(requireRow);
  requireGroups(rows);
  return rows;
};

/** Expressions of rows for items of a kind that go in a direction. */
export const expressionsOf = (rows: readonly FieldRule[], kind: Kind, direction: Direction): readonly string[] => {
  const all = rows
    .filter((row) => row.kind === kind && flows(row, direction))
    .flatMap((row) => {
      const { conversion, condition } = wayOf(row, direction);
      return [condition, conversion?.type === 'expression' ? conversion.expression : undefined];
    });
  return [...new Set(all.filter((expression) => expression !== undefined))];
};
