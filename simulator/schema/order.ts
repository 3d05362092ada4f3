import type { Particle } from './schema-type';
import { schemaTypes } from './schema';

/** Child elements of a type (those of its base first) in the order the schema demands, each with its own type. */
export type ElementTypes = ReadonlyMap<string, string>;

const elementsOf = (particle: Particle): readonly (readonly [string, string])[] => {
  if ('element' in particle) return [[particle.element, particle.type]];
  if ('sequence' in particle) return particle.sequence.flatMap(elementsOf);
  if ('choice' in particle) return particle.choice.flatMap(elementsOf);
  return [];
};

const known = new Map<string, ElementTypes>();

/** The child elements of a type, e.g. of `t:CalendarItemType`. */
export function elementTypes(type: string): ElementTypes {
  const found = known.get(type);
  if (found) return found;
  const schema = schemaTypes[type];
  const inherited = schema?.base === undefined ? [] : elementTypes(schema.base);
  const elements = new Map([...inherited, ...(schema?.content ? elementsOf(schema.content) : [])]);
  known.set(type, elements);
  return elements;
}
