import type { Properties } from '../storage/properties';
import { t, type XmlElement } from '../xml/element';

/** The body of an item; an empty text where it has none. */
export const bodyOf = (properties: Properties): XmlElement => properties['Body'] ?? t('Body', '', { BodyType: 'Text' });

/** Where the quotation of an earlier message begins, as mail programs mark it. No tag is sought beyond the next: bodies are large, and anybody's. */
const quotations: Readonly<Record<string, RegExp>> = {
  HTML: /<div[^<>]*\bid="?(?:divRplyFwdMsg|appendonsend)"?|<hr\b[^<>]*>\s*<div[^<>]*\bid="?divRplyFwdMsg|<blockquote\b|<div[^<>]*class="?gmail_quote/i,
  Text: /^_{20,}\s*$|^-{3,}\s*Original Message|^On .{1,200} wrote:\s*$|^>/m,
};

/** What a message adds to its conversation: its body up to the quotation. */
export function uniquePart(body: XmlElement): XmlElement {
  const type = body.attributes['BodyType'] ?? 'Text';
  const at = body.text.search(quotations[type] ?? /$^/);
  if (at < 0) return body;
  const kept = body.text.slice(0, at);
  return t('Body', type === 'HTML' ? `${kept}</body></html>` : kept, { BodyType: type });
}
