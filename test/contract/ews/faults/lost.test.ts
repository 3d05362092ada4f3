/** What a server forgets: sync states, subscriptions, ids. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { child, colleague, getItem, idOf, owner, updateItem, setField } from '../harness';
import { getFolder, startFaultClient, syncFolderItems, tasks, type FaultClient } from './fault-client';

const subscribe =
  '<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>';
const unsubscribe = (id: string): string => `<m:Unsubscribe><m:SubscriptionId>${id}</m:SubscriptionId></m:Unsubscribe>`;

describe('what a server forgets', () => {
  let client: FaultClient;
  before(async () => {
    client = await startFaultClient();
  });
  afterEach(() => client.simulator.faults.clear());
  after(function () {
    return client.finish(() => this.skip());
  });

  const stateOf = async (as = owner as { address: string; password: string }): Promise<string> =>
    child((await client.call(syncFolderItems('tasks'), { as })).messages[0], 'SyncState')?.text ?? '';
  const subscriptionOf = async (): Promise<string> => child((await client.call(subscribe)).messages[0], 'SubscriptionId')?.text ?? '';
  const codeOf = async (body: string, as = owner as { address: string; password: string }): Promise<string | undefined> =>
    (await client.call(body, { as })).codes[0];

  it('loseSyncStates spoils every older state of the mailbox, and no newer one', async () => {
    const [mine, other] = [await stateOf(), await stateOf(colleague)];
    client.simulator.strike('loseSyncStates', owner.address);
    assert.equal(await codeOf(syncFolderItems('tasks', mine)), 'ErrorInvalidSyncStateData');
    assert.equal(await codeOf(syncFolderItems('tasks', other), colleague), 'NoError');
    assert.equal(await codeOf(syncFolderItems('tasks', await stateOf())), 'NoError');
  });

  it('loses states at the n-th request, too', async () => {
    const state = await stateOf();
    client.simulator.faults.add({ operation: 'SyncFolderItems', nth: 2, action: { kind: 'loseSyncStates' } });
    assert.equal(await codeOf(syncFolderItems('tasks', state)), 'NoError');
    assert.equal(await codeOf(syncFolderItems('tasks', state)), 'ErrorInvalidSyncStateData');
  });

  it('loseSubscriptions forgets those of the mailbox', async () => {
    const id = await subscriptionOf();
    client.simulator.strike('loseSubscriptions', owner.address);
    assert.equal(await codeOf(unsubscribe(id)), 'ErrorSubscriptionNotFound');
    assert.equal(await codeOf(unsubscribe(await subscriptionOf())), 'NoError');
  });

  it('renewIds gives items and folders new ids and change keys, and forgets states and subscriptions', async () => {
    const old = idOf(await client.call(tasks(1)));
    const other = idOf(await client.call(tasks(1), { as: colleague }));
    const [state, subscription] = [await stateOf(), await subscriptionOf()];
    const folderId = async (): Promise<string> => {
      const answer = await client.call(getFolder);
      return child(child(answer.messages[0], 'Folders')?.children[0], 'FolderId')?.attributes['Id'] ?? '';
    };
    const oldFolder = await folderId();
    const byId = (id: string): string => getFolder.replace('<t:DistinguishedFolderId Id="tasks"/>', `<t:FolderId Id="${id}"/>`);
    client.simulator.strike('renewIds', owner.address);
    assert.equal(await codeOf(getItem(old.id)), 'ErrorItemNotFound');
    assert.equal(await codeOf(byId(oldFolder)), 'ErrorFolderNotFound');
    assert.equal(await codeOf(syncFolderItems('tasks', state)), 'ErrorInvalidSyncStateData');
    assert.equal(await codeOf(unsubscribe(subscription)), 'ErrorSubscriptionNotFound');
    assert.equal(await codeOf(byId(await folderId())), 'NoError');
    assert.equal(await codeOf(getItem(other.id), colleague), 'NoError');

    const changes = child((await client.call(syncFolderItems('tasks'))).messages[0], 'Changes')?.children ?? [];
    assert.equal(changes.length, client.stored());
    const id = child(changes.at(-1)?.children[0], 'ItemId')?.attributes ?? {};
    assert.ok(id['Id'] !== old.id && id['ChangeKey'] !== old.changeKey);
    const subject = setField('item:Subject', 'Task', '<t:Subject>new</t:Subject>');
    assert.equal(await codeOf(updateItem({ id: id['Id'] ?? '', changeKey: old.changeKey }, subject)), 'ErrorIrresolvableConflict');
    assert.equal(await codeOf(updateItem({ id: id['Id'] ?? '', changeKey: id['ChangeKey'] ?? '' }, subject)), 'NoError');
  });
});

describe('what a restarted server forgets', () => {
  it('is not what was lost: ids stay new in the state file', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'simulator-'));
    const stateFile = `${directory}/state.db`;
    const first = await startFaultClient({ stateFile });
    const old = idOf(await first.call(tasks(1)));
    first.simulator.strike('renewIds', owner.address);
    await first.simulator.close();
    const second = await startFaultClient({ stateFile });
    assert.deepEqual((await second.call(getItem(old.id))).codes, ['ErrorItemNotFound']);
    await second.simulator.close();
    await rm(directory, { recursive: true });
  });
});
