/** Dialog of `item-map`: the table of fields and the table of priorities. Only what differs from the standard is stored. */
import { ask, type DialogNode } from './dialog';

interface Rule {
  readonly kind: string;
  readonly exchange: string;
  readonly erp: string;
  readonly direction: string;
}
interface Priorities {
  readonly importances: readonly string[];
  readonly priorities: Readonly<Record<string, number>>;
}
interface Preset {
  readonly rules: readonly Rule[];
  readonly priorities: Priorities;
}
interface ItemMapNode extends DialogNode {
  rules: readonly Rule[];
  priorities: Priorities | null;
}

const directions = ['both', 'inbound', 'outbound', 'off'];
const importances = ['low', 'normal', 'high'];

/** The standard, from the server, while a dialog is open; null until it is there: then nothing is changed on saving. */
let preset: Preset | null = null;

const cell = (...content: (Node | string)[]): HTMLTableCellElement => {
  const td = document.createElement('td');
  td.append(...content);
  return td;
};

const row = (...cells: (Node | string)[]): HTMLTableRowElement => {
  const tr = document.createElement('tr');
  tr.append(...cells.map((content) => cell(content)));
  return tr;
};

const choice = (values: readonly string[], chosen: string, label: string, text: (value: string) => string): HTMLSelectElement => {
  const select = document.createElement('select');
  select.setAttribute('aria-label', label);
  select.append(...values.map((value) => new Option(text(value), value, value === chosen, value === chosen)));
  return select;
};

const table = (place: string, heads: readonly string[], rows: readonly HTMLTableRowElement[]): void => {
  const element = document.createElement('table');
  element.className = 'exchange-erp-table';
  const head = element.createTHead().insertRow();
  for (const text of heads) head.append(Object.assign(document.createElement('th'), { textContent: text }));
  element.createTBody().append(...rows);
  document.querySelector(`#node-input-${place}-table`)?.replaceChildren(element);
};

const samePair = (a: Rule, b: Rule): boolean => a.kind === b.kind && a.exchange === b.exchange && a.erp === b.erp;

const showRules = (node: DialogNode, standard: readonly Rule[], stored: readonly Rule[]): void => {
  const text = (key: string) => node._(`item-map.label.${key}`);
  const rows = standard.map((rule) => {
    const { direction } = stored.find((other) => samePair(rule, other)) ?? rule;
    const label = `${text(`kind.${rule.kind}`)} ${rule.exchange} ${rule.erp}`;
    return row(
      text(`kind.${rule.kind}`),
      rule.exchange,
      rule.erp,
      choice(directions, direction, label, (value) => text(`direction.${value}`)),
    );
  });
  table('rules', [text('kind-of-item'), text('exchangeField'), text('erpField'), text('flows')], rows);
};

const showPriorities = (node: DialogNode, { importances: chosen, priorities }: Priorities): void => {
  const text = (key: string) => node._(`item-map.label.${key}`);
  const importance = (value: string) => text(`importance.${value}`);
  const numbers = ['1', '2', '3', '4', '5'];
  const toExchange = chosen.map((value, index) => {
    const number = numbers[index] ?? '';
    return row(number, '→', choice(importances, value, `${text('erpPriority')} ${number}`, importance));
  });
  const toErp = importances.map((name) =>
    row(
      choice(numbers, String(priorities[name]), `${text('exchange-importance')} ${importance(name)}`, (value) => value),
      '←',
      importance(name),
    ),
  );
  table('priorities', [text('erpPriority'), '', text('exchange-importance')], [...toExchange, ...toErp]);
};

const show = (node: DialogNode, standard: Preset, rules: readonly Rule[], priorities: Priorities | null): void => {
  showRules(node, standard.rules, rules);
  showPriorities(node, priorities ?? standard.priorities);
};

const isPreset = (answer: object): answer is Preset => 'rules' in answer && 'priorities' in answer;

/** Prepares the dialog. */
export const openItemMap = (node: ItemMapNode): void => {
  preset = null;
  ask('item-map', 'preset', {})
    .then((answer) => {
      if (!isPreset(answer)) return;
      preset = answer;
      show(node, answer, node.rules, node.priorities);
    })
    .catch(() => RED.notify(node._('@exchange-erp/node-red-sync/ews-config:label.no-answer'), 'error'));
  document.querySelector('#node-input-reset')?.addEventListener('click', () => {
    if (preset !== null) show(node, preset, [], null);
  });
};

const chosenIn = (place: string): readonly string[] =>
  [...document.querySelectorAll<HTMLSelectElement>(`#node-input-${place}-table select`)].map(({ value }) => value);

/** Takes over what was chosen. */
export const saveItemMap = (node: ItemMapNode): void => {
  if (preset === null) return;
  const { rules, priorities: standard } = preset;
  const chosen = chosenIn('rules');
  node.rules = rules
    .map((rule, index) => ({ ...rule, direction: chosen[index] ?? rule.direction }))
    .filter((rule, index) => rule.direction !== rules[index]?.direction);
  const selected = chosenIn('priorities');
  const numbers = selected.slice(5).map(Number);
  const own: Priorities = {
    importances: selected.slice(0, 5),
    priorities: Object.fromEntries(importances.map((name, index) => [name, numbers[index] ?? 3])),
  };
  const same = [...own.importances, ...importances.map((name) => own.priorities[name])].every(
    (value, index) => value === [...standard.importances, ...importances.map((name) => standard.priorities[name])][index],
  );
  node.priorities = same ? null : own;
};
