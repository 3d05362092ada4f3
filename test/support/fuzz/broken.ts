/** Requests that are slightly broken, and such as only an attacker sends. */
import type { Random } from './random';

const replaceAt = (text: string, at: number, length: number, by: string): string => text.slice(0, at) + by + text.slice(at + length);

/** One of the matches of a pattern, by its place. */
const place = (text: string, pattern: RegExp, random: Random): { readonly at: number; readonly found: string } | undefined => {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return undefined;
  const match = random.pick(matches);
  return { at: match.index, found: match[0] };
};

const changes: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => replaceAt(text, random.below(text.length), 1 + random.below(10), ''),
  (text, random) =>
    replaceAt(
      text,
      random.below(text.length),
      0,
      random.pick(['<', '>', '&', '"', '\u0000', '\ufffe', '<!--', ']]>', '&#0;', '&#xD800;', 'ä']),
    ),
  (text, random) => {
    const tag = place(text, /<\/?[mt]:\w+/g, random);
    return tag ? replaceAt(text, tag.at, tag.found.length, `${tag.found}X`) : text;
  },
  (text, random) => {
    const value = place(text, /="[^"]*"/g, random);
    return value
      ? replaceAt(text, value.at, value.found.length, `="${random.pick(['', 'x', '-1', '99999999999', 'AAAA', 'null'])}"`)
      : text;
  },
  (text, random) => {
    const value = place(text, />[^<]+</g, random);
    return value ? replaceAt(text, value.at, value.found.length, `>${random.pick(['', 'x', '-1', 'NaN', '2026-99-99', ' '])}<`) : text;
  },
  (text, random) => {
    const leaf = place(text, /<([mt]:\w+)[^<>]*>[^<]*<\/\1>|<[mt]:\w+[^<>]*\/>/g, random);
    return leaf
      ? replaceAt(text, leaf.at, random.chance(0.5) ? leaf.found.length : 0, random.chance(0.5) ? '' : leaf.found.repeat(3))
      : text;
  },
  (text) => text.replace('/2006/types', '/2006/typos'),
  (text) => text.replace(/<soap:Body>.*<\/soap:Body>/s, '<soap:Body/>'),
  (text) => text.replace('</soap:Body>', '</soap:Body><soap:Body/>'),
  (text) => text.replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
  (text) => text.replace(/Version="\w+"/, 'Version="Exchange3000"'),
];

/** A request with one to three small faults. */
export const brokenRequest = (text: string, random: Random): string => {
  let broken = text;
  for (let count = 1 + random.below(3); count > 0; count -= 1) broken = random.pick(changes)(broken, random);
  return broken;
};

const withDoctype = (text: string, doctype: string, inside: string): string =>
  text.replace(/<\?xml[^>]*\?>/, `<?xml version="1.0"?>${doctype}`).replace('</soap:Body>', `${inside}</soap:Body>`);

const laughs = `<!DOCTYPE lolz [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, index) => `<!ENTITY a${index} "${`&a${index === 0 ? '' : index - 1};`.repeat(10)}">`).join('')}]>`;

const attacks: readonly ((text: string) => string)[] = [
  (text) => withDoctype(text, laughs, '&a19;'),
  (text) => withDoctype(text, `<!DOCTYPE x [<!ENTITY long "${'A'.repeat(1_000_000)}">]>`, '&long;'.repeat(10_000)),
  (text) => withDoctype(text, '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', '&f;'),
  (text) => withDoctype(text, '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">', ''),
  (text) => text.replace('</soap:Body>', `${'<t:x>'.repeat(200_000)}${'</t:x>'.repeat(200_000)}</soap:Body>`),
  (text) => text.replace('</soap:Body>', `${'<t:x>'.repeat(500_000)}</soap:Body>`),
  (text) => text.replace('<soap:Body>', `<soap:Body ${Array.from({ length: 50_000 }, (_, index) => `a${index}="x"`).join(' ')}>`),
  (text) => text.replace('<soap:Body>', `<soap:Body a="${'x'.repeat(5_000_000)}">`),
  (text) => text.replace('</soap:Body>', `<t:${'n'.repeat(2_000_000)}/></soap:Body>`),
  (text) => text.replace('</soap:Body>', `${'<t:x/>'.repeat(500_000)}</soap:Body>`),
  (text) => text.replace('<soap:Body>', `<soap:Body>${'<!-- x -->'.repeat(200_000)}`),
  (text) => text.replace('<soap:Body>', `<soap:Body>${'<?x y?>'.repeat(200_000)}`),
  (text) => text.replace('<soap:Body>', `<soap:Body><![CDATA[${'x'.repeat(3_000_000)}]]>`),
  (text) => text.replace('<soap:Body>', `<soap:Body>${'&amp;'.repeat(500_000)}`),
  (text) =>
    text.replace(
      '<soap:Envelope',
      `<soap:Envelope ${Array.from({ length: 20_000 }, (_, index) => `xmlns:p${index}="urn:${index}"`).join(' ')}`,
    ),
  () => '\u0000'.repeat(100_000),
  () => '<'.repeat(1_000_000),
  () => '',
  () => '{"json": true}',
];

/** A request of an attacker: entity bombs, absurd nesting, huge attributes, a million siblings. */
export const hostileRequest = (text: string, random: Random): string => random.pick(attacks)(text);
