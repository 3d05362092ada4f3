import { EwsError } from '../errors';
import { child, t, type XmlElement } from '../xml/element';
import { comparisonOf, keyOf, type Comparison, type Key } from './comparison';
import { isPath, readPath, type Path } from '../items/path';

/** What a path finds in whatever is searched (an item, a folder): texts, several for lists, none where the property is absent. */
export type ValuesOf = (path: Path) => readonly string[];

/** The comparisons of two values, by the element of a restriction. */
export type Operator = 'IsEqualTo' | 'IsNotEqualTo' | 'IsGreaterThan' | 'IsGreaterThanOrEqualTo' | 'IsLessThan' | 'IsLessThanOrEqualTo';

/** A property that can be searched, and how its values are compared. */
export interface Searched {
  readonly path: Path;
  readonly comparison: Comparison;
}

/** A search expression, read and checked: what items (or folders) have to be like. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'exists'; readonly property: Searched }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly property: Searched; readonly constant: Key }
  | { readonly kind: 'compareProperties'; readonly operator: Operator; readonly property: Searched; readonly other: Searched }
  | { readonly kind: 'contains'; readonly property: Searched; readonly sought: string; readonly mode: string; readonly comparison: string }
  | { readonly kind: 'excludes'; readonly property: Searched; readonly mask: bigint };

/** Most search expressions of one restriction. */
const longest = 255;

/** Properties that Exchange computes and therefore cannot search, although their values are simple. */
const computedOnly: ReadonlySet<string> = new Set([
  ...['item:ItemId', 'item:ParentFolderId', 'item:MimeContent', 'item:MimeContentUTF8', 'item:UniqueBody', 'item:TextBody'],
  ...[
    'item:NormalizedBody',
    'item:Preview',
    'item:EffectiveRights',
    'item:WebClientReadFormQueryString',
    'item:WebClientEditFormQueryString',
  ],
  ...['calendar:UID', 'calendar:RecurrenceId', 'calendar:ConflictingMeetingCount', 'calendar:AdjacentMeetingCount'],
  ...['folder:FolderId', 'folder:ParentFolderId', 'folder:DistinguishedFolderId'],
]);

const recipients: ReadonlySet<string> = new Set(['message:ToRecipients', 'message:CcRecipients', 'message:BccRecipients']);

const uriOf = (path: Path): string => (path.kind === 'property' ? `${path.prefix}:${path.name}` : '');

const unsupported = (code: string, path: Path): EwsError =>
  new EwsError(code, path.kind === 'property' ? { messageXml: [t('FieldURI', '', { FieldURI: uriOf(path) })] } : {});

/** The property of a path, where it can be searched; else an `ErrorUnsupportedPathForQuery`. */
export function searchedProperty(path: Path, code = 'ErrorUnsupportedPathForQuery'): Searched {
  const comparison = computedOnly.has(uriOf(path)) ? undefined : comparisonOf(path);
  if (!comparison) throw unsupported(code, path);
  return { path, comparison };
}

/** The property of a path, where items can be sorted or grouped by it; else an `ErrorUnsupportedPathForSortGroup`. */
export function sortedProperty(path: Path): Searched {
  if (uriOf(path) === 'item:Body') throw unsupported('ErrorUnsupportedPathForSortGroup', path);
  return searchedProperty(path, 'ErrorUnsupportedPathForSortGroup');
}

const pathIn = (expression: XmlElement): Path => {
  const path = expression.children.find(isPath);
  if (!path) throw new EwsError('ErrorInvalidRestriction');
  return readPath(path);
};

const readComparison = (operator: Operator, expression: XmlElement, zone: string): Condition => {
  const property = searchedProperty(pathIn(expression));
  const operand = child(expression, 'FieldURIOrConstant')?.children[0];
  if (!operand) throw new EwsError('ErrorInvalidRestriction');
  if (operand.name !== 'Constant') return { kind: 'compareProperties', operator, property, other: searchedProperty(readPath(operand)) };
  const constant = keyOf(property.comparison, operand.attributes['Value'] ?? '', zone);
  if (constant === undefined) throw new EwsError('ErrorInvalidValueForProperty');
  return { kind: 'compare', operator, property, constant };
};

const readContains = (expression: XmlElement): Condition => {
  const path = pathIn(expression);
  const property: Searched = recipients.has(uriOf(path)) ? { path, comparison: { kind: 'text' } } : searchedProperty(path);
  if (property.comparison.kind !== 'text') throw new EwsError('ErrorContainsFilterWrongType');
  const { ContainmentMode: mode = 'FullString', ContainmentComparison: comparison = 'Exact' } = expression.attributes;
  return { kind: 'contains', property, sought: child(expression, 'Constant')?.attributes['Value'] ?? '', mode, comparison };
};

const readExcludes = (expression: XmlElement): Condition => {
  const property = searchedProperty(pathIn(expression));
  if (property.comparison.kind !== 'number') throw new EwsError('ErrorUnsupportedPathForQuery');
  const mask = child(expression, 'Bitmask')?.attributes['Value'] ?? '';
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(mask)) throw new EwsError('ErrorInvalidExcludesRestriction');
  return { kind: 'excludes', property, mask: BigInt(mask) };
};

const operators: ReadonlySet<string> = new Set<Operator>([
  'IsEqualTo',
  'IsNotEqualTo',
  'IsGreaterThan',
  'IsGreaterThanOrEqualTo',
  'IsLessThan',
  'IsLessThanOrEqualTo',
]);

const isOperator = (name: string): name is Operator => operators.has(name);

const read = (expression: XmlElement, zone: string): Condition => {
  const { name, children } = expression;
  if (name === 'And' || name === 'Or') return { kind: name === 'And' ? 'and' : 'or', parts: children.map((part) => read(part, zone)) };
  if (name === 'Not' && children[0]) return { kind: 'not', part: read(children[0], zone) };
  if (name === 'Exists') return { kind: 'exists', property: searchedProperty(pathIn(expression)) };
  if (name === 'Contains') return readContains(expression);
  if (name === 'Excludes') return readExcludes(expression);
  if (isOperator(name)) return readComparison(name, expression, zone);
  throw new EwsError('ErrorInvalidRestriction');
};

const groups: ReadonlySet<string> = new Set(['And', 'Or', 'Not']);

const expressionsIn = (expression: XmlElement): number =>
  groups.has(expression.name) ? expression.children.reduce((sum, part) => sum + expressionsIn(part), 1) : 1;

/**
 * Reads the search expression of a Restriction (MS-OXWSSRCH); times without an offset count in the zone. What cannot be searched is an
 * `ErrorUnsupportedPathForQuery`, a constant that is no value of the property an `ErrorInvalidValueForProperty`.
 */
export function readRestriction(expression: XmlElement, zone: string): Condition {
  if (expressionsIn(expression) > longest) throw new EwsError('ErrorRestrictionTooLong');
  return read(expression, zone);
}
