/** The text of an item: as `text.ts` has it, or HTML that stays HTML (requirement D11). */
import type { BodyColumn } from '../../schema/mapping';
import type { Dialect } from '../../schema/quote';
import { ofColumn, textOf, type Converter } from './converter';
import { htmlToText, textToHtml } from './html';
import { textConverter, toLines } from './text';

/** The two forms of a text, see `ErpRecord`. */
export interface Body {
  readonly body: string;
  readonly bodyHtml: string | null;
}

/** What has no tags was typed as text. */
const htmlOf = (text: string): string | null => (/<[a-z!/]/i.test(text) ? text : null);

const richConverter = (column: string): Converter<Body> =>
  ofColumn(
    column,
    (value) => {
      const text = textOf(value, column) ?? '';
      return { body: toLines(htmlToText(text)), bodyHtml: htmlOf(text) };
    },
    ({ body, bodyHtml }) => bodyHtml ?? textToHtml(toLines(body)),
  );

/** Of a plain, HTML or RTF column only the plain text is known. */
export const bodyConverter = ({ column, format }: BodyColumn, dialect: Dialect): Converter<Body> => {
  if (format === 'rich') return richConverter(column);
  const { columns, read, write } = textConverter({ column, format }, dialect);
  return { columns, read: (values) => ({ body: read(values), bodyHtml: null }), write: ({ body }) => write(body) };
};
