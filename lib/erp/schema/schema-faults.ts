/** What ajv found, as faults that a person can act on: one for each mistake, unions reduced to the branch that was meant. */
import type { ErrorObject } from 'ajv';
import { faultAt, placeStep, shownValue, type MappingFault } from './mapping-faults';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const shownList = (values: readonly unknown[]): string => values.map(shownValue).join(', ');

/** Number of letters to insert, delete or replace that turn one text into the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, '');

/** The known name that was most likely meant; null when none is near. */
const nearest = (name: string, known: readonly string[]): string | null => {
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(plain(name).slice(0, 60), plain(candidate)) }))
    .filter(({ candidate, away }) => away <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((one, other) => one.away - other.away);
  return best?.candidate ?? null;
};

const paramOf = (error: ErrorObject, name: string): unknown => (isObject(error.params) ? error.params[name] : undefined);

const propertiesOf = (error: ErrorObject): readonly string[] => {
  const properties: unknown = error.parentSchema?.['properties'];
  return isObject(properties) ? Object.keys(properties) : [];
};

/** A property that is not known there, and what may have been meant: what the object has already is not. */
const unknownProperty = (error: ErrorObject) => {
  const name = String(paramOf(error, 'additionalProperty'));
  const present = isObject(error.data) ? Object.keys(error.data) : [];
  const known = propertiesOf(error);
  const suggestion = nearest(
    name,
    known.filter((candidate) => !present.includes(candidate)),
  );
  return { at: error.instancePath, name, known, suggestion };
};

const choicesOf = (error: ErrorObject): readonly string[] =>
  list(error.parentSchema?.['oneOf']).flatMap((branch) => (isObject(branch) ? list(branch['required']).map(String) : []));

/** Properties of each branch of a union. */
const branchesOf = (error: ErrorObject): readonly Json[] =>
  list(error.parentSchema?.['oneOf']).flatMap((branch) =>
    isObject(branch) && isObject(branch['properties']) ? [branch['properties']] : [],
  );

/** Values that the property may have on which a union depends. */
const tagsOf = (error: ErrorObject, tag: string): readonly unknown[] =>
  branchesOf(error).flatMap(({ [tag]: property }) => {
    if (!isObject(property)) return [];
    return 'const' in property ? [property['const']] : list(property['enum']);
  });

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const notAllowed = (place: string, found: unknown, allowed: readonly unknown[]): MappingFault =>
  faultAt(place, 'value-not-allowed', { found: shownValue(found), allowed: shownList(allowed) });

/** The property on which a union depends is missing, misspelt or holds what is not possible. */
const tagFault = (error: ErrorObject): MappingFault => {
  const tag = String(paramOf(error, 'tag'));
  const place = `${error.instancePath}${placeStep(tag)}`;
  const found = paramOf(error, 'tagValue');
  if (found !== undefined) return notAllowed(place, found, tagsOf(error, tag));
  const known = branchesOf(error).flatMap((properties) => Object.keys(properties));
  const meant = Object.keys(isObject(error.data) ? error.data : {}).find((name) => !known.includes(name) && nearest(name, [tag]) !== null);
  return meant === undefined
    ? faultAt(place, 'property-missing')
    : faultAt(`${error.instancePath}${placeStep(meant)}`, 'property-misspelt', { suggestion: tag });
};

const limited = (error: ErrorObject): { readonly limit: number; readonly found: string } => ({
  limit: Number(paramOf(error, 'limit')),
  found: shownValue(error.data),
});

/** The fault of one error; null for those that only say that another one is there. */
const toFault = (error: ErrorObject): MappingFault | null => {
  const place = `${error.instancePath}${error.propertyName === undefined ? '' : placeStep(error.propertyName)}`;
  switch (error.keyword) {
    case 'if':
    case 'propertyNames':
      return null;
    case 'type':
      return faultAt(place, 'type-wrong', {
        expected: list(error.schema).length > 0 ? list(error.schema).join(', ') : String(error.schema),
        found: typeOf(error.data),
      });
    case 'enum':
      return notAllowed(place, error.data, list(error.schema));
    case 'const':
      return faultAt(place, 'version-unknown', { found: shownValue(error.data), known: shownValue(error.schema) });
    case 'discriminator':
      return tagFault(error);
    case 'required':
      return faultAt(`${place}${placeStep(String(paramOf(error, 'missingProperty')))}`, 'property-missing');
    case 'additionalProperties': {
      const { at, name, known, suggestion } = unknownProperty(error);
      const property = `${at}${placeStep(name)}`;
      return suggestion === null
        ? faultAt(property, 'property-unknown', { known: known.join(', ') })
        : faultAt(property, 'property-misspelt', { suggestion });
    }
    case 'false schema':
      return faultAt(place, 'property-without-meaning');
    case 'oneOf':
      return faultAt(place, 'choice-unclear', { choices: choicesOf(error).join(', ') });
    case 'minLength':
      return faultAt(place, 'text-empty');
    case 'maxLength':
      return faultAt(place, 'text-too-long', { limit: limited(error).limit });
    case 'pattern':
      return faultAt(place, 'control-character');
    case 'minItems':
      return faultAt(place, 'list-empty');
    case 'minimum':
      return faultAt(place, 'number-too-small', limited(error));
    case 'maximum':
      return faultAt(place, 'number-too-large', limited(error));
    default:
      throw new Error(`The JSON Schema uses "${error.keyword}", which has no text.`);
  }
};

/** Faults of ajv's errors (`allErrors`, `verbose`), each place once for each code. */
export const schemaFaults = (errors: readonly ErrorObject[]): readonly MappingFault[] => {
  const misspelt = errors
    .filter(({ keyword }) => keyword === 'additionalProperties')
    .map(unknownProperty)
    .filter(({ suggestion }) => suggestion !== null);
  /** What is missing because its name is misspelt is told by the misspelt name. */
  const isMeant = (error: ErrorObject): boolean => {
    const wanted =
      error.keyword === 'required' ? [String(paramOf(error, 'missingProperty'))] : error.keyword === 'oneOf' ? choicesOf(error) : [];
    return misspelt.some(({ at, suggestion }) => at === error.instancePath && suggestion !== null && wanted.includes(suggestion));
  };
  const isBranch = ({ schemaPath, instancePath }: ErrorObject): boolean =>
    /\/oneOf\/\d+\/required$/.test(schemaPath) && errors.some((other) => other.keyword === 'oneOf' && other.instancePath === instancePath);
  const byPlace = new Map<string, MappingFault>();
  for (const error of errors) {
    if (isBranch(error) || isMeant(error)) continue;
    const fault = toFault(error);
    if (fault !== null) byPlace.set(`${fault.code} ${fault.place}`, fault);
  }
  return [...byPlace.values()];
};
