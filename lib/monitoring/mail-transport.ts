/** Mails through an SMTP server (nodemailer). Encrypted and verified unless plain text is chosen. */
import { createTransport } from 'nodemailer';
import { SyncError } from '../model/error';
import type { MailText } from './check-text';

/** Settings of the SMTP server. */
export interface MailTransportOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (port 465); otherwise STARTTLS is required. */
  readonly secure: boolean;
  /** Allow a connection without TLS; a server on this machine (loopback) needs no such permission. */
  readonly allowPlain?: boolean;
  /** Empty or left out: no login. */
  readonly user?: string;
  readonly password?: string;
  /** Certificates (PEM) of a private authority. */
  readonly caPem?: string | null;
  readonly from: string;
  /** Addresses, separated by commas. */
  readonly to: string;
  /** How long connecting, greeting and waiting may each take, ms; default 30 s. */
  readonly timeoutMs?: number;
}

/** Sends mails to the configured address. */
export interface MailTransport {
  /** Rejects with `mail-unreachable`, `mail-login-refused`, `mail-certificate-not-trusted` or `mail-refused`. `to` replaces the configured address. */
  readonly send: (mail: MailText, to?: string) => Promise<void>;
  readonly close: () => void;
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

const requireSetting = (setting: string, valid: boolean, remedy: string): void => {
  if (!valid)
    throw new SyncError('mail-setting-invalid', 'configuration', `The mail setting "${setting}" is not valid. ${remedy}`, { setting });
};

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** Server answers may repeat what was sent: the message names the cause only. */
const toMailError = (thrown: unknown, { host, port }: MailTransportOptions): SyncError => {
  const params = { host, port };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  switch (codeOf(thrown)) {
    case 'EAUTH':
      return new SyncError('mail-login-refused', 'login', `The mail server ${host} refused the login: check user and password.`, params);
    case 'EENVELOPE':
    case 'EMESSAGE':
      return new SyncError(
        'mail-refused',
        'item',
        `The mail server ${host} refused the mail: check sender and recipient addresses.`,
        params,
      );
    case 'ETLS':
      return new SyncError(
        'mail-tls-missing',
        'configuration',
        `The mail server ${host}:${port} offers no TLS: choose another port, or allow plain text.`,
        params,
      );
    default:
      return /certificate|self-signed/i.test(message)
        ? new SyncError(
            'mail-certificate-not-trusted',
            'configuration',
            `The certificate of the mail server ${host} is not trusted: add its CA.`,
            params,
          )
        : new SyncError(
            'mail-unreachable',
            'connection',
            `The mail server ${host}:${port} cannot be reached: check address, port and TLS.`,
            params,
            {
              cause: thrown,
            },
          );
  }
};

/** A transport. Fails with `mail-setting-invalid` (scope `configuration`), which names the setting and the remedy. */
export const createMailTransport = (options: MailTransportOptions): MailTransport => {
  const { host, port, secure, user = '', password = '', from, timeoutMs = 30_000, caPem = null } = options;
  requireSetting('host', host !== '', 'Enter the name of the SMTP server.');
  requireSetting('port', Number.isInteger(port) && port > 0 && port < 65_536, 'Enter a number from 1 to 65535, usually 587 or 465.');
  requireSetting('from', from.includes('@'), 'Enter the address of the sender.');
  requireSetting('to', options.to.includes('@'), 'Enter the address of the recipient.');
  const plain = !secure && (options.allowPlain === true || isLoopback(host));
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: !secure && !plain,
    ignoreTLS: plain,
    tls: { rejectUnauthorized: true, ...(caPem === null ? {} : { ca: caPem }) },
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is text: nothing in it may make the library read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ subject, text }, to = options.to) => {
      try {
        await transport.sendMail({ from, to, subject, text });
      } catch (thrown) {
        throw toMailError(thrown, options);
      }
    },
    close: () => transport.close(),
  };
};
