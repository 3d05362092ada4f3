import type { ShownItem } from '../items/computed/compute';
import { isTrue } from '../storage/properties';
import { t, type XmlElement } from '../xml/element';

/** ResponseObjects of these names. */
export const responseObjects = (names: readonly string[]): XmlElement =>
  t(
    'ResponseObjects',
    names.map((name) => t(name)),
  );

/** What can be done with anything that was sent. */
export const answers: readonly string[] = ['ReplyToItem', 'ReplyAllToItem', 'ForwardItem'];

const byElement: Readonly<Record<string, readonly string[]>> = {
  MeetingRequest: ['AcceptItem', 'TentativelyAcceptItem', 'DeclineItem', ...answers],
  MeetingCancellation: ['RemoveItem', ...answers],
  PostItem: ['PostReplyItem', 'ReplyToItem', 'ForwardItem'],
};

const wantsReceipt = (item: ShownItem): boolean =>
  isTrue(item.properties, 'IsReadReceiptRequested') && !isTrue(item.properties, 'IsRead') && !isTrue(item.properties, 'IsDraft');

/** What can be done with a message besides changing it, by the elements of CreateItem that do it. */
export function messageResponses(item: ShownItem): XmlElement {
  if (isTrue(item.properties, 'IsDraft')) return responseObjects(['ForwardItem']);
  return responseObjects([...(byElement[item.element] ?? answers), ...(wantsReceipt(item) ? ['SuppressReadReceipt'] : [])]);
}
