import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import type { XmlElement } from '../../xml/element';

/** Exchange's own limit of one answer. */
export const findLimit = 1000;

/** What one folder answers to a search, and where the next page begins. */
export interface Found {
  readonly items: readonly ShownItem[];
  readonly total: number;
  readonly nextOffset: number;
  readonly isLast: boolean;
  readonly isPaged: boolean;
}

/** How many items a view wants at most, not more than the server's limit; undefined where it does not say. */
export const pageSize = (view: XmlElement | undefined): number | undefined => {
  const text = view?.attributes['MaxEntriesReturned'];
  if (text === undefined) return undefined;
  if (Number(text) <= 0) throw new EwsError('ErrorInvalidPagingMaxRows');
  return Math.min(Number(text), findLimit);
};
