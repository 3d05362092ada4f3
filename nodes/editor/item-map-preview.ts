/** The preview in the dialog of `item-map`: what the rules, as they stand in the dialog, make of a sample. */
import { row, table, wrong } from './elements';

type Fields = Readonly<Record<string, unknown>>;

/** What the server makes of a sample. */
export interface Shown {
  readonly target: Fields;
  readonly back: Fields;
  readonly changed: readonly string[];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the server's answer; null where the rules as a whole cannot be used. */
export const shownIn = (answer: unknown): Shown | null => {
  if (!isFields(answer) || !isFields(answer['target']) || !isFields(answer['back']) || !Array.isArray(answer['changed'])) return null;
  return { target: answer['target'], back: answer['back'], changed: answer['changed'].map(String) };
};

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

const fieldRows = (fields: Fields, marked: readonly string[]): readonly HTMLTableRowElement[] =>
  Object.entries(fields)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => {
      const line = row(name, valueText(value));
      line.className = marked.includes(name) ? 'exchange-erp-changed' : '';
      return line;
    });

const differing = (a: Fields, b: Fields): readonly string[] =>
  Object.keys(b).filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));

/** What the tables are called. */
export interface PreviewTexts {
  readonly target: string;
  readonly back: string;
  readonly same: string;
  readonly field: string;
  readonly value: string;
}

/** Shows the sample on the other side, with the fields that a change to it would write, and what comes back differently. */
export const showPreview = (
  place: Element,
  sample: Fields,
  { target, back, changed }: Shown,
  faults: readonly string[],
  texts: PreviewTexts,
) => {
  const heading = (text: string) => Object.assign(document.createElement('h4'), { textContent: text });
  const different = differing(sample, back);
  const returned = Object.fromEntries(Object.entries(back).filter(([name]) => different.includes(name)));
  const heads = [texts.field, texts.value];
  place.replaceChildren(
    ...faults.map((fault) => wrong(fault)),
    heading(texts.target),
    table(heads, fieldRows(target, changed)),
    heading(texts.back),
    different.length === 0
      ? Object.assign(document.createElement('p'), { textContent: texts.same })
      : table(heads, fieldRows(returned, [])),
  );
};
