/**
 * Turns Microsoft's EWS schema into simulator/schema/tables.ts, by which the simulator validates requests and orders elements.
 * Run by hand when the schema changes: node scripts/generate-ews-tables.mjs ../shared/ews-schema
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';

const folder = process.argv[2] ?? '../shared/ews-schema';

const parse = (text) => {
  const root = { name: 'root', attributes: {}, children: [] };
  const stack = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name: name.replace(/^xs:/, ''), attributes, children: [] };
    stack.at(-1).children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => stack.pop());
  parser.write(text).close();
  return root.children[0];
};

const schemas = {
  t: parse(await readFile(join(folder, 'types.xsd'), 'utf8')),
  m: parse(await readFile(join(folder, 'messages.xsd'), 'utf8')),
};
const types = {};
const elements = {};
const named = (kind) =>
  Object.entries(schemas).flatMap(([ns, s]) => s.children.filter((c) => c.name === kind).map((c) => [`${ns}:${c.attributes.name}`, c, ns]));
const groups = new Map(named('group').map(([name, element, ns]) => [name, { element, ns }]));
const attributeGroups = new Map(named('attributeGroup').map(([name, element, ns]) => [name, { element, ns }]));
const globals = new Map(named('element').map(([name, element, ns]) => [name, { element, ns }]));
const substitutes = new Map();
for (const [name, { element }] of globals) {
  const head = element.attributes.substitutionGroup;
  if (head) substitutes.set(head, [...(substitutes.get(head) ?? []), name]);
}

/** Elements that may stand where a global one is referred to: itself, unless it or its type is abstract, and its substitutes. */
const isAbstract = (name) => {
  const { attributes } = globals.get(name).element;
  const type = schemas[name[0]].children.find((c) => c.name === 'complexType' && `${name[0]}:${c.attributes.name}` === attributes.type);
  return attributes.abstract === 'true' || type?.attributes.abstract === 'true';
};
const standIns = (name) => [...(isAbstract(name) ? [] : [name]), ...(substitutes.get(name) ?? [])];

const occurs = ({ minOccurs, maxOccurs }) => ({
  ...(minOccurs === undefined || minOccurs === '1' ? {} : { min: Number(minOccurs) }),
  ...(maxOccurs === undefined || maxOccurs === '1' ? {} : { max: maxOccurs === 'unbounded' ? -1 : Number(maxOccurs) }),
});

const typeOf = (element, ns, owner) => {
  if (element.attributes.type) return element.attributes.type;
  const inner = element.children.find((c) => c.name === 'complexType' || c.name === 'simpleType');
  if (!inner) return 'xs:anyType';
  const name = `${owner}.${element.attributes.name}`;
  if (inner.name === 'complexType') complex(name, inner, ns);
  else simple(name, inner);
  return name;
};

const particle = (node, ns, owner) => {
  const own = occurs(node.attributes);
  if (node.name === 'element') {
    const ref = node.attributes.ref;
    if (!ref) return { element: node.attributes.name, ns, type: typeOf(node, ns, owner), ...own };
    const one = (name) => ({ element: name.slice(2), ns: name[0], type: typeOf(globals.get(name).element, name[0], name) });
    return substitutes.has(ref) ? { choice: standIns(ref).map(one), ...own } : { ...one(ref), ...own };
  }
  if (node.name === 'group')
    return { ...content(groups.get(node.attributes.ref).element, groups.get(node.attributes.ref).ns, owner), ...own };
  if (node.name === 'any') return { any: true, ...own };
  if (node.name === 'sequence' || node.name === 'choice' || node.name === 'all') {
    const parts = node.children
      .filter((c) => ['element', 'group', 'any', 'sequence', 'choice'].includes(c.name))
      .map((c) => particle(c, ns, owner));
    return { [node.name === 'choice' ? 'choice' : 'sequence']: parts, ...own };
  }
  throw new Error(node.name);
};
const content = (node, ns, owner) => {
  const found = node.children.find((c) => ['sequence', 'choice', 'all', 'group'].includes(c.name));
  return found && particle(found, ns, owner);
};
const attributesOf = (node, owner) => {
  const found = {};
  for (const child of node.children) {
    if (child.name === 'attributeGroup') Object.assign(found, attributesOf(attributeGroups.get(child.attributes.ref).element, owner));
    if (child.name !== 'attribute' || child.attributes.use === 'prohibited') continue;
    const name = child.attributes.name ?? child.attributes.ref;
    const inner = child.children.find((c) => c.name === 'simpleType');
    if (inner) simple(`${owner}@${name}`, inner);
    found[name] = {
      type: child.attributes.type ?? (inner ? `${owner}@${name}` : 'xs:string'),
      ...(child.attributes.use === 'required' ? { required: true } : {}),
    };
  }
  return found;
};

