import { EwsError } from '../../errors';
import { passes } from '../../search/passes';
import { readPath } from '../../items/path';
import { readRestriction, sortedProperty, type Condition } from '../../search/restriction';
import { readShape, showItem, type Shape } from '../../items/shape';
import { checkRead, viewsPrivate } from '../../permissions/access';
import { resolveFolder, type Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { itemById } from '../../storage/items';
import { child, childText, descend, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';
import { calendarView } from './calendar-view';
import { byDisplayName, inContactsView } from './contacts-view';
import { groupsOf, readGrouping, type Group, type Grouping } from './groups';
import { findMatches, valuesIn, type Matches, type SortField } from '../../search/matches';
import { findLimit, pageOf, restrictedLimit, type Found } from './page';
import { readQueryString } from '../../search/query-string';

const readOrder = (order: XmlElement | undefined): readonly SortField[] =>
  (order?.children ?? []).flatMap((field) => {
    const path = field.children[0];
    if (!path) return [];
    const property = sortedProperty(readPath(path));
    return [{ property, isDescending: field.attributes['Order'] === 'Descending' }];
  });

const readCondition = (request: XmlElement, session: Session): Condition | undefined => {
  const restriction = child(request, 'Restriction')?.children[0];
  const query = childText(request, 'QueryString');
  if (restriction && query !== undefined)
    throw new EwsError('ErrorInvalidOperation', { text: 'A QueryString excludes the use of a Restriction.' });
  return restriction ? readRestriction(restriction, session.zone) : readQueryString(query ?? '', session);
};

/** What a request looks for in each of its folders. */
interface Request {
  readonly view: XmlElement | undefined;
  readonly condition: Condition | undefined;
  readonly order: readonly SortField[];
  readonly grouping: Grouping | undefined;
  readonly traversal: string;
  readonly limit: number;
}

const readRequest = (request: XmlElement, session: Session): Request => {
  const view = request.children.find((part) => part.name.endsWith('View'));
  const given = readCondition(request, session);
  const order = readOrder(child(request, 'SortOrder'));
  const isContacts = view?.name === 'ContactsView';
  return {
    view,
    condition: isContacts ? inContactsView(view, given) : given,
    order: isContacts && order.length === 0 ? byDisplayName : order,
    grouping: readGrouping(request),
    traversal: request.attributes['Traversal'] ?? 'Shallow',
    limit: given ? restrictedLimit : findLimit,
  };
};

const nothing: Matches = { total: 0, between: () => [] };

const isNotPrivate = t('IsNotEqualTo', [
  t('FieldURI', '', { FieldURI: 'item:Sensitivity' }),
  t('FieldURIOrConstant', [t('Constant', '', { Value: 'Private' })]),
]);

/** Private items of others are not found, except by those who may view them. */
const seenOf = (session: Session, folder: Folder, condition: Condition | undefined): Condition | undefined => {
  if (viewsPrivate(session, folder.mailbox)) return condition;
  const seen = readRestriction(isNotPrivate, session.zone);
  return condition ? { kind: 'and', parts: [seen, condition] } : seen;
};

/** Items that were deleted softly lie in Recoverable Items and no longer in a dumpster of their folder: that traversal finds nothing. */
const search = (session: Session, folder: Folder, { traversal, condition, order }: Request): Matches =>
  traversal === 'SoftDeleted'
    ? nothing
    : findMatches(session, {
        folder: folder.id,
        isAssociated: traversal === 'Associated',
        condition: seenOf(session, folder, condition),
        order,
      });

/** Whether the found at an index meets the condition of a SeekToConditionPageItemView. */
const meeting = (session: Session, view: XmlElement | undefined, matches: Matches): ((index: number) => boolean) => {
  const sought = descend(view, 'Condition')?.children[0];
  if (!sought) return () => false;
  const condition = readRestriction(sought, session.zone);
  const ids = matches.between(0, matches.total);
  return (index) => {
    const item = itemById(session.database, ids[index] ?? 0);
    return item !== undefined && passes(valuesIn(item, session), condition, session.zone);
  };
};

const shownItems = (session: Session, shape: Shape, ids: readonly number[]): XmlElement =>
  t(
    'Items',
    ids.map((id) => {
      const item = itemById(session.database, id);
      return item && showItem(item, shape, 'list', session);
    }),
  );

const shownGroups = (session: Session, shape: Shape, groups: readonly Group[], ids: readonly number[]): XmlElement => {
  const onPage = new Set(ids);
  const parts = groups
    .map((group) => ({ ...group, ids: group.ids.filter((id) => onPage.has(id)) }))
    .filter((group) => group.ids.length > 0);
  return t(
    'Groups',
    parts.map((group) => t('GroupedItems', [t('GroupIndex', group.index), shownItems(session, shape, group.ids)])),
  );
};

const answerFolder = (session: Session, folder: Folder, asked: Request, shape: Shape): XmlElement => {
  const found = search(session, folder, asked);
  const groups = asked.grouping && groupsOf(session, asked.grouping, found.between(0, found.total));
  const inGroups = groups?.flatMap((group) => group.ids);
  const matches: Matches = inGroups ? { total: inGroups.length, between: (from, to) => inGroups.slice(from, to) } : found;
  const { from, to, attributes } = pageOf(asked.view, matches.total, asked.limit, meeting(session, asked.view, matches));
  const ids = matches.between(from, to);
  return m('RootFolder', [groups ? shownGroups(session, shape, groups, ids) : shownItems(session, shape, ids)], attributes);
};

const answerCalendarView = (session: Session, { items, total, isLast }: Found, shape: Shape): XmlElement => {
  const shown = items.map((item) => showItem(item, shape, 'list', session));
  return m('RootFolder', [t('Items', shown)], { TotalItemsInView: total, IncludesLastItemInRange: isLast });
};

const refuseInCalendarView = (request: XmlElement): void => {
  if (['Restriction', 'SortOrder', 'GroupBy', 'DistinguishedGroupBy', 'QueryString'].some((name) => child(request, name)))
    throw new EwsError('ErrorUnsupportedPathForQuery', { text: 'A CalendarView cannot be restricted, sorted or grouped.' });
};

/** FindItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation */
export const findItem: Operation = (request, context) => {
  const { session } = context;
  const shape = readShape(child(request, 'ItemShape'), 'list');
  const calendar = child(request, 'CalendarView');
  if (calendar) refuseInCalendarView(request);
  return each(context, 'FindItem', child(request, 'ParentFolderIds')?.children ?? [], (id) => {
    const folder = resolveFolder(session, id);
    checkRead(session, folder);
    if (calendar) return [answerCalendarView(session, calendarView(session, folder, calendar), shape)];
    return [answerFolder(session, folder, readRequest(request, session), shape)];
  });
};
