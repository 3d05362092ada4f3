import { findMailbox, type Mailbox } from '../storage/mailboxes';
import type { Database } from '../storage/database';
import type { ServerVersion } from '../version';

/** Where mailboxes are said to be, by address or domain: a URL to ask there, or an address (or domain) to ask for instead. */
export type Redirects = Readonly<Record<string, string>>;

/** What Autodiscover knows. */
export interface Directory {
  readonly database: Database;
  readonly redirects: Redirects;
  /** Start of every address of this server, e.g. `https://127.0.0.1:8443`. */
  readonly baseUrl: () => string;
  readonly version: ServerVersion;
}

/** What is known of an address. */
export type Target =
  { readonly mailbox: Mailbox } | { readonly redirectAddress: string } | { readonly redirectUrl: string } | { readonly unknown: true };

const redirectOf = (redirects: Redirects, address: string): string | undefined => {
  const domain = address.split('@')[1] ?? '';
  const found = Object.entries(redirects).find(([from]) => [address, domain].includes(from.toLowerCase()));
  return found?.[1];
};

/** Looks an address up: redirects first, as Exchange does for mailboxes that have moved away. */
export function lookUp({ database, redirects }: Directory, given: string): Target {
  const address = given.trim().toLowerCase();
  const redirect = redirectOf(redirects, address);
  if (redirect?.includes('://') === true) return { redirectUrl: redirect };
  if (redirect !== undefined) return { redirectAddress: redirect.includes('@') ? redirect : `${address.split('@')[0] ?? ''}@${redirect}` };
  const mailbox = findMailbox(database, address);
  return mailbox ? { mailbox } : { unknown: true };
}

const organisation = '/o=Simulator/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)';

/** The legacy name (X.500) of a mailbox. */
export const legacyName = (mailbox: Mailbox): string => `${organisation}/cn=Recipients/cn=${String(mailbox.id).padStart(8, '0')}`;

/** The legacy name of the server. */
export const serverName = `${organisation}/cn=Configuration/cn=Servers/cn=EX01`;

/** A mailbox's own name as a server: an identifier made of store and mailbox, at its domain. */
export const mailboxServer = ({ database }: Directory, mailbox: Mailbox): string => {
  const { key } = database;
  const id = String(mailbox.id).padStart(12, '0');
  return `${key.slice(0, 8)}-${key.slice(8, 12)}-4${key.slice(13, 16)}-8000-${id}@${mailbox.address.split('@')[1] ?? ''}`;
};

/** The build of the server as Autodiscover writes it, e.g. `15.01.2507.006`. */
export const casVersion = ({ version }: Directory): string => {
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return [digits(version.major, 2), digits(version.minor, 2), digits(version.build, 4), digits(version.revision, 3)].join('.');
};
