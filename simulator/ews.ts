import type { IncomingMessage, ServerResponse } from 'node:http';
import { actingMailbox, type Caller } from './access';
import { EwsError } from './errors';
import type { WritingSession } from './items/write';
import { operations } from './operations';
import { streamEvents, type Stream } from './operations/notifications/get-streaming-events';
import { isDeclared, SchemaError, validateElement } from './schema/validate';
import { envelope, faultEnvelope, streamEnvelope } from './soap';
import type { Database } from './storage/database';
import type { Subscriptions } from './subscriptions';
import { ianaZone } from './time';
import { child, descend, type XmlElement } from './xml/element';
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

const sessionOf = (services: EwsServices, caller: Caller, header: XmlElement | undefined): WritingSession => {
  const zoneId = descend(header, 'TimeZoneContext', 'TimeZoneDefinition')?.attributes['Id'] ?? 'UTC';
  return {
    database: services.database,
    mailbox: actingMailbox(services.database, caller, header),
    isService: caller.isService,
    zone: ianaZone(zoneId),
    zoneId,
    now: services.now,
  };
};

/** Answers one ordinary request. Errors of the protocol become faults with their own code, anything else ErrorInternalServerError. */
export function answer(services: EwsServices, caller: Caller, request: SoapRequest): { readonly status: number; readonly text: string } {
  try {
    const run = operations[request.operation];
    if (!run) throw new EwsError('ErrorInvalidRequest', { text: `The simulator does not offer ${request.operation}.` });
    const session = sessionOf(services, caller, request.header);
    const context = { session, subscriptions: services.subscriptions };
    return { status: 200, text: envelope(services.database.transaction(() => run(request.body, context))) };
  } catch (error) {
    return faultAnswer(error);
  }
}

/** The answer to a request that failed as a whole. */
export const faultAnswer = (error: unknown): { readonly status: number; readonly text: string } => ({
  status: 500,
  text: faultEnvelope(error instanceof EwsError ? error : new EwsError('ErrorInternalServerError')),
});

/** Opens the endless answer of GetStreamingEvents. */
export function stream(
  services: EwsServices,
  caller: Caller,
  request: SoapRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const session = sessionOf(services, caller, request.header);
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'transfer-encoding': 'chunked' });
  const out: Stream = {
    send: (element) => void response.write(streamEnvelope(element)),
    end: () => void response.end(),
    onGone: (callback) => void response.on('close', callback),
  };
  incoming.socket.setNoDelay(true);
  streamEvents(request.body, session, services.subscriptions, out, services.statusInterval);
}
