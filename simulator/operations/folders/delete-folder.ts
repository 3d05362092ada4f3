import { deleteFolder as remove } from '../../folders/write';
import { resolveFolder } from '../../session';
import { child } from '../../xml/element';
import { each, type Operation } from '../operation';

/** DeleteFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/deletefolder-operation */
export const deleteFolder: Operation = (request, context) =>
  each(context, 'DeleteFolder', child(request, 'FolderIds')?.children ?? [], (id) => {
    remove(context.session, resolveFolder(context.session, id), request.attributes['DeleteType'] ?? '');
    return [];
  });
