/**
 * Reads XML as it arrives into plain element objects. Text is kept as it is. DTDs and entities are refused; references to control
 * characters, which Exchange writes although XML 1.0 forbids them, are read.
 */
import { SaxesParser } from 'saxes';
import { SyncError } from '../../../model/error';

/** An element that was read. `text` joins the text directly inside it. */
export interface XmlElement {
  /** Name without prefix. */
  readonly name: string;
  /** Namespace URI, empty for none. */
  readonly namespace: string;
  /** Without namespace declarations. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Reads one document piece by piece. */
export interface XmlReader {
  /** @throws SyncError `not-xml` as soon as the text cannot be read */
  readonly write: (chunk: string) => void;
  /**
   * The root element.
   * @throws SyncError `not-xml`
   */
  readonly end: () => XmlElement;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const maxDepth = 100;

const notXml = (reason: string): SyncError =>
  new SyncError(
    'not-xml',
    'connection',
    `The answer is not XML that can be read: ${reason}. Check that the address leads to Exchange and not to a proxy or login page.`,
    {
      reason,
    },
  );

/** Characters that the parser, which reads as XML 1.1, would refuse or turn into line feeds though XML 1.0 allows them; and all references. */
const needsCare = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028]|&#(?:x([0-9a-fA-F]+)|([0-9]+));/g;

const isXml11Character = (code: number): boolean =>
  (code >= 0x1 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);

/**
 * Makes XML 1.0 text safe for the parser's XML 1.1 mode, the only one that takes `&#x1;`: literal characters become references, and
 * references to what is no character at all (U+0000, lone surrogates, U+FFFE) become U+FFFD.
 */
const prepare = (text: string): string =>
  text.replace(needsCare, (match, hexadecimal: string | undefined, decimal: string | undefined) => {
    if (hexadecimal === undefined && decimal === undefined) return `&#x${match.charCodeAt(0).toString(16)};`;
    const code = hexadecimal === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hexadecimal, 16);
    return isXml11Character(code) ? match : '&#xFFFD;';
  });

/** Where a reference starts that the next chunk may complete; the length of the text when there is none. */
const unfinishedReference = (text: string): number => {
  const start = text.lastIndexOf('&');
  return start >= 0 && text.length - start < 12 && !text.includes(';', start) ? start : text.length;
};

/**
 * A reader for one document.
 * @param maxCharacters limit of its length
 */
export const createXmlReader = (maxCharacters: number): XmlReader => {
  const parser = new SaxesParser({ xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: '1.1' });
  const open: OpenElement[] = [];
  let root: XmlElement | null = null;
  let carried = '';
  let length = 0;

  parser.on('error', (error) => {
    throw notXml(error.message);
  });
  parser.on('doctype', () => {
    throw notXml('it declares a document type');
  });
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) throw notXml('it is nested too deeply');
    const attributes: Record<string, string> = {};
    for (const { prefix, local, value } of Object.values(tag.attributes)) {
      if (prefix !== 'xmlns' && local !== 'xmlns') attributes[local] = value;
    }
    const opened: OpenElement = { name: tag.local, namespace: tag.uri, attributes, children: [], text: '' };
    open.at(-1)?.children.push(opened);
    open.push(opened);
  });
  const addText = (text: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (open.length === 0 && closed !== undefined) root = closed;
  });

  return {
    write: (chunk) => {
      length += chunk.length;
      if (length > maxCharacters) throw notXml(`it is longer than ${maxCharacters} characters`);
      const text = carried + chunk;
      const end = unfinishedReference(text);
      carried = text.slice(end);
      parser.write(prepare(text.slice(0, end)));
    },
    end: () => {
      parser.write(carried).close();
      if (root === null) throw notXml('it is empty');
      return root;
    },
  };
};

/**
 * Reads a whole document.
 * @throws SyncError `not-xml`
 */
export const readXml = (text: string, maxCharacters = Number.POSITIVE_INFINITY): XmlElement => {
  const reader = createXmlReader(maxCharacters);
  reader.write(text);
  return reader.end();
};
