/** The ERP page: a person's view of the sample ERP, to be mounted under a path of any HTTP server. */
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deleteRow, FormError, readPage, saveAppointment, saveTask, toggleTask, type Form } from './erp-data';
import { loadOccurrences } from './occurrences';

/** Where the page's database is and under which path it is mounted. */
export interface ErpPageOptions {
  readonly file: string;
  /** Such as `/erp`. */
  readonly basePath: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const largestForm = 4_000_000;
/** SQLite waits inside the call, so it must not wait long: the page shares its process with others. */
const busyTimeoutMs = 200;

const html = 'text/html; charset=utf-8';
const files: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'erp.html', type: html },
  '/erp.svg': { name: 'erp.svg', type: 'image/svg+xml' },
  '/erp.css': { name: 'erp.css', type: 'text/css; charset=utf-8' },
  '/erp.js': { name: 'erp.js', type: 'text/javascript; charset=utf-8' },
  '/erp-texts.js': { name: 'erp-texts.js', type: 'text/javascript; charset=utf-8' },
};

const actions: Readonly<Record<string, (database: DatabaseSync, form: Form) => void>> = {
  '/api/appointment': saveAppointment,
  '/api/appointment/delete': deleteRow('appointment'),
  '/api/task': saveTask,
  '/api/task/toggle': toggleTask,
  '/api/task/delete': deleteRow('task'),
};

const json = (status: number, value: unknown): Answer => ({ status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) });

const withDatabase = <T>(file: string, work: (database: DatabaseSync) => T): T => {
  if (!existsSync(file)) throw new FormError('no-database');
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA foreign_keys = ON`);
    return work(database);
  } finally {
    database.close();
  }
};

const failure = (error: unknown): Answer => {
  if (error instanceof FormError) return json(400, { error: error.message });
  const text = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(text)) return json(503, { error: 'locked' });
  return json(400, { error: 'refused', text });
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const buffer = Buffer.from(part as Uint8Array);
    size += buffer.length;
    if (size > largestForm) throw new FormError('too-large');
    parts.push(buffer);
  }
  return Buffer.concat(parts).toString('utf8');
};

const isForm = (value: unknown): value is Form => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Another site can neither send JSON without asking first nor hide its origin. */
const isOwnPage = ({ headers }: IncomingMessage): boolean => {
  if (!(headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) return false;
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
};

const post = async (file: string, route: string, request: IncomingMessage): Promise<Answer> => {
  const action = Object.hasOwn(actions, route) ? actions[route] : undefined;
  if (action === undefined) return json(404, { error: 'not-found' });
  if (!isOwnPage(request)) return json(403, { error: 'foreign-page' });
  const form: unknown = JSON.parse(await readBody(request));
  if (!isForm(form)) return json(400, { error: 'refused' });
  withDatabase(file, (database) => {
    action(database, form);
  });
  return json(200, {});
};

const isDate = (value: string | null): value is string => value !== null && /^\d{4}-\d{2}-\d{2}$/.test(value);

const get = async (file: string, base: string, url: URL): Promise<Answer> => {
  const page = Object.hasOwn(files, url.pathname) ? files[url.pathname] : undefined;
  if (page !== undefined) {
    const body = readFileSync(path.join(__dirname, 'pages', page.name), 'utf8');
    return { status: 200, type: page.type, body: page.type === html ? body.replace('{{base}}', base) : body };
  }
  if (url.pathname !== '/api/page') return json(404, { error: 'not-found' });
  const [from, to] = [url.searchParams.get('from'), url.searchParams.get('to')];
  if (!isDate(from) || !isDate(to)) return json(400, { error: 'refused' });
  const occurrencesBetween = await loadOccurrences();
  return json(
    200,
    withDatabase(file, (database) => readPage(database, occurrencesBetween, Number(url.searchParams.get('employee')), from, to)),
  );
};

const answer = async (options: ErpPageOptions, request: IncomingMessage): Promise<Answer> => {
  const base = options.basePath.replace(/\/+$/, '');
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === base || url.pathname.startsWith(`${base}/`)) url.pathname = url.pathname.slice(base.length) || '/';
    if (request.method === 'POST') return await post(options.file, url.pathname, request);
    if (request.method === 'GET' || request.method === 'HEAD') return await get(options.file, `${base}/`, url);
    return json(405, { error: 'not-found' });
  } catch (error) {
    return failure(error);
  }
};

/** A request listener; an express app that mounts it may have taken the base path off the address already. */
export const createErpPage =
  (options: ErpPageOptions) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    void answer(options, request).then(({ status, type, body }) => {
      response.writeHead(status, {
        'Content-Type': type,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'self'; base-uri 'self'; frame-ancestors 'none'",
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
