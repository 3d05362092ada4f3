import assert from 'node:assert/strict';
import { MockAgent } from 'undici';
import { findExchangeUrl } from '../../../lib/exchange/autodiscover';
import { SyncError } from '../../../lib/model/error';

const url = 'https://mail.example.test/EWS/Exchange.asmx';

const settings = `<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://www.w3.org/2005/08/addressing">
<s:Header><a:Action s:mustUnderstand="1">http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettingsResponse</a:Action><h:ServerVersionInfo xmlns:h="http://schemas.microsoft.com/exchange/2010/Autodiscover"><h:MajorVersion>15</h:MajorVersion><h:MinorVersion>1</h:MinorVersion><h:MajorBuildNumber>2507</h:MajorBuildNumber><h:MinorBuildNumber>6</h:MinorBuildNumber><h:Version>Exchange2015</h:Version></h:ServerVersionInfo></s:Header>
<s:Body><GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage><RedirectTarget i:nil="true"/><UserSettingErrors/><UserSettings><UserSetting i:type="StringSetting"><Name>ExternalEwsUrl</Name><Value>${url}</Value></UserSetting></UserSettings></UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>`;

const query = { mailbox: 'anna@example.test', user: 'anna', password: 's3cret', timeoutMs: 3000 };

const rejection = async (promise: Promise<unknown>): Promise<SyncError> => {
  const outcome = await promise.then(
    (found) => found,
    (thrown: unknown) => thrown,
  );
  assert.ok(outcome instanceof SyncError, String(outcome));
  assert.doesNotMatch(`${outcome.message} ${JSON.stringify(outcome.params)}`, /s3cret/);
  return outcome;
};

describe('Autodiscover', () => {
  let agent: MockAgent;
  beforeEach(() => {
    agent = new MockAgent();
    agent.disableNetConnect();
  });
  afterEach(() => agent.close());

  const host = (name: string, status: number, body: string, type = 'text/xml'): void => {
    const pool = agent.get(`https://${name}`);
    pool.intercept({ path: '/autodiscover/autodiscover.xml', method: 'GET' }).reply(401, '', { headers: { 'X-SOAP-Enabled': 'True' } });
    pool.intercept({ path: '/autodiscover/autodiscover.svc', method: 'POST' }).reply(status, body, { headers: { 'content-type': type } });
  };

  it('finds the address on the mailbox\u2019s own domain', async () => {
    host('example.test', 200, settings);
    assert.equal(await findExchangeUrl({ ...query, dispatcher: agent }), url);
  });

  it('finds the address on the autodiscover host when the domain does not answer', async () => {
    host('autodiscover.example.test', 200, settings);
    assert.equal(await findExchangeUrl({ ...query, dispatcher: agent }), url);
  });

  it('names a refused login', async () => {
    host('example.test', 401, '');
    assert.equal((await rejection(findExchangeUrl({ ...query, dispatcher: agent }))).code, 'login-refused');
  });

  it('survives a page that is not XML', async () => {
    host('example.test', 200, '<html><br>', 'text/html');
    assert.equal((await rejection(findExchangeUrl({ ...query, dispatcher: agent }))).code, 'autodiscover-failed');
  });

  it('says so when nobody answers', async () => {
    assert.equal((await rejection(findExchangeUrl({ ...query, dispatcher: agent }))).code, 'autodiscover-failed');
  });

  for (const mailbox of ['anna', 'a@b<c>', '"a"@b', '']) {
    it(`refuses the address "${mailbox}"`, async () =>
      assert.equal((await rejection(findExchangeUrl({ ...query, mailbox, dispatcher: agent }))).code, 'setting-invalid'));
  }
});
