import type { Redirects } from './autodiscover/target';
import type { Throttling } from './http/throttle';
import type { ServiceAccount } from './login/accounts';
import type { LoginScheme } from './login/login';
import type { AccessToken } from './login/tokens';
import type { Schedule } from './notifications/schedule';
import type { NewMailbox } from './storage/mailboxes';
import type { Release } from './version';

/** A mailbox, its login, and what the directory says of it; its zone is by default that of the simulator. */
export type MailboxAccount = NewMailbox;

/** A distribution group of the directory, or a list of rooms. Members are addresses: of mailboxes, of other groups, or of nobody here. */
export interface GroupAccount {
  readonly address: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** How a simulator is started; without a state file it keeps everything in memory. */
export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly mailboxes?: readonly MailboxAccount[];
  readonly groups?: readonly GroupAccount[];
  /** Lists of rooms, for GetRoomLists and GetRooms; the rooms are mailboxes. */
  readonly rooms?: readonly GroupAccount[];
  /** Accounts that may impersonate everyone, or the mailboxes listed with them. */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** Tokens that log in (`Authorization: Bearer`); more with `issueToken`. */
  readonly tokens?: readonly AccessToken[];
  /** Which logins are offered; all by default. */
  readonly loginSchemes?: readonly LoginScheme[];
  /** Listens with TLS, too: a certificate is made for localhost, 127.0.0.1 and `autodiscover.` of each domain. */
  readonly https?: boolean;
  /** Port for TLS; 0 (the default) takes any free port. */
  readonly httpsPort?: number;
  /** Where Autodiscover sends the clients of an address or domain: to a URL, or to another address or domain. */
  readonly autodiscoverRedirects?: Redirects;
  /** Release whose answers these are; default 2016. */
  readonly release?: Release;
  readonly stateFile?: string;
  readonly now?: () => Date;
  /** Zone of a person's local times (IANA); default Europe/Vienna. */
  readonly zone?: string;
  /** Time between status events of a stream in ms; default 30 s. */
  readonly statusInterval?: number;
  /** Limits for what one mailbox may have at work; by default Exchange's own for streams (10) and subscriptions (5000). */
  readonly throttling?: Throttling;
  /** Runs what is due later (status events, ends of streams, pushes and their retries); by default the process's own timers. */
  readonly schedule?: Schedule;
  /** Largest request in bytes; default 35 MiB. */
  readonly largestRequest?: number;
  /** Time in ms within which a request must have arrived; default 120 s. */
  readonly requestTimeout?: number;
  /** Makes the chances of faults other ones; the same for the same number. */
  readonly faultSeed?: number;
}
