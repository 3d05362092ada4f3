/** UpdateItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/updateitem-operation */
import type { Result } from '../../../model/result';
import type { ItemIdentity } from '../../connection';
import { itemIdentity, readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { ComposedXml } from '../xml/compose';

/** How items are changed. */
export interface UpdateManner {
  /** `NeverOverwrite`: only items that still have their change key. */
  readonly resolution: 'NeverOverwrite' | 'AlwaysOverwrite';
  /** Attendees of meetings are told. */
  readonly announce: boolean;
}

/** Changes items in their order. `changes`: one `ItemChange` each. */
export const updateItem = (
  changes: readonly ComposedXml[],
  { resolution, announce }: UpdateManner,
): Operation<readonly Result<ItemIdentity>[]> => ({
  name: 'UpdateItem',
  repeatable: false,
  request: element(
    'm:UpdateItem',
    {
      ConflictResolution: resolution,
      MessageDisposition: 'SaveOnly',
      SendMeetingInvitationsOrCancellations: announce ? 'SendToAllAndSaveCopy' : 'SendToNone',
    },
    element('m:ItemChanges', {}, ...changes),
  ),
  read: (response) => readBatch(response, changes.length, itemIdentity),
});
