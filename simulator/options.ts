import type { Throttling } from './http/throttle';
import type { ServiceAccount } from './login/accounts';
import type { LoginScheme } from './login/login';
import type { AccessToken } from './login/tokens';

/** A mailbox and its login. */
export interface MailboxAccount {
  readonly address: string;
  readonly password: string;
  readonly name?: string;
  /** Nobody can log in with it, nor impersonate it. */
  readonly disabled?: boolean;
}

/** How a simulator is started; without a state file it keeps everything in memory. */
export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly mailboxes?: readonly MailboxAccount[];
  /** Accounts that may impersonate everyone, or the mailboxes listed with them. */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** Tokens that log in (`Authorization: Bearer`); more with `issueToken`. */
  readonly tokens?: readonly AccessToken[];
  /** Which logins are offered; all by default. */
  readonly loginSchemes?: readonly LoginScheme[];
  readonly stateFile?: string;
  readonly now?: () => Date;
  /** Zone of a person's local times (IANA); default Europe/Vienna. */
  readonly zone?: string;
  /** Time between status events of a stream in ms; default 30 s. */
  readonly statusInterval?: number;
  /** Limits for what one mailbox may have at work; none by default. */
  readonly throttling?: Throttling;
  /** Largest request in bytes; default 35 MiB. */
  readonly largestRequest?: number;
  /** Makes the chances of faults other ones; the same for the same number. */
  readonly faultSeed?: number;
}
