/** What the servers in front of EWS add to every answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const server = 'EX01';

const hasCookie = (incoming: IncomingMessage, name: string): boolean =>
  new RegExp(`(?:^|;\\s*)${name}=`).test(incoming.headers.cookie ?? '');

/** Sets the headers of IIS and Exchange's front end: the request's id, the servers it passed, a cookie. */
export function addFrontEndHeaders(incoming: IncomingMessage, response: ServerResponse): void {
  const headers = {
    'Cache-Control': 'private',
    Server: 'Microsoft-IIS/10.0',
    'request-id': randomUUID(),
    'X-CalculatedBETarget': server,
    'X-DiagInfo': server,
    'X-BEServer': server,
    'X-FEServer': server,
    'X-AspNet-Version': '4.0.30319',
    'X-Powered-By': 'ASP.NET',
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const id = incoming.headers['client-request-id'];
  if (id !== undefined && incoming.headers['return-client-request-id']?.toString().toLowerCase() === 'true')
    response.setHeader('client-request-id', id);
  if (!hasCookie(incoming, 'exchangecookie'))
    response.appendHeader('Set-Cookie', `exchangecookie=${randomUUID().replaceAll('-', '')}; path=/; HttpOnly`);
}
