import { EwsError } from './errors';
import type { WritingSession } from './items/write';
import type { Caller } from './login/accounts';
import { actorOf } from './login/impersonation';
import { withMimeRead } from './mail/mime-in';
import { operations } from './operations';
import { isDeclared, SchemaError, validateElement } from './schema/validate';
import { envelope, faultEnvelope } from './soap';
import type { Database } from './storage/database';
import { findMailbox } from './storage/mailboxes';
import type { Subscriptions } from './subscriptions';
import { ianaZone } from './time';
import { windowsZoneOf } from './time-zones/read-definition';
import { child, childText, descend, type XmlElement } from './xml/element';
import { parseXml, XmlError } from './xml/parse';

/** What the protocol side of the server needs. */
export interface EwsServices {
  readonly database: Database;
  readonly subscriptions: Subscriptions;
  readonly now: () => Date;
  readonly statusInterval: number;
  /** IANA zone of the page's local times. */
  readonly zone: string;
}

/** A request that is XML and follows the schema: its operation's name, header and request element. */
export interface SoapRequest {
  readonly operation: string;
  readonly header: XmlElement | undefined;
  readonly body: XmlElement;
}

const schemaFault = (message: string): EwsError =>
  new EwsError('ErrorSchemaValidation', { text: `The request failed schema validation: ${message}` });

/** Reads and checks a request; what is wrong with it is thrown as the fault that Exchange answers with. */
export function readRequest(text: string): SoapRequest {
  try {
    const root = parseXml(text);
    const header = child(root, 'Header');
    const body = child(root, 'Body')?.children;
    const request = body?.[0];
    if (root.name !== 'Envelope' || root.ns !== 's' || !request || body.length > 1)
      throw new SchemaError('The SOAP envelope is not valid.');
    if (!isDeclared(request) || request.ns !== 'm')
      throw new EwsError('ErrorInvalidRequest', { text: `The operation '${request.name}' is not known.` });
    for (const part of header?.children ?? []) if (part.ns === 't' && isDeclared(part)) validateElement(part);
    validateElement(request);
    return { operation: request.name, header, body: request };
  } catch (error) {
    if (error instanceof SchemaError || error instanceof XmlError) throw schemaFault(error.message);
    throw error;
  }
}

/** Who acts in a request, in which zone. Throws where its header asks for what the caller may not. */
export function sessionOf(services: EwsServices, caller: Caller, header: XmlElement | undefined): WritingSession {
  const definition = descend(header, 'TimeZoneContext', 'TimeZoneDefinition');
  const zoneId = definition ? windowsZoneOf(definition) : 'UTC';
  const { mailbox, opensAll } = actorOf(services.database, caller, header);
  return { database: services.database, mailbox, isService: opensAll, zone: ianaZone(zoneId), zoneId, now: services.now };
}

const addressesIn = (element: XmlElement): readonly string[] =>
  element.name === 'Mailbox' ? [childText(element, 'EmailAddress')?.trim() ?? ''] : element.children.flatMap(addressesIn);

/** Addresses of the mailboxes a request acts as or opens by address. */
export function mailboxesOf(database: Database, caller: Caller, { header, body }: SoapRequest): readonly string[] {
  try {
    const own = actorOf(database, caller, header).mailbox?.address;
    const opened = body.children.filter(({ name }) => /Folder/.test(name)).flatMap(addressesIn);
    return [own, ...opened].flatMap((address) => (address === undefined ? [] : (findMailbox(database, address)?.address ?? [])));
  } catch (error) {
    if (error instanceof EwsError) return [];
    throw error;
  }
}

/** Answers one ordinary request. Errors of the protocol become faults with their own code, anything else ErrorInternalServerError. */
export async function answer(
  services: EwsServices,
  caller: Caller,
  request: SoapRequest,
  beforePart?: () => void,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const run = operations[request.operation];
    if (!run) throw new EwsError('ErrorInvalidRequest', { text: `The simulator does not offer ${request.operation}.` });
    const session = sessionOf(services, caller, request.header);
    const context = { session, subscriptions: services.subscriptions, caller: caller.address, ...(beforePart ? { beforePart } : {}) };
    const body = await withMimeRead(request.body);
    return { status: 200, text: envelope(services.database.transaction(() => run(body, context))) };
  } catch (error) {
    return faultAnswer(error);
  }
}

/** The answer to a request that failed as a whole. */
export const faultAnswer = (error: unknown): { readonly status: number; readonly text: string } => ({
  status: 500,
  text: faultEnvelope(error instanceof EwsError ? error : new EwsError('ErrorInternalServerError')),
});
