/** A yes or no: 0 and 1, J and N, true and false. */
import type { FlagColumn } from '../../schema/mapping';
import { comparable, ofColumn, valueOf, type Converter } from './converter';

/** `yes` is compared without type, case or blanks at the end; everything else and NULL is false. */
export const flagConverter = ({ column, yes, no }: FlagColumn): Converter<boolean> => {
  const wanted = comparable(valueOf(yes), column)?.toLowerCase() ?? null;
  return ofColumn(
    column,
    (value) => wanted !== null && comparable(value, column)?.toLowerCase() === wanted,
    (flag) => valueOf(flag ? yes : no),
  );
};
