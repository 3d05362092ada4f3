import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionOf, type EwsServices, type SoapRequest } from '../ews';
import type { FaultAction } from '../faults/fault';
import type { Caller } from '../login/accounts';
import { streamEvents, type Stream } from '../operations/notifications/get-streaming-events';
import { streamEnvelope } from '../soap';

/** Which envelope a stream is to be cut in, from 1; none where no fault says so. */
const cutAt = (actions: readonly FaultAction[]): number => {
  const cut = actions.find((action) => action.kind === 'cutStream');
  return cut ? (cut.envelope ?? 2) : Infinity;
};

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
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'transfer-encoding': 'chunked' });
  let left = cutAt(actions);
  const write = (text: string): void => {
    left -= 1;
    if (left > 0) response.write(text);
    else if (left === 0) response.write(text.slice(0, text.length / 2), () => response.destroy());
  };
  const out: Stream = {
    send: (element) => write(streamEnvelope(element)),
    end: () => void response.end(),
    onGone: (callback) => void response.on('close', callback),
  };
  incoming.socket.setNoDelay(true);
  streamEvents(request.body, session, services.subscriptions, out, services.statusInterval);
}
