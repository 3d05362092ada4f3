import { namespaces, type XmlElement } from '../xml/element';
import { isValidSimple } from './simple';
import type { Particle, SchemaType } from './schema-type';
import { schemaElements, schemaTypes } from './schema';

/** The request does not follow the schema; the message is worded as Exchange words it. */
export class SchemaError extends Error {}

const uri = (ns: string): string => new Map<string, string>(Object.entries(namespaces)).get(ns) ?? ns;

const noMatch = -1;

const matchOnce = (particle: Particle, children: readonly XmlElement[], at: number): number => {
  if ('element' in particle) {
    const found = children[at];
    if (found?.name !== particle.element || found.ns !== particle.ns) return noMatch;
    validateAs(found, particle.type);
    return at + 1;
  }
  if ('any' in particle) return at < children.length ? at + 1 : noMatch;
  if ('sequence' in particle) return matchSequence(particle.sequence, children, at);
  return matchChoice(particle.choice, children, at);
};

const matchSequence = (parts: readonly Particle[], children: readonly XmlElement[], start: number): number => {
  let at = start;
  for (const part of parts) {
    at = matchMany(part, children, at);
    if (at === noMatch) return noMatch;
  }
  return at;
};

const matchChoice = (parts: readonly Particle[], children: readonly XmlElement[], at: number): number => {
  let best = noMatch;
  for (const part of parts) {
    const next = matchMany(part, children, at);
    if (next > at) return next;
    if (next === at) best = at;
  }
  return best;
};

const matchMany = (particle: Particle, children: readonly XmlElement[], start: number): number => {
  const least = particle.min ?? 1;
  const most = particle.max === -1 ? Infinity : (particle.max ?? 1);
  let at = start;
  for (let count = 0; count < most; count += 1) {
    const next = matchOnce(particle, children, at);
    if (next === noMatch) return count >= least ? at : noMatch;
    if (next === at) return at;
    at = next;
  }
  return at;
};

const contentOf = (type: SchemaType): readonly Particle[] => {
  const base = type.base === undefined ? undefined : schemaTypes[type.base];
  return [...(base ? contentOf(base) : []), ...(type.content ? [type.content] : [])];
};

const attributesOf = (type: SchemaType): NonNullable<SchemaType['attributes']> => {
  const base = schemaTypes[type.base ?? type.text ?? ''];
  return { ...(base ? attributesOf(base) : {}), ...type.attributes };
};

const validateAttributes = (element: XmlElement, type: SchemaType): void => {
  const declared = attributesOf(type);
  for (const [name, value] of Object.entries(element.attributes)) {
    const attribute = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!attribute) throw new SchemaError(`The '${name}' attribute is not declared.`);
    if (!isValidSimple(value, attribute.type))
      throw new SchemaError(
        `The '${name}' attribute is invalid - The value '${value.slice(0, 100)}' is invalid according to its datatype '${attribute.type}'.`,
      );
  }
  for (const [name, attribute] of Object.entries(declared))
    if (attribute.required === true && element.attributes[name] === undefined)
      throw new SchemaError(`The required attribute '${name}' is missing.`);
};

const validateChildren = (element: XmlElement, type: SchemaType): void => {
  const reached = matchSequence(contentOf(type), element.children, 0);
  if (reached === element.children.length) {
    if (element.children.length === 0 && element.text.trim() !== '')
      throw new SchemaError(`The element '${element.name}' in namespace '${uri(element.ns)}' cannot contain text.`);
    return;
  }
  const unexpected = element.children[Math.max(reached, 0)];
  const problem =
    unexpected && reached !== noMatch
      ? `invalid child element '${unexpected.name}' in namespace '${uri(unexpected.ns)}'`
      : 'incomplete or invalid content';
  throw new SchemaError(`The element '${element.name}' in namespace '${uri(element.ns)}' has ${problem}.`);
};

const validateAs = (element: XmlElement, typeName: string): void => {
  const type = schemaTypes[typeName];
  const isSimple = !type || type.simple !== undefined || type.list !== undefined || type.union !== undefined || type.text !== undefined;
  if (typeName === 'xs:anyType') return;
  if (type && type.simple === undefined) validateAttributes(element, type);
  if (!isSimple) validateChildren(element, type);
  else if (element.children.length > 0 || !isValidSimple(element.text, type?.text ?? typeName))
    throw new SchemaError(
      `The '${uri(element.ns)}:${element.name}' element is invalid - The value '${element.text.slice(0, 100)}' is invalid according to its datatype '${typeName}'.`,
    );
};

/** True where the schema declares this global element, e.g. the request of an operation. */
export const isDeclared = (element: XmlElement): boolean => schemaElements[`${element.ns}:${element.name}`] !== undefined;

/** Throws a `SchemaError` where an element (with all it holds) does not follow the declaration of its name. */
export function validateElement(element: XmlElement): void {
  const type = schemaElements[`${element.ns}:${element.name}`];
  if (type === undefined) throw new SchemaError(`The element '${element.name}' in namespace '${uri(element.ns)}' is not declared.`);
  validateAs(element, type);
}
