/** The rule table in the dialog of `item-map`: directions of the standard rows, rows of one's own, and what a row does on its way. */
import type { Conversion } from '../../lib/mapping/conversion';
import type { FieldRule, RuleDirection, RuleWay } from '../../lib/mapping/field-rules';
import type { fieldTypes } from '../../lib/mapping/fields';
import type { Kind } from '../../lib/model/kind';
import { cell, choice, iconButton, labelled, row, table, wrong } from './elements';

/** A row of the dialog. */
export interface EditedRule {
  rule: FieldRule;
  /** A row of one's own can be moved and taken away. */
  readonly own: boolean;
  open: boolean;
  /** What the server says of it; empty when it is well. */
  fault: string;
}

/** What the table shows and whom it tells. */
export interface RuleTable {
  readonly place: Element;
  readonly fields: typeof fieldTypes;
  readonly rules: EditedRule[];
  readonly kind: Kind;
  readonly text: (key: string) => string;
  readonly changed: () => void;
  readonly redraw: () => void;
}

type WayName = 'toErp' | 'toExchange';

const directions: readonly RuleDirection[] = ['both', 'inbound', 'outbound', 'off'];
const conversions: readonly ('none' | Conversion['type'])[] = ['none', 'codes', 'when-empty', 'single-line', 'limit', 'expression'];

const wayNames = ({ direction }: FieldRule): readonly WayName[] => [
  ...(direction === 'both' || direction === 'inbound' ? (['toErp'] as const) : []),
  ...(direction === 'both' || direction === 'outbound' ? (['toExchange'] as const) : []),
];

/** The way without what is empty. */
const tidy = ({ conversion, whenNew = '', condition = '' }: RuleWay): RuleWay => ({
  ...(conversion === undefined ? {} : { conversion }),
  ...(whenNew.trim() === '' ? {} : { whenNew }),
  ...(condition.trim() === '' ? {} : { condition }),
});

/** A rule with another way; a way that does nothing is left out. */
export const withWay = (rule: FieldRule, name: WayName, way: RuleWay): FieldRule => {
  const { toErp, toExchange, ...rest } = rule;
  const ways = { ...(toErp ? { toErp } : {}), ...(toExchange ? { toExchange } : {}), [name]: tidy(way) };
  return { ...rest, ...Object.fromEntries(Object.entries(ways).filter(([, value]) => Object.keys(value).length > 0)) };
};

const codesText = (codes: readonly (readonly [string, string])[]): string => codes.map(([from, to]) => `${from} = ${to}`).join('\n');

const codesOf = (text: string): readonly (readonly [string, string])[] =>
  text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
    const at = line.indexOf('=');
    return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
  });

const fresh = (type: string): Conversion | undefined => {
  switch (type) {
    case 'codes':
      return { type, table: [] };
    case 'when-empty':
      return { type, value: '' };
    case 'single-line':
      return { type };
    case 'limit':
      return { type, length: 255 };
    case 'expression':
      return { type, expression: '' };
    default:
      return undefined;
  }
};

const input = (value: string, type: string, take: (value: string) => void): HTMLInputElement => {
  const field = Object.assign(document.createElement('input'), { type, value });
  field.addEventListener('change', () => take(field.value));
  return field;
};

/** A field for JSONata, with Node-RED's editor for it behind a button. */
const expressionInput = (value: string, label: string, take: (value: string) => void): HTMLElement => {
  const field = Object.assign(input(value, 'text', take), { ariaLabel: label, spellcheck: false });
  const edit = iconButton('ellipsis-h', label, () => {
    const complete = (edited: string) => {
      field.value = edited;
      take(edited);
    };
    RED.editor.editExpression({ value: field.value, focus: true, complete });
  });
  const place = Object.assign(document.createElement('span'), { className: 'exchange-erp-expression' });
  place.append(field, edit);
  return place;
};

const parameter = (conversion: Conversion, label: string, take: (conversion: Conversion) => void): HTMLElement | null => {
  switch (conversion.type) {
    case 'codes': {
      const area = Object.assign(document.createElement('textarea'), {
        rows: 3,
        value: codesText(conversion.table),
        placeholder: 'high = 1',
      });
      area.addEventListener('change', () => take({ type: 'codes', table: codesOf(area.value) }));
      return labelled(label, area);
    }
    case 'when-empty':
      return labelled(
        label,
        input(conversion.value, 'text', (value) => take({ type: 'when-empty', value })),
      );
    case 'limit':
      return labelled(
        label,
        input(String(conversion.length), 'number', (value) => take({ type: 'limit', length: Number(value) })),
      );
    case 'expression':
      return labelled(
        label,
        expressionInput(conversion.expression, label, (expression) => take({ type: 'expression', expression })),
      );
    case 'single-line':
      return null;
  }
};

