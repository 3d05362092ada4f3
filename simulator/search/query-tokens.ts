/** A part of a query string: a bracket, a logical connector, or a value with the keyword in front of it. */
export type QueryToken =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' }
  /** Opens a bracket whose values all belong to a keyword, e.g. `subject:(`. */
  | { readonly kind: 'keyword('; readonly keyword: string }
  | QueryValue;

/** A word or a phrase in quotation marks; `isPrefix` where an asterisk follows it. */
export interface QueryValue {
  readonly kind: 'value';
  readonly keyword: string | undefined;
  readonly text: string;
  readonly isQuoted: boolean;
  readonly isPrefix: boolean;
}

const connectors: ReadonlyMap<string, 'AND' | 'OR' | 'NOT'> = new Map([
  ['AND', 'AND'],
  ['OR', 'OR'],
  ['NOT', 'NOT'],
  ['+', 'AND'],
  ['-', 'NOT'],
]);

const pattern = /\s*(?:([()])|([+-])|(?:(\p{L}+):\s*)?(?:(\()|"([^"]*)"?(\*?)|([^\s()"]+)))/guy;

/** Cuts a query string in pieces; a colon makes a keyword only of the words that are one. */
export function queryTokens(query: string, isKeyword: (word: string) => boolean): readonly QueryToken[] {
  const tokens: QueryToken[] = [];
  for (const [, bracket, sign, word, opening, phrase, star, plain] of query.matchAll(pattern)) {
    const keyword = word?.toLowerCase();
    const isKnown = keyword !== undefined && isKeyword(keyword);
    const connector = connectors.get(sign ?? (word === undefined ? (plain ?? '') : ''));
    if (bracket === '(' || bracket === ')') tokens.push({ kind: bracket });
    else if (connector) tokens.push({ kind: connector });
    else if (opening !== undefined) tokens.push(isKnown ? { kind: 'keyword(', keyword } : { kind: '(' });
    else {
      const text = phrase ?? plain?.replace(/\*$/, '') ?? '';
      tokens.push({
        kind: 'value',
        keyword: isKnown ? keyword : undefined,
        text: word === undefined || isKnown ? text : `${word}:${text}`,
        isQuoted: phrase !== undefined,
        isPrefix: star === '*',
      });
    }
  }
  return tokens;
}
