/** What a rule may do with a value on its way, beyond carrying it over. */
import { type FieldType, fitted, isBlank } from './fields';

/** A conversion with its parameters. */
export type Conversion =
  /** Values by a table; what the table does not list goes over as without it. */
  | { readonly type: 'codes'; readonly table: readonly (readonly [from: string, to: string])[] }
  /** A value for an empty field, in new and in changed items. */
  | { readonly type: 'when-empty'; readonly value: string }
  /** Line breaks and other white space become single blanks. */
  | { readonly type: 'single-line' }
  /** Text without white space at its ends, cut to a number of characters. */
  | { readonly type: 'limit'; readonly length: number }
  /** JSONata on the whole item of the source; its result is the value. */
  | { readonly type: 'expression'; readonly expression: string };

/** Names of the conversions. */
export const conversionTypes = [
  'codes',
  'when-empty',
  'single-line',
  'limit',
  'expression',
] as const satisfies readonly Conversion['type'][];

/** Why a conversion cannot work for a field; null when it can. */
export const faultOf = (conversion: Conversion, target: FieldType): string | null => {
  switch (conversion.type) {
    case 'codes':
      if (conversion.table.length === 0) return 'the code table is empty: give it rows, or take the conversion away';
      return conversion.table.some(([, to]) => target.type !== 'activityType' && fitted(target, to) === undefined)
        ? 'the code table holds a value that the field cannot take'
        : null;
    case 'when-empty':
      return fitted(target, conversion.value) === undefined || isBlank(conversion.value) ? 'give a value that the field can take' : null;
    case 'single-line':
      return target.type === 'text' ? null : 'only text can become a single line';
    case 'limit':
      if (target.type !== 'text') return 'only text can be cut';
      return Number.isInteger(conversion.length) && conversion.length > 0 ? null : 'give the length as a whole number from 1';
    case 'expression':
      return conversion.expression.trim() === '' ? 'the expression is empty: write one, or take the conversion away' : null;
  }
};

const byTable = (table: readonly (readonly [string, string])[], value: unknown): unknown => {
  const codes = new Map<unknown, string>(table);
  if (!Array.isArray(value)) return codes.get(typeof value === 'number' ? String(value) : (value ?? ''));
  const values: readonly unknown[] = value;
  return values.some((entry) => codes.has(entry)) ? values.map((entry) => codes.get(entry) ?? entry) : undefined;
};

/** A value on its way. */
export interface Carried {
  /** As the source holds it. */
  readonly raw: unknown;
  /** As the target would hold it without conversion. */
  readonly plain: unknown;
}

/** The converted value, not yet fitted to the field. `result`: what the expression gave for the item. */
export const converted = (
  conversion: Conversion | undefined,
  { raw, plain }: Carried,
  result: (expression: string) => unknown,
): unknown => {
  switch (conversion?.type) {
    case undefined:
      return plain;
    case 'codes':
      return byTable(conversion.table, raw) ?? plain;
    case 'when-empty':
      return isBlank(plain) ? conversion.value : plain;
    case 'single-line':
      return String(plain).replaceAll(/\s+/g, ' ').trim();
    case 'limit':
      // Not half a character: a pair of surrogates stays together.
      return String(plain)
        .trim()
        .slice(0, conversion.length)
        .replace(/[\uD800-\uDBFF]$/, '');
    case 'expression':
      return result(conversion.expression);
  }
};
