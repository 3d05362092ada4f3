/** DeleteItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/deleteitem-operation */
import type { Kind } from '../../../model/kind';
import { ok } from '../../../model/result';
import type { Result } from '../../../model/result';
import { readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';

/** Moves items to Deleted Items; attendees of meetings are told when `announce` says so. What is gone already counts as deleted. */
export const deleteItem = (kind: Kind, ids: readonly string[], announce: boolean): Operation<readonly Result<null>[]> => ({
  name: 'DeleteItem',
  // A repeated deletion finds nothing, which is success.
  repeatable: true,
  request: element(
    'm:DeleteItem',
    {
      DeleteType: 'MoveToDeletedItems',
      SendMeetingCancellations: kind === 'task' ? null : announce ? 'SendToAllAndSaveCopy' : 'SendToNone',
      AffectedTaskOccurrences: kind === 'task' ? 'AllOccurrences' : null,
    },
    element('m:ItemIds', {}, ...ids.map((id) => element('t:ItemId', { Id: id }))),
  ),
  read: (response) =>
    readBatch(response, ids.length, () => null).map((result) => (!result.ok && result.error.code === 'item-not-found' ? ok(null) : result)),
});
