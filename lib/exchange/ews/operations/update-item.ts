/** UpdateItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/updateitem-operation */
import type { Result } from '../../../model/result';
import type { ItemIdentity } from '../../connection';
import { itemIdentity, readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { ComposedXml } from '../xml/compose';

/** Changes items that still have their change key (NeverOverwrite); nobody is told. `changes`: one `ItemChange` each. */
export const updateItem = (changes: readonly ComposedXml[]): Operation<readonly Result<ItemIdentity>[]> => ({
  name: 'UpdateItem',
  repeatable: false,
  request: element(
    'm:UpdateItem',
    { ConflictResolution: 'NeverOverwrite', MessageDisposition: 'SaveOnly', SendMeetingInvitationsOrCancellations: 'SendToNone' },
    element('m:ItemChanges', {}, ...changes),
  ),
  read: (response) => readBatch(response, changes.length, itemIdentity),
});
