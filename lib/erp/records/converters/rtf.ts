/** RTF in, plain text out, and back: formatting does not survive a change of the text. */
import { Tokenize } from 'rtf-stream-parser';

/** A token; the tokenizer's own enumeration of kinds has no values at run time. */
interface Token {
  readonly type: number;
  readonly word?: string;
  readonly param?: number;
  readonly data?: Buffer;
}

/** Kinds of tokens, as the tokenizer numbers them. */
const [groupStart, groupEnd, control, plain] = [0, 1, 2, 3];

/** Groups that hold no text of the document. */
const destinations: ReadonlySet<string> = new Set(
  (
    'fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl filetbl info pict object header headerl headerr headerf footer ' +
    'footerl footerr footerf footnote annotation fldinst bkmkstart bkmkend themedata colorschememapping datastore latentstyles generator ' +
    'xmlnstbl mmathPr'
  ).split(' '),
);

/** Control words that stand for text. */
const texts: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  '\n': '\n',
  '\r': '\n',
  tab: '\t',
  cell: '\t',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  '~': '\u00A0',
  _: '\u2011',
  '{': '{',
  '}': '}',
  '\\': '\\',
};

/** Code pages of fonts (`\fcharsetN`), where they are not the document's. */
const codePageOfCharset: Readonly<Record<number, number>> = {
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};

const encodings: Readonly<Record<number, string>> = { 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 65001: 'utf-8' };

const decode = (bytes: readonly number[], codePage: number): string => {
  const known = (codePage >= 1250 && codePage <= 1258) || codePage === 874;
  return new TextDecoder(encodings[codePage] ?? (known ? `windows-${codePage}` : 'windows-1252')).decode(Uint8Array.from(bytes));
};

const isToken = (value: unknown): value is Token =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'number';

const tokensOf = (rtf: string): readonly Token[] => {
  // The tokenizer would reserve as much memory as the text says.
  const longest = Math.max(0, ...[...rtf.matchAll(/\\bin(\d+)/g)].map(([, count]) => Number(count)));
  if (longest > rtf.length) throw new Error('binary data is cut short');
  const tokenizer = new Tokenize();
  // It keeps the last token until it sees the next.
  tokenizer.write(Buffer.from(`${rtf}}`, 'utf8'));
  const tokens: Token[] = [];
  for (let token: unknown = tokenizer.read(); isToken(token); token = tokenizer.read()) tokens.push(token);
  return tokens;
};

/** What a group inherits from the one around it. */
interface Group {
  readonly skipped: boolean;
  /** Characters after `\uN` that stand for it in programs without Unicode. */
  readonly substitutes: number;
  readonly codePage: number | null;
}

/** Reads a document token by token. */
const createReader = () => {
  let text = '';
  let bytes: number[] = [];
  let group: Group = { skipped: false, substitutes: 1, codePage: null };
  const outer: Group[] = [];
  let documentCodePage = 1252;
  const codePages = new Map<number, number>();
  let font = 0;
  let ignorable = false;
  let toSkip = 0;

  const flush = (): void => {
    if (bytes.length > 0) text += decode(bytes, group.codePage ?? documentCodePage);
    bytes = [];
  };
  const append = (more: string): void => {
    flush();
    if (!group.skipped) text += more;
  };
  const unicode = (param: number): void => {
    append(String.fromCharCode(param < 0 ? param + 65_536 : param));
    toSkip = group.substitutes;
  };
  const byte = (value: number): void => {
    if (toSkip > 0) toSkip -= 1;
    else if (!group.skipped) bytes.push(value);
  };
  const word = (name: string, param: number | undefined): void => {
    flush();
    if (destinations.has(name) || ignorable) group = { ...group, skipped: true };
    ignorable = name === '*';
    if (name === 'u') unicode(param ?? 0);
    else if (name === 'uc') group = { ...group, substitutes: param ?? 1 };
    else if (name === 'ansicpg') documentCodePage = param ?? 1252;
    else if (name === 'f') {
      font = param ?? 0;
      group = { ...group, codePage: codePages.get(font) ?? null };
    } else if (name === 'fcharset') {
      const codePage = codePageOfCharset[param ?? 0];
      if (codePage !== undefined) codePages.set(font, codePage);
    } else {
      const stands = texts[name];
      if (stands !== undefined && toSkip > 0) toSkip -= 1;
      else if (stands !== undefined) append(stands);
    }
  };

  return {
    take: (token: Token): void => {
      switch (token.type) {
        case groupStart:
          flush();
          outer.push(group);
          toSkip = 0;
          break;
        case groupEnd:
          flush();
          group = outer.pop() ?? group;
          toSkip = 0;
          ignorable = false;
          break;
        case control:
          if (token.word === "'") byte(token.data?.[0] ?? 0);
          else word(token.word ?? '', token.param);
          break;
        case plain: {
          const own = token.data?.toString('utf8') ?? '';
          const shown = own.slice(toSkip);
          toSkip = Math.max(0, toSkip - own.length);
          if (shown !== '') append(shown);
          break;
        }
      }
    },
    end: (): string => {
      flush();
      return text;
    },
  };
};

/** Text with `\n` between lines; what does not begin like RTF is taken for text. A paragraph mark at the very end ends the last line. */
export const rtfToText = (rtf: string): string => {
  if (!/^\s*\{\\rtf/.test(rtf)) return rtf;
  const reader = createReader();
  for (const token of tokensOf(rtf)) reader.take(token);
  return reader.end().replace(/\n$/, '');
};

const escaped = (text: string): string =>
  text
    .replaceAll(/[\\{}]/g, '\\$&')
    // A code unit as a signed number; emoji are two of them.
    .replaceAll(/[^\n\t\u0020-\u007E]/g, (unit) => [...Array(unit.length).keys()].map((at) => unitText(unit.charCodeAt(at))).join(''))
    .replaceAll('\t', '\\tab ')
    .replaceAll('\n', '\\par\r\n');

const unitText = (code: number): string => `\\u${code > 32_767 ? code - 65_536 : code}?`;

/** A document with one font, as every program reads it. */
export const textToRtf = (text: string): string =>
  text === ''
    ? ''
    : `{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil\\fcharset0 Arial;}}\\viewkind4\\uc1\\pard\\f0\\fs20 ${escaped(text)}\\par\r\n}`;
