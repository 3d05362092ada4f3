import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { authenticate, basicCredentials } from './access';
import { EwsError } from './errors';
import { answer, faultAnswer, readRequest, stream, type EwsServices, type SoapRequest } from './ews';
import { answerInstead, type FaultAction, type Faults } from './faults';
import { readBody } from './read-body';
import { servePage } from './web/page';

/** Bodies above this size are refused with 413, as a front-end server does. */
const largestRequest = 35 * 1024 * 1024;

/** What a test may look at: one request, as it came. */
export interface SeenRequest {
  readonly operation: string;
  readonly caller: string;
  readonly body: string;
}

/** The server's settings and services. */
export interface ServerParts extends EwsServices {
  readonly services: ReadonlyMap<string, string>;
  readonly faults: Faults;
  readonly onRequest: (seen: SeenRequest) => void | Promise<void>;
  readonly onResponse: (seen: SeenRequest, response: string) => void | Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const unauthorized = (response: ServerResponse): void =>
  void response.writeHead(401, { 'www-authenticate': 'Basic realm="127.0.0.1"', 'content-type': 'text/plain' }).end('401 Unauthorized');

const send = (response: ServerResponse, status: number, text: string): void =>
  void response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text);

const sendWithFaults = async (response: ServerResponse, status: number, text: string, actions: readonly FaultAction[]): Promise<void> => {
  for (const action of actions) if (action.kind === 'delay') await pause(action.ms);
  if (actions.some(({ kind }) => kind === 'dropAfter')) {
    response.destroy();
  } else if (actions.some(({ kind }) => kind === 'truncate')) {
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text.slice(0, text.length / 2));
  } else {
    send(response, status, text);
  }
};

const operationIn = (text: string): string => /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(text)?.[1] ?? '';

const parsed = (text: string): SoapRequest | EwsError => {
  try {
    return readRequest(text);
  } catch (error) {
    return error instanceof EwsError ? error : new EwsError('ErrorInternalServerError');
  }
};

const serveEws = async (parts: ServerParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  const caller = authenticate(parts.database, parts.services, basicCredentials(incoming));
  if (!caller) {
    unauthorized(response);
    return;
  }
  if (incoming.method !== 'POST') {
    response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end('Exchange Web Services (simulator): POST a SOAP request to this address.');
    return;
  }
  const body = await readBody(incoming, largestRequest);
  if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
  const seen: SeenRequest = { operation: operationIn(body), caller: caller.address, body };
  await parts.onRequest(seen);
  const actions = parts.faults.take(seen.operation);
  for (const action of actions) if (action.kind === 'run') await action.run();
  if (actions.some((action) => answerInstead(action, response))) return;
  const request = parsed(body);
  if (!(request instanceof EwsError) && request.operation === 'GetStreamingEvents') {
    stream(parts, caller, request, incoming, response);
    return;
  }
  const { status, text } = request instanceof EwsError ? faultAnswer(request) : answer(parts, caller, request);
  await parts.onResponse(seen, text);
  await sendWithFaults(response, status, text, actions);
};

/** The HTTP server: EWS, the page and nothing else. No request can end the process. */
export function createEwsServer(parts: ServerParts): Server {
  return createServer((incoming, response) => {
    const path = new URL(incoming.url ?? '/', 'http://localhost').pathname;
    const isEws = path.toLowerCase() === '/ews/exchange.asmx';
    const served = isEws ? serveEws(parts, incoming, response) : servePage(parts, incoming, response, path);
    served.catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else if (isEws) {
        const { status, text } = faultAnswer(error);
        send(response, status, text);
      } else response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal error');
    });
  });
}
