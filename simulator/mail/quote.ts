import { DateTime } from 'luxon';
import { escapeHtml, showBody } from '../items/body';
import { text, type Properties } from '../storage/properties';
import { t, type XmlElement } from '../xml/element';
import { bodyOf } from './body-parts';
import { readRecipients, readSingle, type Recipient } from './recipients';

const line = '_'.repeat(32);

const who = ({ name, address }: Recipient): string => (name === address ? address : `${name} <${address}>`);

/** Label and value of what a quotation says about the message it quotes. */
const described = (properties: Properties, sent: string, zone: string): readonly (readonly [string, string])[] => {
  const from = readSingle(properties, 'From');
  const cc = readRecipients(properties, 'CcRecipients');
  return [
    ['From', from ? who(from) : ''],
    ['Sent', DateTime.fromISO(sent, { zone }).setLocale('en-US').toFormat('EEEE, MMMM d, yyyy h:mm:ss a')],
    ['To', readRecipients(properties, 'ToRecipients').map(who).join('; ')],
    ...(cc.length > 0 ? [['Cc', cc.map(who).join('; ')] as const] : []),
    ['Subject', text(properties, 'Subject') ?? ''],
  ];
};

const insideBody = (html: string): string => {
  const opening = /<body\b[^<>]*>/i.exec(html);
  const end = html.toLowerCase().lastIndexOf('</body>');
  return opening && end > opening.index ? html.slice(opening.index + opening[0].length, end) : html;
};

const quotedHtml = (added: string, properties: Properties, facts: readonly (readonly [string, string])[]): string => {
  const about = facts.map(([label, value]) => `<b>${label}:</b> ${escapeHtml(value)}`).join('<br>\r\n');
  const quotation =
    '<hr tabindex="-1" style="display:inline-block; width:98%">\r\n<div id="divRplyFwdMsg" dir="ltr">' +
    `<font face="Calibri, sans-serif" color="#000000" style="font-size:11pt">${about}</font>\r\n<div>&nbsp;</div>\r\n</div>\r\n` +
    `<div>${insideBody(showBody(bodyOf(properties), 'HTML').text)}</div>`;
  return added.includes('</body>')
    ? added.replace('</body>', () => `${quotation}</body>`)
    : `<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n<body>\r\n${added}\r\n${quotation}\r\n</body>\r\n</html>\r\n`;
};

const quotedText = (added: string, properties: Properties, facts: readonly (readonly [string, string])[]): string =>
  [added, line, ...facts.map(([label, value]) => `${label}: ${value}`), '', showBody(bodyOf(properties), 'Text').text].join('\r\n');

/** The body of an answer: what was written, and below it the message it answers, in the form of what was written. */
export function quotingBody(added: XmlElement | undefined, original: Properties, sent: string, zone: string): XmlElement {
  const type = added?.attributes['BodyType'] ?? original['Body']?.attributes['BodyType'] ?? 'Text';
  const facts = described(original, sent, zone);
  const quoted = type === 'HTML' ? quotedHtml : quotedText;
  return t('Body', quoted(added?.text ?? '', original, facts), { BodyType: type });
}
