/**
 * The sync id inside an Exchange item: a named string property of this product.
 * https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/properties-and-extended-properties-in-ews-in-exchange
 */
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { child, childrenNamed, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';

/** Property set of this product. Never to be changed: items in mailboxes carry it. */
const propertySetId = '7f2b6c1e-9d0a-4c53-8b6e-2f4a1d5e9c37';
const propertyName = 'ErpSyncId';

/** The path to the property. */
export const syncIdField: XmlNode = element('t:ExtendedFieldURI', {
  PropertySetId: propertySetId,
  PropertyName: propertyName,
  PropertyType: 'String',
});

/** The property with its value. */
export const syncIdProperty = (syncId: string): XmlNode => element('t:ExtendedProperty', {}, syncIdField, element('t:Value', {}, syncId));

const isSyncId = (property: XmlElement): boolean => {
  const field = child(property, 'ExtendedFieldURI')?.attributes ?? {};
  return field['PropertyName'] === propertyName && field['PropertySetId']?.toLowerCase() === propertySetId;
};

/** The sync id that an item carries, null for none. */
export const syncIdOf = (item: XmlElement): string | null => {
  const property = childrenNamed(item, 'ExtendedProperty').find(isSyncId);
  return property === undefined ? null : textOf(property, 'Value');
};
