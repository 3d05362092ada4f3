/** Answers whose every message failed, made from the schema alone: nothing of the request is carried out. */
import type { EwsError } from '../errors';
import { failure, response } from '../operations/operation';
import { failed } from '../operations/response-message';
import type { Particle, SchemaType } from '../schema/schema-type';
import { schemaElements, schemaTypes } from '../schema/schema';
import { SchemaError, validateElement } from '../schema/validate';
import { m, type XmlElement } from '../xml/element';

const lists: ReadonlySet<string> = new Set(['Items', 'ItemIds', 'ItemChanges', 'FolderIds', 'Folders', 'FolderChanges', 'AttachmentIds']);

/** How many items, folders or ids a request is about; 1 for a request about something else. */
export const partsOf = (request: XmlElement): number =>
  Math.max(1, request.children.find(({ name }) => lists.has(name))?.children.length ?? 1);

const particles = (type: SchemaType | undefined): readonly Particle[] =>
  type === undefined
    ? []
    : [...(type.base === undefined ? [] : particles(schemaTypes[type.base])), ...(type.content ? flatten(type.content) : [])];

const flatten = (particle: Particle): readonly Particle[] =>
  'sequence' in particle && particle.min !== 0 ? particle.sequence.flatMap(flatten) : [particle];

const hasBase = (type: SchemaType | undefined, wanted: string): boolean =>
  type?.base !== undefined && (type.base === wanted || hasBase(schemaTypes[type.base], wanted));

const messageType = (name: string): string | undefined => {
  const messages = schemaTypes['m:ArrayOfResponseMessagesType']?.content;
  const choice = messages && 'choice' in messages ? messages.choice : [];
  const found = choice.find((particle) => 'element' in particle && particle.element === `${name}ResponseMessage`);
  return found && 'element' in found ? found.type : undefined;
};

/** What the schema wants in a response message even where it failed. */
const required = (type: string): readonly XmlElement[] =>
  particles(schemaTypes[type]).flatMap((particle) =>
    'element' in particle && particle.min !== 0 && particle.ns === 'm' ? [m(particle.element)] : [],
  );

const isValid = (element: XmlElement): boolean => {
  try {
    validateElement(element);
    return true;
  } catch (error) {
    if (error instanceof SchemaError) return false;
    throw error;
  }
};

/** The response to a request all of whose parts failed with an error; undefined where the schema knows none without a result. */
export function failedResponse(request: XmlElement, error: EwsError): XmlElement | undefined {
  const { name } = request;
  const declared = schemaElements[`m:${name}Response`];
  if (declared === undefined) return undefined;
  if (hasBase(schemaTypes[declared], 'm:ResponseMessageType')) {
    const alone = failed(`${name}Response`, error, required(declared));
    return isValid(alone) ? alone : undefined;
  }
  const type = messageType(name);
  if (type === undefined || !hasBase(schemaTypes[declared], 'm:BaseResponseMessageType')) return undefined;
  const messages = Array.from({ length: partsOf(request) }, () => failure(name, error, required(type)));
  return response(name, messages);
}
