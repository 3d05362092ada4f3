/** Dialog of `item-map`: common wishes, the rule table, the table of priorities, and a preview. Only what differs from the standard is stored. */
import type { FieldRule } from '../../lib/mapping/field-rules';
import type { fieldTypes } from '../../lib/mapping/fields';
import type { Samples } from '../../lib/mapping/samples';
import type { Kind } from '../../lib/model/kind';
import { type Answer, ask, type DialogNode, sharedText, toldText } from './dialog';
import { choice, row, table } from './elements';
import { showPreview, shownIn } from './item-map-preview';
import { type EditedRule, showRules, withWay } from './item-map-rules';

interface Priorities {
  readonly importances: readonly string[];
  readonly priorities: Readonly<Record<string, number>>;
}
interface Preset {
  readonly rules: readonly FieldRule[];
  readonly priorities: Priorities;
  readonly fields: typeof fieldTypes;
  readonly samples: Samples;
  readonly activityTypes: readonly { readonly id: string; readonly no: string; readonly description: string }[];
}
interface ItemMapNode extends DialogNode {
  rules: readonly FieldRule[];
  priorities: Priorities | null;
}

/** An open dialog. */
interface Dialog {
  readonly node: ItemMapNode;
  readonly preset: Preset;
  readonly rules: EditedRule[];
  kind: Kind;
  /** The latest question to the server: an answer to an older one comes too late. */
  asked: number;
  timer: number;
}

const importances = ['low', 'normal', 'high'];
const numbers = ['1', '2', '3', '4', '5'];
const kinds: readonly Kind[] = ['appointment', 'task'];

/** Null until the standard is there: then nothing is changed on saving. */
let dialog: Dialog | null = null;

const find = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`#node-input-${name}`);
/** A field of the dialog: input, list or text area. */
const field = (name: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`#node-input-${name}`);
const valueOf = (name: string): string => field(name)?.value ?? '';

const samePair = (a: FieldRule, b: FieldRule): boolean => a.kind === b.kind && a.exchange === b.exchange && a.erp === b.erp;
const sameRule = (a: FieldRule, b: FieldRule): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The whole table, as the server reads it: the standard rows, each as stored where it is stored, then the others. */
const editedRules = (standard: readonly FieldRule[], stored: readonly FieldRule[]): EditedRule[] => {
  const known = standard.map((rule) => stored.find((other) => samePair(rule, other)) ?? rule);
  const own = stored.filter((rule) => !known.includes(rule));
  return [
    ...known.map((rule) => ({ rule, own: false, open: false, fault: '' })),
    ...own.map((rule) => ({ rule, own: true, open: false, fault: '' })),
  ];
};

/** Rows that differ from the standard, which are all that is stored. */
const differing = ({ rules, preset }: Dialog): readonly EditedRule[] =>
  rules.filter(({ rule, own }) => own || !preset.rules.some((standard) => sameRule(standard, rule)));

const chosenPriorities = (): Priorities => {
  const selected = [...document.querySelectorAll<HTMLSelectElement>('#node-input-priorities-table select')].map(({ value }) => value);
  return {
    importances: selected.slice(0, 5),
    priorities: Object.fromEntries(importances.map((name, index) => [name, Number(selected[5 + index] ?? 3)])),
  };
};

const storedPriorities = ({ preset }: Dialog): Priorities | null => {
  const flat = ({ importances: list, priorities }: Priorities) => [...list, ...importances.map((name) => priorities[name])].join();
  const own = chosenPriorities();
  return flat(own) === flat(preset.priorities) ? null : own;
};

const textOf =
  (node: DialogNode) =>
  (key: string): string =>
    node._(`item-map.label.${key}`);

const parsed = (text: string): Answer | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

const faultsIn = (answer: Answer): readonly Answer[] => {
  const faults: unknown = answer['faults'];
  return Array.isArray(faults) ? faults.map((fault: unknown) => ({ ...(typeof fault === 'object' ? fault : {}) })) : [];
};

