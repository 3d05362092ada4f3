import { DateTime } from 'luxon';
import { schemaTypes } from '../schema/schema';
import { elementTypes } from '../schema/order';
import type { Path } from '../items/path';

/** How the values of a property are compared. Enumerations are ordered as in the schema, which is the order of their MAPI values. */
export type Comparison =
  { readonly kind: 'text' | 'number' | 'truth' | 'time' | 'binary' } | { readonly kind: 'rank'; readonly ranks: readonly string[] };

/** A value in the form that compares with `<` and `===`, in JavaScript as in SQL. */
export type Key = string | number;

/** Types whose properties a prefix of field URIs names; the first that has the element wins. */
const owners: Readonly<Record<string, readonly string[]>> = {
  folder: ['t:FolderType', 't:CalendarFolderType', 't:ContactsFolderType', 't:SearchFolderType', 't:TasksFolderType'],
  item: ['t:ItemType', 't:MessageType'],
  message: ['t:MessageType', 't:PostItemType'],
  calendar: ['t:CalendarItemType'],
  task: ['t:TaskType'],
  contacts: ['t:ContactItemType', 't:DistributionListType'],
  distributionlist: ['t:DistributionListType'],
  postitem: ['t:PostItemType'],
  meeting: ['t:MeetingMessageType', 't:MeetingResponseMessageType'],
  meetingRequest: ['t:MeetingRequestMessageType'],
  conversation: ['t:ConversationType'],
  persona: ['t:PersonaType'],
};

/** The schema's type of a property, e.g. of `item:Importance`. */
const schemaTypeOf = (path: Extract<Path, { kind: 'property' }>): string | undefined =>
  (owners[path.prefix] ?? []).map((type) => elementTypes(type).get(path.name)).find((type) => type !== undefined);

const builtIn: Readonly<Record<string, Comparison>> = {
  'xs:string': { kind: 'text' },
  'xs:boolean': { kind: 'truth' },
  'xs:dateTime': { kind: 'time' },
  'xs:date': { kind: 'time' },
  'xs:base64Binary': { kind: 'binary' },
  ...Object.fromEntries(
    [
      'byte',
      'short',
      'int',
      'long',
      'integer',
      'unsignedByte',
      'unsignedShort',
      'unsignedInt',
      'unsignedLong',
      'decimal',
      'double',
      'float',
    ].map((name) => [`xs:${name}`, { kind: 'number' }] as const),
  ),
};

/** Complex types that are searched like texts: their names and addresses, or their entries. */
const textual: ReadonlySet<string> = new Set([
  ...['t:SingleRecipientType', 't:EmailAddressType', 't:ArrayOfStringsType', 't:BodyType', 't:CompleteNameType'],
  ...['t:ItemIdType', 't:PhysicalAddressDictionaryType'],
]);

const comparisonOfType = (type: string): Comparison | undefined => {
  const known = builtIn[type];
  if (known) return known;
  if (textual.has(type)) return { kind: 'text' };
  const { values, simple, base, content } = schemaTypes[type] ?? {};
  if (values) return { kind: 'rank', ranks: values };
  if (content) return undefined;
  const inner = simple ?? base;
  return inner === undefined ? undefined : comparisonOfType(inner);
};

const mapiTypes: Readonly<Record<string, Comparison['kind']>> = {
  ApplicationTime: 'number',
  Binary: 'binary',
  Boolean: 'truth',
  CLSID: 'text',
  Currency: 'number',
  Double: 'number',
  Error: 'number',
  Float: 'number',
  Integer: 'number',
  Long: 'number',
  Short: 'number',
  String: 'text',
  SystemTime: 'time',
};

/** How a property's values are compared; undefined where the property is a structure that cannot be. */
export function comparisonOf(path: Path): Comparison | undefined {
  if (path.kind === 'indexed') return { kind: 'text' };
  if (path.kind === 'extended') {
    const kind = mapiTypes[(path.uri.attributes['PropertyType'] ?? '').replace(/Array$/, '')];
    return kind === undefined || kind === 'rank' ? undefined : { kind };
  }
  const type = schemaTypeOf(path);
  return type === undefined ? undefined : comparisonOfType(type);
}

/** Text without case and width. */
const foldCase = (text: string): string => text.normalize('NFKC').toLowerCase();

const marks = /\p{Mn}/gu;

/** Text without accents. */
export const withoutAccents = (text: string): string => text.normalize('NFD').replace(marks, '').normalize('NFC');

const plain = /^[\x20-\x7e]*$/;

/**
 * The key by which Exchange's collation orders texts: case and width do not count, accents only where everything else is equal.
 * A key of another text without its accents is a prefix of it.
 */
export function collationKey(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  const folded = foldCase(text);
  const base = withoutAccents(folded);
  return base === folded ? folded : `${base}\u0001${folded}`;
}

const readTime = (text: string, zone: string): number | undefined => {
  const isComplete = text.includes('T') && /(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const moment = isComplete ? Date.parse(text) : DateTime.fromISO(text.replace(/(Z|[+-]\d\d:\d\d)$/, ''), { zone }).toMillis();
  return Number.isNaN(moment) ? undefined : moment;
};

const truths: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['1', 1],
  ['false', 0],
  ['0', 0],
]);

/** The key of a value's text; a time without an offset counts in the zone. Undefined where the text is not of that kind. */
export function keyOf(comparison: Comparison, text: string, zone: string): Key | undefined {
  switch (comparison.kind) {
    case 'text':
      return collationKey(text);
    case 'number':
      return text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
    case 'truth':
      return truths.get(text.trim().toLowerCase());
    case 'time':
      return readTime(text.trim(), zone);
    case 'binary':
      return /^[A-Za-z0-9+/=\s]*$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined;
    case 'rank': {
      const rank = comparison.ranks.indexOf(text);
      return rank < 0 ? undefined : rank;
    }
  }
}

/** Orders two keys of the same comparison; what is absent comes first, as in Exchange's tables. */
export const compareKeys = (one: Key | undefined, two: Key | undefined): number => {
  if (one === two) return 0;
  if (one === undefined) return -1;
  if (two === undefined) return 1;
  return one < two ? -1 : 1;
};
