/** Mappings as a person edits them: JSON that may be anything. */
import { referenceMapping } from '../../../../../lib/erp/schema/reference-mapping';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const isJson = (value: unknown): value is Json => value !== undefined;

/** A copy of a value as JSON has it. */
export const jsonOf = (value: unknown): Json => {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  if (!isJson(copy)) throw new Error('no JSON');
  return copy;
};

/** Steps of a place: `/task/key/0`. */
const steps = (place: string): readonly string[] => place.split('/').slice(1);

const parentOf = (root: Json, place: string): Json =>
  steps(place)
    .slice(0, -1)
    .reduce<Json>((inner, step) => {
      const next: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined;
      if (!isJson(next)) throw new Error(`${place}: nothing at ${step}`);
      return next;
    }, root);

/** The reference mapping with values put in at places (`/task/key/0`); `undefined` takes away. */
export const edited = (changes: Readonly<Record<string, Json | undefined>>): Json => {
  const root = jsonOf(referenceMapping);
  for (const [place, value] of Object.entries(changes)) {
    const parent = parentOf(root, place);
    const step = steps(place).at(-1) ?? '';
    if (typeof parent !== 'object' || parent === null) throw new Error(`${place}: no object`);
    if (value === undefined) Reflect.deleteProperty(parent, step);
    else Reflect.set(parent, step, value);
  }
  return root;
};
