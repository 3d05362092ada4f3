import { isTrueText, t, type XmlElement } from '../xml/element';

/** The stored properties of an item by element name. Which exist is the client's business; their order is the schema's. */
export type Properties = Readonly<Record<string, XmlElement>>;

/** The text of a property, e.g. of `Subject`. */
export const text = (properties: Properties, name: string): string | undefined => properties[name]?.text;

/** True where a boolean property is set. */
export const isTrue = (properties: Properties, name: string): boolean => isTrueText(properties[name]?.text);

/** The properties with text values put in; `undefined` removes one. */
export function withTexts(properties: Properties, values: Readonly<Record<string, string | number | boolean | undefined>>): Properties {
  const kept = Object.entries(properties).filter(([name]) => !(name in values));
  const added = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, t(name, value)] as const]));
  return Object.fromEntries([...kept, ...added]);
}

/** Stored form of one element: its text alone where it has nothing else. */
type Packed =
  string | { readonly a?: Readonly<Record<string, string>>; readonly c?: readonly (readonly [string, Packed])[]; readonly x?: string };

const pack = (element: XmlElement): Packed => {
  const isPlain = element.children.length === 0 && Object.keys(element.attributes).length === 0;
  if (isPlain) return element.text;
  return {
    ...(Object.keys(element.attributes).length > 0 ? { a: element.attributes } : {}),
    ...(element.children.length > 0 ? { c: element.children.map((inner) => [inner.name, pack(inner)] as const) } : { x: element.text }),
  };
};

const unpack = (name: string, packed: Packed): XmlElement =>
  typeof packed === 'string'
    ? { name, ns: 't', attributes: {}, children: [], text: packed }
    : {
        name,
        ns: 't',
        attributes: packed.a ?? {},
        children: (packed.c ?? []).map(([inner, value]) => unpack(inner, value)),
        text: packed.x ?? '',
      };

interface Stored {
  readonly p: Readonly<Record<string, Packed>>;
  readonly e: readonly Packed[];
}

const isStored = (value: unknown): value is Stored => typeof value === 'object' && value !== null && 'p' in value && 'e' in value;

/** Text for the database column; the same properties give the same text, in whatever order they were set. */
export function serialise(properties: Properties, extended: readonly XmlElement[]): string {
  const names = Object.keys(properties).sort();
  const stored: Stored = {
    p: Object.fromEntries(names.map((name) => [name, pack(properties[name] ?? t(name))] as const)),
    e: extended.map(pack),
  };
  return JSON.stringify(stored);
}

/** Reads what `serialise` wrote. */
export function deserialise(column: string): { readonly properties: Properties; readonly extended: readonly XmlElement[] } {
  const stored: unknown = JSON.parse(column);
  if (!isStored(stored)) throw new Error('the state file holds an item that is not one');
  return {
    properties: Object.fromEntries(Object.entries(stored.p).map(([name, packed]) => [name, unpack(name, packed)])),
    extended: stored.e.map((packed) => unpack('ExtendedProperty', packed)),
  };
}
