import { directoryObject, mailboxElement } from '../../directory/entries';
import { EwsError } from '../../errors';
import type { Session } from '../../session';
import { findGroup } from '../../storage/groups';
import { findMailbox, listMailboxes } from '../../storage/mailboxes';
import { findOofSettings } from '../../storage/out-of-office';
import { formatUtc } from '../../time';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { succeeded } from '../response-message';
import type { Operation } from '../operation';

const largestMessage = 36_700_160;
const mostRecipients = 50;
const largeAudience = 25;
const audienceCap = 1000;

const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1).toLowerCase();

const ownDomains = (session: Session): ReadonlySet<string> =>
  new Set(listMailboxes(session.database).map(({ address }) => domainOf(address)));

const isAway = (settings: XmlElement | undefined, now: string): boolean => {
  const state = childText(settings, 'OofState');
  const duration = child(settings, 'Duration');
  return (
    state === 'Enabled' ||
    (state === 'Scheduled' && (childText(duration, 'StartTime') ?? '') <= now && now < (childText(duration, 'EndTime') ?? ''))
  );
};

const outOfOffice = (session: Session, address: string): XmlElement => {
  const mailbox = findMailbox(session.database, address);
  const settings = mailbox && findOofSettings(session.database, mailbox.id);
  const isShown = isAway(settings, formatUtc(session.now()));
  const duration = childText(settings, 'OofState') === 'Scheduled' ? child(settings, 'Duration') : undefined;
  const text = isShown ? (childText(child(settings, 'InternalReply'), 'Message') ?? '') : '';
  return t('OutOfOffice', [t('ReplyBody', [t('Message', text)]), isShown ? duration : undefined]);
};

const tips = (session: Session, recipient: XmlElement, wanted: ReadonlySet<string>, own: ReadonlySet<string>): XmlElement => {
  const address = childText(recipient, 'EmailAddress')?.trim() ?? '';
  const object = directoryObject(session.database, address);
  const members = findGroup(session.database, address)?.members ?? [address];
  const external = members.filter((member) => !own.has(domainOf(member))).length;
  const shows = (tip: string): boolean => wanted.has(tip) || wanted.has('All');
  const tip = (name: string, element: string, value: string | number | boolean): XmlElement | undefined =>
    shows(name) ? t(element, value) : undefined;
  return m('MailTips', [
    object
      ? mailboxElement(object, 'RecipientAddress')
      : t('RecipientAddress', [t('Name', address), t('EmailAddress', address), t('RoutingType', 'SMTP')]),
    t('PendingMailTips'),
    shows('OutOfOfficeMessage') ? outOfOffice(session, address) : undefined,
    tip('MailboxFullStatus', 'MailboxFull', false),
    tip('TotalMemberCount', 'TotalMemberCount', members.length),
    tip('ExternalMemberCount', 'ExternalMemberCount', external),
    tip('MaxMessageSize', 'MaxMessageSize', largestMessage),
    tip('DeliveryRestriction', 'DeliveryRestricted', false),
    tip('ModerationStatus', 'IsModerated', false),
    tip('InvalidRecipient', 'InvalidRecipient', !object && own.has(domainOf(address))),
  ]);
};

/** GetMailTips: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getmailtips-operation */
export const getMailTips: Operation = (request, { session }) => {
  const recipients = child(request, 'Recipients')?.children ?? [];
  if (recipients.length > mostRecipients)
    throw new EwsError('ErrorInvalidArgument', { text: `More than ${mostRecipients} recipients are asked about.` });
  const wanted = new Set((childText(request, 'MailTipsRequested') ?? '').trim().split(/\s+/));
  const own = ownDomains(session);
  const messages = recipients.map((recipient) => succeeded('MailTipsResponseMessageType', [tips(session, recipient, wanted, own)]));
  return succeeded('GetMailTipsResponse', [m('ResponseMessages', messages)]);
};

const mailTipsConfiguration = (session: Session): XmlElement =>
  m('MailTipsConfiguration', [
    t('MailTipsEnabled', true),
    t('MaxRecipientsPerGetMailTipsRequest', mostRecipients),
    t('MaxMessageSize', largestMessage),
    t('LargeAudienceThreshold', largeAudience),
    t('ShowExternalRecipientCount', false),
    t(
      'InternalDomains',
      [...ownDomains(session)].map((domain) => t('Domain', '', { Name: domain, IncludeSubdomains: false })),
    ),
    t('PolicyTipsEnabled', false),
    t('LargeAudienceCap', audienceCap),
  ]);

const unifiedMessaging = m('UnifiedMessagingConfiguration', [
  t('UmEnabled', false),
  t('PlayOnPhoneDialString'),
  t('PlayOnPhoneEnabled', false),
]);

const configuration = (session: Session, name: string): XmlElement => {
  const element = 'ServiceConfigurationResponseMessageType';
  if (name === 'MailTips') return succeeded(element, [mailTipsConfiguration(session)]);
  // No rules of protection or policy, no SharePoint.
  return succeeded(element, [name === 'UnifiedMessagingConfiguration' ? unifiedMessaging : undefined]);
};

/** GetServiceConfiguration: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getserviceconfiguration-operation */
export const getServiceConfiguration: Operation = (request, { session }) => {
  const wanted = child(request, 'RequestedConfiguration')?.children.flatMap(({ text }) => text.trim().split(/\s+/)) ?? [];
  const messages = [...new Set(wanted)].map((name) => configuration(session, name));
  return succeeded('GetServiceConfigurationResponse', [m('ResponseMessages', messages)]);
};
