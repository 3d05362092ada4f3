import { SaxesParser } from 'saxes';
import { namespaces, type XmlElement } from './element';

const maximalDepth = 200;

/** Elements and attributes in a document: ten times what the largest sensible batch has, and few enough for the memory. */
const mostNodes = 500_000;

const prefixes = new Map<string, string>(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));

/** The text is not XML, or uses what a SOAP message must not: a document type, or absurd nesting. */
export class XmlError extends Error {}

const prohibited = 'For security reasons DTD is prohibited in this XML document.';

interface Open {
  readonly name: string;
  readonly ns: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Parses a document into its root element. Only the five predefined entities exist; attributes of foreign namespaces are dropped. */
export function parseXml(text: string): XmlElement {
  // The parser would read a document type to its end before it tells.
  if (/^(?:<\?xml[^>]*\?>)?\s*<!DOCTYPE/.test(text.slice(0, 1000).trimStart())) throw new XmlError(prohibited);
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  const count = (): void => {
    nodes += 1;
    if (nodes > mostNodes) throw new XmlError('The XML document has too many elements and attributes.');
  };
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw new XmlError(error.message);
  });
  parser.on('doctype', () => {
    throw new XmlError(prohibited);
  });
  // Counted as they come: an element with a million of them must not be read to its end.
  parser.on('attribute', count);
  parser.on('opentag', (tag) => {
    if (stack.length >= maximalDepth) throw new XmlError('The XML document is nested too deeply.');
    count();
    const attributes: Record<string, string> = {};
    for (const attribute of Object.values(tag.attributes))
      if (attribute.prefix === '' && attribute.local !== 'xmlns') attributes[attribute.local] = attribute.value;
    stack.push({ name: tag.local, ns: prefixes.get(tag.uri) ?? tag.uri, attributes, children: [], text: '' });
  });
  const addText = (added: string): void => {
    const open = stack.at(-1);
    if (open) open.text += added;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = stack.pop();
    if (!closed) return;
    const element = closed.children.length > 0 ? { ...closed, text: '' } : closed;
    const parent = stack.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  parser.write(text).close();
  if (!root) throw new XmlError('Root element is missing.');
  return root;
}
