/**
 * Splits a notification stream into envelopes. Exchange writes one document after the other into one answer; a chunk may hold several
 * envelopes, a part of one, or half a character.
 */
import { SyncError } from '../../../model/error';
import { readXml } from '../xml/read';
import type { XmlElement } from '../xml/read';

// Text cannot contain "</", so the end tag is the end of the document.
const endTag = /<\/(?:[\w.-]+:)?Envelope\s*>/;
const longestEndTag = 64;

/**
 * Every envelope as soon as its last character arrived.
 * @param maxCharacters limit of one envelope
 * @throws SyncError `not-xml`
 */
export async function* splitEnvelopes(chunks: AsyncIterable<Uint8Array>, maxCharacters: number): AsyncIterable<XmlElement> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let searched = 0;
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = endTag.exec(rest.slice(searched)); end !== null; end = endTag.exec(rest)) {
      const document = rest.slice(0, searched + end.index + end[0].length);
      rest = rest.slice(document.length);
      searched = 0;
      yield readXml(document.trimStart());
    }
    searched = Math.max(0, rest.length - longestEndTag);
    if (rest.length > maxCharacters)
      throw new SyncError('not-xml', 'connection', 'The notification stream is not a sequence of envelopes.');
  }
  if (rest.trim() !== '') throw new SyncError('not-xml', 'connection', 'The notification stream ended within an envelope, or is not XML.');
}
