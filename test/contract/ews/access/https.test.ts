/** TLS with a certificate of its own, and clients that find the server by it. */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { connect } from 'node:tls';
import { AutodiscoverService, ExchangeVersion, UserSettingName, WebCredentials, type IXHRApi, type IXHROptions } from 'ews-javascript-api';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { authorization, folder, owner, soap } from '../harness';
import { pox } from './autodiscover-requests';

const body = soap(
  `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
);

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

describe('EWS over TLS', () => {
  let simulator: Simulator;
  let secureUrl: URL;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner], https: true });
    secureUrl = new URL(simulator.secureUrl ?? '');
  });
  after(() => simulator.close());

  /** Sends to the simulator whatever name the address has. */
  const send = (url: URL, text: string, options: RequestOptions): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          ...options,
          host: '127.0.0.1',
          port: secureUrl.port,
          path: url.pathname,
          servername: /^[\d.]+$/.test(url.hostname) ? '' : url.hostname,
          agent: false,
        },
        (response) => {
          let answer = '';
          response.setEncoding('utf8').on('data', (part: string) => (answer += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer, headers: response.headers }));
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  const options = (): RequestOptions => ({
    method: 'POST',
    ca: simulator.certificate,
    headers: { authorization: authorization(owner), 'content-type': 'text/xml; charset=utf-8' },
  });

  it('answers clients that trust its certificate, under all its names', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'autodiscover.x.test']) {
      const answer = await send(new URL(`https://${name}${secureUrl.pathname}`), body, options());
      assert.equal(answer.status, 200);
      assert.match(answer.text, /NoError/);
    }
  });

  it('is refused by clients that do not', async () => {
    const { ca, ...untrusting } = options();
    assert.ok(ca);
    await assert.rejects(send(secureUrl, body, untrusting), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await assert.rejects(send(new URL('https://other.test/EWS/Exchange.asmx'), body, options()), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('survives what is no TLS and who leaves in the middle', async () => {
    assert.equal((await fetch(`http://127.0.0.1:${secureUrl.port}/`).catch(() => undefined))?.status, undefined);
    await new Promise<void>((resolve) => {
      const socket = connect(
        { port: Number(secureUrl.port), host: '127.0.0.1', ca: simulator.certificate, servername: 'localhost' },
        () => {
          socket.destroy();
          resolve();
        },
      );
    });
    assert.equal((await send(secureUrl, body, options())).status, 200);
  });

  it('leaves nothing open where its port is taken', async () => {
    const free = await startSimulator({ mailboxes: [owner] });
    await free.close();
    const options = { mailboxes: [owner], port: free.port, https: true, httpsPort: simulator.port };
    await assert.rejects(startSimulator(options), { code: 'EADDRINUSE' });
    await assert.rejects(fetch(free.pageUrl));
  });

  it('is what Autodiscover tells, over HTTP too', async () => {
    const response = await fetch(`${simulator.pageUrl}autodiscover/autodiscover.xml`, {
      method: 'POST',
      headers: { authorization: authorization(owner) },
      body: pox(owner.address),
    });
    assert.ok((await response.text()).includes(`<EwsUrl>${secureUrl.href}</EwsUrl>`));
  });

  it('is where a look without a login over HTTP is sent', async () => {
    const look = await fetch(`${simulator.pageUrl}autodiscover/autodiscover.xml`, { redirect: 'manual' });
    assert.deepEqual([look.status, look.headers.get('location')], [302, `${secureUrl.origin}/autodiscover/autodiscover.xml`]);
  });

  /** The library looks first without a login. */
  const asWanted = ({ type }: IXHROptions): RequestOptions => (type === 'POST' ? options() : { ca: simulator.certificate, method: 'GET' });

  it('is found by ews-javascript-api', async () => {
    const asked: string[] = [];
    const reach: IXHRApi = {
      xhr: async (wanted: IXHROptions) => {
        const url = new URL(wanted.url);
        asked.push(`${wanted.type ?? 'GET'} ${url.href}`);
        // Only the host that has Autodiscover is there; the library takes what is rejected for the answer.
        const isThere = url.hostname === 'autodiscover.x.test' && url.protocol === 'https:';
        const { status, text, headers } = isThere
          ? await send(url, typeof wanted.data === 'string' ? wanted.data : '', asWanted(wanted))
          : { status: 0, text: '', headers: {} };
        const answer = {
          status,
          statusText: '',
          response: text,
          responseText: text,
          getResponseHeader: (name: string) => headers[name.toLowerCase()]?.toString() ?? null,
          getAllResponseHeaders: () =>
            Object.entries(headers)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join('\r\n'),
        };
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        if (status !== 200) throw answer;
        return answer as unknown as XMLHttpRequest;
      },
      xhrStream: () => Promise.reject(new Error('no streams')),
      disconnect: () => undefined,
      apiName: 'test',
    };
    const service = new AutodiscoverService(ExchangeVersion.Exchange2013_SP1);
    service.Credentials = new WebCredentials(owner.address, owner.password);
    service.XHRApi = reach;
    service.RedirectionUrlValidationCallback = () => true;
    const settings = await service.GetUserSettings(owner.address, [UserSettingName.ExternalEwsUrl, UserSettingName.UserDisplayName]);
    assert.equal(settings.GetSettingValue<string>(UserSettingName.ExternalEwsUrl), secureUrl.href, asked.join('\n'));
    assert.equal(settings.GetSettingValue<string>(UserSettingName.UserDisplayName), 'Anna Müller');
  });
});
