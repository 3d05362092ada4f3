/** Texts for people on the command line, in German or English, from the catalogues of the nodes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../lib/erp/administration';
import type { MappingFault } from '../lib/erp/schema/mapping-faults';
import type { ErrorParams, SyncError } from '../lib/model/error';

/** Languages of the pack. */
export const languages = ['de', 'en'] as const;
export type Language = (typeof languages)[number];

/** The language that the environment asks for, as POSIX programs look for it; English where it is another one. */
export const environmentLanguage = (environment: NodeJS.ProcessEnv): Language => {
  const wish = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => environment[name] ?? '').find((value) => value !== '') ?? '';
  return /^de\b|^de_/i.test(wish) ? 'de' : 'en';
};

/** Words errors and faults. */
export interface Texts {
  readonly error: (error: SyncError) => string;
  readonly fault: (fault: MappingFault) => string;
  readonly finding: (finding: Finding) => string;
  /** One of the program's own sentences. */
  readonly say: (english: string, german: string) => string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const group = (catalogue: unknown, name: string): Readonly<Record<string, unknown>> => {
  const texts = isObject(catalogue) ? catalogue[name] : undefined;
  return isObject(texts) ? texts : {};
};

const filled = (text: unknown, message: string, params: ErrorParams): string =>
  typeof text === 'string'
    ? text.replaceAll(/__(\w+?)__/g, (_, name: string) => String(name === 'message' ? message : params[name]))
    : message;

/** Texts of a language; what its catalogue lacks is told in English. */
export const textsOf = (language: Language): Texts => {
  const folder = path.join(__dirname, '..', 'nodes', 'locales', language === 'de' ? 'de' : 'en-US');
  const catalogue: unknown = JSON.parse(readFileSync(path.join(folder, 'ews-config.json'), 'utf8'));
  const errors = group(catalogue, 'error');
  const faults = group(catalogue, 'mapping-fault');
  return {
    error: ({ code, message, params }) => filled(errors[code], message, params),
    fault: ({ code, message, params }) => filled(faults[code], message, params),
    finding: ({ code, text, params }) => filled(errors[code], text, params),
    say: (english, german) => (language === 'de' ? german : english),
  };
};
