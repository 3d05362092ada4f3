import type { SQLOutputValue } from 'node:sqlite';

/** A row of a table by its columns. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A column of text that may be empty. */
export const textOf = (value: SQLOutputValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A column of numbers that may be empty. */
export const numberOf = (value: SQLOutputValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((part) => typeof part === 'string');

/** A column that holds a list of texts as JSON. */
export function textsOf(value: SQLOutputValue | undefined): readonly string[] {
  const texts: unknown = JSON.parse(String(value));
  if (!isTexts(texts)) throw new Error('the state file holds a list that is not one');
  return texts;
}
