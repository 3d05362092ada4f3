import type { ShownItem } from '../items/computed/compute';
import { isTrue } from '../storage/properties';
import { t, type XmlElement } from '../xml/element';

const list = (names: readonly string[]): XmlElement =>
  t(
    'ResponseObjects',
    names.map((name) => t(name)),
  );

const answers = ['ReplyToItem', 'ReplyAllToItem', 'ForwardItem'];

const byElement: Readonly<Record<string, readonly string[]>> = {
  MeetingRequest: ['AcceptItem', 'TentativelyAcceptItem', 'DeclineItem', ...answers],
  MeetingCancellation: ['RemoveItem', ...answers],
  PostItem: ['PostReplyItem', 'ReplyToItem', 'ForwardItem'],
};

const wantsReceipt = (item: ShownItem): boolean =>
  isTrue(item.properties, 'IsReadReceiptRequested') && !isTrue(item.properties, 'IsRead') && !isTrue(item.properties, 'IsDraft');

/** What can be done with a message besides changing it, by the elements of CreateItem that do it. */
export function messageResponses(item: ShownItem): XmlElement {
  if (isTrue(item.properties, 'IsDraft')) return list(['ForwardItem']);
  return list([...(byElement[item.element] ?? answers), ...(wantsReceipt(item) ? ['SuppressReadReceipt'] : [])]);
}
