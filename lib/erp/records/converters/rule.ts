/** A recurrence rule as RRULE text. */
import type { RuleColumn } from '../../schema/mapping';
import { ofColumn, trimmedTextOf, type Converter } from './converter';

/** Both spellings are read, with and without `RRULE:`. */
export const ruleConverter = ({ column, prefix }: RuleColumn): Converter<string | null> =>
  ofColumn(
    column,
    (value) => trimmedTextOf(value, column)?.replace(/^RRULE:/i, '') ?? null,
    (rule) => (rule !== null && prefix ? `RRULE:${rule}` : rule),
  );
