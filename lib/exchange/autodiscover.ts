/**
 * Finds the EWS address of a mailbox by Autodiscover. Search order and redirects are those of `ews-javascript-api`; every request goes
 * through this file's own HTTP, so that certificates are verified and the password is only sent over TLS.
 * https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/autodiscover-for-exchange
 */
import { rootCertificates } from 'node:tls';
import type { IXHRApi, IXHROptions } from 'ews-javascript-api';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { SyncError } from '../model/error';
import { networkFailure } from './ews/transport/failure';
import { readXml } from './ews/xml/read';

/** Whose address is wanted, and who asks. */
export interface AutodiscoverQuery {
  /** SMTP address of the mailbox. */
  readonly mailbox: string;
  readonly user: string;
  readonly password: string;
  /** Certificates (PEM) that are trusted beside the public ones. */
  readonly caPem?: string | null;
  /** Limit of the whole search, ms; 30 s by default. */
  readonly timeoutMs?: number;
  /** Sends the requests; the network by default. */
  readonly dispatcher?: Dispatcher;
}

/** A plain answer in the form that the library expects of an XMLHttpRequest. */
interface LibraryResponse {
  readonly status: number;
  readonly statusText: string;
  readonly response: string;
  readonly responseText: string;
  readonly getResponseHeader: (name: string) => string | null;
  readonly getAllResponseHeaders: () => string;
}

const largestAnswer = 1024 * 1024;

const libraryResponse = (status: number, text: string, headers: ReadonlyMap<string, string>): LibraryResponse => ({
  status,
  statusText: String(status),
  response: text,
  responseText: text,
  getResponseHeader: (name) => headers.get(name.toLowerCase()) ?? null,
  getAllResponseHeaders: () => [...headers].map(([name, value]) => `${name}: ${value}`).join('\r\n'),
});

const notFound = (mailbox: string, cause?: unknown): SyncError =>
  new SyncError(
    'autodiscover-failed',
    'configuration',
    `Autodiscover found no Exchange for ${mailbox}. Enter the EWS address by hand, such as https://mail.example.com/EWS/Exchange.asmx.`,
    { mailbox },
    { cause },
  );

const refused = (mailbox: string): SyncError =>
  new SyncError('login-refused', 'login', `Autodiscover refused the login for ${mailbox}. Check user and password.`, { mailbox });

/** The library writes the address into XML without escaping it. */
const requirePlainAddress = (mailbox: string): void => {
  if (!/^[^\s<>&"'@]+@[A-Za-z0-9.-]+$/.test(mailbox)) {
    throw new SyncError(
      'setting-invalid',
      'configuration',
      'The e-mail address of the mailbox is not valid. Enter it as name@example.com.',
      {
        setting: 'mailbox',
      },
    );
  }
};

/** What the search met, to say more than "not found". */
interface Findings {
  refusedLogin: boolean;
  certificate: SyncError | null;
}

const createHttp = (query: AutodiscoverQuery, dispatcher: Dispatcher, findings: Findings, signal: AbortSignal): IXHRApi => {
  const authorization = `Basic ${Buffer.from(`${query.user}:${query.password}`, 'utf8').toString('base64')}`;
  const send = async (options: IXHROptions): Promise<LibraryResponse> => {
    const url = new URL(options.url);
    const answer = await request(url, {
      dispatcher,
      method: options.type === 'POST' ? 'POST' : 'GET',
      // The library's first look at a host is a GET that needs no login.
      headers: options.type === 'POST' && url.protocol === 'https:' ? { 'content-type': 'text/xml; charset=utf-8', authorization } : {},
      body: typeof options.data === 'string' ? options.data : null,
      signal,
    });
    if (answer.statusCode === 401 && options.type === 'POST') findings.refusedLogin = true;
    const headers = new Map(
      Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
    );
    return libraryResponse(answer.statusCode, await answer.body.text(), headers);
  };
  /** The library's own reader prints to the console when an answer is no XML. */
  const sendForXml = async (options: IXHROptions): Promise<LibraryResponse> => {
    const answer = await send(options);
    if (options.type === 'POST' && answer.status === 200) readXml(answer.responseText);
    return answer;
  };
  return {
    xhr: async (options) => {
      const answer = await sendForXml(options).catch((thrown: unknown) => {
        const failure = networkFailure(thrown, URL.parse(options.url)?.host ?? '');
        if (failure.code === 'certificate-not-trusted') findings.certificate = failure;
        return libraryResponse(0, '', new Map());
      });
      // The library takes what is rejected for the answer; status 0 means that nobody is there.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (answer.status < 200 || answer.status >= 300) throw answer;
      // Of an XMLHttpRequest the library reads only what LibraryResponse has.
      return answer as unknown as XMLHttpRequest;
    },
    xhrStream: () => Promise.reject(new Error('Autodiscover does not stream.')),
    disconnect: () => undefined,
    apiName: 'undici',
  };
};

const search = async (query: AutodiscoverQuery, http: IXHRApi): Promise<string> => {
  // Loaded here: the library is large and most processes never search.
  const { AutodiscoverService, ExchangeVersion, UserSettingName, WebCredentials } = await import('ews-javascript-api');
  const service = new AutodiscoverService(ExchangeVersion.Exchange2013_SP1);
  service.Credentials = new WebCredentials(query.user, query.password);
  service.XHRApi = http;
  service.RedirectionUrlValidationCallback = (url: string) => url.toLowerCase().startsWith('https://');
  const wanted = [UserSettingName.ExternalEwsUrl, UserSettingName.InternalEwsUrl];
  const settings = await service.GetUserSettings(query.mailbox, wanted);
  const url = wanted.map((name) => settings.GetSettingValue<unknown>(name)).find((value) => typeof value === 'string' && value !== '');
  if (typeof url !== 'string' || URL.parse(url) === null) throw notFound(query.mailbox);
  return url;
};

/**
 * EWS address of a mailbox.
 * @throws SyncError `autodiscover-failed`, `certificate-not-trusted`, `setting-invalid` (scope `configuration`) or `login-refused`
 */
export const findExchangeUrl = async (query: AutodiscoverQuery): Promise<string> => {
  requirePlainAddress(query.mailbox);
  const own = query.dispatcher === undefined ? new Agent({ maxResponseSize: largestAnswer, connect: tls(query.caPem ?? null) }) : null;
  const dispatcher = query.dispatcher ?? own;
  if (dispatcher === null) throw notFound(query.mailbox);
  const findings: Findings = { refusedLogin: false, certificate: null };
  const timeoutMs = query.timeoutMs ?? 30_000;
  const ending = AbortSignal.timeout(timeoutMs);
  const tooLate = new Promise<never>((_, reject) => {
    ending.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)));
  });
  try {
    return await Promise.race([search(query, createHttp(query, dispatcher, findings, ending)), tooLate]);
  } catch (thrown) {
    if (thrown instanceof SyncError) throw thrown;
    if (findings.refusedLogin) throw refused(query.mailbox);
    throw findings.certificate ?? notFound(query.mailbox, thrown);
  } finally {
    await own?.destroy();
  }
};

const tls = (caPem: string | null): { readonly ca?: string[] } => (caPem === null ? {} : { ca: [...rootCertificates, caPem] });
