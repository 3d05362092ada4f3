import { readFolderShape, showFolder } from '../../folders/shape';
import { resolveFolder } from '../../session';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';

/** GetFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation */
export const getFolder: Operation = (request, context) => {
  const { session } = context;
  return each(
    context,
    'GetFolder',
    child(request, 'FolderIds')?.children ?? [],
    (id) => {
      const shape = readFolderShape(child(request, 'FolderShape'), 'folder');
      return [m('Folders', [showFolder(resolveFolder(session, id), shape, 'folder', session)])];
    },
    [m('Folders')],
  );
};
