import { isTrueText, t, type XmlElement } from '../../xml/element';
import { showBody, storedBody } from '../body';
import { entryText, withEntry, type EntryPath } from '../dictionary';

/** A MAPI property that is another name for an EWS property: whoever writes one reads the other. */
export interface Mirror {
  /** The EWS property; items of kinds that do not have it keep the MAPI property as it is written. */
  readonly property: string;
  /** The MAPI values of the EWS property, in UTC; none where there is nothing to show. */
  readonly read: (property: XmlElement) => readonly string[];
  /** The EWS property for MAPI values (none: without it); absent where only the server sets it. */
  readonly write?: (values: readonly string[], current: XmlElement | undefined) => XmlElement | undefined;
}

interface Codec {
  readonly toMapi: (text: string) => string | undefined;
  readonly toEws: (value: string) => string;
}

const coded = (property: string, { toMapi, toEws }: Codec): Mirror => ({
  property,
  read: ({ text }) => {
    const value = toMapi(text);
    return value === undefined ? [] : [value];
  },
  write: ([value]) => (value === undefined ? undefined : t(property, toEws(value))),
});

const asIs: Codec = { toMapi: (text) => text, toEws: (value) => value };

/** The same text on both sides; also for times and numbers. */
export const same = (property: string): Mirror => coded(property, asIs);

/** A Boolean. */
export const yesNo = (property: string): Mirror =>
  coded(property, { toMapi: (text) => String(isTrueText(text)), toEws: (value) => String(isTrueText(value)) });

/** A number that stands for the name at its place of the list. */
export const choice = (property: string, names: readonly string[]): Mirror =>
  coded(property, {
    toMapi: (text) => (names.includes(text) ? String(names.indexOf(text)) : undefined),
    toEws: (value) => names[Number(value)] ?? names[0] ?? '',
  });

/** A task's day: MAPI keeps it as midnight UTC of that day, whatever the zone. */
export const day = (property: string): Mirror =>
  coded(property, { toMapi: (text) => `${text.slice(0, 10)}T00:00:00Z`, toEws: (value) => value.slice(0, 10) });

/** A share of 1 for a percentage. */
export const share = (property: string): Mirror =>
  coded(property, { toMapi: (text) => String(Number(text) / 100), toEws: (value) => String(Math.round(Number(value) * 100)) });

/** A list of texts. */
export const list = (property: string): Mirror => ({
  property,
  read: ({ children }) => children.map(({ text }) => text),
  write: (values) =>
    values.length === 0
      ? undefined
      : t(
          property,
          values.map((value) => t('String', value)),
        ),
});

/** An entry of a dictionary property. */
export const entry = (name: string, key: string, part?: string): Mirror => {
  const path: EntryPath = { name, key, part };
  return {
    property: name,
    read: (property) => {
      const text = entryText(property, path);
      return text === undefined ? [] : [text];
    },
    write: ([value], current) => {
      if (value === undefined) return withEntry(current, path, undefined);
      return withEntry(current, path, t('Entry', part === undefined ? value : [t(part, value)], { Key: key }));
    },
  };
};

/** The text of an element further inside, e.g. of `Mailbox`, `EmailAddress` in `From`. */
export const inside = (property: string, ...path: readonly string[]): Mirror => ({
  property,
  read: (element) => {
    const found = path.reduce<XmlElement | undefined>((at, name) => at?.children.find((part) => part.name === name), element);
    return found ? [found.text] : [];
  },
});

/** The body in one form; as PR_HTML its bytes. */
export const body = (form: 'Text' | 'HTML', isBinary = false): Mirror => ({
  property: 'Body',
  read: (element) => {
    const { text } = showBody(element, form);
    return [isBinary ? Buffer.from(text).toString('base64') : text];
  },
  write: ([value]) =>
    value === undefined
      ? undefined
      : storedBody(t('Body', isBinary ? Buffer.from(value, 'base64').toString('utf8') : value, { BodyType: form })),
});

/** The mirror as only the server may set it. */
export const readOnly = ({ property, read }: Mirror): Mirror => ({ property, read });
