/** Autodiscover in plain XML: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxdscli */
import { child, childText, other, type XmlElement } from '../xml/element';
import { parseXml, XmlError } from '../xml/parse';
import { writeXml } from '../xml/write';
import { legacyName, lookUp, mailboxServer, serverName, type Directory } from './target';
import type { Mailbox } from '../storage/mailboxes';

const outer = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

const o = (name: string, content: Parameters<typeof other>[2] = '', attributes: Parameters<typeof other>[3] = {}): XmlElement =>
  other(outlook, name, content, attributes);

const document = (response: XmlElement): string =>
  `<?xml version="1.0" encoding="utf-8"?>${writeXml(other(outer, 'Autodiscover', [response]))}`;

const errors = { 500: "The email address can't be found.", 600: 'Invalid Request', 601: 'Provider is not available' } as const;

const failed = (code: keyof typeof errors, now: Date): string =>
  document(
    other(outer, 'Response', [
      other(
        outer,
        'Error',
        [other(outer, 'ErrorCode', code), other(outer, 'Message', errors[code]), other(outer, 'DebugData')],
        // Exchange writes seven digits of the second here, and a number of its own.
        { Time: `${now.toISOString().slice(11, 23)}0000`, Id: 1 },
      ),
    ]),
  );

const urls = (base: string): readonly XmlElement[] => [
  o('ASUrl', `${base}/EWS/Exchange.asmx`),
  o('EwsUrl', `${base}/EWS/Exchange.asmx`),
  o('EmwsUrl', `${base}/EWS/Exchange.asmx`),
  o('EcpUrl', `${base}/owa/`),
  o('OOFUrl', `${base}/EWS/Exchange.asmx`),
  o('UMUrl', `${base}/EWS/UM2007Legacy.asmx`),
];

const protocols = (directory: Directory, mailbox: Mailbox): readonly XmlElement[] => {
  const base = directory.baseUrl();
  const { major, minor, build } = directory.version;
  const server = mailboxServer(directory, mailbox);
  // Four bits that say how the number is built, six for the major and six for the minor version, a flag, fifteen for the build.
  const number = (7 << 28) | (major << 22) | (minor << 16) | (1 << 15) | build;
  return [
    o('Protocol', [
      o('Type', 'EXCH'),
      o('Server', server),
      o('ServerDN', `${serverName}/cn=${server}`),
      o('ServerVersion', number.toString(16).toUpperCase()),
      o('MdbDN', `${serverName}/cn=${server}/cn=Microsoft Private MDB`),
      ...urls(base),
      o('ServerExclusiveConnect', 'off'),
    ]),
    o('Protocol', [
      o('Type', 'EXPR'),
      o('Server', new URL(base).hostname),
      o('SSL', base.startsWith('https:') ? 'On' : 'Off'),
      o('AuthPackage', 'Ntlm'),
      ...urls(base),
      o('ServerExclusiveConnect', 'on'),
    ]),
    o('Protocol', [
      o('Type', 'WEB'),
      o('Internal', [
        o('OWAUrl', `${base}/owa/`, { AuthenticationMethod: 'Basic, Fba' }),
        o('Protocol', [o('Type', 'EXCH'), o('ASUrl', `${base}/EWS/Exchange.asmx`)]),
      ]),
    ]),
  ];
};

const settings = (directory: Directory, mailbox: Mailbox): string =>
  document(
    o('Response', [
      o('User', [
        o('DisplayName', mailbox.name),
        o('LegacyDN', legacyName(mailbox)),
        o('AutoDiscoverSMTPAddress', mailbox.address),
        o('DeploymentId', mailboxServer(directory, mailbox).split('@')[0] ?? ''),
      ]),
      o('Account', [o('AccountType', 'email'), o('Action', 'settings'), o('MicrosoftOnline', 'False'), ...protocols(directory, mailbox)]),
    ]),
  );

const redirected = (action: 'redirectAddr' | 'redirectUrl', name: string, value: string): string =>
  document(o('Response', [o('Account', [o('AccountType', 'email'), o('Action', action), o(name, value)])]));

const requestOf = (text: string): XmlElement | undefined => {
  try {
    const root = parseXml(text);
    return root.name === 'Autodiscover' ? child(root, 'Request') : undefined;
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
};

/** Answers a POST; every error is an answer with status 200. */
export function answerPox(directory: Directory, text: string, now: Date): string {
  const request = requestOf(text);
  const address = childText(request, 'EMailAddress');
  if (!request || address === undefined || !address.includes('@')) return failed(600, now);
  if (childText(request, 'AcceptableResponseSchema')?.trim() !== outlook) return failed(601, now);
  const target = lookUp(directory, address);
  if ('mailbox' in target) return settings(directory, target.mailbox);
  if ('redirectAddress' in target) return redirected('redirectAddr', 'RedirectAddr', target.redirectAddress);
  if ('redirectUrl' in target) return redirected('redirectUrl', 'RedirectUrl', target.redirectUrl);
  return failed(500, now);
}
