import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerParts } from '../server';
import { follows, isText, wholeFrom } from './checks';
import { answerJson, ApiError, readJson } from './json';
import { isPlainFault } from './read-fault';

/** Faults as JSON shows them. */
const listFaults = ({ faults }: ServerParts): unknown => ({
  faults: faults.list().map(({ id, struck, fault: { action, ...rule } }) => ({
    id,
    struck,
    fault: { ...rule, action: action.kind === 'run' ? { kind: 'run' } : action },
  })),
});

const addFault = async (parts: ServerParts, incoming: IncomingMessage): Promise<unknown> => {
  const fault = await readJson(incoming);
  if (!isPlainFault(fault)) throw new ApiError(400, 'Not a fault');
  parts.faults.add(fault);
  return { id: parts.faults.list().at(-1)?.id };
};

const removeFault = ({ faults }: ServerParts, id: string | undefined): unknown => {
  if (id === undefined) faults.clear();
  else if (!faults.remove(Number(id))) throw new ApiError(404, 'Not found');
  return {};
};

interface TokenOrder {
  readonly address: string;
  readonly seconds?: number;
}

const isTokenOrder = (value: unknown): value is TokenOrder => follows(value, { address: isText, seconds: wholeFrom(1) }, ['address']);

const issueToken = async ({ tokens }: ServerParts, incoming: IncomingMessage): Promise<unknown> => {
  const order = await readJson(incoming);
  if (!isTokenOrder(order)) throw new ApiError(400, 'Not an address and seconds');
  return { token: tokens.issue(order.address, order.seconds === undefined ? undefined : order.seconds * 1000) };
};

const route = async (parts: ServerParts, incoming: IncomingMessage, pathname: string): Promise<unknown> => {
  const [, , resource, id, ...rest] = pathname.split('/');
  const call = `${incoming.method ?? ''} ${resource ?? ''}`;
  if (rest.length > 0) throw new ApiError(404, 'Not found');
  if (call === 'DELETE faults') return removeFault(parts, id);
  if (id !== undefined) throw new ApiError(404, 'Not found');
  if (call === 'GET faults') return listFaults(parts);
  if (call === 'POST faults') return addFault(parts, incoming);
  if (call === 'GET requests') return { zone: parts.zone, requests: parts.log.list() };
  if (call === 'POST tokens') return issueToken(parts, incoming);
  throw new ApiError(404, 'Not found');
};

/** The admin calls: faults, tokens, the last requests; loopback and own page only. */
export const serveAdmin = (parts: ServerParts, incoming: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> =>
  answerJson(incoming, response, () => route(parts, incoming, pathname));
