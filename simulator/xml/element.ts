/** XML as plain data. Operations build and read this; only `write.ts` turns it into text, so nothing is ever composed unescaped. */

/** Prefixes that stand for the namespaces of EWS; any other namespace is held as its full URI. */
export const namespaces = {
  s: 'http://schemas.xmlsoap.org/soap/envelope/',
  t: 'http://schemas.microsoft.com/exchange/services/2006/types',
  m: 'http://schemas.microsoft.com/exchange/services/2006/messages',
  e: 'http://schemas.microsoft.com/exchange/services/2006/errors',
} as const;

/** One element: its local name, prefix (see `namespaces`), attributes, child elements, and text where it has no children. */
export interface XmlElement {
  readonly name: string;
  readonly ns: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** What an element may be given as content: text, or child elements of which absent ones are left out. */
export type Content = string | number | boolean | readonly (XmlElement | undefined)[];

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const build = (ns: string, name: string, attributes: Attributes, content: Content): XmlElement => {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) given[key] = String(value);
  return {
    name,
    ns,
    attributes: given,
    children: typeof content === 'object' ? content.filter((child) => child !== undefined) : [],
    text: typeof content === 'object' ? '' : String(content),
  };
};

/** Builds an element of the types namespace. */
export const t = (name: string, content: Content = '', attributes: Attributes = {}): XmlElement => build('t', name, attributes, content);

/** Builds an element of the messages namespace. */
export const m = (name: string, content: Content = '', attributes: Attributes = {}): XmlElement => build('m', name, attributes, content);

/** Builds an element of another namespace, by prefix or URI ('' for none). */
export const other = (ns: string, name: string, content: Content = '', attributes: Attributes = {}): XmlElement =>
  build(ns, name, attributes, content);

/** The first child of that name. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((candidate) => candidate.name === name);

/** The text of the first child of that name. */
export const childText = (element: XmlElement | undefined, name: string): string | undefined => child(element, name)?.text;

/** The value of an xs:boolean; false where there is none. */
export const isTrueText = (text: string | undefined): boolean => ['true', '1'].includes(text?.trim() ?? '');

/** The element at the end of a path of names. */
export const descend = (element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>((at, name) => child(at, name), element);
