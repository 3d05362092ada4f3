import assert from 'node:assert/strict';
import { colleague, folder, impersonate, owner, service, startClient, type Client } from '../harness';
import { eventTypes, folderIds, made, subscribePull, subscribeStreaming, unsubscribe } from './support';

const tasks = folderIds(folder('tasks'));
const ofMailbox = (address: string): string =>
  `<t:DistinguishedFolderId Id="tasks"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`;

describe('EWS Subscribe', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ throttling: { subscriptions: 3 } });
  });
  after(function () {
    return client.finish(() => this.skip());
  });
  const codes = async (...request: Parameters<Client['call']>): Promise<readonly string[]> => (await client.call(...request)).codes;

  it('wants folders or all of them, and not both', async () => {
    const neither = `<m:Subscribe><m:StreamingSubscriptionRequest>${eventTypes()}</m:StreamingSubscriptionRequest></m:Subscribe>`;
    const both = `<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true">${tasks}${eventTypes()}</m:StreamingSubscriptionRequest></m:Subscribe>`;
    assert.deepEqual(await codes(neither), ['ErrorInvalidSubscriptionRequest']);
    assert.deepEqual(await codes(both), ['ErrorInvalidSubscriptionRequest']);
  });

  it('refuses times other than 1 to 1440 minutes and kinds of events that there are not', async () => {
    for (const minutes of [0, 1441]) assert.deepEqual(await codes(subscribePull(tasks, minutes)), ['ErrorSchemaValidation']);
    assert.deepEqual(await codes(subscribeStreaming(tasks, eventTypes(['StatusEvent']))), ['ErrorSchemaValidation']);
  });

  it('takes folders of one mailbox only', async () => {
    const two = folderIds(ofMailbox(owner.address), ofMailbox(colleague.address));
    assert.deepEqual(await codes(subscribeStreaming(two), { as: service }), ['ErrorInvalidSubscriptionRequest']);
  });

  it('asks an account without a mailbox whose mailbox it means', async () => {
    assert.deepEqual(await codes(subscribeStreaming(''), { as: service }), ['ErrorMissingEmailAddress']);
  });

  it('is not for delegates, whatever they may do in the folder', async () => {
    const grant = `<m:UpdateFolder><m:FolderChanges><t:FolderChange>${folder('tasks')}<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:TasksFolder><t:PermissionSet><t:Permissions><t:Permission><t:UserId><t:PrimarySmtpAddress>${colleague.address}</t:PrimarySmtpAddress></t:UserId><t:PermissionLevel>Editor</t:PermissionLevel></t:Permission></t:Permissions></t:PermissionSet></t:TasksFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`;
    const request = subscribeStreaming(folderIds(ofMailbox(owner.address)));
    assert.deepEqual(await codes(request, { as: colleague }), ['ErrorFolderNotFound']);
    assert.deepEqual(await codes(grant), ['NoError']);
    assert.deepEqual(await codes(request, { as: colleague }), ['ErrorSubscriptionDelegateAccessNotSupported']);
  });

  it('names a folder that it cannot find', async () => {
    assert.deepEqual(await codes(subscribeStreaming(folderIds('<t:FolderId Id="bm8="/>'))), ['ErrorInvalidIdMalformed']);
  });

  it('gives each subscription an id of its own; streaming ones have no watermark', async () => {
    const [one, two] = [await client.call(subscribeStreaming(tasks)), await client.call(subscribeStreaming(tasks))];
    assert.notEqual(made(one).id, made(two).id);
    assert.equal(made(one).watermark, '');
    for (const answer of [one, two]) await client.call(unsubscribe(made(answer).id));
  });

  it('keeps an account to its number of subscriptions per mailbox, until it ends some', async () => {
    const as = { as: service, header: impersonate(colleague.address) };
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(made(await client.call(subscribeStreaming(tasks), as)).id);
    assert.deepEqual(await codes(subscribeStreaming(tasks), as), ['ErrorExceededSubscriptionCount']);
    assert.deepEqual(await codes(subscribeStreaming(tasks), { as: service, header: impersonate(owner.address) }), ['NoError']);
    await client.call(unsubscribe(ids[0] ?? ''), as);
    assert.deepEqual(await codes(subscribeStreaming(tasks), as), ['NoError']);
  });
});
