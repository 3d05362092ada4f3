/** HTML in, plain text out, and back: formatting does not survive a change of the text. */
import { compile } from 'html-to-text';

/** Zero-width spaces are content, unlike what html-to-text takes for white space. */
const whitespaceCharacters = ' \t\r\n\f';

const shared = {
  wordwrap: false,
  whitespaceCharacters,
  formatters: {
    /** A line; one that holds a line break alone is an empty line, not two. */
    line: (element, walk, builder) => {
      const isEmpty = element.children.length === 1 && element.children[0]?.name === 'br';
      builder.openBlock({ leadingLineBreaks: 1 });
      if (isEmpty) builder.addInline('\u00A0', { noWordTransform: true });
      else walk(element.children, builder);
      builder.closeBlock({ trailingLineBreaks: 1 });
    },
  },
  selectors: [
    { selector: 'div', format: 'line' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
} satisfies Parameters<typeof compile>[0];

const convertHtml = compile(shared);
/** What has no tags was typed as text, and its line breaks are meant. */
const convertLines = compile({ ...shared, preserveNewlines: true });

/** Text with `\n` between lines. */
export const htmlToText = (html: string): string => {
  const convert = /<[a-z!/]/i.test(html) ? convertHtml : convertLines;
  return convert(html.replaceAll(/\r\n?/g, '\n')).replaceAll('\u00A0', ' ').replaceAll(/^ +$/gm, '');
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\u00A0': '&nbsp;' };

/** Blanks that HTML would swallow are kept, tabs become blanks. */
const lineToHtml = (line: string): string =>
  line
    .replaceAll('\t', '    ')
    .replaceAll(/[\f\v]/g, ' ')
    .replaceAll(/[&<>"\u00A0]/g, (character) => entities[character] ?? character)
    .replaceAll(/^ | (?= )| $/g, '&nbsp;');

/** A `div` per line. */
export const textToHtml = (text: string): string =>
  text === ''
    ? ''
    : text
        .split('\n')
        .map((line) => `<div>${lineToHtml(line) || '&nbsp;'}</div>`)
        .join('');
