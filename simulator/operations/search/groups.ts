import { compareKeys, type Key } from '../../search/comparison';
import { keysOfValues } from '../../search/passes';
import { isPath, readPath } from '../../items/path';
import { searchedProperty, sortedProperty, type Searched } from '../../search/restriction';
import type { Session } from '../../session';
import { itemById } from '../../storage/items';
import { child, type XmlElement } from '../../xml/element';
import { valuesIn } from '../../search/matches';

/** How the found are grouped: by a property, the groups in the order of the greatest or least value of another. */
export interface Grouping {
  readonly property: Searched;
  readonly aggregate: Searched;
  readonly isMaximum: boolean;
  readonly isDescending: boolean;
}

/** Items that have the same value. */
export interface Group {
  readonly index: string;
  readonly ids: readonly number[];
}

const sortable = (holder: XmlElement | undefined): Searched => {
  const path = holder?.children.find(isPath);
  return sortedProperty(path ? readPath(path) : { kind: 'property', prefix: '', name: '' });
};

const conversations = {
  property: searchedProperty({ kind: 'property', prefix: 'message', name: 'ConversationTopic' }),
  aggregate: searchedProperty({ kind: 'property', prefix: 'item', name: 'DateTimeReceived' }),
  isMaximum: true,
};

/** Reads the GroupBy or DistinguishedGroupBy of a request. */
export function readGrouping(request: XmlElement): Grouping | undefined {
  const groupBy = child(request, 'GroupBy');
  const distinguished = child(request, 'DistinguishedGroupBy');
  const isDescending = (groupBy ?? distinguished)?.attributes['Order'] === 'Descending';
  if (distinguished) return { ...conversations, isDescending };
  if (!groupBy) return undefined;
  const aggregateOn = child(groupBy, 'AggregateOn');
  return {
    property: sortable(groupBy),
    aggregate: sortable(aggregateOn),
    isMaximum: aggregateOn?.attributes['Aggregate'] === 'Maximum',
    isDescending,
  };
}

interface Growing {
  readonly index: string;
  readonly ids: number[];
  extreme: Key | undefined;
}

/** Sorts items into their groups; within a group they stay in their order. */
export function groupsOf(session: Session, grouping: Grouping, ids: readonly number[]): readonly Group[] {
  const groups = new Map<Key | undefined, Growing>();
  for (const id of ids) {
    const item = itemById(session.database, id);
    if (!item) continue;
    const values = valuesIn(item, session);
    const [key] = keysOfValues(grouping.property, values, session.zone);
    const [extreme] = keysOfValues(grouping.aggregate, values, session.zone);
    const known = groups.get(key);
    if (!known) {
      groups.set(key, { index: values(grouping.property.path)[0] ?? '', ids: [id], extreme });
      continue;
    }
    known.ids.push(id);
    if (compareKeys(extreme, known.extreme) > 0 === grouping.isMaximum) known.extreme = extreme;
  }
  const sign = grouping.isDescending ? -1 : 1;
  return [...groups.values()].sort((one, two) => sign * compareKeys(one.extreme, two.extreme));
}
