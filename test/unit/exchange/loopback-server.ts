/** A small HTTP server on the loopback interface whose answers each test scripts. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A running server. */
export interface LoopbackServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
};

/** Starts a server; `answer` gets each request in turn. */
export const startServer = async (answer: (seen: Seen, response: ServerResponse) => void): Promise<LoopbackServer> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const one = { headers: request.headers, body };
      seen.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/EWS/Exchange.asmx`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const namespaces =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"';

/** An envelope around a body. */
export const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`;

/** An answer with response messages. */
export const answerOf = (operation: string, ...messages: readonly string[]): string =>
  envelope(`<m:${operation}Response><m:ResponseMessages>${messages.join('')}</m:ResponseMessages></m:${operation}Response>`);

/** A successful response message. */
export const success = (operation: string, content: string): string =>
  `<m:${operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>${content}</m:${operation}ResponseMessage>`;

/** A failed response message. */
export const failure = (operation: string, code: string, more = ''): string =>
  `<m:${operation}ResponseMessage ResponseClass="Error"><m:MessageText>text</m:MessageText><m:ResponseCode>${code}</m:ResponseCode>${more}</m:${operation}ResponseMessage>`;

const backOff = (ms: number): string => `<t:MessageXml><t:Value Name="BackOffMilliseconds">${ms}</t:Value></t:MessageXml>`;

/** A SOAP fault as Exchange sends it in an HTTP 500. */
export const fault = (code: string, backOffMs: number | null = null): string =>
  envelope(
    `<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:${code}</faultcode><faultstring xml:lang="en-US">text</faultstring>` +
      `<detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">${code}</e:ResponseCode>${backOffMs === null ? '' : backOff(backOffMs)}</detail></s:Fault>`,
  );

/** Sends XML. */
export const sendXml = (response: ServerResponse, xml: string, status = 200): void => {
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(xml);
};
