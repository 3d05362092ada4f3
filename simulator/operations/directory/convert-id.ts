import { EwsError } from '../../errors';
import type { Session } from '../../session';
import { idFormats, type IdFormat } from '../../storage/id-formats';
import { findMailbox, mailboxById } from '../../storage/mailboxes';
import { child, m, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';

const formatOf = (name: string | undefined): IdFormat => {
  const format = idFormats[name ?? ''];
  if (!format) throw new EwsError('ErrorInvalidRequest');
  return format;
};

const converted = ({ database }: Session, given: XmlElement, destination: string): XmlElement => {
  // There are no public folders.
  if (given.name !== 'AlternateId') throw new EwsError('ErrorPublicFolderServerNotFound');
  const { Id: text = '', Mailbox: address = '', Format: source, IsArchive: isArchive } = given.attributes;
  // Ids of EWS name their mailbox, whatever the request says; of the others the server asks the mailbox that is named.
  const isOfEws = source === 'EwsId' || source === 'EwsLegacyId';
  if (!isOfEws && !findMailbox(database, address.trim())) throw new EwsError('ErrorNonExistentMailbox');
  if (text === '') throw new EwsError('ErrorInvalidIdEmpty');
  const id = formatOf(source).read(database, text);
  return m('AlternateId', '', {
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xsi:type': 't:AlternateIdType',
    Format: destination,
    Id: formatOf(destination).write(database, id),
    Mailbox: mailboxById(database, id.mailbox)?.address ?? address,
    IsArchive: isArchive,
  });
};

/** ConvertId: https://learn.microsoft.com/exchange/client-developer/web-service-reference/convertid-operation, MS-OXWSCVTID */
export const convertId: Operation = (request, context) =>
  each(context, 'ConvertId', child(request, 'SourceIds')?.children ?? [], (given) => [
    converted(context.session, given, request.attributes['DestinationFormat'] ?? ''),
  ]);
