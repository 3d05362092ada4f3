/**
 * Writes XML from a tree of elements. Text gets into a request only through this file, so it is always escaped; what XML 1.0
 * cannot carry is refused by name and never dropped.
 */
import { SyncError } from '../../../model/error';

/** Attributes by name; null leaves one out. */
export type Attributes = Readonly<Record<string, string | null>>;

/** A piece of XML that was composed before, so that a bad item is found before its batch is sent. */
export interface ComposedXml {
  readonly composed: string;
}

/** What stands between an element's tags; null stands for nothing. */
export type XmlContent = XmlNode | ComposedXml | string | null;

/** An element to write. Names carry their prefix, `t:Subject`. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Attributes;
  readonly content: readonly XmlContent[];
}

/** An element with its attributes and content. */
export const element = (name: string, attributes: Attributes = {}, ...content: readonly XmlContent[]): XmlNode => ({
  name,
  attributes,
  content,
});

/** Everything outside the `Char` production of XML 1.0, https://www.w3.org/TR/xml/#charsets; with `u` a lone surrogate matches too. */
const notRepresentable = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

const requireRepresentable = (text: string, field: string): void => {
  const bad = notRepresentable.exec(text)?.[0].codePointAt(0);
  if (bad === undefined) return;
  const codePoint = `U+${bad.toString(16).toUpperCase().padStart(4, '0')}`;
  throw new SyncError(
    'text-not-representable',
    'item',
    `The field ${field} contains the character ${codePoint}, which Exchange cannot store. Remove it from the text in the ERP.`,
    { field, codePoint },
  );
};

// A carriage return must be a reference, or the reader turns it into a line feed.
const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const attributeEscapes: Readonly<Record<string, string>> = { ...textEscapes, '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;' };

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const composeText = (text: string, field: string): string => {
  requireRepresentable(text, field);
  return text.replace(/[&<>\r]/g, (character) => textEscapes[character] ?? character);
};

const composeAttribute = ([name, value]: readonly [string, string | null]): string => {
  if (value === null) return '';
  requireRepresentable(value, localName(name));
  return ` ${name}="${value.replace(/[&<>\r"\t\n]/g, (character) => attributeEscapes[character] ?? character)}"`;
};

const composeContent = (content: XmlContent, field: string): string => {
  if (content === null) return '';
  if (typeof content === 'string') return composeText(content, field);
  return 'composed' in content ? content.composed : composeElement(content);
};

const composeElement = (node: XmlNode): string => {
  const field = localName(node.name);
  const attributes = Object.entries(node.attributes).map(composeAttribute).join('');
  const content = node.content.map((part) => composeContent(part, field)).join('');
  return content === '' ? `<${node.name}${attributes}/>` : `<${node.name}${attributes}>${content}</${node.name}>`;
};

/**
 * The element as text, to be put into a larger tree later.
 * @throws SyncError `text-not-representable` (scope `item`), which names the field and the code point
 */
export const compose = (node: XmlNode): ComposedXml => ({ composed: composeElement(node) });

/**
 * A whole document with its declaration, in UTF-8.
 * @throws SyncError `text-not-representable` (scope `item`)
 */
export const composeDocument = (node: XmlNode): string => `<?xml version="1.0" encoding="utf-8"?>${composeElement(node)}`;