function simple(name, node) {
  const restriction = node.children.find((c) => c.name === 'restriction');
  const list = node.children.find((c) => c.name === 'list');
  const union = node.children.find((c) => c.name === 'union');
  if (list) {
    const inner = list.children.find((c) => c.name === 'simpleType');
    if (inner) simple(`${name}.item`, inner);
    types[name] = { list: list.attributes.itemType ?? `${name}.item` };
  } else if (union) {
    const inner = union.children.filter((c) => c.name === 'simpleType');
    inner.forEach((node, index) => simple(`${name}.${index}`, node));
    types[name] = { union: [...(union.attributes.memberTypes?.split(/\s+/) ?? []), ...inner.map((_, index) => `${name}.${index}`)] };
  } else {
    const facet = (kind) => restriction.children.filter((c) => c.name === kind).map((c) => c.attributes.value);
    const values = facet('enumeration');
    types[name] = {
      simple: restriction.attributes.base ?? 'xs:string',
      ...(values.length ? { values } : {}),
      ...(facet('pattern').length ? { pattern: facet('pattern')[0] } : {}),
      ...(facet('minInclusive').length ? { least: Number(facet('minInclusive')[0]) } : {}),
      ...(facet('maxInclusive').length ? { most: Number(facet('maxInclusive')[0]) } : {}),
      ...(facet('minLength').length ? { minLength: Number(facet('minLength')[0]) } : {}),
    };
  }
}

function complex(name, node, ns) {
  const derived = node.children.find((c) => c.name === 'complexContent' || c.name === 'simpleContent');
  const extension = derived?.children.find((c) => c.name === 'extension' || c.name === 'restriction');
  const body = extension ?? node;
  const attributes = attributesOf(body, name);
  const inner = content(body, ns, name);
  types[name] = {
    ...(node.attributes.abstract === 'true' ? { abstract: true } : {}),
    ...(derived?.name === 'simpleContent' ? { text: extension.attributes.base } : {}),
    ...(derived?.name === 'complexContent' && extension.name === 'extension' ? { base: extension.attributes.base } : {}),
    ...(inner ? { content: inner } : {}),
    ...(Object.keys(attributes).length ? { attributes } : {}),
  };
}

for (const [name, node] of named('simpleType')) simple(name, node);
for (const [name, node, ns] of named('complexType')) complex(name, node, ns);
for (const [name, { element, ns }] of globals) elements[name] = typeOf(element, ns, name);

const lines = (table) =>
  Object.entries(table)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`)
    .join('\n');
await writeFile(
  'simulator/schema/tables.ts',
  `/* Generated by scripts/generate-ews-tables.mjs from Microsoft's EWS schema (Exchange 2016, MIT licence of OfficeDev/Interop-TestSuites). */
import type { SchemaType } from './schema-type';

/** Global elements and their types, by prefixed name. */
// prettier-ignore
export const schemaElements: Readonly<Record<string, string>> = {
${lines(elements)}
};

/** All types by prefixed name. */
// prettier-ignore
export const schemaTypes: Readonly<Record<string, SchemaType>> = {
${lines(types)}
};
`,
);
