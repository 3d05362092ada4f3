/** RequestServerVersion and ServerVersionInfo, and faults as Exchange writes them. */
import assert from 'node:assert/strict';
import type { Release } from '../../../../simulator/testing';
import { parseXml } from '../../../../simulator/xml/parse';
import { child, descend, folder, soap, startClient, type Client } from '../harness';

const getFolder = `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`;
const subscribe = `<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>`;

const releases: readonly (readonly [Release, readonly string[], string])[] = [
  [2013, ['15', '0', '1497'], 'V2_23'],
  [2016, ['15', '1', '2507'], 'V2017_07_11'],
  [2019, ['15', '2', '1544'], 'V2018_01_08'],
];

for (const [release, numbers, schema] of releases)
  describe(`EWS of Exchange ${release}`, () => {
    let client: Client;
    before(async () => {
      client = await startClient({ release });
    });
    after(function () {
      return client.finish(() => this.skip());
    });

    const call = async (version: string, body = getFolder): Promise<string> => {
      const request = soap(body).replace('<t:RequestServerVersion Version="Exchange2013_SP1"/>', version);
      const { text } = await client.post(request);
      return /ResponseCode[^>]*>(\w+)</.exec(text)?.[1] ?? text;
    };
    const versioned = (version: string): string => `<t:RequestServerVersion Version="${version}"/>`;

    it('says which it is', async () => {
      const info = descend(parseXml((await client.call(getFolder)).text), 'Header', 'ServerVersionInfo')?.attributes ?? {};
      assert.deepEqual([info['MajorVersion'], info['MinorVersion'], info['MajorBuildNumber']], numbers);
      assert.equal(info['Version'], schema);
    });

    const isNewer = release === 2013 ? 'ErrorInvalidServerVersion' : 'NoError';
    const expected: readonly (readonly [string, string])[] = [
      ['Exchange2007', 'NoError'],
      ['Exchange2007_SP1', 'NoError'],
      ['Exchange2010_SP2', 'NoError'],
      ['Exchange2013_SP1', 'NoError'],
      ['Exchange2015', isNewer],
      ['Exchange2016', isNewer],
      ['V2017_07_11', isNewer],
      ['V2018_01_08', release === 2019 ? 'NoError' : 'ErrorInvalidServerVersion'],
      ['V2099_01_01', 'ErrorInvalidServerVersion'],
      ['Exchange2003', 'ErrorInvalidServerVersion'],
      ['', 'ErrorInvalidServerVersion'],
    ];
    for (const [version, code] of expected)
      it(`answers ${code} to a request for ${version || 'nothing'}`, async () => assert.equal(await call(versioned(version)), code));

    it('takes a request without a version for one of Exchange 2007', async () => {
      assert.equal(await call(''), 'NoError');
      assert.equal(await call('', subscribe), 'ErrorIncorrectSchemaVersion');
    });

    it('refuses what is newer than the version a request is for', async () => {
      assert.equal(await call(versioned('Exchange2010'), subscribe), 'ErrorIncorrectSchemaVersion');
      assert.equal(await call(versioned('Exchange2010_SP1'), subscribe), 'NoError');
      const zones = '<m:GetServerTimeZones><m:Ids><t:Id>UTC</t:Id></m:Ids></m:GetServerTimeZones>';
      assert.equal(await call(versioned('Exchange2007_SP1'), zones), 'ErrorIncorrectSchemaVersion');
      assert.equal(await call(versioned('Exchange2010'), zones), 'NoError');
    });

    it('refuses headers that are wrong or there twice, and takes those it does not know', async () => {
      assert.equal(await call('<t:RequestServerVersion/>'), 'ErrorSchemaValidation');
      assert.equal(await call(versioned('Exchange2013') + versioned('Exchange2013')), 'ErrorDuplicateSOAPHeader');
      assert.equal(await call('<t:DateTimePrecision>Hours</t:DateTimePrecision>'), 'ErrorSchemaValidation');
      assert.equal(await call('<t:MailboxCulture>de-AT</t:MailboxCulture><x:y xmlns:x="urn:x"/>'), 'NoError');
    });
  });

describe('EWS faults', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  it('have code, text and detail, and no header', async () => {
    const answer = await client.call('<m:GetFolder/>');
    assert.equal(answer.status, 500);
    assert.equal(descend(parseXml(answer.text), 'Header'), undefined);
    assert.match(child(answer.body, 'faultcode')?.text ?? '', /^\w+:ErrorSchemaValidation$/);
    assert.match(child(answer.body, 'faultstring')?.text ?? '', /^The request failed schema validation: The element 'GetFolder'/);
    const detail = child(answer.body, 'detail');
    assert.equal(child(detail, 'Message')?.text, 'The request failed schema validation.');
    const facts = child(detail, 'MessageXml');
    assert.deepEqual([child(facts, 'LineNumber')?.text, child(facts, 'LinePosition')?.text], ['0', '0']);
    assert.match(child(facts, 'Violation')?.text ?? '', /^The element 'GetFolder'/);
  });
});
