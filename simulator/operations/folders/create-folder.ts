import { folderIdOnly, showFolder } from '../../folders/shape';
import { createFolder as create } from '../../folders/write';
import { resolveFolderOr } from '../../session';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';

/** CreateFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/createfolder-operation */
export const createFolder: Operation = (request, context) => {
  const { session } = context;
  const target = child(request, 'ParentFolderId')?.children[0];
  return each(
    context,
    'CreateFolder',
    child(request, 'Folders')?.children ?? [],
    (element) => {
      const parent = resolveFolderOr(session, target, 'ErrorParentFolderNotFound');
      return [m('Folders', [showFolder(create(session, parent, element), folderIdOnly, 'folder', session)])];
    },
    [m('Folders')],
  );
};
