/** Content lines and components of iCalendar (RFC 5545, section 3.1), read with tolerance: one bad line costs one property. */

/** A content line. */
export interface Property {
  /** Upper case. */
  readonly name: string;
  /** Parameters by upper-case name, quotes removed; the first value of several. */
  readonly params: ReadonlyMap<string, string>;
  /** The value as written, escapes included. */
  readonly value: string;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** A component with what it contains. */
export interface Component {
  /** Upper case, such as `VEVENT`. */
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
  readonly line: number;
  /** Its END is there. */
  readonly complete: boolean;
  /** Its content lines, unfolded, BEGIN and END included. */
  readonly source: readonly string[];
}

interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

interface OpenComponent {
  readonly name: string;
  readonly line: number;
  readonly properties: Property[];
  readonly components: Component[];
  readonly source: string[];
}

const contentLine = /^\s*([A-Za-z0-9-]+)\s*[;:]/;

/**
 * Joins folded lines. A line that is no content line then continues the one before, as a new line of its text: some
 * programs forget to escape line ends.
 */
const unfold = (text: string): readonly NumberedLine[] => {
  const folded: { text: string; line: number }[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, at) => {
    const last = folded.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.text += raw.slice(1);
    else folded.push({ text: raw, line: at + 1 });
  });
  const lines: { text: string; line: number }[] = [];
  for (const { text: whole, line } of folded) {
    const last = lines.at(-1);
    if (contentLine.test(whole)) lines.push({ text: whole.trimStart(), line });
    else if (whole.trim() !== '' && last !== undefined) last.text += `\\n${whole}`;
  }
  return lines;
};

/** `NAME;PARAM=value;PARAM="value":value`, with stray blanks and semicolons forgiven. Null when there is no value. */
const readProperty = ({ text, line }: NumberedLine): Property | null => {
  const name = /^[A-Za-z0-9-]+/.exec(text)?.[0];
  if (name === undefined) return null;
  const params = new Map<string, string>();
  let rest = text.slice(name.length).trimStart();
  while (rest.startsWith(';')) {
    const [whole, key, quoted, plain] =
      /^;+\s*(?:([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^";:]*))(?:,(?:"[^"]*"|[^";:,]*))*)?\s*/.exec(rest) ?? [];
    if (whole === undefined) return null;
    if (key !== undefined && !params.has(key.toUpperCase())) params.set(key.toUpperCase(), (quoted ?? plain ?? '').trim());
    rest = rest.slice(whole.length);
  }
  return rest.startsWith(':') ? { name: name.toUpperCase(), params, value: rest.slice(1), line } : null;
};

/** Components that are never inside one of their own name: a second BEGIN means that an END is missing. */
const closesBefore = (open: string, next: string): boolean => open === next || (open === 'VALARM' && next === 'VEVENT');

/** The components on top of a calendar text; several calendars may follow each other. */
export const readComponents = (text: string): readonly Component[] => {
  const tops: Component[] = [];
  const open: OpenComponent[] = [];
  const close = (complete: boolean) => {
    const ended = open.pop();
    if (ended === undefined) return;
    const parent = open.at(-1);
    if (complete) ended.source.push(`END:${ended.name}`);
    parent?.source.push(...ended.source);
    (parent?.components ?? tops).push({ ...ended, complete });
  };
  for (const numbered of unfold(text)) {
    const property = readProperty(numbered);
    const name = property?.value.trim().toUpperCase() ?? '';
    if (property?.name === 'BEGIN') {
      while (open.some((component) => closesBefore(component.name, name))) close(false);
      open.push({ name, line: numbered.line, properties: [], components: [], source: [`BEGIN:${name}`] });
    } else if (property?.name === 'END') {
      if (!open.some((component) => component.name === name)) continue;
      while (open.at(-1)?.name !== name) close(false);
      close(true);
    } else {
      const current = open.at(-1);
      current?.source.push(numbered.text);
      if (property !== null) current?.properties.push(property);
    }
  }
  while (open.length > 0) close(false);
  return tops;
};

/** Text value: escapes resolved (RFC 5545, section 3.3.11). */
export const unescapeText = (value: string): string =>
  value.replaceAll(/\\([nN,;\\:"])/g, (_, character: string) => (character.toLowerCase() === 'n' ? '\n' : character));

/** Members of a list of texts. */
export const splitList = (value: string): readonly string[] =>
  (value.match(/(?:\\.|[^,\\])+/g) ?? []).map((member) => unescapeText(member).trim()).filter((member) => member !== '');

const quotedPrintable = (value: string): string => {
  const bytes = value
    .replaceAll(/=(?:\\n)?$/g, '')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const buffer = Buffer.from(bytes, 'latin1');
  return buffer.toString(buffer.toString('utf8').includes('\uFFFD') ? 'latin1' : 'utf8').replaceAll('\r\n', '\n');
};

/** All properties of a name. */
export const propertiesOf = (component: Component, name: string): readonly Property[] =>
  component.properties.filter((property) => property.name === name);

/** The first property of a name that has a value. */
export const propertyOf = (component: Component, name: string): Property | null =>
  component.properties.find((property) => property.name === name && property.value.trim() !== '') ?? null;

/** Text of a property, empty when it is missing. vCalendar 1.0 wrote quoted-printable. */
export const textOf = (component: Component, name: string): string => {
  const property = propertyOf(component, name);
  if (property === null) return '';
  return property.params.get('ENCODING')?.toUpperCase() === 'QUOTED-PRINTABLE'
    ? quotedPrintable(property.value)
    : unescapeText(property.value);
};

/** Upper-case word of a property, empty when it is missing. */
export const wordOf = (component: Component, name: string): string => textOf(component, name).trim().toUpperCase();
