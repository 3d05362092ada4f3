import { addressElement, directoryObject } from '../../directory/entries';
import { EwsError } from '../../errors';
import { resolveItem, type Session } from '../../session';
import { findGroup } from '../../storage/groups';
import { child, childText, m, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';

const personalList = (session: Session, id: XmlElement): readonly XmlElement[] => {
  const { item } = resolveItem(session, id);
  if (item.element !== 'DistributionList') throw new EwsError('ErrorInvalidItemForOperationExpandDL');
  return (item.properties['Members']?.children ?? []).flatMap((member) => {
    const mailbox = child(member, 'Mailbox');
    return mailbox ? [mailbox] : [];
  });
};

const members = (session: Session, mailbox: XmlElement | undefined): readonly XmlElement[] => {
  const id = child(mailbox, 'ItemId');
  if (id) return personalList(session, id);
  const address = childText(mailbox, 'EmailAddress')?.trim();
  if (address === undefined) throw new EwsError('ErrorMissingInformationEmailAddress');
  const group = findGroup(session.database, address);
  if (group) return group.members.map((member) => addressElement(session.database, member));
  throw new EwsError(directoryObject(session.database, address) ? 'ErrorInvalidItemForOperationExpandDL' : 'ErrorNameResolutionNoResults');
};

/** ExpandDL: https://learn.microsoft.com/exchange/client-developer/web-service-reference/expanddl-operation, MS-OXWSDLIST; one level, as Exchange does. */
export const expandDl: Operation = (request, context) =>
  each(context, 'ExpandDL', [request], () => {
    const found = members(context.session, child(request, 'Mailbox'));
    return [m('DLExpansion', found, { TotalItemsInView: found.length, IncludesLastItemInRange: true })];
  });
