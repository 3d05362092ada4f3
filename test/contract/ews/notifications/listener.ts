/** A listener for push notifications on loopback, as an application has one. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseXml } from '../../../../simulator/xml/parse';
import { child, descend, type XmlElement } from '../harness';

/** One notification that came. */
export interface Pushed {
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly notification: XmlElement | undefined;
}

/** What a listener answers: a subscription status, an HTTP status, a text that is no answer, or nothing at all. */
export type Answering = 'OK' | 'Unsubscribe' | 500 | 'nonsense' | 'silence';

export interface Listener {
  readonly url: string;
  readonly pushed: readonly Pushed[];
  answering: Answering;
  /** Waits until so many notifications have come. */
  readonly received: (count: number) => Promise<Pushed>;
  readonly close: () => Promise<void>;
}

const result = (status: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SendNotificationResult xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"><SubscriptionStatus>${status}</SubscriptionStatus></SendNotificationResult></s:Body></s:Envelope>`;

const notificationIn = (text: string): XmlElement | undefined =>
  child(descend(parseXml(text), 'Body', 'SendNotification', 'ResponseMessages', 'SendNotificationResponseMessage'), 'Notification');

export async function startListener(): Promise<Listener> {
  const pushed: Pushed[] = [];
  const waiting = new Set<() => void>();
  const listener = { answering: 'OK' as Answering };
  const answer = (response: ServerResponse): void => {
    const { answering } = listener;
    if (answering === 'silence') return;
    if (answering === 500) response.writeHead(500).end(result('OK'));
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(answering === 'nonsense' ? 'hello' : result(answering));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      pushed.push({ text, headers: request.headers, notification: notificationIn(text) });
      for (const callback of [...waiting]) callback();
      answer(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(listener, {
    url: `http://127.0.0.1:${port}/events`,
    pushed,
    received: (count: number): Promise<Pushed> =>
      new Promise((resolve) => {
        const look = (): void => {
          const last = pushed[count - 1];
          if (!last) return;
          waiting.delete(look);
          resolve(last);
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
