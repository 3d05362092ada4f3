/** Search conditions of FindItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/restriction */
import { syncIdField } from './items/sync-id';
import { element } from './xml/compose';
import type { XmlNode } from './xml/compose';

const compare = (operator: 'IsEqualTo' | 'IsLessThan' | 'IsGreaterThan', path: XmlNode, value: string): XmlNode =>
  element(`t:${operator}`, {}, path, element('t:FieldURIOrConstant', {}, element('t:Constant', { Value: value })));

const field = (uri: string): XmlNode => element('t:FieldURI', { FieldURI: uri });

/** PidLidRecurring ([MS-OXOCAL] 2.2.1.12): stored on every series master; EWS's own IsRecurring is false for the organiser's master, true for an attendee's. */
const storedRecurring = element('t:ExtendedFieldURI', {
  DistinguishedPropertySetId: 'Appointment',
  PropertyId: '33315',
  PropertyType: 'Boolean',
});

/** Single appointments that overlap a window, and every series. `from`, `to`: UTC instants. */
export const overlapsWindow = (from: string, to: string): XmlNode =>
  element(
    't:And',
    {},
    compare('IsLessThan', field('calendar:Start'), to),
    element(
      't:Or',
      {},
      compare('IsGreaterThan', field('calendar:End'), from),
      compare('IsEqualTo', field('calendar:IsRecurring'), 'true'),
      compare('IsEqualTo', storedRecurring, 'true'),
    ),
  );

/** Items with one of the sync ids. */
export const hasSyncId = (syncIds: readonly string[]): XmlNode => {
  const conditions = syncIds.map((syncId) => compare('IsEqualTo', syncIdField, syncId));
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : element('t:Or', {}, ...conditions);
};
