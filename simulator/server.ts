import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Directory } from './autodiscover/target';
import { faultAnswer, type EwsServices } from './ews';
import type { Faults } from './faults/active';
import type { Certificate } from './http/certificate';
import type { RequestLog } from './http/request-log';
import { isAutodiscover, serveAutodiscover } from './http/serve-autodiscover';
import { serveEws } from './http/serve-ews';
import type { Throttle } from './http/throttle';
import type { Login } from './login/login';
import type { Tokens } from './login/tokens';
import { servePage } from './web/page';

/** What a test may look at: one request, as it came. */
export interface SeenRequest {
  readonly operation: string;
  readonly caller: string;
  readonly body: string;
}

/** The server's settings and services. */
export interface ServerParts extends EwsServices {
  readonly login: Login;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly autodiscover: Directory;
  readonly throttle: Throttle;
  readonly log: RequestLog;
  /** Size (bytes) above which requests are refused with 413, as a front-end server does. */
  readonly largestRequest: number;
  readonly onRequest: (seen: SeenRequest) => void | Promise<void>;
  readonly onResponse: (seen: SeenRequest, response: string) => void | Promise<void>;
}

const urlOf = (incoming: IncomingMessage): URL | null => URL.parse(incoming.url ?? '/', 'http://localhost');

/** Serves one request: EWS, Autodiscover, the page and nothing else. No request can end the process. */
const listener =
  (parts: ServerParts) =>
  (incoming: IncomingMessage, response: ServerResponse): void => {
    const url = urlOf(incoming);
    if (!url) return void response.writeHead(400).end();
    const path = url.pathname;
    const isEws = path.toLowerCase() === '/ews/exchange.asmx';
    const served = isEws
      ? serveEws(parts, incoming, response)
      : isAutodiscover(path)
        ? serveAutodiscover(parts, incoming, response, url)
        : servePage(parts, incoming, response, path);
    served.catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else if (isEws) {
        const { status, text } = faultAnswer(error);
        response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text);
      } else response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal error');
    });
  };

/** IIS keeps a connection that nobody uses for two minutes. */
const idle = 120_000;

const timeouts = (requestTimeout: number) => ({
  requestTimeout,
  headersTimeout: requestTimeout,
  connectionsCheckingInterval: Math.min(requestTimeout, 30_000),
  keepAliveTimeout: idle,
});

/** The HTTP server. A request that has not arrived within the timeout (ms) is answered 408. */
export const createEwsServer = (parts: ServerParts, requestTimeout: number): Server =>
  createServer(timeouts(requestTimeout), listener(parts));

/** The same over TLS. */
export const createSecureEwsServer = (parts: ServerParts, requestTimeout: number, { cert, key }: Certificate): Server =>
  createSecureServer({ ...timeouts(requestTimeout), cert, key }, listener(parts));