const showAnswer = (open: Dialog, sent: readonly EditedRule[], answer: Answer): void => {
  const place = find('preview');
  if (place === null) return;
  const text = textOf(open.node);
  const before = open.rules.map(({ fault }) => fault).join();
  for (const rule of open.rules) rule.fault = '';
  const faults = faultsIn(answer).map((fault) => {
    const marked = typeof fault['row'] === 'number' ? sent[fault['row']] : undefined;
    const words = toldText(open.node, fault);
    if (marked !== undefined) marked.fault = words;
    return words;
  });
  const shown = shownIn(answer['shown']);
  if ('error' in answer) place.textContent = toldText(open.node, answer['error']);
  else if (shown === null) place.textContent = faults.join('\n');
  else {
    const [target, back] = valueOf('sample-side') === 'exchange' ? ['erp', 'exchange'] : ['exchange', 'erp'];
    showPreview(place, parsed(valueOf('sample')) ?? {}, shown, faults, {
      target: text(`preview.${target}`),
      back: text(`preview.back-${back}`),
      same: text('preview.same'),
      field: text('preview.field'),
      value: text('preview.value'),
    });
  }
  place.classList.toggle('exchange-erp-wrong', shown === null);
  if (open.rules.map(({ fault }) => fault).join() !== before) draw(open);
};

/** Asks the server what the dialog's rules make of its sample. */
const tryOut = (open: Dialog): void => {
  const sent = differing(open);
  open.asked += 1;
  const { asked } = open;
  ask('item-map', 'preview', {
    id: open.node.id,
    kind: open.kind,
    side: valueOf('sample-side'),
    sample: valueOf('sample'),
    rules: sent.map(({ rule }) => rule),
    priorities: storedPriorities(open),
    categoryPattern: valueOf('categoryPattern'),
    priorityLabel: valueOf('priorityLabel'),
    equipmentLabel: valueOf('equipmentLabel'),
  })
    .then((answer) => {
      if (dialog === open && asked === open.asked) showAnswer(open, sent, answer);
    })
    .catch(() => {
      const place = find('preview');
      if (place) place.textContent = sharedText(open.node, 'no-answer');
    });
};

/** Not for every key, but soon. */
const changed = (open: Dialog): void => {
  window.clearTimeout(open.timer);
  open.timer = window.setTimeout(() => tryOut(open), 200);
};

const draw = (open: Dialog): void => {
  const place = find('rules-table');
  if (place === null) return;
  showRules({
    place,
    fields: open.preset.fields,
    rules: open.rules,
    kind: open.kind,
    text: textOf(open.node),
    changed: () => changed(open),
    redraw: () => draw(open),
  });
};

const showSample = (open: Dialog): void => {
  const side = valueOf('sample-side') === 'erp' ? 'erp' : 'exchange';
  const area = field('sample');
  if (area) area.value = JSON.stringify(open.preset.samples[open.kind][side], null, 2);
};

const showPriorities = (open: Dialog, { importances: chosen, priorities }: Priorities): void => {
  const text = textOf(open.node);
  const importance = (value: string) => text(`importance.${value}`);
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
  find('priorities-table')?.replaceChildren(table([text('erpPriority'), '', text('exchange-importance')], [...toExchange, ...toErp]));
};

/** The row that a common wish stands for. */
const standardRow = (open: Dialog, kind: Kind, erp: string): EditedRule | undefined =>
  open.rules.find(({ rule, own }) => !own && rule.kind === kind && rule.erp === erp);

const typeText = ({ no, description }: Preset['activityTypes'][number]): string => `${no} ${description}`;

