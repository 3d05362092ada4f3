/** `ical.js` for CommonJS: its types describe the ES module only, and the CommonJS build exports what that has as its default. */
import { createRequire } from 'node:module';
import type ICAL from 'ical.js' with { 'resolution-mode': 'import' };

type Ical = typeof ICAL;

const isIcal = (value: unknown): value is Ical =>
  typeof value === 'object' && value !== null && 'Component' in value && 'stringify' in value;

const load = (): Ical => {
  const loaded: unknown = createRequire(__filename)('ical.js');
  if (!isIcal(loaded)) throw new Error('The installed ical.js has another shape than 2.2: run npm ci.');
  return loaded;
};

/** The library. */
export const ical: Ical = load();
export type { ICAL };

/** One property as jCal (RFC 7265) has it: name, parameters, type, values. */
export type Line = readonly [name: string, parameters: Readonly<Record<string, string>>, type: string, ...values: unknown[]];

/** A component as jCal has it. */
export type Component = readonly [name: string, lines: readonly Line[], parts: readonly Component[]];

/** Writes a component as iCalendar text. */
export const writeComponent = ([name, lines, parts]: Component): string => {
  const copy = (part: Component): unknown[] => [part[0], part[1].map((line) => [...line]), part[2].map(copy)];
  return `${new ical.Component(copy([name, lines, parts])).toString()}\r\n`;
};
