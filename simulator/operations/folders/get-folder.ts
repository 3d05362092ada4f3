import { resolveFolder, folderIdOf, mailboxOf, type Session } from '../../session';
import { elementTypes } from '../../schema/order';
import { folderById, folderCounts, type Folder } from '../../storage/folders';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';

const rights = (): XmlElement =>
  t(
    'EffectiveRights',
    ['CreateAssociated', 'CreateContents', 'CreateHierarchy', 'Delete', 'Modify', 'Read', 'ViewPrivateItems'].map((right) =>
      t(right, true),
    ),
  );

type Show = (folder: Folder, session: Session) => XmlElement | string | number | undefined;

const shown: Readonly<Record<string, Show>> = {
  FolderId: (folder, session) => folderIdOf(session, folder),
  ParentFolderId: (folder, session) => {
    const parent = folder.parent === undefined ? undefined : folderById(session.database, folder.parent);
    return parent && folderIdOf(session, parent, 'ParentFolderId');
  },
  FolderClass: (folder) => folder.folderClass,
  DisplayName: (folder, session) => (folder.distinguished === 'root' ? mailboxOf(session, folder).name : folder.name),
  TotalCount: (folder, session) => folderCounts(session.database, folder).items,
  ChildFolderCount: (folder, session) => folderCounts(session.database, folder).folders,
  UnreadCount: (folder) => (['CalendarFolder', 'ContactsFolder'].includes(folder.element) ? undefined : 0),
  EffectiveRights: rights,
  DistinguishedFolderId: (folder) => folder.distinguished,
};

const defaultShape = ['FolderId', 'DisplayName', 'TotalCount', 'ChildFolderCount', 'UnreadCount'];

/** A folder as a FolderShape shows it. */
export function showFolder(folder: Folder, shape: XmlElement | undefined, session: Session): XmlElement {
  const base = childText(shape, 'BaseShape') ?? 'IdOnly';
  const additional = (child(shape, 'AdditionalProperties')?.children ?? []).map(
    (path) => (path.attributes['FieldURI'] ?? '').split(':')[1] ?? '',
  );
  const names = new Set([
    'FolderId',
    ...additional,
    ...(base === 'Default' ? defaultShape : base === 'AllProperties' ? Object.keys(shown) : []),
  ]);
  const content = [...elementTypes(`t:${folder.element}Type`).keys()].map((name) => {
    const value = names.has(name) ? shown[name]?.(folder, session) : undefined;
    return value === undefined || typeof value === 'object' ? value : t(name, value);
  });
  return t(folder.element, content);
}

/** GetFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation */
export const getFolder: Operation = (request, context) => {
  const shape = child(request, 'FolderShape');
  return each(
    context,
    'GetFolder',
    child(request, 'FolderIds')?.children ?? [],
    (id) => [m('Folders', [showFolder(resolveFolder(context.session, id), shape, context.session)])],
    [m('Folders')],
  );
};
