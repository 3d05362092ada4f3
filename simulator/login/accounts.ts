import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '../storage/database';
import { findMailbox, mailboxesNamed, type Mailbox } from '../storage/mailboxes';

/** An account that may impersonate others: the mailboxes of its management scope, or everyone. */
export interface ServiceAccount {
  readonly address: string;
  readonly password: string;
  /** SMTP addresses it may impersonate; all where absent. */
  readonly mailboxes?: readonly string[];
}

/** Who sent a request: an account of the server, with its mailbox where it has one. */
export interface Caller {
  readonly address: string;
  readonly mailbox: Mailbox | undefined;
  /** Set for a service account. */
  readonly service: ServiceAccount | undefined;
}

/** The accounts of a server: those of its mailboxes and the service accounts, by their address in lower case. */
export interface Accounts {
  readonly database: Database;
  readonly services: ReadonlyMap<string, ServiceAccount>;
}

/** What proves that somebody is a caller. */
export interface Credentials {
  readonly password: string;
  readonly caller: Caller;
}

const credentialsOf = ({ database, services }: Accounts, address: string): readonly Credentials[] => {
  const service = services.get(address.toLowerCase());
  const mailbox = findMailbox(database, address);
  if (mailbox?.disabled) return [];
  const own = mailbox && { password: mailbox.password, caller: { address: mailbox.address, mailbox, service: undefined } };
  const serving = service && { password: service.password, caller: { address: service.address, mailbox, service } };
  return [serving, own].filter((credentials) => credentials !== undefined);
};

/** The caller with this address, for logins that need no password (OAuth): with a service account's rights where it is one. */
export const callerOf = (accounts: Accounts, address: string): Caller | undefined => credentialsOf(accounts, address)[0]?.caller;

const localPart = (address: string): string => address.toLowerCase().split('@')[0] ?? '';
const domainPart = (address: string): string => address.toLowerCase().split('@')[1] ?? '';

/** The NetBIOS name of an address's domain: its first label. */
export const netBiosDomain = (address: string): string => (domainPart(address).split('.')[0] ?? '').toUpperCase();

const addressesNamed = ({ database, services }: Accounts, user: string): readonly string[] => [
  ...new Set([
    ...[...services.keys()].filter((address) => localPart(address) === user.toLowerCase()),
    ...mailboxesNamed(database, user).map(({ address }) => address.toLowerCase()),
  ]),
];

/**
 * The credentials a login name stands for: a UPN (which is the SMTP address here), a user of a domain (its DNS or NetBIOS name), or a bare
 * name where only one account has it. More than one where a service account has a mailbox with another password.
 */
export function credentialsNamed(accounts: Accounts, name: string, givenDomain = ''): readonly Credentials[] {
  if (name.includes('@')) return credentialsOf(accounts, name);
  const backslash = name.indexOf('\\');
  const domain = (backslash < 0 ? givenDomain : name.slice(0, backslash)).toLowerCase();
  const found = addressesNamed(accounts, name.slice(backslash + 1)).filter(
    (address) => domain === '' || domain === domainPart(address) || domain === netBiosDomain(address).toLowerCase(),
  );
  return found.length === 1 ? found.flatMap((address) => credentialsOf(accounts, address)) : [];
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares secrets without telling by the time it takes where they differ. */
export const isSame = (one: string, two: string): boolean => timingSafeEqual(digest(one), digest(two));
