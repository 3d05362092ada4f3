import { compareKeys, keyOf, withoutAccents, type Key } from './comparison';
import type { Condition, Operator, Searched, ValuesOf } from './restriction';

const tests: Readonly<Record<Operator, (order: number) => boolean>> = {
  IsEqualTo: (order) => order === 0,
  IsNotEqualTo: (order) => order !== 0,
  IsGreaterThan: (order) => order > 0,
  IsGreaterThanOrEqualTo: (order) => order >= 0,
  IsLessThan: (order) => order < 0,
  IsLessThanOrEqualTo: (order) => order <= 0,
};

/** The keys of a property's values. */
export const keysOfValues = ({ path, comparison }: Searched, valuesOf: ValuesOf, zone: string): readonly Key[] =>
  valuesOf(path).flatMap((value) => keyOf(comparison, value, zone) ?? []);

/** An absent property differs from everything, and compares to nothing else. Of a list one value is enough. */
const compare = (operator: Operator, keys: readonly Key[], others: readonly Key[]): boolean => {
  if (operator === 'IsNotEqualTo') return keys.every((key) => others.every((other) => key !== other));
  const test = tests[operator];
  return keys.some((key) => others.some((other) => test(compareKeys(key, other))));
};

const folded = (value: string, comparison: string): string => {
  const bare = comparison.includes('NonSpac') || comparison.includes('Loose') ? withoutAccents(value) : value;
  return comparison.includes('IgnoreCase') || comparison.includes('Loose') ? bare.toLowerCase() : bare;
};

const isWordPart = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** True where a word goes on from one character to the next. */
const goesOn = (before: string | undefined, after: string | undefined): boolean => isWordPart(before) && isWordPart(after);

const standsInWords = (value: string, sought: string, isWhole: boolean): boolean => {
  for (let at = value.indexOf(sought); at >= 0 && sought !== ''; at = value.indexOf(sought, at + 1)) {
    const end = at + sought.length;
    if (!goesOn(value[at - 1], value[at]) && !(isWhole && goesOn(value[end - 1], value[end]))) return true;
  }
  return false;
};

/** Where a text stands in another, by ContainmentMode and ContainmentComparison. */
function containsText(raw: string, soughtRaw: string, mode: string, comparison: string): boolean {
  const [value, sought] = [folded(raw, comparison), folded(soughtRaw, comparison)];
  switch (mode) {
    case 'FullString':
      return value === sought;
    case 'Prefixed':
      return value.startsWith(sought);
    case 'PrefixOnWords':
      return standsInWords(value, sought, false);
    case 'ExactPhrase':
      return standsInWords(value, sought, true);
    default:
      return value.includes(sought);
  }
}

const bitsOf = (value: string): bigint => (/^[+-]?\d+$/.test(value) ? BigInt.asUintN(64, BigInt(value)) : 0n);

/** True where whatever has these values is as the condition wants it; times without an offset count in the zone. */
export function passes(valuesOf: ValuesOf, condition: Condition, zone: string): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => passes(valuesOf, part, zone));
    case 'or':
      return condition.parts.some((part) => passes(valuesOf, part, zone));
    case 'not':
      return !passes(valuesOf, condition.part, zone);
    case 'exists':
      return valuesOf(condition.property.path).length > 0;
    case 'compare':
      return compare(condition.operator, keysOfValues(condition.property, valuesOf, zone), [condition.constant]);
    case 'compareProperties':
      return compare(condition.operator, keysOfValues(condition.property, valuesOf, zone), keysOfValues(condition.other, valuesOf, zone));
    case 'contains':
      return valuesOf(condition.property.path).some((value) => containsText(value, condition.sought, condition.mode, condition.comparison));
    case 'excludes':
      return valuesOf(condition.property.path).every((value) => (bitsOf(value) & condition.mask) === 0n);
  }
}
