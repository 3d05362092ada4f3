import { EwsError } from '../errors';
import type { Database } from '../storage/database';
import { findMailbox, mailboxBySid, type Mailbox } from '../storage/mailboxes';
import { child, descend, type XmlElement } from '../xml/element';
import type { Caller } from './accounts';

const impersonated = (database: Database, sid: XmlElement): Mailbox => {
  const text = sid.text.trim();
  if (sid.name === 'SID') {
    if (!/^S-1-\d+(-\d+)+$/.test(text)) throw new EwsError('ErrorInvalidSid');
    const mailbox = mailboxBySid(database, text);
    if (!mailbox) throw new EwsError('ErrorInvalidUserSid');
    return mailbox;
  }
  const mailbox = findMailbox(database, text);
  if (!mailbox) throw new EwsError(sid.name === 'PrincipalName' ? 'ErrorInvalidUserPrincipalName' : 'ErrorNonExistentMailbox');
  return mailbox;
};

const mayImpersonate = ({ service, mailbox: own }: Caller, mailbox: Mailbox): boolean =>
  mailbox.id === own?.id ||
  (service !== undefined &&
    (service.mailboxes === undefined || service.mailboxes.some((address) => address.toLowerCase() === mailbox.address.toLowerCase())));

/** As whom a request acts: the mailbox, and whether it may open all others, too. Who impersonates has the rights of the impersonated. */
export interface Actor {
  readonly mailbox: Mailbox | undefined;
  readonly opensAll: boolean;
}

/**
 * The mailbox a request acts as: the one its ExchangeImpersonation header names, else the caller's own.
 * Codes: https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode
 */
export function actorOf(database: Database, caller: Caller, header: XmlElement | undefined): Actor {
  if (!child(header, 'ExchangeImpersonation'))
    return { mailbox: caller.mailbox, opensAll: caller.service !== undefined && caller.service.mailboxes === undefined };
  const sid = descend(header, 'ExchangeImpersonation', 'ConnectingSID')?.children[0];
  if (!sid) throw new EwsError('ErrorInvalidRequest');
  const mailbox = impersonated(database, sid);
  if (!mayImpersonate(caller, mailbox)) throw new EwsError('ErrorImpersonateUserDenied');
  if (mailbox.disabled) throw new EwsError('ErrorAccountDisabled');
  return { mailbox, opensAll: false };
}
