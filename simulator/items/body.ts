import { convert } from 'html-to-text';
import { t, type XmlElement } from '../xml/element';

/** How a request wants bodies: `Best` is as they are stored. */
export type BodyForm = 'Best' | 'HTML' | 'Text';

const withCrlf = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');

const asText = (html: string): string =>
  withCrlf(
    convert(html, {
      wordwrap: false,
      selectors: [
        { selector: 'img', format: 'skip' },
        { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      ],
    }),
  );

const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

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

/** A stored body in the form that was asked for, under an element of the given name. */
export function showBody(body: XmlElement, form: BodyForm, name = 'Body'): XmlElement {
  const stored = body.attributes['BodyType'] ?? 'Text';
  const wanted = form === 'Best' ? stored : form;
  const text = wanted === stored ? body.text : wanted === 'Text' ? asText(body.text) : asHtml(body.text);
  return t(name, text, { BodyType: wanted, IsTruncated: false });
}

/** The body with another's content behind it, in the form of the first. */
export const appendBody = (body: XmlElement | undefined, added: XmlElement): XmlElement => {
  if (!body) return storedBody(added);
  const form = body.attributes['BodyType'] === 'HTML' ? 'HTML' : 'Text';
  return storedBody(t('Body', body.text + showBody(storedBody(added), form).text, { BodyType: form }));
};
