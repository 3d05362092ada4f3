import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionOf, type EwsServices } from '../ews';
import type { FaultAction } from '../faults/fault';
import type { Caller } from '../login/accounts';
import { checkStreamRequest, streamEvents, type Stream } from '../operations/notifications/get-streaming-events';
import type { SoapRequest } from '../request';
import { streamEnvelope } from '../soap';
import { serverVersions } from '../version';
import { inChunks } from './chunks';

/** Which envelope a stream is to be cut in, from 1; none where no fault says so. */
const cutAt = (actions: readonly FaultAction[]): number => {
  const cut = actions.find((action) => action.kind === 'cutStream');
  return cut ? (cut.envelope ?? 2) : Infinity;
};

/** A client that leaves so much (bytes) unread is sent nothing more until it has read it. */
const mostUnread = 1024 * 1024;

/** Opens the endless answer of GetStreamingEvents. It is never compressed: what waits in a compressor does not arrive. */
export function serveStream(
  services: EwsServices,
  caller: Caller,
  request: SoapRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  actions: readonly FaultAction[],
): void {
  const session = sessionOf(services, caller, request.header);
  checkStreamRequest(request.body);
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'transfer-encoding': 'chunked' });
  let left = cutAt(actions);
  const chunks = inChunks(actions, (chunk) => void response.write(chunk));
  const write = (text: string): void => {
    left -= 1;
    if (left > 0) chunks.write(text);
    else if (left === 0) response.write(text.slice(0, text.length / 2), () => response.destroy());
  };
  const out: Stream = {
    send: (element) => write(streamEnvelope(element, serverVersions[services.release])),
    end: () => {
      chunks.end();
      response.end();
    },
    hasRoom: () => response.writableLength < mostUnread,
    onRoom: (callback) => void response.on('drain', callback),
    onGone: (callback) => void response.on('close', callback),
  };
  incoming.socket.setNoDelay(true);
  const { subscriptions, statusInterval } = services;
  streamEvents(request.body, { session, subscriptions, caller: caller.address, statusInterval }, out);
}
