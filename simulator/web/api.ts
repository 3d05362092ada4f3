import type { IncomingMessage, ServerResponse } from 'node:http';
import { DateTime } from 'luxon';
import { EwsError } from '../errors';
import type { EwsServices } from '../ews';
import { distinguishedFolder, type Folder } from '../storage/folders';
import { itemsInPeriod, itemsOfFolder } from '../storage/items';
import { listMailboxes } from '../storage/mailboxes';
import { createFromForm, deleteAsUser, itemOf, updateFromForm, userSession } from '../user/mailbox-user';
import { occurrenceViews, viewOf } from '../user/view';
import { answerJson, ApiError, readJson } from './json';
import { isItemForm } from './read-form';
import type { WritingSession } from '../session';

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

/** The JSON API of the page: mailboxes, their appointments and tasks; loopback and own page only. */
export const serveApi = (services: EwsServices, incoming: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> =>
  answerJson(incoming, response, () => route(services, incoming, pathname));
