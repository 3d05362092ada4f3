import { convert } from 'html-to-text';
import { t, type XmlElement } from '../xml/element';

/** How a request wants bodies: `Best` is as they are stored. */
export type BodyForm = 'Best' | 'HTML' | 'Text';

const withCrlf = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');

/** What is nested deeper is left out of a body's text: the conversion calls itself, and the stack has an end. */
const deepestHtml = 500;

const asText = (html: string): string =>
  withCrlf(
    convert(html, {
      wordwrap: false,
      limits: { maxDepth: deepestHtml },
      selectors: [
        { selector: 'img', format: 'skip' },
        { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      ],
    }),
  );

/** Text as HTML shows it. */
export const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const asHtml = (text: string): string =>
  [
    '<html>',
    '<head>',
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    '</head>',
    '<body>',
    `<div class="PlainText">${escapeHtml(text).replace(/\r\n/g, '<br>\r\n')}</div>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n');

/** A body as it is stored: text with line ends CRLF, as Exchange keeps it; HTML untouched. */
export const storedBody = (body: XmlElement): XmlElement => {
  const type = body.attributes['BodyType'] ?? 'Text';
  return t('Body', type === 'Text' ? withCrlf(body.text) : body.text, { BodyType: type });
};

const unsafeParts = /<(script|iframe|object|embed|applet)\b[\s\S]*?(?:<\/\1\s*>|$)|\son\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

const unsafeLinks = /(?:href|src)\s*=\s*(?:(["'])\s*)?(?:javascript|vbscript):[^"'\s>]*\1/gi;

/** HTML without what could run: scripts, embedded objects, event handlers. */
const filtered = (html: string): string => html.replace(unsafeParts, '').replace(unsafeLinks, '');

/** The first characters of a text; never half of one. */
const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

/** What a request wants of bodies besides their form. */
export interface BodyLimits {
  /** FilterHtmlContent: without scripts. */
  readonly isFiltered?: boolean;
  /** MaximumBodySize, in characters. */
  readonly most?: number | undefined;
}

/** A stored body in the form that was asked for, under an element of the given name. */
export function showBody(body: XmlElement, form: BodyForm, name = 'Body', { isFiltered = false, most }: BodyLimits = {}): XmlElement {
  const stored = body.attributes['BodyType'] ?? 'Text';
  const wanted = form === 'Best' ? stored : form;
  const safe = isFiltered && stored === 'HTML' ? filtered(body.text) : body.text;
  const text = wanted === stored ? safe : wanted === 'Text' ? asText(safe) : asHtml(safe);
  const isTruncated = most !== undefined && text.length > most;
  return t(name, isTruncated ? cut(text, most) : text, { BodyType: wanted, IsTruncated: isTruncated });
}

/** The body with another's content behind it, in the form of the first. */
export const appendBody = (body: XmlElement | undefined, added: XmlElement): XmlElement => {
  if (!body) return storedBody(added);
  const form = body.attributes['BodyType'] === 'HTML' ? 'HTML' : 'Text';
  return storedBody(t('Body', body.text + showBody(storedBody(added), form).text, { BodyType: form }));
};
