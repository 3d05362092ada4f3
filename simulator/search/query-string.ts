import type { Condition } from './restriction';
import type { Session } from '../session';
import { timeRange } from './query-dates';
import { isKeyword, isTimeKeyword, queryTerm } from './query-terms';
import { queryTokens, type QueryToken, type QueryValue } from './query-tokens';

/** What is left to read; moved forward while reading. */
interface Reading {
  readonly tokens: readonly QueryToken[];
  readonly session: Session;
  at: number;
}

const next = ({ tokens, at }: Reading): QueryToken | undefined => tokens[at];

/** Words after a time's first that belong to it, e.g. the second of `received:last week`. */
const longestTime = (reading: Reading, first: QueryValue): string => {
  const following = reading.tokens.slice(reading.at, reading.at + 2);
  for (let count = following.length; count > 0; count -= 1) {
    const words = following.slice(0, count).map((token) => (token.kind === 'value' && token.keyword === undefined ? token.text : ''));
    const text = [first.text, ...words].join(' ');
    if (words.every((word) => word !== '') && timeRange(text, reading.session.now(), reading.session.zone)) {
      reading.at += count;
      return text;
    }
  }
  return first.text;
};

const readValue = (reading: Reading, value: QueryValue, outer: string | undefined): Condition => {
  const keyword = value.keyword ?? outer;
  const text = isTimeKeyword(keyword) ? longestTime(reading, value) : value.text;
  return queryTerm(keyword, text, value.isQuoted && !value.isPrefix ? 'ExactPhrase' : 'PrefixOnWords', reading.session);
};

const readOne = (reading: Reading, keyword: string | undefined): Condition | undefined => {
  const token = next(reading);
  if (!token || token.kind === ')' || token.kind === 'OR') return undefined;
  reading.at += 1;
  if (token.kind === 'AND') return readOne(reading, keyword);
  if (token.kind === 'NOT') {
    const part = readOne(reading, keyword);
    return part && { kind: 'not', part };
  }
  if (token.kind === 'value') return readValue(reading, token, keyword);
  const inner = readAny(reading, token.kind === 'keyword(' ? token.keyword : keyword);
  if (next(reading)?.kind === ')') reading.at += 1;
  return inner;
};

const readAll = (reading: Reading, keyword: string | undefined): Condition | undefined => {
  const parts: Condition[] = [];
  for (let part = readOne(reading, keyword); part; part = readOne(reading, keyword)) parts.push(part);
  return parts.length > 1 ? { kind: 'and', parts } : parts[0];
};

const readAny = (reading: Reading, keyword: string | undefined): Condition | undefined => {
  const parts: Condition[] = [];
  for (;;) {
    const part = readAll(reading, keyword);
    if (part) parts.push(part);
    if (next(reading)?.kind !== 'OR') break;
    reading.at += 1;
  }
  return parts.length > 1 ? { kind: 'or', parts } : parts[0];
};

/**
 * Reads a query string in the subset of Advanced Query Syntax that EWS knows
 * (https://learn.microsoft.com/exchange/client-developer/web-service-reference/querystring-querystringtype): values stand side by side for
 * AND, and are sought at the beginning of words, without case; undefined where nothing is sought. What is not well formed is read as far as it goes.
 */
export function readQueryString(query: string, session: Session): Condition | undefined {
  const reading: Reading = { tokens: queryTokens(query, isKeyword), session, at: 0 };
  const parts: Condition[] = [];
  while (next(reading)) {
    const part = readAny(reading, undefined);
    if (part) parts.push(part);
    // A bracket that closes nothing.
    if (next(reading)?.kind === ')') reading.at += 1;
  }
  return parts.length > 1 ? { kind: 'and', parts } : parts[0];
}
