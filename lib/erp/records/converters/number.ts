/** A whole number that is not negative, with a value that stands for none. */
import type { NumberColumn } from '../../schema/mapping';
import { comparable, ofColumn, unreadable, valueOf, type Converter } from './converter';

/** Of minutes and percents; Exchange refuses the whole item for one beyond. */
const largest = 10_000_000;

/** A whole number. Null stands for NULL and for `none`. */
export const numberConverter = ({ column, none }: NumberColumn): Converter<number | null> => {
  const nothing = comparable(valueOf(none), column);
  return ofColumn(
    column,
    (value) => {
      const text = comparable(value, column)?.trimStart() ?? '';
      if (text === '' || text === nothing) return null;
      const number = Math.round(Number(text));
      if (!(number >= 0 && number <= largest)) throw unreadable(column, `number from 0 to ${largest}`);
      return number;
    },
    (number) => number ?? valueOf(none),
  );
};
