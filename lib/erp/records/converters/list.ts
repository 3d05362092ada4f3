/** A list of texts in one column. */
import type { ListColumn } from '../../schema/mapping';
import { ofColumn, textOf, type Converter } from './converter';

/** Texts are trimmed, empty ones left out. A separator within a text becomes another character. */
export const listConverter = ({ column, separator }: ListColumn): Converter<readonly string[]> => {
  const instead = [',', ';', '/'].find((character) => !separator.includes(character)) ?? ' ';
  const glue = separator.trim() === '' ? separator : `${separator} `;
  const clean = (texts: readonly string[]) => texts.map((text) => text.trim()).filter((text) => text !== '');
  return ofColumn<readonly string[]>(
    column,
    (value) => clean((textOf(value, column) ?? '').split(separator)),
    (texts) => clean(texts.map((text) => text.replaceAll(separator, instead))).join(glue),
  );
};
