import type { Session } from '../session';
import type { XmlElement } from '../xml/element';
import { shownProperty, type ShownItem } from './computed';
import { extendedProperty, extendedValues, fieldKey, storedExtended } from './extended';
import { propertyTypes } from './kinds';
import { mirrorOf, type Mirror } from './mirrored';
import { identityProperties } from './mirrored/identity';

const mirrored = (item: ShownItem, { property, read }: Mirror, session: Session): readonly string[] => {
  // Times of MAPI are UTC, whatever the zone of the request.
  const found =
    property === 'Body'
      ? item.properties['Body']
      : shownProperty(item, property, propertyTypes(item.element).get(property) ?? '', { ...session, zone: 'UTC' });
  return found ? read(found) : [];
};

const valuesFor = (item: ShownItem, key: string, session: Session): readonly string[] => {
  const computed = identityProperties[key]?.(item, session);
  if (computed !== undefined && typeof computed !== 'object') return [String(computed)];
  const mirror = mirrorOf(item.element, key);
  if (mirror) return mirrored(item, mirror, session);
  const stored = storedExtended(item.extended, key);
  return stored ? extendedValues(stored) : [];
};

/** The values of the MAPI property that an ExtendedFieldURI names: stored, made up by the server, or another name of an EWS property. */
export const extendedTexts = (item: ShownItem, uri: XmlElement, session: Session): readonly string[] =>
  valuesFor(item, fieldKey(uri), session);

/** The ExtendedProperty that an ExtendedFieldURI asks for, written under it as it was asked; absent where the item does not have it. */
export function shownExtended(item: ShownItem, uri: XmlElement, session: Session): XmlElement | undefined {
  const values = extendedTexts(item, uri, session);
  return values.length === 0 ? undefined : extendedProperty(uri, values);
}
