/** The smallest request of every operation that follows the schema: required parts only, the first of each choice, plain values. */
import type { Particle, SchemaType } from '../../simulator/schema/schema-type';
import { schemaElements, schemaTypes } from '../../simulator/schema/schema';
import { escapeXml } from '../../simulator/xml/write';

/** Names of all request elements. */
export const requestNames: readonly string[] = Object.keys(schemaElements)
  .filter((name) => name.startsWith('m:') && !/Response(Message)?$/.test(name))
  .map((name) => name.slice(2));

const values: Readonly<Record<string, string>> = {
  'xs:boolean': 'false',
  'xs:dateTime': '2026-12-01T09:00:00Z',
  'xs:date': '2026-12-01',
  'xs:time': '09:00:00',
  'xs:duration': 'PT1H',
  'xs:base64Binary': 'AA==',
  'xs:language': 'en',
  'xs:string': 'text',
  'xs:anyURI': 'http://127.0.0.1/',
};

const matching = ['0', 'text', 'a@x.test', 'IPM.Note', 'S-1-5-21-1', '00000000-0000-0000-0000-000000000000', '1:1'];

const valueOf = (typeName: string): string => {
  const type = schemaTypes[typeName];
  if (!type) return values[typeName] ?? '1';
  if (type.values) return type.values[0] ?? '';
  if (type.pattern !== undefined) {
    const pattern = new RegExp(`^(?:${type.pattern})$`);
    return matching.find((value) => pattern.test(value)) ?? '';
  }
  if (type.least !== undefined) return String(type.least);
  const inner = type.list ?? type.union?.[0] ?? type.simple ?? type.text;
  return inner === undefined ? '' : valueOf(inner);
};

const attributesOf = (type: SchemaType): string => {
  const inherited = type.base === undefined ? '' : attributesOf(schemaTypes[type.base] ?? {});
  const own = Object.entries(type.attributes ?? {})
    .filter(([, attribute]) => attribute.required)
    .map(([name, attribute]) => ` ${name}="${escapeXml(valueOf(attribute.type))}"`);
  return inherited + own.join('');
};

const contentOf = (type: SchemaType): string =>
  (type.base === undefined ? '' : contentOf(schemaTypes[type.base] ?? {})) + (type.content ? particleText(type.content) : '');

const particleText = (particle: Particle): string => {
  const text = (): string => {
    if ('element' in particle) return elementText(particle.ns, particle.element, particle.type);
    if ('sequence' in particle) return particle.sequence.map(particleText).join('');
    const [first] = 'choice' in particle ? particle.choice : [];
    return first ? particleText({ ...first, min: 1 }) : '';
  };
  return Array.from({ length: particle.min ?? 1 }, text).join('');
};

const isSimple = (type: SchemaType | undefined): boolean =>
  !type || type.simple !== undefined || type.list !== undefined || type.union !== undefined || type.text !== undefined;

const elementText = (ns: string, name: string, typeName: string): string => {
  const type = schemaTypes[typeName];
  const attributes = type ? attributesOf(type) : '';
  const content = typeName === 'xs:anyType' ? '' : isSimple(type) ? escapeXml(valueOf(type?.text ?? typeName)) : contentOf(type ?? {});
  return `<${ns}:${name}${attributes}>${content}</${ns}:${name}>`;
};

/** The smallest request of an operation. */
export const smallestRequest = (name: string): string => elementText('m', name, schemaElements[`m:${name}`] ?? '');
