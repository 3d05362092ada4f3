import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { EwsError } from './errors';
import type { Database } from './storage/database';
import { findMailbox, type Mailbox } from './storage/mailboxes';
import { child, descend, type XmlElement } from './xml/element';

/** A name and password that may open something. */
export interface Account {
  readonly address: string;
  readonly password: string;
}

/** Who sent a request: an account of the server, with its mailbox where it has one. */
export interface Caller {
  readonly address: string;
  readonly mailbox: Mailbox | undefined;
  readonly isService: boolean;
}

const same = (one: string, two: string): boolean => {
  const [first, second] = [Buffer.from(one), Buffer.from(two)];
  return first.length === second.length && timingSafeEqual(first, second);
};

/** Reads Basic credentials; the password is what follows the first colon. */
export function basicCredentials(request: IncomingMessage): Account | undefined {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(request.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { address: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The caller whose credentials these are, or nobody. */
export function authenticate(database: Database, services: ReadonlyMap<string, string>, account: Account | undefined): Caller | undefined {
  if (!account) return undefined;
  const service = services.get(account.address.toLowerCase());
  const mailbox = findMailbox(database, account.address);
  if (service !== undefined && same(service, account.password)) return { address: account.address, mailbox, isService: true };
  return mailbox && same(mailbox.password, account.password) ? { address: mailbox.address, mailbox, isService: false } : undefined;
}

/** The mailbox a request acts as: the one it impersonates, else the caller's own. */
export function actingMailbox(database: Database, caller: Caller, header: XmlElement | undefined): Mailbox | undefined {
  const sid = descend(header, 'ExchangeImpersonation', 'ConnectingSID')?.children[0];
  if (!child(header, 'ExchangeImpersonation')) return caller.mailbox;
  if (!sid) throw new EwsError('ErrorInvalidRequest');
  if (sid.name === 'SID') throw new EwsError('ErrorInvalidSid');
  const mailbox = findMailbox(database, sid.text.trim());
  if (!caller.isService && mailbox?.id !== caller.mailbox?.id) throw new EwsError('ErrorImpersonateUserDenied');
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  return mailbox;
}
