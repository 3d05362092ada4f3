import { EwsError } from '../../errors';
import { readShape, showItem, type Shape } from '../../items/shape';
import { checkRead, seesItem } from '../../permissions/access';
import { itemIdOf, resolveFolderOr, type Session } from '../../session';
import { nextChanges, type Change, type Run } from '../../storage/changes';
import type { Database } from '../../storage/database';
import type { Folder } from '../../storage/folders';
import { stateKey } from '../../storage/generations';
import { decodeId } from '../../storage/ids';
import { itemById } from '../../storage/items';
import { isTrue } from '../../storage/properties';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { failure, response, success, type Operation } from '../operation';
import { decodeSyncState, encodeSyncState } from './sync-state';

const encodeRun = (database: Database, folder: Folder, run: Run | undefined, base: number): string => {
  const parts = run ? [run.base, run.target, run.phase, run.position] : [base];
  return encodeSyncState([stateKey(database, folder.mailbox), folder.id, ...parts].join(':'));
};

/** The run a state stands for: the one it is in the middle of, or a new one up to now. */
const decodeRun = (database: Database, state: string, folder: Folder): Run => {
  const now = database.lastSequence();
  if (state === '') return { base: 0, target: now, phase: 'new', position: 0 };
  const [, key, stateFolder, base, target, phase, position] =
    /^([0-9a-f]+):(\d+):(\d+)(?::(\d+):(new|changed):(\d+))?$/.exec(decodeSyncState(state)) ?? [];
  const isOurs =
    key === stateKey(database, folder.mailbox) && Number(stateFolder) === folder.id && Number(base) <= now && Number(target ?? 0) <= now;
  if (!isOurs) throw new EwsError('ErrorInvalidSyncStateData');
  if (target === undefined) return { base: Number(base), target: now, phase: 'new', position: Number(base) };
  return { base: Number(base), target: Number(target), phase: phase === 'new' ? 'new' : 'changed', position: Number(position) };
};

const ignoredNumbers = (database: Database, request: XmlElement): ReadonlySet<number> =>
  new Set((child(request, 'Ignore')?.children ?? []).map((id) => decodeId(database, id.attributes['Id'] ?? '').number));

const showChange = (change: Change, mailbox: number, shape: Shape, session: Session): XmlElement | undefined => {
  const id = itemIdOf(session, { mailbox, id: change.itemId, sequence: change.sequence });
  if (change.kind === 'Delete') return t('Delete', [id]);
  const item = itemById(session.database, change.itemId);
  if (!item || !seesItem(session, item)) return undefined;
  if (change.kind === 'ReadFlagChange') return t('ReadFlagChange', [id, t('IsRead', isTrue(item.properties, 'IsRead'))]);
  return t(change.kind, [showItem(item, shape, 'changes', session)]);
};

/** The folder to synchronise; Exchange names its absence otherwise than elsewhere, and has no states for search folders. */
const folderOf = (session: Session, request: XmlElement): Folder => {
  const folder = resolveFolderOr(session, child(request, 'SyncFolderId')?.children[0], 'ErrorSyncFolderNotFound');
  if (folder.element === 'SearchFolder') throw new EwsError('ErrorInvalidFolderTypeForOperation');
  checkRead(session, folder);
  return folder;
};

const synchronise: Operation = (request, { session }) => {
  const { database } = session;
  const shape = readShape(child(request, 'ItemShape'), 'changes');
  if (shape.isWithMime) throw new EwsError('ErrorInvalidPropertyForOperation');
  const folder = folderOf(session, request);
  const run = decodeRun(database, childText(request, 'SyncState') ?? '', folder);
  const next = nextChanges(database, folder.id, run, {
    most: Number(childText(request, 'MaxChangesReturned')),
    ignored: ignoredNumbers(database, request),
    withAssociated: childText(request, 'SyncScope') === 'NormalAndAssociatedItems',
  });
  const content = [
    m('SyncState', encodeRun(database, folder, next.run, run.target)),
    m('IncludesLastItemInRange', next.run === undefined),
    m(
      'Changes',
      next.changes.map((change) => showChange(change, folder.mailbox, shape, session)),
    ),
  ];
  return response('SyncFolderItems', [success('SyncFolderItems', content)]);
};

/** SyncFolderItems: https://learn.microsoft.com/exchange/client-developer/web-service-reference/syncfolderitems-operation */
export const syncFolderItems: Operation = (request, context) => {
  try {
    return synchronise(request, context);
  } catch (error) {
    if (!(error instanceof EwsError)) throw error;
    return response('SyncFolderItems', [failure('SyncFolderItems', error, [m('SyncState'), m('IncludesLastItemInRange', true)])]);
  }
};
