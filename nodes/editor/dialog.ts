/** What the dialogs share: reading their fields and asking the server. */

/** A node as the editor hands it to its dialog. */
export interface DialogNode {
  readonly id: string;
  /** Text of the node's own catalogue, or of `namespace:key`. */
  readonly _: (key: string, params?: Readonly<Record<string, string | number>>) => string;
}

/** Answer of the server; `error` says what went wrong, in the server's language. */
export type Answer = Readonly<Record<string, unknown>>;

const shared = '@exchange-erp/node-red-sync/ews-config:';

/** A text that all nodes of the pack share. */
export const sharedText = (node: DialogNode, key: string): string => node._(`${shared}label.${key}`);

const prefix = 'node-config-input-';

/** Field of a config node's dialog. */
export const field = (name: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`#${prefix}${name}`);

const valueOf = (element: HTMLInputElement): unknown => (element.type === 'checkbox' ? element.checked : element.value);

/** All fields of a config node's dialog, as they stand in it. */
export const dialogFields = (node: DialogNode): Answer => {
  const elements = document.querySelectorAll<HTMLInputElement>(`[id^="${prefix}"]:is(input, select)`);
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

/** Makes a button ask the server and show the answer as lines. */
export const onButton = (node: DialogNode, type: string, action: string, lines: (answer: Answer) => readonly Line[]): void => {
  const button = document.querySelector<HTMLButtonElement>(`#${prefix}${action}`);
  button?.addEventListener('click', () => {
    button.disabled = true;
    showLines([{ ok: null, text: sharedText(node, 'checking') }]);
    void ask(type, action, dialogFields(node))
      .then((answer) => (typeof answer['error'] === 'string' ? [{ ok: false, text: answer['error'] }] : lines(answer)))
      .catch(() => [{ ok: false, text: sharedText(node, 'no-answer') }])
      .then(showLines)
      .finally(() => {
        button.disabled = false;
      });
  });
};
