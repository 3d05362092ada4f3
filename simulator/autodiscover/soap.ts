/** Autodiscover by SOAP: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxwsadisc */
import { child, childText, descend, namespaces, other, type XmlElement } from '../xml/element';
import { parseXml, XmlError } from '../xml/parse';
import { writeXml } from '../xml/write';
import { isKnownSetting, userSettings } from './settings';
import { lookUp, type Directory } from './target';
import { listMailboxes } from '../storage/mailboxes';

const own = 'http://schemas.microsoft.com/exchange/2010/Autodiscover';
const addressing = 'http://www.w3.org/2005/08/addressing';
const instance = 'http://www.w3.org/2001/XMLSchema-instance';

/** Most users or domains in one request. */
const most = 100;

const a = (name: string, content: Parameters<typeof other>[2] = '', attributes: Parameters<typeof other>[3] = {}): XmlElement =>
  other(own, name, content, attributes);

const nil = (name: string): XmlElement => a(name, '', { 'i:nil': true });

const envelope = (directory: Directory, operation: string, body: readonly XmlElement[]): string => {
  const { major, minor, build, revision, schema } = directory.version;
  const header = other('s', 'Header', [
    other(addressing, 'Action', `${own}/Autodiscover/${operation}Response`, { 's:mustUnderstand': 1 }),
    a('ServerVersionInfo', [
      a('MajorVersion', major),
      a('MinorVersion', minor),
      a('MajorBuildNumber', build),
      a('MinorBuildNumber', revision),
      a('Version', schema),
    ]),
  ]);
  const response = a(`${operation}ResponseMessage`, [a('Response', body)]);
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${namespaces.s}" xmlns:i="${instance}">` +
    `${writeXml(header)}${writeXml(other('s', 'Body', [response]))}</s:Envelope>`
  );
};

const problem = (code: string, message: string): readonly XmlElement[] => [a('ErrorCode', code), a('ErrorMessage', message)];
const noError = problem('NoError', 'No error.');

const names = (request: XmlElement): readonly string[] =>
  (child(request, 'RequestedSettings')?.children ?? []).map(({ text }) => text.trim());

/** The settings asked for that have a value, and why the others have none. `kind` is `User` or `Domain`. */
const settingsOf = (kind: string, values: Readonly<Record<string, string>>, asked: readonly string[]): readonly XmlElement[] => {
  const missing = asked.filter((name) => !Object.hasOwn(values, name));
  const found = asked.filter((name) => Object.hasOwn(values, name));
  const type = kind === 'User' ? 'StringSetting' : 'DomainStringSetting';
  return [
    a(
      `${kind}SettingErrors`,
      missing.map((name) =>
        a(`${kind}SettingError`, [
          ...(isKnownSetting(name)
            ? problem('SettingIsNotAvailable', `Setting ${name} is not available.`)
            : problem('InvalidSetting', `Setting '${name}' is invalid.`)),
          a('SettingName', name),
        ]),
      ),
    ),
    a(
      `${kind}Settings`,
      found.map((name) => a(`${kind}Setting`, [a('Name', name), a('Value', values[name] ?? '')], { 'i:type': type })),
    ),
  ];
};

const withoutSettings = (kind: string, code: string, message: string, redirect?: string): XmlElement =>
  a(`${kind}Response`, [
    ...problem(code, message),
    ...(kind === 'User'
      ? [redirect === undefined ? nil('RedirectTarget') : a('RedirectTarget', redirect), a('UserSettingErrors'), a('UserSettings')]
      : [a('DomainSettingErrors'), a('DomainSettings'), redirect === undefined ? nil('RedirectTarget') : a('RedirectTarget', redirect)]),
  ]);

const userResponse = (directory: Directory, address: string, asked: readonly string[]): XmlElement => {
  const target = lookUp(directory, address);
  if ('redirectAddress' in target) return withoutSettings('User', 'RedirectAddress', 'Redirection address.', target.redirectAddress);
  if ('redirectUrl' in target) return withoutSettings('User', 'RedirectUrl', 'Redirection URL.', target.redirectUrl);
  if ('unknown' in target) return withoutSettings('User', 'InvalidUser', `Invalid user: '${address}'`);
  return a('UserResponse', [...noError, nil('RedirectTarget'), ...settingsOf('User', userSettings(directory, target.mailbox), asked)]);
};

const domainResponse = (directory: Directory, domain: string, asked: readonly string[]): XmlElement => {
  const target = lookUp(directory, `user@${domain}`);
  if ('redirectUrl' in target) return withoutSettings('Domain', 'RedirectUrl', 'Redirection URL.', target.redirectUrl);
  if ('redirectAddress' in target)
    return withoutSettings('Domain', 'RedirectAddress', 'Redirection address.', target.redirectAddress.split('@')[1] ?? '');
  const mailbox = listMailboxes(directory.database).find(({ address }) => address.split('@')[1]?.toLowerCase() === domain.toLowerCase());
  if (!mailbox) return withoutSettings('Domain', 'InvalidDomain', `Invalid domain: '${domain}'`);
  const { ExternalEwsUrl = '', ExternalEwsVersion = '' } = userSettings(directory, mailbox);
  const [errors, settings] = settingsOf('Domain', { ExternalEwsUrl, ExternalEwsVersion }, asked);
  return a('DomainResponse', [...noError, errors, settings, nil('RedirectTarget')]);
};

type Answer = (directory: Directory, request: XmlElement) => readonly XmlElement[];

const each =
  (list: string, responses: string, keyOf: (part: XmlElement) => string, answer: typeof userResponse): Answer =>
  (directory, request) => {
    const parts = child(request, list)?.children ?? [];
    const asked = names(request);
    if (parts.length === 0 || asked.length === 0) return problem('InvalidRequest', 'The request is invalid.');
    if (parts.length > most) return problem('InvalidRequest', `At most ${most} ${list.toLowerCase()} may be asked for at once.`);
    return [
      ...noError,
      a(
        responses,
        parts.map((part) => answer(directory, keyOf(part), asked)),
      ),
    ];
  };

const operations: Readonly<Record<string, Answer>> = {
  GetUserSettings: each('Users', 'UserResponses', (user) => childText(user, 'Mailbox')?.trim() ?? '', userResponse),
  GetDomainSettings: each('Domains', 'DomainResponses', (domain) => domain.text.trim(), domainResponse),
  GetFederationInformation: () => problem('NotFederated', 'The organization is not federated.'),
};

/** Answers a POST; undefined where it is no SOAP request of this service. */
export function answerSoap(directory: Directory, text: string): string | undefined {
  try {
    const message = descend(parseXml(text), 'Body')?.children[0];
    const [, operation = ''] = /^(\w+)RequestMessage$/.exec(message?.name ?? '') ?? [];
    const answer = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    const request = child(message, 'Request');
    return message?.ns === own && answer && request ? envelope(directory, operation, answer(directory, request)) : undefined;
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}
