import assert from 'node:assert/strict';
import { descend, folder, property, shape, type Answer, type XmlElement } from '../harness';

export const field = (uri: string): string => `<t:FieldURI FieldURI="${uri}"/>`;

export const indexedField = (uri: string, key: string): string => `<t:IndexedFieldURI FieldURI="${uri}" FieldIndex="${key}"/>`;

/** A named extended property of the set that these tests use. */
export const extendedField = (name: string, type = 'String'): string =>
  `<t:ExtendedFieldURI PropertySetId="11112222-3333-4444-5555-666677778888" PropertyName="${name}" PropertyType="${type}"/>`;

export const extendedProperty = (name: string, value: string, type = 'String'): string =>
  `<t:ExtendedProperty>${extendedField(name, type)}<t:Value>${value}</t:Value></t:ExtendedProperty>`;

export const compare = (operator: string, path: string, value: string): string =>
  `<t:${operator}>${path}<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant></t:${operator}>`;

export const compareFields = (operator: string, path: string, other: string): string =>
  `<t:${operator}>${path}<t:FieldURIOrConstant>${other}</t:FieldURIOrConstant></t:${operator}>`;

export const contains = (path: string, value: string, mode: string, comparison: string): string =>
  `<t:Contains ContainmentMode="${mode}" ContainmentComparison="${comparison}">${path}<t:Constant Value="${value}"/></t:Contains>`;

export const excludes = (path: string, mask: string): string => `<t:Excludes>${path}<t:Bitmask Value="${mask}"/></t:Excludes>`;

export const restricted = (expression: string): string => `<m:Restriction>${expression}</m:Restriction>`;

/** A SortOrder; a field with a minus sign in front is sorted downwards. */
export const sorted = (...paths: readonly string[]): string =>
  `<m:SortOrder>${paths.map((path) => `<t:FieldOrder Order="${path.startsWith('-') ? 'Descending' : 'Ascending'}">${path.replace(/^-/, '')}</t:FieldOrder>`).join('')}</m:SortOrder>`;

export const indexed = (most: number, offset = 0, from = 'Beginning'): string =>
  `<m:IndexedPageItemView MaxEntriesReturned="${most}" Offset="${offset}" BasePoint="${from}"/>`;

export const subjects = shape('IdOnly', field('item:Subject'));

/** A FindItem with its parts in the order of the schema. */
export const find = (
  name: string,
  {
    view = '',
    grouping = '',
    restriction = '',
    order = '',
    query = '',
    traversal = 'Shallow',
    itemShape = subjects,
  }: Partial<Record<'view' | 'grouping' | 'restriction' | 'order' | 'query' | 'traversal' | 'itemShape', string>> = {},
): string =>
  `<m:FindItem Traversal="${traversal}">${itemShape}${view}${grouping}${restriction === '' ? '' : restricted(restriction)}${order}<m:ParentFolderIds>${folder(name)}</m:ParentFolderIds>${query === '' ? '' : `<m:QueryString>${query}</m:QueryString>`}</m:FindItem>`;

export const root = (answer: Answer): XmlElement => {
  const element = descend(answer.messages[0], 'RootFolder');
  assert.ok(element, answer.text);
  return element;
};

export const found = (answer: Answer): readonly XmlElement[] => descend(root(answer), 'Items')?.children ?? [];

export const subjectsOf = (answer: Answer): readonly (string | undefined)[] => found(answer).map((item) => property(item, 'Subject'));
