/** Reads the settings of a node: a value that cannot be used is an error that names field and remedy. */
import { isDay } from '../../lib/mapping/calendar-days';
import { SyncError } from '../../lib/model/error';

const unresolved = /^\$\{([^}]+)\}$/;

/** Node-RED leaves `${NAME}` as it stands when the variable is not set: that is an empty setting. */
const given = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && !unresolved.test(value.trim()) ? value.trim() : '';
};

const invalid = (field: string, value: string, expected: string): SyncError =>
  new SyncError('field-invalid', 'configuration', `${field}: "${value}" cannot be used, expected ${expected}.`, { field, value, expected });

/** Text of a setting, empty when it is not set. */
export const optionalText = (value: unknown): string => given(value);

/** Text of a setting that must be there. */
export const requiredText = (value: unknown, field: string): string => {
  const text = given(value);
  if (text !== '') return text;
  const variable = typeof value === 'string' ? unresolved.exec(value.trim())?.[1] : undefined;
  if (variable === undefined) throw new SyncError('field-missing', 'configuration', `${field} is empty: fill it in.`, { field });
  const message = `${field} is empty: set the environment variable ${variable}.`;
  throw new SyncError('variable-missing', 'configuration', message, { field, variable });
};

/** Day `2026-03-28` of a setting; null when it is not set. */
export const optionalDay = (value: unknown, field: string): string | null => {
  const text = given(value);
  if (text === '') return null;
  if (!isDay(text)) throw invalid(field, text, '2026-03-28');
  return text;
};

/** Number of a setting within limits. */
export const numberBetween = (
  value: unknown,
  field: string,
  limits: { readonly min: number; readonly max: number; readonly or: number },
) => {
  const text = given(value);
  if (text === '') return limits.or;
  const number = Number(text.replace(',', '.'));
  if (!(number >= limits.min && number <= limits.max)) throw invalid(field, text, `${limits.min} – ${limits.max}`);
  return number;
};

/** Yes or no, also from an environment variable; `or` when nothing is set. */
export const yesOrNo = (value: unknown, field: string, or = false): boolean => {
  const text = given(value).toLowerCase();
  if (text === '') return or;
  if (['false', '0', 'no', 'off'].includes(text)) return false;
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  throw invalid(field, text, 'true / false');
};

/** One of several words; the first when nothing is set. */
export const oneOf = <T extends string>(value: unknown, field: string, words: readonly [T, ...T[]]): T => {
  const text = given(value);
  if (text === '') return words[0];
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw invalid(field, text, words.join(', '));
  return word;
};
