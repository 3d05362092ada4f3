/** What the page's API and the admin calls have in common: who may call, JSON in, JSON out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EwsError } from '../errors';
import { readBody } from '../http/read-body';

const largestBody = 2 * 1024 * 1024;

/** An error of the API itself, with its HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const isLoopback = (address: string | undefined): boolean => address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';

const isLocalName = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

/** Refuses other machines, names that were rebound to loopback, and posts of other sites' pages. */
const guard = (incoming: IncomingMessage): void => {
  if (!isLoopback(incoming.socket.remoteAddress) || !isLocalName(incoming.headers.host)) throw new ApiError(403, 'Only on this machine');
  if (incoming.method === 'GET') return;
  const { origin } = incoming.headers;
  const isSameOrigin =
    origin === undefined || [`http://${incoming.headers.host ?? ''}`, `https://${incoming.headers.host ?? ''}`].includes(origin);
  const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
  if (!isSameOrigin || !isJson) throw new ApiError(403, 'Only from the own page');
};

/** The JSON of a request. */
export const readJson = async (incoming: IncomingMessage): Promise<unknown> => {
  const text = await readBody(incoming, largestBody);
  if (text === undefined) throw new ApiError(413, 'Too large');
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    throw new ApiError(400, 'Not JSON');
  }
};

const problem = (error: unknown): { readonly status: number; readonly body: unknown } => {
  if (error instanceof ApiError) return { status: error.status, body: { error: error.message } };
  if (error instanceof EwsError)
    return { status: error.code === 'ErrorItemNotFound' ? 404 : 400, body: { error: error.message, code: error.code } };
  if (error instanceof URIError) return { status: 400, body: { error: 'Bad address' } };
  return { status: 500, body: { error: 'Internal error' } };
};

/** Answers a call with what the work gives, or with what is wrong with it. */
export async function answerJson(incoming: IncomingMessage, response: ServerResponse, work: () => Promise<unknown>): Promise<void> {
  let answer: { readonly status: number; readonly body: unknown };
  try {
    guard(incoming);
    answer = { status: 200, body: await work() };
  } catch (error) {
    answer = problem(error);
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(answer.body));
}
