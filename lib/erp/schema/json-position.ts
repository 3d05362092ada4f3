/** Where a text stops being JSON. `JSON.parse` tells the position in some of its messages only, and quotes the text instead. */

const blanks = /[ \t\n\r]*/y;
const token =
  /(?<text>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<value>true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<mark>[{}[\],:])/y;

type Expected = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'separator';

/** What may come after a token; null when the token may not stand there. `open`: brackets that are open, the innermost last. */
const after = (expected: Expected, kind: 'text' | 'value' | 'mark', mark: string, open: string[]): Expected | null => {
  if (kind !== 'mark') {
    if (expected === 'value' || expected === 'first-value') return 'separator';
    return kind === 'text' && (expected === 'key' || expected === 'first-key') ? 'colon' : null;
  }
  const inner = open.at(-1);
  if (mark === ':') return expected === 'colon' ? 'value' : null;
  if (mark === ',') return expected !== 'separator' || inner === undefined ? null : inner === '{' ? 'key' : 'value';
  if (mark === '{' || mark === '[') {
    if (expected !== 'value' && expected !== 'first-value') return null;
    open.push(mark);
    return mark === '{' ? 'first-key' : 'first-value';
  }
  const [opened, empty] = mark === '}' ? (['{', 'first-key'] as const) : (['[', 'first-value'] as const);
  if (inner !== opened || (expected !== 'separator' && expected !== empty)) return null;
  open.pop();
  return 'separator';
};

/** Index of the first token that JSON does not allow; the end of the text when something is missing there. */
const errorIndex = (text: string): number => {
  const open: string[] = [];
  let expected: Expected = 'value';
  let index = 0;
  for (;;) {
    blanks.lastIndex = index;
    index += blanks.exec(text)?.[0].length ?? 0;
    token.lastIndex = index;
    const groups = token.exec(text)?.groups;
    if (groups === undefined) return index;
    const mark = groups['mark'] ?? '';
    const next = after(expected, groups['text'] !== undefined ? 'text' : mark === '' ? 'value' : 'mark', mark, open);
    if (next === null) return index;
    expected = next;
    index = token.lastIndex;
  }
};

/** Line and column, both from 1, at which a text that `JSON.parse` refused stops being JSON. */
export const jsonErrorPosition = (text: string): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, errorIndex(text)).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};
