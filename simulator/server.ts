import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { faultAnswer, type EwsServices } from './ews';
import type { Faults } from './faults/active';
import type { RequestLog } from './http/request-log';
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
  readonly throttle: Throttle;
  readonly log: RequestLog;
  /** Size (bytes) above which requests are refused with 413, as a front-end server does. */
  readonly largestRequest: number;
  readonly onRequest: (seen: SeenRequest) => void | Promise<void>;
  readonly onResponse: (seen: SeenRequest, response: string) => void | Promise<void>;
}

/** The HTTP server: EWS, the page and nothing else. No request can end the process. */
export function createEwsServer(parts: ServerParts): Server {
  return createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const path = new URL(incoming.url ?? '/', 'http://localhost').pathname;
    const isEws = path.toLowerCase() === '/ews/exchange.asmx';
    const served = isEws ? serveEws(parts, incoming, response) : servePage(parts, incoming, response, path);
    served.catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else if (isEws) {
        const { status, text } = faultAnswer(error);
        response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text);
      } else response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal error');
    });
  });
}
