import { EwsError } from '../../errors';
import { hierarchyChanges } from '../../folders/changes';
import { readFolderShape, showFolder } from '../../folders/shape';
import { seesFolder } from '../../permissions/access';
import { folderIdOf, resolveFolderOr } from '../../session';
import type { Database } from '../../storage/database';
import { foldersOfMailbox, pastParents, type Folder } from '../../storage/folders';
import { stateKey } from '../../storage/generations';
import { child, childText, m, t } from '../../xml/element';
import { failure, response, success, type Operation } from '../operation';
import { decodeSyncState, encodeSyncState } from '../synchronisation/sync-state';

const stateOf = (database: Database, root: Folder, sequence: number): string =>
  encodeSyncState(['hierarchy', stateKey(database, root.mailbox), root.id, sequence].join(':'));

/** The last change a state knows of; undefined for an empty one. */
const baseOf = (database: Database, root: Folder, state: string): number | undefined => {
  if (state.trim() === '') return undefined;
  const [kind, key, folder, sequence] = decodeSyncState(state).split(':');
  const isOurs =
    kind === 'hierarchy' &&
    key === stateKey(database, root.mailbox) &&
    Number(folder) === root.id &&
    Number(sequence) <= database.lastSequence();
  if (!isOurs) throw new EwsError('ErrorInvalidSyncStateData');
  return Number(sequence);
};

const wholeMailbox = t('DistinguishedFolderId', '', { Id: 'msgfolderroot' });

const synchronise: Operation = (request, { session }) => {
  const { database } = session;
  const shape = readFolderShape(child(request, 'FolderShape'), 'list');
  const root = resolveFolderOr(session, child(request, 'SyncFolderId')?.children[0] ?? wholeMailbox, 'ErrorSyncFolderNotFound');
  const base = baseOf(database, root, childText(request, 'SyncState') ?? '');
  const past = base === undefined ? [] : pastParents(database, root.mailbox, base);
  const { created, updated, deleted } = hierarchyChanges(foldersOfMailbox(database, root.mailbox), past, root.id, base);
  const shown = (name: string, folders: readonly Folder[]) =>
    folders.filter((folder) => seesFolder(session, folder)).map((folder) => t(name, [showFolder(folder, shape, 'list', session)]));
  const removed = deleted.map(({ folder, sequence }) =>
    t('Delete', [folderIdOf(session, { mailbox: root.mailbox, id: folder, sequence })]),
  );
  return response('SyncFolderHierarchy', [
    success('SyncFolderHierarchy', [
      m('SyncState', stateOf(database, root, database.lastSequence())),
      m('IncludesLastFolderInRange', true),
      m('Changes', [...shown('Create', created), ...shown('Update', updated), ...removed]),
    ]),
  ]);
};

/** SyncFolderHierarchy: https://learn.microsoft.com/exchange/client-developer/web-service-reference/syncfolderhierarchy-operation */
export const syncFolderHierarchy: Operation = (request, context) => {
  try {
    return synchronise(request, context);
  } catch (error) {
    if (!(error instanceof EwsError)) throw error;
    return response('SyncFolderHierarchy', [failure('SyncFolderHierarchy', error)]);
  }
};
