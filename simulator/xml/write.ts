import { namespaces, type XmlElement } from './element';

/**
 * Escapes text for content and attributes. Control characters that a mailbox may hold come out as character references,
 * as Exchange writes them, although XML 1.0 does not allow them.
 */
export const escapeXml = (text: string): string =>
  text.replace(
    /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (found) => {
      if (found === '&') return '&amp;';
      if (found === '<') return '&lt;';
      if (found === '>') return '&gt;';
      if (found === '"') return '&quot;';
      return `&#x${found.charCodeAt(0).toString(16).toUpperCase()};`;
    },
  );

const escapeAttribute = (text: string): string => escapeXml(text).replace(/[\t\n]/g, (found) => (found === '\t' ? '&#x9;' : '&#xA;'));

const known: ReadonlySet<string> = new Set(Object.keys(namespaces));

const write = (element: XmlElement, out: string[], outerNamespace: string): void => {
  const prefixed = known.has(element.ns);
  const tag = prefixed ? `${element.ns}:${element.name}` : element.name;
  out.push('<', tag);
  if (!prefixed && element.ns !== outerNamespace) out.push(' xmlns="', escapeAttribute(element.ns), '"');
  for (const [name, value] of Object.entries(element.attributes)) out.push(' ', name, '="', escapeAttribute(value), '"');
  if (element.children.length === 0 && element.text === '') {
    out.push('/>');
    return;
  }
  out.push('>');
  if (element.text !== '') out.push(escapeXml(element.text));
  for (const inner of element.children) write(inner, out, prefixed ? outerNamespace : element.ns);
  out.push('</', tag, '>');
};

/** Writes an element and what it holds; the prefixes s, t, m and e must be declared around it. */
export function writeXml(element: XmlElement): string {
  const out: string[] = [];
  write(element, out, '');
  return out.join('');
}
