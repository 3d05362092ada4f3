/** The options of `npm run simulator`. */
import { Command, InvalidArgumentError } from 'commander';
import type { PlainFault } from './faults/fault';
import { loginSchemes, type LoginScheme } from './login/login';
import type { SimulatorOptions } from './options';
import type { Release } from './version';
import { isPlainFault } from './web/read-fault';

interface Account {
  readonly address: string;
  readonly password: string;
}

/** What the command line asks for. */
export interface CommandLine {
  readonly simulator: SimulatorOptions;
  readonly faults: readonly PlainFault[];
  /** File that the certificate is written to, PEM. */
  readonly certificateFile?: string;
}

/** Two parts with a colon between; the second may contain more. */
const account = (text: string): Account => {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('Write it as address:secret.');
  return { address: text.slice(0, colon), password: text.slice(colon + 1) };
};

const port = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
};

const schemes = (text: string): readonly LoginScheme[] =>
  text.split(',').map((name) => {
    const found = loginSchemes.find((scheme) => scheme.toLowerCase() === name.trim().toLowerCase());
    if (!found) throw new InvalidArgumentError(`Choose from ${loginSchemes.join(', ').toLowerCase()}.`);
    return found;
  });

const release = (text: string): Release => {
  const found = ([2013, 2016, 2019] as const).find((year) => String(year) === text);
  if (found === undefined) throw new InvalidArgumentError('Choose from 2013, 2016, 2019.');
  return found;
};

const redirect = (text: string): readonly [string, string] => {
  const [from = '', ...to] = text.split('=');
  if (from === '' || to.length === 0) throw new InvalidArgumentError('Write it as address-or-domain=target.');
  return [from, to.join('=')];
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const fault = (text: string): PlainFault => {
  const read: unknown = text.startsWith('{') ? json(text) : { always: true, action: { kind: text } };
  if (!isPlainFault(read)) throw new InvalidArgumentError('Write a kind of fault, such as busy, or JSON as POST /admin/faults takes it.');
  return read;
};

const repeated =
  <Value>(read: (text: string) => Value) =>
  (text: string, before: readonly Value[]): readonly Value[] => [...before, read(text)];

interface Given {
  readonly port: number;
  readonly mailbox: readonly Account[];
  readonly service: readonly Account[];
  readonly token: readonly Account[];
  readonly auth: readonly LoginScheme[];
  readonly https: boolean;
  readonly httpsPort: number;
  readonly certificate?: string;
  readonly redirect: readonly (readonly [string, string])[];
  readonly release: Release;
  readonly fault: readonly PlainFault[];
  readonly state?: string;
}

/** The program and its options. */
export const createProgram = (): Command =>
  new Command('simulator')
    .description('Runs the Exchange simulator on loopback until it is interrupted.')
    .option('--port <number>', 'port to listen on, 0 for any', port, 0)
    .option('--mailbox <address:password>', 'a mailbox and its password (repeatable)', repeated(account), [])
    .option('--service <address:password>', 'an account that may impersonate everyone (repeatable)', repeated(account), [])
    .option('--token <address:token>', 'an OAuth token that logs an account in (repeatable)', repeated(account), [])
    .option('--auth <schemes>', 'logins to offer, of negotiate,ntlm,basic,bearer', schemes, loginSchemes)
    .option('--https', 'listen with TLS, too', false)
    .option('--https-port <number>', 'port for TLS, 0 for any', port, 0)
    .option('--certificate <file>', 'write the certificate for TLS to this file, for clients to trust')
    .option(
      '--redirect <from=to>',
      'where Autodiscover sends an address or domain: a URL, address or domain (repeatable)',
      repeated(redirect),
      [],
    )
    .option('--release <year>', 'answer as Exchange 2013, 2016 or 2019', release, 2016)
    .option('--fault <fault>', 'a fault that is on from the start: its kind, or JSON (repeatable)', repeated(fault), [])
    .option('--state <file>', 'keep the mailboxes in this file');

/** Reads the command line (without the program's name); help and mistakes are printed, and end the process. */
export function readCommandLine(parameters: readonly string[], program = createProgram()): CommandLine {
  const given = program.parse(parameters, { from: 'user' }).opts<Given>();
  return {
    simulator: {
      port: given.port,
      mailboxes: given.mailbox,
      serviceAccounts: given.service,
      tokens: given.token.map(({ address, password }) => ({ address, token: password })),
      loginSchemes: given.auth,
      https: given.https || given.certificate !== undefined,
      httpsPort: given.httpsPort,
      autodiscoverRedirects: Object.fromEntries(given.redirect),
      release: given.release,
      ...(given.state === undefined ? {} : { stateFile: given.state }),
    },
    faults: given.fault,
    ...(given.certificate === undefined ? {} : { certificateFile: given.certificate }),
  };
}
