import { folderIdOnly, showFolder } from '../../folders/shape';
import { copyFolder as copy, moveFolder as move } from '../../folders/write';
import { resolveFolder, resolveFolderOr, type Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';

const transfer =
  (name: string, act: (session: Session, folder: Folder, target: Folder) => Folder): Operation =>
  (request, context) => {
    const { session } = context;
    return each(
      context,
      name,
      child(request, 'FolderIds')?.children ?? [],
      (id) => {
        const target = resolveFolderOr(session, child(request, 'ToFolderId')?.children[0], 'ErrorToFolderNotFound');
        return [m('Folders', [showFolder(act(session, resolveFolder(session, id), target), folderIdOnly, 'folder', session)])];
      },
      [m('Folders')],
    );
  };

/** MoveFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/movefolder-operation */
export const moveFolder = transfer('MoveFolder', move);

/** CopyFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/copyfolder-operation */
export const copyFolder = transfer('CopyFolder', copy);
