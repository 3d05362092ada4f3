/** UpdateItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/updateitem-operation */
import type { Result } from '../../../model/result';
import type { ItemIdentity } from '../../connection';
import { itemIdentity, readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { ComposedXml } from '../xml/compose';

/** `NeverOverwrite`: only items that still have their change key. */
export type ConflictResolution = 'NeverOverwrite' | 'AlwaysOverwrite';

/** Changes items in their order; nobody is told. `changes`: one `ItemChange` each. */
export const updateItem = (
  changes: readonly ComposedXml[],
  resolution: ConflictResolution = 'NeverOverwrite',
): Operation<readonly Result<ItemIdentity>[]> => ({
  name: 'UpdateItem',
  repeatable: false,
  request: element(
    'm:UpdateItem',
    { ConflictResolution: resolution, MessageDisposition: 'SaveOnly', SendMeetingInvitationsOrCancellations: 'SendToNone' },
    element('m:ItemChanges', {}, ...changes),
  ),
  read: (response) => readBatch(response, changes.length, itemIdentity),
});
