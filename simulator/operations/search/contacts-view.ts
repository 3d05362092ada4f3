import { collationKey } from '../../search/comparison';
import { searchedProperty, type Condition } from '../../search/restriction';
import type { XmlElement } from '../../xml/element';
import type { SortField } from '../../search/matches';

const displayName = searchedProperty({ kind: 'property', prefix: 'contacts', name: 'DisplayName' });

/** The order of a ContactsView where the request has none. */
export const byDisplayName: readonly SortField[] = [{ property: displayName, isDescending: false }];

/** The contacts from InitialName to FinalName, both included, as a condition beside another. */
export function inContactsView(view: XmlElement, condition: Condition | undefined): Condition {
  const { InitialName: first, FinalName: last } = view.attributes;
  const bounds = [
    ...(first === undefined ? [] : [{ operator: 'IsGreaterThanOrEqualTo', name: first } as const]),
    ...(last === undefined ? [] : [{ operator: 'IsLessThanOrEqualTo', name: last } as const]),
  ].map(({ operator, name }): Condition => ({ kind: 'compare', operator, property: displayName, constant: collationKey(name) }));
  return { kind: 'and', parts: [...bounds, ...(condition ? [condition] : [])] };
}
