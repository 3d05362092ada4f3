/** Settings of an EWS connection, checked at the edge. */
import { IANAZone } from 'luxon';
import { SyncError } from '../../model/error';

/** What a connection needs to know; the defaults of `ewsDefaults` are safe for Exchange's own throttling. */
export interface EwsOptions {
  /** Address of the service, `https://mail.example.com/EWS/Exchange.asmx`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly loginMode: 'basic';
  /** Act in other mailboxes by impersonation; otherwise by full access, or in the user's own. */
  readonly impersonation: boolean;
  /** Whether attendees of the mailbox's own meetings are told when these are changed or deleted. */
  readonly invitations: 'never' | 'send';
  /** `rich`: bodies are read as they are stored, as HTML beside their text where they are HTML; `plain`: as text only. */
  readonly bodies: 'plain' | 'rich';
  /** Allow `http:`, which sends the password in clear text. */
  readonly allowPlainHttp: boolean;
  /** Certificates (PEM) of a private authority that is trusted beside the public ones. */
  readonly caPem: string | null;
  /** How long one request may take, ms. */
  readonly timeoutMs: number;
  /** Requests at the same time; streams do not count. */
  readonly concurrency: number;
  /** Items in one request, at most 50. */
  readonly batchSize: number;
  /** A notification stream that says nothing for so long is dead, ms; Exchange sends a sign of life every 45 s or so. */
  readonly streamSilenceMs: number;
  /** How long Exchange keeps a notification stream open, minutes, 1–30. */
  readonly streamMinutes: number;
  /** IANA zone that is preferred where a Windows zone stands for several, and used for items whose zone is unknown. */
  readonly timeZone: string;
  /** Largest answer that is read, bytes. */
  readonly maxAnswerBytes: number;
  /** First pause after a failure, ms; it doubles with every further one. */
  readonly retryBaseMs: number;
  /** A mailbox that cannot be watched is tried again after so long, ms. */
  readonly mailboxRetryMs: number;
  /** Random number from 0 to 1, for the jitter of pauses. */
  readonly random: () => number;
}

/** Everything that has a safe default. */
export const ewsDefaults = {
  loginMode: 'basic',
  impersonation: true,
  invitations: 'never',
  bodies: 'plain',
  allowPlainHttp: false,
  caPem: null,
  timeoutMs: 60_000,
  concurrency: 8,
  batchSize: 50,
  streamSilenceMs: 90_000,
  streamMinutes: 30,
  timeZone: 'Etc/UTC',
  maxAnswerBytes: 64 * 1024 * 1024,
  retryBaseMs: 1_000,
  mailboxRetryMs: 300_000,
  random: Math.random,
} as const satisfies Partial<EwsOptions>;

/** What has to be given. */
export type EwsSettings = Pick<EwsOptions, 'url' | 'user' | 'password'> & Partial<EwsOptions>;

const invalid = (setting: string, remedy: string): SyncError =>
  new SyncError('setting-invalid', 'configuration', `The setting "${setting}" of the Exchange connection is not valid. ${remedy}`, {
    setting,
  });

const requireUrl = ({ url, allowPlainHttp }: EwsOptions): void => {
  const parsed = URL.parse(url);
  if (parsed === null) throw invalid('url', 'Enter the full address, such as https://mail.example.com/EWS/Exchange.asmx.');
  if (parsed.username !== '' || parsed.password !== '')
    throw invalid('url', 'Leave user and password out of the address; they have their own fields.');
  if (parsed.protocol === 'http:' && !allowPlainHttp) throw invalid('url', 'Use https, or allow plain HTTP explicitly.');
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') throw invalid('url', 'It must start with https://.');
};

const ranges = {
  timeoutMs: [10, 600_000],
  concurrency: [1, 27],
  batchSize: [1, 50],
  streamSilenceMs: [10, 3_600_000],
  streamMinutes: [1, 30],
  maxAnswerBytes: [1024, 1024 * 1024 * 1024],
  retryBaseMs: [1, 60_000],
  mailboxRetryMs: [1, 86_400_000],
} as const;

const requireRange = (options: EwsOptions, setting: keyof typeof ranges): void => {
  const [min, max] = ranges[setting];
  const value = options[setting];
  if (!Number.isInteger(value) || value < min || value > max) throw invalid(setting, `It must be a whole number from ${min} to ${max}.`);
};

const rangeNames = [
  'timeoutMs',
  'concurrency',
  'batchSize',
  'streamSilenceMs',
  'streamMinutes',
  'maxAnswerBytes',
  'retryBaseMs',
  'mailboxRetryMs',
] as const;

/**
 * Settings with their defaults.
 * @throws SyncError `setting-invalid` (scope `configuration`), which names the setting and the remedy
 */
export const ewsOptions = (settings: EwsSettings): EwsOptions => {
  const options: EwsOptions = { ...ewsDefaults, ...settings };
  requireUrl(options);
  if (options.user === '') throw invalid('user', 'Enter the user that logs in to Exchange.');
  // A colon separates user and password in Basic authentication.
  if (options.user.includes(':')) throw invalid('user', 'A user name cannot contain a colon.');
  if (!IANAZone.isValidZone(options.timeZone)) throw invalid('timeZone', 'Enter an IANA zone such as Europe/Vienna.');
  for (const name of rangeNames) requireRange(options, name);
  return options;
};
