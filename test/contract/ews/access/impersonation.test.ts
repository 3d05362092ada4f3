/** ExchangeImpersonation: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/impersonation-and-ews-in-exchange */
import assert from 'node:assert/strict';
import { child, folder, impersonate, itemOf, owner, property, service, startClient, task, getItem, idOf, type Client } from '../harness';

const limited = { address: 'limited@x.test', password: 'limited', mailboxes: ['BOB@x.test', 'gone@x.test'] };
const gone = { address: 'gone@x.test', password: 'gone', disabled: true };

const getInbox = `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`;
const inboxOf = (address: string): string =>
  getInbox.replace(
    'Id="inbox"/>',
    `Id="inbox"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`,
  );

describe('EWS impersonation', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ serviceAccounts: [service, limited] });
    client.simulator.addMailbox(gone);
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  it('acts as the account of a SID', async () => {
    const header = impersonate(client.simulator.sid(owner.address), 'SID');
    const created = await client.call(task('<t:Subject>by SID</t:Subject>'), { as: service, header });
    const read = await client.call(getItem(idOf(created).id));
    assert.equal(property(itemOf(read), 'Subject'), 'by SID');
  });

  it('lets everyone impersonate himself', async () => {
    assert.deepEqual((await client.call(getInbox, { header: impersonate(owner.address) })).codes, ['NoError']);
  });

  it('holds a service account to its scope', async () => {
    assert.deepEqual((await client.call(getInbox, { as: limited, header: impersonate('bob@x.test') })).codes, ['NoError']);
    const outside = await client.call(getInbox, { as: limited, header: impersonate(owner.address) });
    assert.deepEqual([outside.status, outside.codes], [500, ['ErrorImpersonateUserDenied']]);
    assert.deepEqual((await client.call(inboxOf(owner.address), { as: limited })).codes, ['ErrorFolderNotFound']);
  });

  it('gives the rights of the impersonated, not those of the caller', async () => {
    const answer = await client.call(inboxOf('bob@x.test'), { as: service, header: impersonate(owner.address) });
    assert.deepEqual(answer.codes, ['ErrorFolderNotFound']);
  });

  const refused: readonly (readonly [string, string, string, string])[] = [
    ['PrimarySmtpAddress', 'nobody@x.test', 'ErrorNonExistentMailbox', 'The SMTP address has no mailbox associated with it.'],
    ['SmtpAddress', 'nobody@x.test', 'ErrorNonExistentMailbox', 'The SMTP address has no mailbox associated with it.'],
    ['PrincipalName', 'nobody@x.test', 'ErrorInvalidUserPrincipalName', ''],
    ['SID', 'S-1-5-21-1-2-3-1001', 'ErrorInvalidUserSid', ''],
    ['SID', 'anna', 'ErrorInvalidSid', ''],
    ['PrimarySmtpAddress', gone.address, 'ErrorAccountDisabled', ''],
  ];
  for (const [kind, value, code, text] of refused)
    it(`answers ${code} as a fault to the ${kind} ${value}`, async () => {
      const answer = await client.call(getInbox, { as: service, header: impersonate(value, kind) });
      assert.deepEqual([answer.status, answer.codes], [500, [code]]);
      if (text !== '') assert.equal(child(answer.body, 'faultstring')?.text, text);
    });

  it('tells an account without a mailbox to say whose folder it wants', async () => {
    assert.deepEqual((await client.call(getInbox, { as: service })).codes, ['ErrorMissingEmailAddress']);
    assert.deepEqual((await client.call(inboxOf(owner.address), { as: service })).codes, ['NoError']);
  });
});
