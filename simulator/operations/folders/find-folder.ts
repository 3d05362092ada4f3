import { EwsError } from '../../errors';
import { folderValues, readFolderShape, showFolder } from '../../folders/shape';
import { subfolders } from '../../folders/tree';
import { passes } from '../../search/passes';
import { readRestriction } from '../../search/restriction';
import { seesFolder } from '../../permissions/access';
import { resolveFolder } from '../../session';
import type { Folder } from '../../storage/folders';
import { child, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';
import { findLimit, pageSize } from '../search/page';

interface Page {
  readonly folders: readonly Folder[];
  readonly attributes: Readonly<Record<string, number | boolean>>;
}

const fractionOffset = (view: XmlElement, total: number): number => {
  const [numerator, denominator] = [Number(view.attributes['Numerator']), Number(view.attributes['Denominator'])];
  if (numerator < 0 || denominator <= 0 || numerator > denominator) throw new EwsError('ErrorInvalidFractionalPagingParameters');
  return Math.floor((total * numerator) / denominator);
};

const slice = (all: readonly Folder[], start: number, end: number, isLast: boolean, paging: Page['attributes']): Page => ({
  folders: all.slice(start, end),
  attributes: { ...paging, TotalItemsInView: all.length, IncludesLastItemInRange: isLast },
});

/** The part of what was found that a view wants, and how to go on; without a view as much as one answer holds. */
const page = (all: readonly Folder[], view: XmlElement | undefined): Page => {
  const total = all.length;
  const most = pageSize(view) ?? findLimit;
  if (view?.name === 'FractionalPageFolderView') {
    const start = fractionOffset(view, total);
    const end = Math.min(start + most, total);
    return slice(all, start, end, end === total, { NumeratorOffset: end, AbsoluteDenominator: total });
  }
  const given = Number(view?.attributes['Offset'] ?? 0);
  if (given < 0) throw new EwsError('ErrorInvalidIndexedPagingParameters');
  const offset = Math.min(given, total);
  if (view?.attributes['BasePoint'] === 'End') {
    const start = Math.max(total - offset - most, 0);
    return slice(all, start, total - offset, start === 0, { IndexedPagingOffset: total - start });
  }
  const end = Math.min(offset + most, total);
  return slice(all, offset, end, end === total, view ? { IndexedPagingOffset: end } : {});
};

/** FindFolder: https://learn.microsoft.com/exchange/client-developer/web-service-reference/findfolder-operation */
export const findFolder: Operation = (request, context) => {
  const { session } = context;
  const traversal = request.attributes['Traversal'];
  const view = request.children.find(({ name }) => name.endsWith('View'));
  const restriction = child(request, 'Restriction')?.children[0];
  return each(context, 'FindFolder', child(request, 'ParentFolderIds')?.children ?? [], (id) => {
    const parent = resolveFolder(session, id);
    const shape = readFolderShape(child(request, 'FolderShape'), 'list');
    const condition = restriction && readRestriction(restriction, session.zone);
    const all = traversal === 'SoftDeleted' ? [] : subfolders(session.database, parent, traversal === 'Deep');
    const found = all.filter(
      (folder) => seesFolder(session, folder) && (!condition || passes(folderValues(folder, session), condition, session.zone)),
    );
    const { folders, attributes } = page(found, view);
    const shown = folders.map((folder) => showFolder(folder, shape, 'list', session));
    return [m('RootFolder', [t('Folders', shown)], attributes)];
  });
};
