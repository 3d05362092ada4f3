import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { answerJson } from '../autodiscover/json';
import { answerPox } from '../autodiscover/pox';
import { answerSoap } from '../autodiscover/soap';
import { answerInstead } from '../faults/answer-instead';
import type { ServerParts } from '../server';
import { readBody } from './read-body';
import { sendRefusal, sendText } from './send';

/** Autodiscover requests are small. */
const largestRequest = 1024 * 1024;

const jsonPath = /^\/autodiscover\/autodiscover\.json(?:\/v1\.0\/([^/]+))?$/i;
const loginPaths: ReadonlySet<string> = new Set(['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.svc']);

/** True for the addresses of Autodiscover, in any case. */
export const isAutodiscover = (path: string): boolean => loginPaths.has(path.toLowerCase()) || jsonPath.test(path);

/** A part of an address; undefined where it is not one. */
const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

const serveJson = async (parts: ServerParts, incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const [, inPath] = jsonPath.exec(url.pathname) ?? [];
  const address = inPath === undefined ? query.get('email') : decoded(inPath);
  const { status, body } = answerJson(parts.autodiscover, address, query.get('protocol') ?? null);
  await sendText(incoming, response, status, JSON.stringify(body), 'application/json; charset=utf-8');
};

/** The look of clients at `http://autodiscover.<domain>/…`, which needs no login: they are sent to the address that is encrypted. */
const isAskingWhere = (parts: ServerParts, incoming: IncomingMessage): boolean =>
  incoming.method === 'GET' &&
  incoming.headers.authorization === undefined &&
  !(incoming.socket instanceof TLSSocket) &&
  parts.autodiscover.baseUrl().startsWith('https:');

const answerPost = (parts: ServerParts, path: string, text: string): string | undefined =>
  path.toLowerCase().endsWith('.svc') ? answerSoap(parts.autodiscover, text) : answerPox(parts.autodiscover, text, parts.now());

/** Serves Autodiscover: plain XML and SOAP to accounts, JSON to everyone. Faults see it as the operation `Autodiscover`. */
export async function serveAutodiscover(parts: ServerParts, incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  if (jsonPath.test(url.pathname)) return serveJson(parts, incoming, response, url);
  if (isAskingWhere(parts, incoming))
    return void response.writeHead(302, { location: `${parts.autodiscover.baseUrl()}/autodiscover/autodiscover.xml` }).end();
  // Clients learn from these that there is SOAP at the same place.
  response.setHeader('X-SOAP-Enabled', 'True');
  response.setHeader('X-OAuth-Enabled', 'True');
  const login = await parts.login(incoming);
  if ('refusal' in login) {
    sendRefusal(response, login.refusal);
    return;
  }
  const body = await readBody(incoming, largestRequest);
  if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
  const { address } = login.caller;
  const actions = parts.faults.take({ operation: 'Autodiscover', account: address, mailboxes: [address], items: 1 });
  const replaced = actions.some((action) => answerInstead(action, { request: undefined, version: parts.autodiscover.version }, response));
  if (!replaced) {
    const answer = answerPost(parts, url.pathname, body);
    if (answer === undefined) response.writeHead(400).end();
    else await sendText(incoming, response, 200, answer);
  }
  parts.log.add({
    time: parts.now().toISOString(),
    caller: address,
    operation: 'Autodiscover',
    status: response.statusCode,
    code: '',
    ms: 0,
  });
}
