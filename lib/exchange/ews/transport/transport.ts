/**
 * HTTP of a connection: one pool with keep-alive, verified TLS, login and cookies. It carries bytes and knows nothing of SOAP.
 */
import { rootCertificates } from 'node:tls';
import { Agent, request as sendRequest } from 'undici';
import type { Dispatcher } from 'undici';
import { SyncError } from '../../../model/error';
import type { Login } from '../../auth/login';
import { createCookieJar } from './cookies';
import { networkFailure } from './failure';
import { createLoginGate } from './login-gate';

/** A request. `affinity` chooses the cookies; `signal` ends the request and its answer. */
export interface HttpRequest {
  readonly method: 'POST' | 'GET';
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly affinity: string;
  readonly signal: AbortSignal;
}

/** An answer whose body is still to be read, or to be dropped with `drop`. */
export interface HttpAnswer {
  readonly status: number;
  /** Value of a header, null when absent. */
  readonly header: (name: string) => string | null;
  /** Rejects with a SyncError when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly drop: () => Promise<void>;
}

/** Sends requests to one address. */
export interface HttpTransport {
  /** Host and port, for messages. */
  readonly host: string;
  /**
   * Logs in where the server asks for it.
   * @throws SyncError `login-refused`, `server-unreachable`, `certificate-not-trusted`
   */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Status of an answer to a request without login: is anybody there? */
  readonly probe: (signal: AbortSignal) => Promise<number>;
  /** After a refused login the next request asks the server again, instead of waiting 50 minutes. */
  readonly tryLoginAgain: () => void;
  readonly close: () => Promise<void>;
}

/** What a transport needs. `timeoutMs` limits the wait for a connection and for the head of an answer. */
export interface TransportOptions {
  readonly url: string;
  readonly login: Login;
  readonly caPem: string | null;
  readonly timeoutMs: number;
}

/** A login that takes more legs than this goes round in circles. */
const maxLegs = 4;

type ResponseHeaders = Dispatcher.ResponseData['headers'];

const headerValues = (headers: ResponseHeaders, name: string): readonly string[] => {
  const value = headers[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
};

const refused = (host: string): SyncError =>
  new SyncError('login-refused', 'login', `${host} refused the login. Check user and password of the Exchange connection.`, { host });

async function* translated(body: AsyncIterable<Uint8Array>, host: string): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw networkFailure(thrown, host);
  }
}

/** A pooled transport for one address. */
export const createTransport = ({ url, login, caPem, timeoutMs }: TransportOptions): HttpTransport => {
  const { host } = new URL(url);
  const agent = new Agent({
    connect: { timeout: timeoutMs, ...(caPem === null ? {} : { ca: [...rootCertificates, caPem] }) },
    headersTimeout: timeoutMs,
    // The body of a stream may stay silent for long; whoever reads it keeps the time.
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
  });
  const cookies = createCookieJar();
  const gate = createLoginGate();

  const sendLeg = async (request: HttpRequest, authorization: string | null): Promise<Dispatcher.ResponseData> => {
    const cookie = cookies.header(request.affinity);
    const answer = await sendRequest(url, {
      dispatcher: agent,
      method: request.method,
      body: request.body,
      headers: {
        ...request.headers,
        ...(authorization === null ? {} : { authorization }),
        ...(cookie === null ? {} : { cookie }),
      },
      signal: request.signal,
    });
    cookies.store(request.affinity, headerValues(answer.headers, 'set-cookie'));
    return answer;
  };

  const sendLoggedIn = async (request: HttpRequest): Promise<Dispatcher.ResponseData> => {
    const conversation = login.start();
    let authorization = await conversation.next(null);
    for (let leg = 0; leg < maxLegs; leg += 1) {
      const answer = await sendLeg(request, authorization);
      if (answer.statusCode !== 401) return answer;
      await answer.body.dump();
      authorization = await conversation.next(headerValues(answer.headers, 'www-authenticate'));
      if (authorization === null) break;
    }
    throw refused(host);
  };

  return {
    host,
    send: async (request) => {
      try {
        const answer = await gate.pass(() => sendLoggedIn(request));
        return {
          status: answer.statusCode,
          header: (name) => headerValues(answer.headers, name)[0] ?? null,
          body: translated(answer.body, host),
          drop: async () => {
            await answer.body.dump().catch(() => undefined);
          },
        };
      } catch (thrown) {
        throw networkFailure(thrown, host);
      }
    },
    probe: async (signal) => {
      try {
        const answer = await sendRequest(url, { dispatcher: agent, method: 'GET', signal });
        await answer.body.dump();
        return answer.statusCode;
      } catch (thrown) {
        throw networkFailure(thrown, host);
      }
    },
    tryLoginAgain: gate.tryAgain,
    close: () => agent.destroy(),
  };
};
