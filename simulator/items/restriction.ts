import type { Session } from '../session';
import { child, type XmlElement } from '../xml/element';
import type { ShownItem } from './computed';
import { shownProperty } from './computed';
import { extendedValue, findExtended } from './extended';
import { propertyTypes } from './kinds';
import { isPath, readPath, type Path } from './path';

/** What a path finds in an item: texts (several for lists), none where the property is absent. */
export function valuesOf(item: ShownItem, path: Path, session: Session): readonly string[] {
  if (path.kind === 'extended') {
    const found = findExtended(item.extended, path.uri);
    if (!found) return [];
    const values = child(found, 'Values');
    return values ? values.children.map((value) => value.text) : [extendedValue(found)];
  }
  if (path.kind === 'indexed') {
    const entry = item.properties[path.name]?.children.find((candidate) => candidate.attributes['Key'] === path.key);
    if (!entry) return [];
    return path.part === undefined ? [entry.text] : entry.children.filter((piece) => piece.name === path.part).map((piece) => piece.text);
  }
  if (path.name === 'Body') return item.properties['Body'] ? [item.properties['Body'].text] : [];
  const found = shownProperty(item, path.name, propertyTypes(item.element).get(path.name) ?? '', session);
  if (!found) return [];
  if (found.attributes['Id'] !== undefined) return [found.attributes['Id']];
  return found.children.length === 0 ? [found.text] : texts(found);
}

const texts = (element: XmlElement): readonly string[] =>
  element.children.flatMap((inner) => (inner.children.length === 0 ? [inner.text] : texts(inner)));

const isTime = (value: string): boolean => /^\d{4}-\d{2}-\d{2}T/.test(value);
const isNumber = (value: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(value);

const ranks: Readonly<Record<string, number>> = { low: 0, high: 2 };

/** Compares as the values ask for: times, numbers, importances, else text without case. */
export function compareValues(one: string, two: string): number {
  if (isTime(one) && isTime(two)) return Date.parse(one) - Date.parse(two);
  if (isNumber(one) && isNumber(two)) return Number(one) - Number(two);
  const [first, second] = [one.toLowerCase(), two.toLowerCase()];
  const [rank, otherRank] = [ranks[first], ranks[second]];
  if (rank !== undefined && otherRank !== undefined) return rank - otherRank;
  return first < second ? -1 : first > second ? 1 : 0;
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  IsEqualTo: (order) => order === 0,
  IsNotEqualTo: (order) => order !== 0,
  IsGreaterThan: (order) => order > 0,
  IsGreaterThanOrEqualTo: (order) => order >= 0,
  IsLessThan: (order) => order < 0,
  IsLessThanOrEqualTo: (order) => order <= 0,
};

const truth = (value: string): string => (value === '1' ? 'true' : value === '0' ? 'false' : value);

const normal = (value: string, other: string): string => (['true', 'false'].includes(other) ? truth(value) : value);

const compare = (item: ShownItem, expression: XmlElement, session: Session): boolean => {
  const test = comparisons[expression.name];
  const [left, right] = expression.children;
  if (!test || !left || !right) return false;
  const operand = right.children[0];
  if (!operand) return false;
  const others = operand.name === 'Constant' ? [operand.attributes['Value'] ?? ''] : valuesOf(item, readPath(operand), session);
  const values = valuesOf(item, readPath(left), session);
  if (values.length === 0) return expression.name === 'IsNotEqualTo';
  const matches = (value: string): boolean => others.some((other) => test(compareValues(value, normal(other, value))));
  return expression.name === 'IsNotEqualTo' ? values.every(matches) : values.some(matches);
};

const folded = (value: string, comparison: string): string => {
  const bare =
    comparison.includes('IgnoreNonSpacing') || comparison.includes('Loose') ? value.normalize('NFD').replace(/\p{Mn}/gu, '') : value;
  return comparison.includes('IgnoreCase') || comparison.includes('Loose') ? bare.toLowerCase() : bare;
};

const contains = (item: ShownItem, expression: XmlElement, session: Session): boolean => {
  const path = expression.children.find(isPath);
  const comparison = expression.attributes['ContainmentComparison'] ?? 'Exact';
  const sought = folded(child(expression, 'Constant')?.attributes['Value'] ?? '', comparison);
  const mode = expression.attributes['ContainmentMode'] ?? 'FullString';
  return (path ? valuesOf(item, readPath(path), session) : []).some((raw) => {
    const value = folded(raw, comparison);
    if (mode === 'FullString') return value === sought;
    if (mode === 'Prefixed') return value.startsWith(sought);
    if (mode === 'Substring') return value.includes(sought);
    const words = value.split(/[^\p{L}\p{N}]+/u);
    return mode === 'PrefixOnWords' ? words.some((word) => word.startsWith(sought)) : words.some((word) => word === sought);
  });
};

const excludes = (item: ShownItem, expression: XmlElement, session: Session): boolean => {
  const path = expression.children.find(isPath);
  const mask = Number(child(expression, 'Bitmask')?.attributes['Value'] ?? 0);
  return (path ? valuesOf(item, readPath(path), session) : []).every((value) => (Number(value) & mask) === 0);
};

/** True where an item passes a search expression. */
export function passes(item: ShownItem, expression: XmlElement, session: Session): boolean {
  switch (expression.name) {
    case 'And':
      return expression.children.every((part) => passes(item, part, session));
    case 'Or':
      return expression.children.some((part) => passes(item, part, session));
    case 'Not':
      return !expression.children.some((part) => passes(item, part, session));
    case 'Exists': {
      const path = expression.children[0];
      return path !== undefined && valuesOf(item, readPath(path), session).length > 0;
    }
    case 'Contains':
      return contains(item, expression, session);
    case 'Excludes':
      return excludes(item, expression, session);
    default:
      return compare(item, expression, session);
  }
}

/** A property that must equal a value for anything to be found, so that an index can find it. */
export function requiredExtended(expression: XmlElement): { readonly uri: XmlElement; readonly value: string } | undefined {
  if (expression.name === 'And') return expression.children.map(requiredExtended).find((found) => found !== undefined);
  if (expression.name !== 'IsEqualTo') return undefined;
  const [uri, right] = expression.children;
  const constant = child(right, 'Constant')?.attributes['Value'];
  return uri?.name === 'ExtendedFieldURI' && constant !== undefined ? { uri, value: constant } : undefined;
}
