import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import type { XmlElement } from '../../xml/element';

/** Exchange's own limit of one answer (EWSFindCountLimit). */
export const findLimit = 1000;

/** The same where a restriction or a query string was given. */
export const restrictedLimit = 250;

/** What a view of one folder answers: some of its items, or everything up to a limit. */
export interface Found {
  readonly items: readonly ShownItem[];
  readonly total: number;
  readonly nextOffset: number;
  readonly isLast: boolean;
  readonly isPaged: boolean;
}

/** How many items a view wants at most, not more than the server's limit; undefined where it does not say. */
export const pageSize = (view: XmlElement | undefined, limit = findLimit): number | undefined => {
  const text = view?.attributes['MaxEntriesReturned'];
  if (text === undefined) return undefined;
  if (Number(text) <= 0) throw new EwsError('ErrorInvalidPagingMaxRows');
  return Math.min(Number(text), limit);
};

/** Which of the found a page shows, and what its RootFolder says of it. */
export interface Page {
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, number | boolean>>;
}

const part = (from: number, to: number, total: number, next: Readonly<Record<string, number>>, isLast = to >= total): Page => ({
  from,
  to,
  attributes: { ...next, TotalItemsInView: total, IncludesLastItemInRange: isLast },
});

const indexedPage = (view: XmlElement, total: number, most: number): Page => {
  const offset = Number(view.attributes['Offset']);
  if (offset < 0) throw new EwsError('ErrorInvalidIndexedPagingParameters');
  if (view.attributes['BasePoint'] === 'End') {
    const to = Math.max(total - offset, 0);
    const from = Math.max(to - most, 0);
    return part(from, to, total, { IndexedPagingOffset: total - from }, from === 0);
  }
  const from = Math.min(offset, total);
  const to = Math.min(from + most, total);
  return part(from, to, total, { IndexedPagingOffset: to });
};

const fractionalPage = (view: XmlElement, total: number, most: number): Page => {
  const [numerator, denominator] = [Number(view.attributes['Numerator']), Number(view.attributes['Denominator'])];
  if (denominator <= 0 || numerator < 0 || numerator > denominator) throw new EwsError('ErrorInvalidFractionalPagingParameters');
  const from = Math.floor((total * numerator) / denominator);
  const to = Math.min(from + most, total);
  return part(from, to, total, { NumeratorOffset: to, AbsoluteDenominator: total });
};

/** The page that begins where the first (from the end: the last) of the found meets a condition. */
const soughtPage = (view: XmlElement, total: number, most: number, isMet: (index: number) => boolean): Page => {
  const isFromEnd = view.attributes['BasePoint'] === 'End';
  let index = isFromEnd ? total - 1 : 0;
  while (index >= 0 && index < total && !isMet(index)) index += isFromEnd ? -1 : 1;
  if (isFromEnd) return part(Math.max(index + 1 - most, 0), index + 1, total, { IndexedPagingOffset: total - index - 1 }, index < most);
  const to = Math.min(index + most, total);
  return part(index, to, total, { IndexedPagingOffset: to });
};

/** The page a view asks for; `isMet` tells whether the found at an index meets the condition of a SeekToConditionPageItemView. */
export function pageOf(view: XmlElement | undefined, total: number, limit: number, isMet: (index: number) => boolean): Page {
  const most = pageSize(view, limit) ?? limit;
  if (view?.name === 'IndexedPageItemView') return indexedPage(view, total, most);
  if (view?.name === 'FractionalPageItemView') return fractionalPage(view, total, most);
  if (view?.name === 'SeekToConditionPageItemView') return soughtPage(view, total, most, isMet);
  return part(0, Math.min(most, total), total, {});
}
