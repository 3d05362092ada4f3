import type { IncomingMessage, ServerResponse } from 'node:http';
import { EwsError } from '../errors';
import { answer, faultAnswer, mailboxesOf } from '../ews';
import { answerInstead } from '../faults/answer-instead';
import { mailboxEffects, strikeMailbox } from '../faults/effects';
import { partsOf } from '../faults/failed-response';
import type { FaultAction, FaultRequest } from '../faults/fault';
import type { Caller } from '../login/accounts';
import { readRequest, type SoapRequest } from '../request';
import type { SeenRequest, ServerParts } from '../server';
import { serverVersions, type Release } from '../version';
import { keepAffinity } from './affinity';
import { decoderOf } from './content';
import { addFrontEndHeaders } from './front-end';
import { readBytes } from './read-body';
import { codeIn } from './request-log';
import { sendRefusal, sendText } from './send';
import { serveStream } from './serve-stream';

const hasGone = ({ destroyed }: ServerResponse): boolean => destroyed;

/** Waits, but not for a client that has gone. */
const pause = (ms: number, response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Looks only at the beginning: what is sent to mislead the search must not take long. */
const operationIn = (text: string): string =>
  /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]{1,100})/.exec(text.slice(0, 5000))?.[1] ?? '';

const parsed = (text: string, release: Release): SoapRequest | EwsError => {
  try {
    return readRequest(text, release);
  } catch (error) {
    return error instanceof EwsError ? error : new EwsError('ErrorInternalServerError');
  }
};

/** A request on its way through the server. */
interface Exchange {
  readonly parts: ServerParts;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly seen: SeenRequest;
  readonly request: SoapRequest | EwsError;
  readonly concerned: FaultRequest;
}

const bodyOf = ({ request }: Exchange) => (request instanceof EwsError ? undefined : request.body);

const strikeBefore = async ({ parts, concerned }: Exchange, actions: readonly FaultAction[]): Promise<void> => {
  for (const action of actions) {
    if (action.kind === 'run') await action.run();
    const effect = mailboxEffects.find((name) => name === action.kind);
    if (effect) for (const address of new Set(concerned.mailboxes)) strikeMailbox(parts, effect, address);
  }
};

/** Fails single items by chance. */
const itemFault = ({ parts }: Exchange, actions: readonly FaultAction[]): (() => void) | undefined => {
  const faults = actions.filter((action) => action.kind === 'itemErrors');
  if (faults.length === 0) return undefined;
  return () => {
    for (const { code, share } of faults) if (parts.faults.random() < share) throw new EwsError(code);
  };
};

const delayOf = (actions: readonly FaultAction[], items: number): number =>
  actions.reduce((sum, action) => sum + (action.kind === 'delay' ? action.ms + (action.perItemMs ?? 0) * items : 0), 0);

const send = async ({ incoming, response }: Exchange, status: number, text: string, actions: readonly FaultAction[]): Promise<void> => {
  if (actions.some(({ kind }) => kind === 'dropAfter')) {
    response.destroy();
  } else if (actions.some(({ kind }) => kind === 'truncate')) {
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text.slice(0, text.length / 2));
  } else {
    await sendText(incoming, response, status, text);
  }
};

/** Carries a request out, or lets a fault answer; tells the code of the answer. */
const carryOut = async (exchange: Exchange): Promise<string> => {
  const { parts, incoming, response, caller, seen, request, concerned } = exchange;
  await parts.onRequest(seen);
  const actions = parts.faults.take(concerned);
  await strikeBefore(exchange, actions);
  const answered = { request: bodyOf(exchange), version: serverVersions[parts.release] };
  const delay = delayOf(actions, concerned.items);
  const replacing = actions.find((action) => answerInstead(action, answered, response));
  if (replacing) return replacing.kind;
  const isStream = !(request instanceof EwsError) && request.operation === 'GetStreamingEvents';
  const leave = parts.throttle.enter(isStream ? 'streams' : 'requests', concerned.mailboxes[0] ?? caller.address);
  if (!leave) {
    await send(exchange, 500, faultAnswer(new EwsError('ErrorExceededConnectionCount')).text, []);
    return 'ErrorExceededConnectionCount';
  }
  // Who left while the request waited does not close again, and would keep his place for ever.
  if (hasGone(response)) leave();
  else response.once('close', leave);
  if (isStream) {
    if (delay > 0) await pause(delay, response);
    if (!hasGone(response)) serveStream(parts, caller, request, incoming, response, actions);
    return 'NoError';
  }
  const { status, text } =
    request instanceof EwsError ? faultAnswer(request) : await answer(parts, caller, request, itemFault(exchange, actions));
  await parts.onResponse(seen, text);
  if (delay > 0) await pause(delay, response);
  await send(exchange, status, text, actions);
  return codeIn(text);
};

const page =
  '<!DOCTYPE html><html><head><title>Service</title></head><body><h1>Service</h1>' +
  '<p>Exchange Web Services (simulator): POST a SOAP request to this address.</p></body></html>';

const answerOther = (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (incoming.method === 'GET') return sendText(incoming, response, 200, page, 'text/html; charset=utf-8');
  response.setHeader('Allow', 'GET, POST');
  return sendText(incoming, response, 405, 'Method not allowed', 'text/plain');
};

/** The text of a request, or the HTTP status with which it is refused. */
const bodyText = async (parts: ServerParts, incoming: IncomingMessage): Promise<string | number> => {
  const decode = decoderOf(incoming);
  if (!decode) return 415;
  const bytes = await readBytes(incoming, parts.largestRequest);
  return bytes ? decode(bytes) : 413;
};

/** Serves the address of EWS. */
export async function serveEws(parts: ServerParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  addFrontEndHeaders(incoming, response);
  const login = await parts.login(incoming);
  if ('refusal' in login) {
    sendRefusal(response, login.refusal);
    return;
  }
  const { caller } = login;
  keepAffinity(incoming, response);
  if (incoming.method !== 'POST') return answerOther(incoming, response);
  const body = await bodyText(parts, incoming);
  if (typeof body === 'number') return void response.writeHead(body, { connection: 'close' }).end();
  const started = performance.now();
  const time = parts.now().toISOString();
  const request = parsed(body, parts.release);
  const seen: SeenRequest = {
    operation: request instanceof EwsError ? operationIn(body) : request.operation,
    caller: caller.address,
    body,
  };
  const isError = request instanceof EwsError;
  const concerned: FaultRequest = {
    operation: seen.operation,
    account: caller.address,
    mailboxes: isError ? [] : mailboxesOf(parts.database, caller, request),
    items: isError ? 1 : partsOf(request.body),
  };
  const code = await carryOut({ parts, incoming, response, caller, seen, request, concerned });
  const ms = Math.round(performance.now() - started);
  parts.log.add({ time, caller: caller.address, operation: seen.operation, status: response.statusCode, code, ms });
}
