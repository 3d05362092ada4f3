import type { IncomingMessage, ServerResponse } from 'node:http';
import { DateTime } from 'luxon';
import { EwsError } from '../errors';
import type { EwsServices } from '../ews';
import { distinguishedFolder, type Folder } from '../storage/folders';
import { itemsInPeriod, itemsOfFolder } from '../storage/items';
import { listMailboxes } from '../storage/mailboxes';
import { readBody } from '../http/read-body';
import { createFromForm, deleteAsUser, itemOf, updateFromForm, userSession } from '../user/mailbox-user';
import { occurrenceViews, viewOf } from '../user/view';
import type { WritingSession } from '../items/write';
import { isItemForm } from './read-form';

const largestBody = 2 * 1024 * 1024;

/** An error of the API itself, with its HTTP status. */
class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const isLoopback = (address: string | undefined): boolean => address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';

const isLocalName = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

/** Refuses other machines, names that were rebound to loopback, and posts of other sites' pages. */
const guard = (incoming: IncomingMessage): void => {
  if (!isLoopback(incoming.socket.remoteAddress) || !isLocalName(incoming.headers.host)) throw new ApiError(403, 'Only on this machine');
  if (incoming.method === 'GET') return;
  const { origin } = incoming.headers;
  const isSameOrigin = origin === undefined || origin === `http://${incoming.headers.host ?? ''}`;
  const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
  if (!isSameOrigin || !isJson) throw new ApiError(403, 'Only from the own page');
};

const readJson = async (incoming: IncomingMessage): Promise<unknown> => {
  const text = await readBody(incoming, largestBody);
  if (text === undefined) throw new ApiError(413, 'Too large');
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    throw new ApiError(400, 'Not JSON');
  }
};

const folderOf = (session: WritingSession, name: string): Folder => {
  const folder = distinguishedFolder(session.database, session.mailbox?.id ?? 0, name);
  if (!folder) throw new EwsError('ErrorFolderNotFound');
  return folder;
};

const listAppointments = (session: WritingSession, query: URLSearchParams): unknown => {
  const from = DateTime.fromISO(query.get('from') ?? '', { zone: session.zone });
  const to = DateTime.fromISO(query.get('to') ?? '', { zone: session.zone });
  if (!from.isValid || !to.isValid || to.diff(from, 'days').days > 370)
    throw new ApiError(400, 'from and to are days, at most a year apart');
  const items = itemsInPeriod(session.database, folderOf(session, 'calendar').id, from.toMillis(), to.toMillis());
  const views = items.flatMap((item) => occurrenceViews(item, from.toMillis(), to.toMillis(), session));
  return { items: views };
};

const listTasks = (session: WritingSession): unknown => ({
  items: itemsOfFolder(session.database, folderOf(session, 'tasks').id).map((item) => viewOf(item, session)),
});

const change = async (incoming: IncomingMessage, session: WritingSession, id: string | undefined): Promise<unknown> => {
  if (incoming.method === 'GET' && id !== undefined) return viewOf(itemOf(session, id), session);
  if (incoming.method === 'DELETE' && id !== undefined) {
    deleteAsUser(session, id);
    return { deleted: id };
  }
  const form = await readJson(incoming);
  if (!isItemForm(form)) throw new ApiError(400, 'Not an appointment or task');
  if (incoming.method === 'POST' && id === undefined) return viewOf(createFromForm(session, form), session);
  if (incoming.method === 'PUT' && id !== undefined) return viewOf(updateFromForm(session, id, form), session);
  throw new ApiError(405, 'Method not allowed');
};

const route = async (services: EwsServices, incoming: IncomingMessage, pathname: string): Promise<unknown> => {
  guard(incoming);
  const query = new URL(incoming.url ?? '/', 'http://localhost').searchParams;
  const [, , resource, owner, collection, id] = pathname.split('/').map(decodeURIComponent);
  if (resource === 'mailboxes' && owner === undefined && incoming.method === 'GET')
    return {
      zone: services.zone,
      version: services.database.lastSequence(),
      mailboxes: listMailboxes(services.database).map(({ address, name }) => ({ address, name })),
    };
  if (resource === 'version' && incoming.method === 'GET') return { version: services.database.lastSequence() };
  if (resource !== 'mailboxes' || owner === undefined) throw new ApiError(404, 'Not found');
  const session = userSession(services, owner, services.zone);
  if (collection === 'appointments' && incoming.method === 'GET') return listAppointments(session, query);
  if (collection === 'tasks' && incoming.method === 'GET') return listTasks(session);
  if (collection === 'items') return change(incoming, session, id);
  throw new ApiError(404, 'Not found');
};

const problem = (error: unknown): { readonly status: number; readonly body: unknown } => {
  if (error instanceof ApiError) return { status: error.status, body: { error: error.message } };
  if (error instanceof EwsError)
    return { status: error.code === 'ErrorItemNotFound' ? 404 : 400, body: { error: error.message, code: error.code } };
  if (error instanceof URIError) return { status: 400, body: { error: 'Bad address' } };
  return { status: 500, body: { error: 'Internal error' } };
};

/** The JSON API of the page: mailboxes, their appointments and tasks; loopback and own page only. */
export async function serveApi(
  services: EwsServices,
  incoming: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  let answer: { readonly status: number; readonly body: unknown };
  try {
    answer = { status: 200, body: await route(services, incoming, pathname) };
  } catch (error) {
    answer = problem(error);
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(answer.body));
}
