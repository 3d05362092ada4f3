import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Refusal } from '../login/login';

const compress = promisify(gzip);

/** Shorter answers grow by compressing. */
const leastToCompress = 1024;

const acceptsGzip = (incoming: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))/i.test(incoming.headers['accept-encoding']?.toString() ?? '');

/** Sends a whole text; compressed where the client can read that, at the level IIS uses for dynamic content. */
export async function sendText(
  incoming: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/xml; charset=utf-8',
): Promise<void> {
  const plain = Buffer.from(text, 'utf8');
  const isCompressed = plain.length >= leastToCompress && acceptsGzip(incoming);
  const body = isCompressed ? await compress(plain, { level: 4 }) : plain;
  if (isCompressed) response.setHeader('content-encoding', 'gzip');
  response.setHeader('vary', 'Accept-Encoding');
  response
    .writeHead(status, { 'content-type': contentType, 'content-length': body.length })
    .end(incoming.method === 'HEAD' ? undefined : body);
}

/** Sends a 401 with all the ways to log in. */
export function sendRefusal(response: ServerResponse, { challenges, diagnostics }: Refusal): void {
  if (diagnostics !== undefined) response.setHeader('x-ms-diagnostics', diagnostics);
  response.writeHead(401, { 'www-authenticate': [...challenges], 'content-type': 'text/plain' }).end('401 Unauthorized');
}
