/** MS-OXDSCLI (plain XML), MS-OXWSADISC (SOAP) and Autodiscover V2 (JSON), by raw requests. */
import assert from 'node:assert/strict';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { parseXml } from '../../../../simulator/xml/parse';
import { authorization, child, descend, owner, type XmlElement } from '../harness';
import { domainSettings, outlook, pox, userSettings } from './autodiscover-requests';

describe('Autodiscover', () => {
  let simulator: Simulator;
  let base: string;
  before(async () => {
    simulator = await startSimulator({
      mailboxes: [owner],
      autodiscoverRedirects: {
        'moved@x.test': 'anna@x.test',
        'elsewhere@x.test': 'https://other.test/autodiscover/autodiscover.xml',
        'old.test': 'x.test',
      },
    });
    base = simulator.pageUrl;
  });
  afterEach(() => simulator.faults.clear());
  after(() => simulator.close());

  const post = (path: string, body: string, headers: Record<string, string> = { authorization: authorization(owner) }): Promise<Response> =>
    fetch(base + path, { method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8', ...headers }, body });

  describe('in plain XML', () => {
    const ask = async (address: string, schema?: string): Promise<XmlElement> => {
      const response = await post('Autodiscover/AutoDiscover.XML', pox(address, schema));
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^text\/xml/);
      return parseXml(await response.text());
    };
    const account = async (address: string) => descend(await ask(address), 'Response', 'Account');
    const errorOf = (root: XmlElement) => {
      const error = descend(root, 'Response', 'Error');
      return [error?.ns, child(error, 'ErrorCode')?.text, child(error, 'Message')?.text];
    };

    it('tells the protocols of a mailbox, whatever the case of its address', async () => {
      const root = await ask('ANNA@X.test');
      const response = child(root, 'Response');
      assert.deepEqual([root.ns, response?.ns], ['http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006', outlook]);
      assert.equal(descend(response, 'User', 'DisplayName')?.text, 'Anna Müller');
      assert.equal(descend(response, 'User', 'AutoDiscoverSMTPAddress')?.text, owner.address);
      const protocols = child(response, 'Account')?.children.filter(({ name }) => name === 'Protocol') ?? [];
      assert.deepEqual(
        protocols.map((protocol) => child(protocol, 'Type')?.text),
        ['EXCH', 'EXPR', 'WEB'],
      );
      // 15.1.2507, as a server of that version writes it.
      assert.equal(child(protocols[0], 'ServerVersion')?.text, '73C189CB');
      for (const protocol of protocols.slice(0, 2))
        assert.deepEqual([child(protocol, 'EwsUrl')?.text, child(protocol, 'ASUrl')?.text], [simulator.url, simulator.url]);
    });

    it('sends clients to another address, another domain or another URL', async () => {
      const expected = [
        ['moved@x.test', 'redirectAddr', 'RedirectAddr', 'anna@x.test'],
        ['anna@OLD.test', 'redirectAddr', 'RedirectAddr', 'anna@x.test'],
        ['elsewhere@x.test', 'redirectUrl', 'RedirectUrl', 'https://other.test/autodiscover/autodiscover.xml'],
      ] as const;
      for (const [address, action, element, value] of expected) {
        const found = await account(address);
        assert.deepEqual([child(found, 'Action')?.text, child(found, element)?.text], [action, value]);
      }
    });

    const outer = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
    it('answers error 500 for an unknown address', async () =>
      assert.deepEqual(errorOf(await ask('nobody@x.test')), [outer, '500', "The email address can't be found."]));
    it('answers error 601 for a schema it does not speak', async () =>
      assert.deepEqual(
        errorOf(await ask(owner.address, 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006')),
        [outer, '601', 'Provider is not available'],
      ));
    for (const body of ['', 'x', '<Autodiscover/>', pox(''), pox('anna'), '<!DOCTYPE a [<!ENTITY b "c">]><Autodiscover/>'])
      it(`answers error 600 to ${JSON.stringify(body.slice(0, 30))}`, async () => {
        const response = await post('autodiscover/autodiscover.xml', body);
        assert.deepEqual([response.status, ...errorOf(parseXml(await response.text()))], [200, outer, '600', 'Invalid Request']);
      });

    it('wants a login', async () => {
      for (const path of ['autodiscover/autodiscover.xml', 'autodiscover/autodiscover.svc']) {
        assert.equal((await post(path, pox(owner.address), {})).status, 401);
        assert.equal((await fetch(base + path)).status, 401);
      }
    });

    it('is struck by faults as the operation Autodiscover', async () => {
      simulator.faults.add({ operation: 'Autodiscover', action: { kind: 'html500' } });
      assert.equal((await post('autodiscover/autodiscover.xml', pox(owner.address))).status, 500);
    });
  });

  describe('by SOAP', () => {
    const ask = async (body: string): Promise<XmlElement | undefined> => {
      const response = await post('autodiscover/autodiscover.svc', body);
      assert.equal(response.status, 200);
      const root = parseXml(await response.text());
      return descend(root, 'Body')?.children[0]?.children[0];
    };
    const users = async (addresses: readonly string[], settings: readonly string[]) =>
      child(await ask(userSettings(addresses, settings)), 'UserResponses')?.children ?? [];
    const code = (element: XmlElement | undefined) => child(element, 'ErrorCode')?.text;

    it('tells the settings of users', async () => {
      const wanted = ['ExternalEwsUrl', 'InternalEwsUrl', 'UserDisplayName', 'EwsSupportedSchemas', 'GroupingInformation', 'CasVersion'];
      const [user] = await users([owner.address], wanted);
      const settings = child(user, 'UserSettings')?.children ?? [];
      assert.equal(code(user), 'NoError');
      assert.deepEqual(
        settings.map((setting) => child(setting, 'Name')?.text),
        wanted,
      );
      const value = (name: string) => child(settings[wanted.indexOf(name)], 'Value')?.text ?? '';
      assert.deepEqual(
        [value('ExternalEwsUrl'), value('UserDisplayName'), value('CasVersion')],
        [simulator.url, 'Anna Müller', '15.01.2507.006'],
      );
      assert.match(value('EwsSupportedSchemas'), /Exchange2013_SP1/);
    });

    it('says of each setting that has no value why', async () => {
      const [user] = await users([owner.address], ['ExternalEwsUrl', 'InternalPop3Connections', 'Nonsense', 'constructor']);
      const errors = child(user, 'UserSettingErrors')?.children ?? [];
      assert.deepEqual(
        errors.map((error) => [code(error), child(error, 'SettingName')?.text]),
        [
          ['SettingIsNotAvailable', 'InternalPop3Connections'],
          ['InvalidSetting', 'Nonsense'],
          ['InvalidSetting', 'constructor'],
        ],
      );
      assert.equal(child(user, 'UserSettings')?.children.length, 1);
    });

    it('answers each user for himself', async () => {
      const found = await users([owner.address, 'nobody@x.test', 'moved@x.test', 'elsewhere@x.test'], ['ExternalEwsUrl']);
      assert.deepEqual(
        found.map((user) => [code(user), child(user, 'RedirectTarget')?.text]),
        [
          ['NoError', ''],
          ['InvalidUser', ''],
          ['RedirectAddress', 'anna@x.test'],
          ['RedirectUrl', 'https://other.test/autodiscover/autodiscover.xml'],
        ],
      );
    });

    it('refuses requests without users or settings, and with too many', async () => {
      for (const [addresses, settings] of [
        [[], ['ExternalEwsUrl']],
        [[owner.address], []],
        [Array.from({ length: 101 }, () => owner.address), ['ExternalEwsUrl']],
      ] as const)
        assert.equal(code(await ask(userSettings(addresses, settings))), 'InvalidRequest');
    });

    it('tells the settings of domains', async () => {
      const response = await ask(domainSettings(['x.test', 'unknown.test', 'old.test'], ['ExternalEwsUrl']));
      const domains = child(response, 'DomainResponses')?.children ?? [];
      assert.deepEqual(domains.map(code), ['NoError', 'InvalidDomain', 'RedirectAddress']);
      assert.equal(descend(domains[0], 'DomainSettings', 'DomainSetting', 'Value')?.text, simulator.url);
    });

    it('says that nobody is federated, and answers 400 to what is no request', async () => {
      const federation = userSettings([], []).replaceAll('GetUserSettings', 'GetFederationInformation');
      assert.equal(code(await ask(federation)), 'NotFederated');
      for (const body of ['', '<a/>', userSettings([], []).replaceAll('GetUserSettings', 'constructor')])
        assert.equal((await post('autodiscover/autodiscover.svc', body)).status, 400);
    });
  });

  describe('in JSON', () => {
    const ask = async (path: string): Promise<readonly [number, Record<string, string>]> => {
      const response = await fetch(`${base}autodiscover/autodiscover.json${path}`);
      const body: unknown = await response.json();
      return [response.status, body as Record<string, string>];
    };

    it('tells the URL of a protocol without a login, by query and by path', async () => {
      const found = [200, { Protocol: 'EWS', Url: simulator.url }] as const;
      assert.deepEqual(await ask('?Email=anna@x.test&Protocol=EWS'), found);
      assert.deepEqual(await ask('/v1.0/anna%40x.test?Protocol=EWS'), found);
      const [, { Url }] = await ask('?email=anna@x.test&protocol=AutodiscoverV1');
      assert.equal(Url, `${base}autodiscover/autodiscover.xml`);
      assert.equal((await ask('?Email=elsewhere@x.test&Protocol=EWS'))[1]['Url'], 'https://other.test/EWS/Exchange.asmx');
    });

    for (const [path, status, code] of [
      ['?Protocol=EWS', 400, 'InvalidEmailAddress'],
      ['?Email=anna@x.test', 400, 'MandatoryParameterMissing'],
      ['?Email=anna@x.test&Protocol=constructor', 400, 'InvalidProtocol'],
      ['?Email=nobody@x.test&Protocol=EWS', 404, 'UserNotFound'],
    ] as const)
      it(`answers ${code} to ${path}`, async () => {
        const [given, { ErrorCode }] = await ask(path);
        assert.deepEqual([given, ErrorCode], [status, code]);
      });
  });
});
