/** What the dialogs share: reading their fields and asking the server. */

/** A node as the editor hands it to its dialog. */
export interface DialogNode {
  readonly id: string;
  /** Text of the node's own catalogue, or of `namespace:key`. */
  readonly _: (key: string, params?: Readonly<Record<string, string | number>>) => string;
}

/** Answer of the server; `error` says what went wrong. */
export type Answer = Readonly<Record<string, unknown>>;

/** A failure or finding as the server tells it: with what the text of its code needs. */
interface Told {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** English. */
  readonly message: string;
}

const shared = '@exchange-erp/node-red-sync/ews-config:';

/** A text that all nodes of the pack share. */
export const sharedText = (node: DialogNode, key: string): string => node._(`${shared}label.${key}`);

const prefix = 'node-config-input-';

/** Field of a config node's dialog. */
export const field = (name: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`#${prefix}${name}`);

const valueOf = (element: HTMLInputElement): unknown => (element.type === 'checkbox' ? element.checked : element.value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const isTold = (value: unknown): value is Told =>
  isRecord(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string' && isRecord(value['params']);

/** A failure or finding in the language of the editor; English where its code has no text. `group`: of the texts. */
export const toldText = (node: DialogNode, told: unknown, group: 'error' | 'mapping-fault' = 'error'): string => {
  if (!isTold(told)) return sharedText(node, 'no-answer');
  const key = `${group}.${told.code}`;
  const text = node._(`${shared}${key}`, { ...told.params, message: told.message });
  return text === key || text === `${shared}${key}` ? told.message : text;
};

/** All fields of a config node's dialog, as they stand in it. */
export const dialogFields = (node: DialogNode): Answer => {
  const elements = document.querySelectorAll<HTMLInputElement>(`[id^="${prefix}"]:is(input, select, textarea)`);
  const values = [...elements].map((element) => [element.id.slice(prefix.length), valueOf(element)] as const);
  return { ...Object.fromEntries(values), id: node.id };
};

/** Asks an admin route of the pack. */
export const ask = (type: string, action: string, fields: Answer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    $.ajax({
      url: `exchange-erp-sync/${type}/${action}`,
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(fields),
      dataType: 'json',
    })
      .done((answer: Answer) => resolve(answer))
      .fail(() => reject(new Error('no answer')));
  });

/** One line of an answer. */
export interface Line {
  readonly ok: boolean | null;
  readonly text: string;
}

const marks = { true: '✓', false: '✗', null: '' } as const;

/** Shows lines below the buttons of a dialog. */
export const showLines = (lines: readonly Line[]): void => {
  const place = document.querySelector(`#${prefix}answer`);
  place?.replaceChildren(
    ...lines.map(({ ok, text }) => {
      const line = document.createElement('div');
      line.className = ok === false ? 'exchange-erp-wrong' : '';
      line.textContent = `${marks[`${ok}`]} ${text}`.trim();
      return line;
    }),
  );
  // The buttons are the last thing in a long dialog.
  place?.scrollIntoView({ block: 'end' });
};

/** Shows a text as it is, lines and blanks kept. */
export const showText = (text: string): void => {
  const place = document.querySelector(`#${prefix}answer`);
  place?.replaceChildren(Object.assign(document.createElement('pre'), { className: 'exchange-erp-text', textContent: text }));
  place?.scrollIntoView({ block: 'end' });
};

/** What a button does. */
export interface Action {
  /** Id of the button in the dialog. */
  readonly button: string;
  /** Admin route that answers; default: the button's name. */
  readonly route?: string;
  /** What is sent; default: all fields of the dialog. */
  readonly fields?: () => Answer;
  /** Asked before; nothing is sent when it says no. */
  readonly confirm?: () => boolean;
  /** Lines that tell the answer, or null when it was shown otherwise. */
  readonly show: (answer: Answer) => readonly Line[] | null;
}

/** Makes a button ask the server and show the answer. */
export const onButton = (node: DialogNode, type: string, action: Action): void => {
  const { button: name, route = name, fields = () => dialogFields(node), confirm = () => true, show } = action;
  const button = document.querySelector<HTMLButtonElement>(`#${prefix}${name}`);
  button?.addEventListener('click', () => {
    if (!confirm()) return;
    button.disabled = true;
    showLines([{ ok: null, text: sharedText(node, 'checking') }]);
    void ask(type, route, fields())
      .then((answer) => ('error' in answer ? [{ ok: false, text: toldText(node, answer['error']) }] : show(answer)))
      .catch(() => [{ ok: false, text: sharedText(node, 'no-answer') }])
      .then((lines) => {
        if (lines !== null) showLines(lines);
      })
      .finally(() => {
        button.disabled = false;
      });
  });
};
