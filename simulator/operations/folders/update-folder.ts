import { folderIdOnly, showFolder } from '../../folders/shape';
import { updateFolder as update } from '../../folders/write';
import { resolveFolder } from '../../session';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';

/** UpdateFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/updatefolder-operation */
export const updateFolder: Operation = (request, context) => {
  const { session } = context;
  return each(
    context,
    'UpdateFolder',
    child(request, 'FolderChanges')?.children ?? [],
    (change) => {
      const folder = resolveFolder(session, change.children[0]);
      const changed = update(session, folder, child(change, 'Updates')?.children ?? []);
      return [m('Folders', [showFolder(changed, folderIdOnly, 'folder', session)])];
    },
    [m('Folders')],
  );
};
