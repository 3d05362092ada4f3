/** A text: plain, HTML or RTF in the column, plain with `\n` between lines in the record. */
import type { TextColumn } from '../../schema/mapping';
import type { Dialect } from '../../schema/quote';
import { ofColumn, textOf, unreadable, type Converter } from './converter';
import { htmlToText, textToHtml } from './html';
import { rtfToText, textToRtf } from './rtf';

/** Line ends of every system as `\n`. */
export const toLines = (text: string): string => text.replaceAll(/\r\n?/g, '\n');

const formats = {
  plain: { read: (text: string) => text, write: (text: string) => text, name: 'text' },
  html: { read: htmlToText, write: textToHtml, name: 'readable HTML' },
  rtf: { read: rtfToText, write: textToRtf, name: 'readable RTF' },
} as const;

/** NULL is an empty text. On SQL Server a column of fixed length comes with blanks at its end, which mean nothing. */
export const textConverter = ({ column, format }: TextColumn, dialect: Dialect): Converter<string> => {
  const { read, write, name } = formats[format];
  const padded = dialect.name === 'mssql';
  return ofColumn(
    column,
    (value) => {
      const text = textOf(value, column) ?? '';
      try {
        const plain = toLines(read(text));
        return padded ? plain.replace(/ +$/, '') : plain;
      } catch {
        throw unreadable(column, name);
      }
    },
    (text) => write(toLines(text)),
  );
};
