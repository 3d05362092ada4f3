/** Checks of JSON that came from outside. */
export type Check = (value: unknown) => boolean;

/** A text. */
export const isText: Check = (value) => typeof value === 'string';

/** A number, but neither infinite nor NaN. */
export const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);

/** True or false. */
export const isFlag: Check = (value) => typeof value === 'boolean';

/** A whole number of at least this. */
export const wholeFrom =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least;

/** One of these texts. */
export const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);

/** An object that has what is required, and nothing that is unknown or fails its check. */
export const follows = (value: unknown, checks: Readonly<Record<string, Check>>, required: readonly string[]): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  return (
    required.every((name) => name in value) && entries.every(([name, part]) => Object.hasOwn(checks, name) && checks[name]?.(part) === true)
  );
};
