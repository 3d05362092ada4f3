import { EwsError } from '../../errors';
import type { Session } from '../../session';
import { findMailbox, type Mailbox } from '../../storage/mailboxes';
import { findOofSettings, putOofSettings } from '../../storage/out-of-office';
import { formatUtc, toUtc } from '../../time';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { failed, succeeded } from '../response-message';
import type { Operation } from '../operation';

const day = 24 * 3_600_000;
const hour = 3_600_000;

const ownedMailbox = (session: Session, request: XmlElement): Mailbox => {
  const mailbox = findMailbox(session.database, childText(child(request, 'Mailbox'), 'Address')?.trim() ?? '');
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  if (!session.isService && mailbox.id !== session.mailbox?.id)
    throw new EwsError('ErrorAccessDenied', { text: 'User is not mailbox owner.' });
  return mailbox;
};

const duration = (from: string, to: string): XmlElement => t('Duration', [t('StartTime', from), t('EndTime', to)]);

/** What Exchange shows of a person who never set anything: nothing is sent, and the time is the day from the next full hour. */
const unset = (now: Date): XmlElement => {
  const from = Math.ceil(now.getTime() / hour) * hour;
  const [start, end] = [from, from + day].map((moment) => formatUtc(new Date(moment)));
  const empty = [t('Message')];
  return t('OofSettings', [
    t('OofState', 'Disabled'),
    t('ExternalAudience', 'All'),
    duration(start ?? '', end ?? ''),
    t('InternalReply', empty),
    t('ExternalReply', empty),
  ]);
};

/** GetUserOofSettings: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getuseroofsettings-operation */
export const getUserOofSettings: Operation = (request, { session }) => {
  const mailbox = ownedMailbox(session, request);
  const settings = findOofSettings(session.database, mailbox.id) ?? unset(session.now());
  return m('GetUserOofSettingsResponse', [succeeded('ResponseMessage'), settings, m('AllowExternalOof', 'All')]);
};

const checkedDuration = (session: Session, settings: XmlElement): XmlElement | undefined => {
  const given = child(settings, 'Duration');
  const isScheduled = childText(settings, 'OofState')?.trim() === 'Scheduled';
  if (!given) {
    if (isScheduled) throw new EwsError('ErrorInvalidScheduledOofDuration');
    return undefined;
  }
  const [from, to] = [toUtc(childText(given, 'StartTime') ?? '', 'UTC'), toUtc(childText(given, 'EndTime') ?? '', 'UTC')];
  if (isScheduled && (to <= from || to <= formatUtc(session.now()))) throw new EwsError('ErrorInvalidScheduledOofDuration');
  return duration(from, to);
};

const checkReplies = (settings: XmlElement): void => {
  const isOff = childText(settings, 'OofState')?.trim() === 'Disabled';
  const isInternal = childText(settings, 'ExternalAudience')?.trim() === 'None';
  if (!isOff && (!child(settings, 'InternalReply') || (!isInternal && !child(settings, 'ExternalReply'))))
    throw new EwsError('ErrorInvalidUserOofSettings', { text: 'The internal or external reply is missing.' });
};

/** SetUserOofSettings: https://learn.microsoft.com/exchange/client-developer/web-service-reference/setuseroofsettings-operation */
export const setUserOofSettings: Operation = (request, { session }) => {
  const mailbox = ownedMailbox(session, request);
  const settings = child(request, 'UserOofSettings');
  try {
    if (!settings) throw new EwsError('ErrorInvalidUserOofSettings');
    checkReplies(settings);
    const reply = (name: string): XmlElement => child(settings, name) ?? t(name, [t('Message')]);
    putOofSettings(session.database, mailbox.id, [
      t('OofState', childText(settings, 'OofState')?.trim() ?? ''),
      t('ExternalAudience', childText(settings, 'ExternalAudience')?.trim() ?? ''),
      checkedDuration(session, settings),
      reply('InternalReply'),
      reply('ExternalReply'),
    ]);
    return m('SetUserOofSettingsResponse', [succeeded('ResponseMessage')]);
  } catch (error) {
    if (error instanceof EwsError) return m('SetUserOofSettingsResponse', [failed('ResponseMessage', error)]);
    throw error;
  }
};
