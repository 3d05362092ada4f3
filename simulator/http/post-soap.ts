import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readBody } from './read-body';

const largestAnswer = 1024 * 1024;

/** Posts a SOAP request; the answer's text, or undefined where none came (or not with status 200). */
export const postSoap = (url: string, action: string, body: string, signal: AbortSignal): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = url.toLowerCase().startsWith('https:') ? requestHttps : requestHttp;
    const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body), soapaction: `"${action}"` };
    const outgoing = request(url, { method: 'POST', headers, agent: false, signal }, (answer) => {
      const text = answer.statusCode === 200 ? readBody(answer, largestAnswer) : Promise.resolve(undefined);
      // Whatever was left unread would keep the connection open.
      void text.then(resolve, () => resolve(undefined)).finally(() => answer.destroy());
    });
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(body);
  });
