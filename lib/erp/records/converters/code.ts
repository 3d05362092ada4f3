/** A code table: the ERP's codes and what they mean. */
import type { Value } from '../../engine';
import type { CodeColumn } from '../../schema/mapping';
import { comparable, ofColumn, valueOf, type Converter } from './converter';

/** `values`: everything that the field can hold; without codes the column holds these themselves. */
export const codeConverter = <Meaning extends string | number>(
  { column, codes, otherwise }: CodeColumn<Meaning>,
  values: readonly Meaning[],
): Converter<Meaning> => {
  const table = codes.length === 0 ? values.map((value) => ({ code: value, value })) : codes;
  const meanings = new Map(table.toReversed().map(({ code, value }) => [comparable(valueOf(code), column), value]));
  const codeOf = new Map<Meaning, Value>(table.toReversed().map(({ code, value }) => [value, valueOf(code)]));
  return ofColumn(
    column,
    (value) => meanings.get(comparable(value, column)) ?? otherwise,
    (meaning) => codeOf.get(meaning) ?? codeOf.get(otherwise) ?? null,
  );
};