/** Everything that a row does on its way to one side. */
const wayFields = (edited: EditedRule, name: WayName, { text, changed, redraw }: RuleTable): HTMLElement => {
  const group = document.createElement('fieldset');
  group.className = 'exchange-erp-way';
  group.append(Object.assign(document.createElement('legend'), { textContent: text(name) }));
  const way = (): RuleWay => edited.rule[name] ?? {};
  const take = (change: RuleWay): void => {
    edited.rule = withWay(edited.rule, name, { ...way(), ...change });
    changed();
  };
  const { conversion, whenNew = '', condition = '' } = way();
  const kind = choice(conversions, conversion?.type ?? 'none', text('conversion'), (value) => text(`conversions.${value}`));
  kind.addEventListener('change', () => {
    const { whenNew: value = '', condition: holds = '' } = way();
    const chosen = fresh(kind.value);
    const rest = { whenNew: value, condition: holds };
    edited.rule = withWay(edited.rule, name, chosen === undefined ? rest : { ...rest, conversion: chosen });
    changed();
    redraw();
  });
  const more =
    conversion === undefined ? null : parameter(conversion, text(`parameter.${conversion.type}`), (next) => take({ conversion: next }));
  group.append(
    labelled(text('conversion'), kind),
    ...(more === null ? [] : [more]),
    labelled(
      text('whenNew'),
      input(whenNew, 'text', (value) => take({ whenNew: value })),
    ),
    labelled(
      text('condition'),
      expressionInput(condition, text('condition'), (value) => take({ condition: value })),
    ),
  );
  return group;
};

/** Times and progress flow as they are. */
const hasWays = ({ rule, own }: EditedRule, { fields }: RuleTable): boolean =>
  rule.direction !== 'off' &&
  (own || (fields[rule.kind].erp[rule.erp]?.type !== 'fixed' && !['status', 'percentComplete'].includes(rule.erp)));

const fieldChoice = (edited: EditedRule, side: 'exchange' | 'erp', given: RuleTable): HTMLElement | string => {
  const { rule } = edited;
  if (!edited.own) return rule[side];
  const names = Object.keys(given.fields[rule.kind][side]).filter((name) => given.fields[rule.kind][side][name]?.type !== 'fixed');
  const select = choice(names, rule[side], given.text(`${side}Field`), (name) => name);
  select.addEventListener('change', () => {
    edited.rule = { ...edited.rule, [side]: select.value };
    given.changed();
  });
  return select;
};

const move = ({ rules, kind, changed, redraw }: RuleTable, edited: EditedRule, by: -1 | 1): void => {
  const own = rules.filter((other) => other.own && other.rule.kind === kind);
  const neighbour = own[own.indexOf(edited) + by];
  if (neighbour === undefined) return;
  const [from, to] = [rules.indexOf(edited), rules.indexOf(neighbour)];
  rules[from] = neighbour;
  rules[to] = edited;
  changed();
  redraw();
};

const buttonsOf = (edited: EditedRule, given: RuleTable): HTMLElement => {
  const { text, rules, changed, redraw } = given;
  const buttons = Object.assign(document.createElement('span'), { className: 'exchange-erp-row-buttons' });
  if (hasWays(edited, given)) {
    const details = iconButton(edited.open ? 'chevron-up' : 'cog', text('details'), () => {
      edited.open = !edited.open;
      redraw();
    });
    details.classList.toggle('selected', edited.rule.toErp !== undefined || edited.rule.toExchange !== undefined);
    details.setAttribute('aria-expanded', String(edited.open));
    buttons.append(details);
  }
  if (edited.own) {
    buttons.append(
      iconButton('arrow-up', text('up'), () => move(given, edited, -1)),
      iconButton('arrow-down', text('down'), () => move(given, edited, 1)),
      iconButton('trash', text('delete'), () => {
        rules.splice(rules.indexOf(edited), 1);
        changed();
        redraw();
      }),
    );
  }
  return buttons;
};

const wide = (...content: readonly Node[]): HTMLTableRowElement => {
  const element = document.createElement('tr');
  const place = cell(...content);
  place.colSpan = 4;
  element.append(place);
  return element;
};

const rowsOf = (edited: EditedRule, given: RuleTable): readonly HTMLTableRowElement[] => {
  const { rule } = edited;
  const { text, changed, redraw } = given;
  const flow = choice(directions, rule.direction, `${rule.exchange} ${rule.erp}`, (value) => text(`direction.${value}`));
  flow.className = 'exchange-erp-flow';
  flow.addEventListener('change', () => {
    edited.rule = { ...edited.rule, direction: directions.find((name) => name === flow.value) ?? 'off' };
    changed();
    redraw();
  });
  const main = row(fieldChoice(edited, 'exchange', given), flow, fieldChoice(edited, 'erp', given), buttonsOf(edited, given));
  main.dataset['pair'] = `${rule.exchange}-${rule.erp}`;
  const details = wide(...wayNames(rule).map((name) => wayFields(edited, name, given)));
  return [main, ...(edited.open && hasWays(edited, given) ? [details] : []), ...(edited.fault === '' ? [] : [wide(wrong(edited.fault))])];
};

/** Shows the rows of a kind. */
export const showRules = (given: RuleTable): void => {
  const { text, rules, kind } = given;
  const shown = rules.filter(({ rule }) => rule.kind === kind).flatMap((edited) => rowsOf(edited, given));
  given.place.replaceChildren(table([text('exchangeField'), text('flows'), text('erpField'), ''], shown));
};