/** Default activity types (D8): a list where the ERP's types are known, else the key. */
const showDefaultType = (open: Dialog, kind: Kind): void => {
  const edited = standardRow(open, kind, 'activityTypeId');
  const place = find(`default-${kind}`);
  if (edited === undefined || place === null) return;
  const { activityTypes } = open.preset;
  const chosen = edited.rule.toErp?.whenNew ?? '';
  const known = activityTypes.map(({ id }) => id);
  const ids = ['', ...known, ...(chosen === '' || known.includes(chosen) ? [] : [chosen])];
  const label = textOf(open.node)(`default-${kind}`);
  const named = (id: string) => {
    const type = activityTypes.find((candidate) => candidate.id === id);
    return type === undefined ? id || '–' : typeText(type);
  };
  const input =
    known.length > 0
      ? choice(ids, chosen, label, named)
      : Object.assign(document.createElement('input'), { type: 'text', value: chosen, ariaLabel: label });
  input.addEventListener('change', () => {
    edited.rule = withWay(edited.rule, 'toErp', { ...edited.rule.toErp, whenNew: input.value });
    changed(open);
    draw(open);
  });
  place.replaceChildren(input);
};

const showWishes = (open: Dialog): void => {
  for (const kind of kinds) showDefaultType(open, kind);
  const rich = field('rich');
  if (rich) rich.checked = kinds.some((kind) => standardRow(open, kind, 'bodyHtml')?.rule.direction !== 'off');
};

/** Rich text goes where the plain text goes (D11). */
const takeRich = (open: Dialog): void => {
  for (const kind of kinds) {
    const [html, body] = [standardRow(open, kind, 'bodyHtml'), standardRow(open, kind, 'body')];
    if (html === undefined || body === undefined) continue;
    html.rule = { ...html.rule, direction: field('rich')?.checked === true ? body.rule.direction : 'off' };
  }
  changed(open);
  draw(open);
};

const showAll = (open: Dialog, stored: Priorities | null): void => {
  showWishes(open);
  draw(open);
  showPriorities(open, stored ?? open.preset.priorities);
  showSample(open);
  tryOut(open);
};

const addRow = (open: Dialog): void => {
  const rule: FieldRule = { kind: open.kind, exchange: 'subject', erp: 'subject', direction: 'inbound' };
  open.rules.push({ rule, own: true, open: true, fault: '' });
  changed(open);
  draw(open);
};

const reset = (open: Dialog): void => {
  open.rules.splice(0, open.rules.length, ...editedRules(open.preset.rules, []));
  for (const name of ['priorityLabel', 'equipmentLabel', 'categoryPattern']) {
    const input = field(name);
    if (input) input.value = '';
  }
  showAll(open, null);
};

const onChange = (names: readonly string[], act: () => void): void => {
  for (const name of names) find(name)?.addEventListener('change', act);
};

const follow = (open: Dialog): void => {
  onChange(['kind'], () => {
    open.kind = valueOf('kind') === 'task' ? 'task' : 'appointment';
    showSample(open);
    draw(open);
    tryOut(open);
  });
  onChange(['sample-side'], () => {
    showSample(open);
    tryOut(open);
  });
  onChange(['rich'], () => takeRich(open));
  onChange(['sample', 'categoryPattern', 'priorityLabel', 'equipmentLabel', 'priorities-table'], () => changed(open));
  find('add')?.addEventListener('click', () => addRow(open));
  find('reset')?.addEventListener('click', () => reset(open));
};

const isPreset = (answer: object): answer is Preset => 'rules' in answer && 'priorities' in answer && 'fields' in answer;

/** Prepares the dialog. */
export const openItemMap = (node: ItemMapNode): void => {
  dialog = null;
  ask('item-map', 'preset', { id: node.id })
    .then((answer) => {
      if (!isPreset(answer)) return;
      const open: Dialog = { node, preset: answer, rules: editedRules(answer.rules, node.rules), kind: 'appointment', asked: 0, timer: 0 };
      dialog = open;
      showAll(open, node.priorities);
      follow(open);
    })
    .catch(() => RED.notify(node._('@exchange-erp/node-red-sync/ews-config:label.no-answer'), 'error'));
};

/** Takes over what was chosen. */
export const saveItemMap = (node: ItemMapNode): void => {
  if (dialog === null) return;
  node.rules = differing(dialog).map(({ rule }) => rule);
  node.priorities = storedPriorities(dialog);
};

/** Ends what waits for the dialog. */
export const closeItemMap = (): void => {
  if (dialog !== null) window.clearTimeout(dialog.timer);
  dialog = null;
};
