import assert from 'node:assert/strict';
import { operations } from '../../../../simulator/operations';
import { refusedOperations } from '../../../../simulator/operations/other/refused';
import { schemaElements, schemaTypes } from '../../../../simulator/schema/schema';
import { requestNames, smallestRequest } from '../../../support/ews-requests';
import { schemaAvailable, schemaFaults } from '../../../support/ews-schema';
import { child, descend, folder, soap, startClient, type Answer, type Client, type XmlElement } from '../harness';

const known = schemaTypes['m:ResponseCodeType']?.values ?? [];

/** Declared by the simulator's own supplement only. */
const undeclared = new Set([
  'GetInboxRules',
  'GetMailTips',
  'GetServiceConfiguration',
  'GetUserAvailabilityRequest',
  'GetUserOofSettingsRequest',
  'SetUserOofSettingsRequest',
]);

const codesIn = (element: XmlElement): readonly string[] =>
  element.name === 'ResponseCode' ? [element.text] : element.children.flatMap(codesIn);

const getInbox = `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`;

describe('Every operation of the schema', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  it('has a smallest request that follows the schema', async function () {
    if (!schemaAvailable) this.skip();
    const declared = requestNames.filter((name) => schemaElements[`m:${name}`] !== 'xs:anyType' && !undeclared.has(name));
    assert.ok(declared.length > 70);
    assert.deepEqual(await schemaFaults(declared.map((name) => soap(smallestRequest(name)))), []);
  });

  for (const name of requestNames)
    it(`answers ${name} with codes of the protocol, and lives on`, async () => {
      const answer = await client.call(smallestRequest(name));
      const codes = answer.body.name === 'Fault' ? answer.codes : codesIn(answer.body);
      assert.ok(codes.length > 0, answer.text);
      for (const code of codes) assert.ok(known.includes(code), code);
      assert.ok(!codes.includes('ErrorInternalServerError') && !codes.includes('ErrorSchemaValidation'), answer.text);
      assert.deepEqual((await client.call(getInbox)).codes, ['NoError']);
    });

  it('is either offered or refused, none both', () => {
    for (const name of requestNames) assert.ok(name === 'GetStreamingEvents' || operations[name], name);
    for (const [name, refused] of Object.entries(refusedOperations))
      assert.equal(operations[name], refused, `${name} is offered after all`);
  });

  const codeOf = async (body: string): Promise<readonly string[]> => {
    const answer: Answer = await client.call(body);
    return answer.body.name === 'Fault' ? answer.codes : codesIn(answer.body);
  };

  for (const [name, code] of [
    ['PlayOnPhone', 'ErrorUserNotUnifiedMessagingEnabled'],
    ['SearchMailboxes', 'ErrorAccessDenied'],
    ['GetSharingMetadata', 'ErrorOrganizationNotFederated'],
    ['UninstallApp', 'ErrorExtensionNotFound'],
    ['GetImItemList', 'ErrorInvalidOperation'],
    ['ArchiveItem', 'ErrorArchiveMailboxNotEnabled'],
    ['FindMessageTrackingReport', 'ErrorMessageTrackingPermanentError'],
    ['CreateManagedFolder', 'ErrorManagedFolderNotFound'],
  ] as const)
    it(`refuses ${name} with ${code}`, async () => {
      assert.deepEqual(await codeOf(smallestRequest(name)), [code]);
    });

  it('refuses each item of a request for several', async () => {
    const id = '<t:ItemId Id="AAAA"/>';
    assert.deepEqual(await codeOf(`<m:ExportItems><m:ItemIds>${id}${id}</m:ItemIds></m:ExportItems>`), [
      'ErrorInvalidOperation',
      'ErrorInvalidOperation',
    ]);
  });

  it('has nothing to tell of rules, apps, retention tags and photos', async () => {
    const rules = await client.call('<m:GetInboxRules/>');
    assert.equal(child(rules.body, 'OutlookRuleBlobExists')?.text, 'false');
    assert.deepEqual(child(rules.body, 'InboxRules')?.children, []);
    assert.deepEqual(await codeOf('<m:GetInboxRules><m:MailboxSmtpAddress>bob@x.test</m:MailboxSmtpAddress></m:GetInboxRules>'), [
      'ErrorAccessDenied',
    ]);
    assert.deepEqual(descend((await client.call('<m:GetAppManifests/>')).body, 'Manifests')?.children, []);
    assert.deepEqual(descend((await client.call('<m:GetUserRetentionPolicyTags/>')).body, 'RetentionPolicyTags')?.children, []);
    const photo = (address: string): string =>
      `<m:GetUserPhoto><m:Email>${address}</m:Email><m:SizeRequested>HR48x48</m:SizeRequested></m:GetUserPhoto>`;
    assert.deepEqual(await codeOf(photo('bob@x.test')), ['ErrorItemNotFound']);
    assert.deepEqual(await codeOf(photo('nobody@x.test')), ['ErrorNonExistentMailbox']);
  });

  it('says that passwords do not expire', async () => {
    assert.match((await client.call('<m:GetPasswordExpirationDate/>')).text, /<m:PasswordExpirationDate>9999-12-31/);
    const of = '<m:GetPasswordExpirationDate><m:MailboxSmtpAddress>nobody@x.test</m:MailboxSmtpAddress></m:GetPasswordExpirationDate>';
    assert.deepEqual(await codeOf(of), ['ErrorNonExistentMailbox']);
  });
});
