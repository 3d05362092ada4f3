import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import { compareKeys } from '../../items/comparison';
import { keysOfValues, passes } from '../../items/passes';
import { readPath } from '../../items/path';
import { readRestriction, searchedProperty, type Condition } from '../../items/restriction';
import { readShape, showItem } from '../../items/shape';
import { valuesOf } from '../../items/values';
import { resolveFolder, type Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { itemsOfFolder } from '../../storage/items';
import { child, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';
import { calendarView } from './calendar-view';
import { findLimit, pageSize, type Found } from './page';

const candidates = (session: Session, folder: Folder, condition: Condition | undefined): readonly ShownItem[] =>
  [...itemsOfFolder(session.database, folder.id)]
    .reverse()
    .filter((item) => !condition || passes((path) => valuesOf(item, path, session), condition, session.zone));

const sorted = (session: Session, items: readonly ShownItem[], order: XmlElement | undefined): readonly ShownItem[] => {
  const fields = (order?.children ?? []).flatMap((field) => {
    const path = field.children[0];
    const sign = field.attributes['Order'] === 'Descending' ? -1 : 1;
    return path ? [{ property: searchedProperty(readPath(path), 'ErrorUnsupportedPathForSortGroup'), sign }] : [];
  });
  if (fields.length === 0) return items;
  const keyed = items.map((item) => ({
    item,
    keys: fields.map(({ property }) => keysOfValues(property, (path) => valuesOf(item, path, session), session.zone)[0]),
  }));
  keyed.sort((one, two) => {
    for (const [index, { sign }] of fields.entries()) {
      const difference = compareKeys(one.keys[index], two.keys[index]);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
};

const offsetIn = (view: XmlElement | undefined, total: number): number => {
  if (view?.name === 'FractionalPageItemView')
    return Math.floor((total * Number(view.attributes['Numerator'])) / Number(view.attributes['Denominator']));
  const offset = Number(view?.attributes['Offset'] ?? 0);
  if (offset < 0) throw new EwsError('ErrorInvalidIndexedPagingParameters');
  return offset;
};

const page = (all: readonly ShownItem[], view: XmlElement | undefined): Found => {
  const most = pageSize(view) ?? findLimit;
  const offset = Math.min(offsetIn(view, all.length), all.length);
  const fromEnd = view?.attributes['BasePoint'] === 'End';
  const start = fromEnd ? Math.max(all.length - offset - most, 0) : offset;
  const end = fromEnd ? all.length - offset : Math.min(offset + most, all.length);
  return {
    items: all.slice(start, end),
    total: all.length,
    nextOffset: fromEnd ? all.length - start : end,
    isLast: fromEnd ? start === 0 : end === all.length,
    isPaged: true,
  };
};

/** FindItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation */
export const findItem: Operation = (request, context) => {
  const { session } = context;
  const shape = readShape(child(request, 'ItemShape'), 'list');
  const view = request.children.find((part) => part.name.endsWith('View'));
  const restriction = child(request, 'Restriction')?.children[0];
  if (view?.name === 'CalendarView' && (restriction || child(request, 'SortOrder')))
    throw new EwsError('ErrorUnsupportedPathForQuery', { text: 'A CalendarView cannot be restricted or sorted.' });
  return each(context, 'FindItem', child(request, 'ParentFolderIds')?.children ?? [], (id) => {
    const folder = resolveFolder(session, id);
    const isEmpty = request.attributes['Traversal'] !== 'Shallow';
    const condition = restriction && readRestriction(restriction, session.zone);
    const all = (): readonly ShownItem[] => (isEmpty ? [] : candidates(session, folder, condition));
    const found =
      view?.name === 'CalendarView' ? calendarView(session, folder, view) : page(sorted(session, all(), child(request, 'SortOrder')), view);
    const items = t(
      'Items',
      found.items.map((item) => showItem(item, shape, 'list', session)),
    );
    const paging = {
      ...(found.isPaged ? { IndexedPagingOffset: found.nextOffset } : {}),
      TotalItemsInView: found.total,
      IncludesLastItemInRange: found.isLast,
    };
    return [m('RootFolder', [items], paging)];
  });
};
