/** A text that is a key or a name: taken as it is, without blanks around it. */
import type { PlainColumn } from '../../schema/mapping';
import { ofColumn, trimmedTextOf, type Converter } from './converter';

/** Null stands for NULL and for an empty text. */
export const plainConverter = ({ column }: PlainColumn): Converter<string | null> =>
  ofColumn(
    column,
    (value) => trimmedTextOf(value, column),
    (text) => text,
  );
