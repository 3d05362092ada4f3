import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { ServerParts } from '../server';
import { serveAdmin } from './admin';
import { serveApi } from './api';

const files: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/elements.js': ['elements.js', 'text/javascript; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/faults.js': ['faults.js', 'text/javascript; charset=utf-8'],
  '/texts.js': ['texts.js', 'text/javascript; charset=utf-8'],
};

const headers = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** Serves the mailbox page, its API and the admin calls; anything unknown is 404. */
export async function servePage(parts: ServerParts, incoming: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
  if (pathname.startsWith('/api/')) return serveApi(parts, incoming, response, pathname);
  if (pathname.startsWith('/admin/')) return serveAdmin(parts, incoming, response, pathname);
  const [name, type] = files[pathname] ?? [];
  if (name === undefined || type === undefined || (incoming.method !== 'GET' && incoming.method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
    return;
  }
  const content = await readFile(path.join(__dirname, '..', 'pages', name));
  response.writeHead(200, { ...headers, 'content-type': type }).end(content);
}
