/** A number, with a value that stands for none. */
import type { NumberColumn } from '../../schema/mapping';
import { comparable, ofColumn, unreadable, valueOf, type Converter } from './converter';

/** Null stands for NULL and for `none`. */
export const numberConverter = ({ column, none }: NumberColumn): Converter<number | null> => {
  const nothing = comparable(valueOf(none), column);
  return ofColumn(
    column,
    (value) => {
      const text = comparable(value, column)?.trimStart() ?? '';
      if (text === '' || text === nothing) return null;
      const number = Number(text);
      if (!Number.isFinite(number)) throw unreadable(column, 'number');
      return number;
    },
    (number) => number ?? valueOf(none),
  );
};
