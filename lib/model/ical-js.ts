/**
 * `ical.js` for CommonJS. Its types describe the ES module only, so that TypeScript refuses a plain import here; the
 * CommonJS build exports what the ES module has as its default.
 */
import { createRequire } from 'node:module';
import type ICAL from 'ical.js' with { 'resolution-mode': 'import' };

type Ical = typeof ICAL;

const isIcal = (value: unknown): value is Ical => typeof value === 'object' && value !== null && 'Recur' in value && 'Component' in value;

const load = (): Ical => {
  const loaded: unknown = createRequire(__filename)('ical.js');
  if (!isIcal(loaded)) throw new Error('The installed ical.js has another shape than 2.2: run npm ci.');
  return loaded;
};

/** The library; strict parsing is its default. */
export const ical: Ical = load();
export type { ICAL };
