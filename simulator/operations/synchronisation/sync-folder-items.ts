import { EwsError } from '../../errors';
import { readShape, showItem } from '../../items/shape';
import { itemIdOf, resolveFolder, type Session } from '../../session';
import type { Database } from '../../storage/database';
import type { Folder } from '../../storage/folders';
import { decodeId } from '../../storage/ids';
import { stateKey } from '../../storage/generations';
import { itemById, nextChanges, type Change, type Run } from '../../storage/items';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { failure, response, success, type Operation } from '../operation';

const encodeState = (database: Database, folder: Folder, run: Run | undefined, base: number): string => {
  const parts = run ? [run.base, run.target, run.phase, run.position] : [base];
  return Buffer.from([stateKey(database, folder.mailbox), folder.id, ...parts].join(':')).toString('base64');
};

/** The run a state stands for: the one it is in the middle of, or a new one up to now. */
const decodeState = (database: Database, text: string, folder: Folder): Run => {
  const now = database.lastSequence();
  if (text === '') return { base: 0, target: now, phase: 'new', position: 0 };
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  const [, key, stateFolder, base, target, phase, position] =
    /^([0-9a-f]+):(\d+):(\d+)(?::(\d+):(new|changed):(\d+))?$/.exec(decoded) ?? [];
  const isOurs =
    key === stateKey(database, folder.mailbox) && Number(stateFolder) === folder.id && Number(base) <= now && Number(target ?? 0) <= now;
  if (!isOurs) throw new EwsError('ErrorInvalidSyncStateData');
  if (target === undefined) return { base: Number(base), target: now, phase: 'new', position: Number(base) };
  return { base: Number(base), target: Number(target), phase: phase === 'new' ? 'new' : 'changed', position: Number(position) };
};

const ignoredNumbers = (database: Database, request: XmlElement): ReadonlySet<number> =>
  new Set((child(request, 'Ignore')?.children ?? []).map((id) => decodeId(database, id.attributes['Id'] ?? '').number));

const showChange = (change: Change, mailbox: number, shape: ReturnType<typeof readShape>, session: Session): XmlElement | undefined => {
  if (change.kind === 'Delete') return t('Delete', [itemIdOf(session, { mailbox, id: change.itemId, sequence: change.sequence })]);
  const item = itemById(session.database, change.itemId);
  return item && t(change.kind, [showItem(item, shape, 'list', session)]);
};

const synchronise: Operation = (request, { session }) => {
  const { database } = session;
  const shape = readShape(child(request, 'ItemShape'), 'list');
  const folder = resolveFolder(session, child(request, 'SyncFolderId')?.children[0]);
  const run = decodeState(database, childText(request, 'SyncState') ?? '', folder);
  const next = nextChanges(database, folder.id, run, Number(childText(request, 'MaxChangesReturned')));
  const ignored = ignoredNumbers(database, request);
  const changes = next.changes
    .filter((change) => !ignored.has(change.itemId))
    .map((change) => showChange(change, folder.mailbox, shape, session));
  const content = [
    m('SyncState', encodeState(database, folder, next.run, run.target)),
    m('IncludesLastItemInRange', next.run === undefined),
    m('Changes', changes),
  ];
  return response('SyncFolderItems', [success('SyncFolderItems', content)]);
};

/** SyncFolderItems: https://learn.microsoft.com/exchange/client-developer/web-service-reference/syncfolderitems-operation */
export const syncFolderItems: Operation = (request, context) => {
  try {
    return synchronise(request, context);
  } catch (error) {
    if (!(error instanceof EwsError)) throw error;
    const nothing = [m('SyncState'), m('IncludesLastItemInRange', true), m('Changes')];
    return response('SyncFolderItems', [failure('SyncFolderItems', error, nothing)]);
  }
};
