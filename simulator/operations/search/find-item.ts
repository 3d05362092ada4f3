import { asOccurrence, occurrencesIn } from '../../calendar/series';
import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import { fieldKey } from '../../items/extended';
import { readPath } from '../../items/path';
import { compareValues, passes, requiredExtended, valuesOf } from '../../items/restriction';
import { readShape, showItem } from '../../items/shape';
import { resolveFolder, type Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { itemsByExtended, itemsInPeriod, itemsOfFolder } from '../../storage/items';
import { parseTime } from '../../time';
import { child, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';

/** Exchange's own limit of one answer. */
const findLimit = 1000;

const longestView = 2 * 366 * 24 * 3_600_000;

interface Found {
  readonly items: readonly ShownItem[];
  readonly total: number;
  readonly nextOffset: number;
  readonly isLast: boolean;
  readonly isPaged: boolean;
}

const calendarView = (session: Session, folder: Folder, view: XmlElement): Found => {
  const from = parseTime(view.attributes['StartDate'] ?? '', session.zone).toMillis();
  const to = parseTime(view.attributes['EndDate'] ?? '', session.zone).toMillis();
  if (folder.element !== 'CalendarFolder') throw new EwsError('ErrorCalendarFolderIsInvalidForCalendarView');
  if (to < from) throw new EwsError('ErrorCalendarEndDateIsEarlierThanStartDate');
  if (to - from > longestView) throw new EwsError('ErrorCalendarViewRangeTooBig');
  const most = pageSize(view) ?? findLimit;
  const all = itemsInPeriod(session.database, folder.id, from, to).flatMap((item): readonly ShownItem[] =>
    item.properties['Recurrence']
      ? occurrencesIn(item.properties, from, to).map((occurrence) => ({ ...asOccurrence(item, occurrence), occurrence: occurrence.starts }))
      : occurrencesIn(item.properties, from, to).map(() => item),
  );
  const start = (item: ShownItem): number => Date.parse(item.properties['Start']?.text ?? '');
  const sorted = [...all].sort((one, two) => start(one) - start(two));
  return {
    items: sorted.slice(0, most),
    total: sorted.length,
    nextOffset: Math.min(most, sorted.length),
    isLast: sorted.length <= most,
    isPaged: false,
  };
};

const pageSize = (view: XmlElement | undefined): number | undefined => {
  const text = view?.attributes['MaxEntriesReturned'];
  if (text === undefined) return undefined;
  if (Number(text) <= 0) throw new EwsError('ErrorInvalidPagingMaxRows');
  return Math.min(Number(text), findLimit);
};

const candidates = (session: Session, folder: Folder, restriction: XmlElement | undefined): readonly ShownItem[] => {
  const indexed = restriction && requiredExtended(restriction);
  return indexed
    ? itemsByExtended(session.database, folder.id, fieldKey(indexed.uri), indexed.value)
    : [...itemsOfFolder(session.database, folder.id)].reverse();
};

const sorted = (session: Session, items: readonly ShownItem[], order: XmlElement | undefined): readonly ShownItem[] => {
  const fields = (order?.children ?? []).flatMap((field) => {
    const path = field.children[0];
    return path ? [{ path: readPath(path), sign: field.attributes['Order'] === 'Descending' ? -1 : 1 }] : [];
  });
  if (fields.length === 0) return items;
  const keyed = items.map((item) => ({ item, keys: fields.map(({ path }) => valuesOf(item, path, session)[0] ?? '') }));
  keyed.sort((one, two) => {
    for (const [index, { sign }] of fields.entries()) {
      const difference = compareValues(one.keys[index] ?? '', two.keys[index] ?? '');
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
    const all = (): readonly ShownItem[] =>
      isEmpty ? [] : candidates(session, folder, restriction).filter((item) => !restriction || passes(item, restriction, session));
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
