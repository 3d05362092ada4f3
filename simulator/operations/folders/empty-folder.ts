import { emptyFolder as empty } from '../../folders/write';
import { resolveFolder } from '../../session';
import { child, isTrueText } from '../../xml/element';
import { each, type Operation } from '../operation';

/** EmptyFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/emptyfolder-operation */
export const emptyFolder: Operation = (request, context) => {
  const { DeleteType: deleteType = '', DeleteSubFolders: withSubfolders = '' } = request.attributes;
  return each(context, 'EmptyFolder', child(request, 'FolderIds')?.children ?? [], (id) => {
    empty(context.session, resolveFolder(context.session, id), deleteType, isTrueText(withSubfolders));
    return [];
  });
};
