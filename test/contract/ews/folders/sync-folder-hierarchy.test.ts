import assert from 'node:assert/strict';
import { child, folder, startClient, syncFolderItems, type Answer, type Client } from '../harness';
import { create, deleteFolder, folderId, folderShape, idIn, inbox, newFolder, rename, transfer, updateFolder } from './requests';

const sync = (state = '', root: string | undefined = inbox, shape = folderShape('Default')): string =>
  `<m:SyncFolderHierarchy>${shape}${root === '' ? '' : `<m:SyncFolderId>${root}</m:SyncFolderId>`}${state === '' ? '' : `<m:SyncState>${state}</m:SyncState>`}</m:SyncFolderHierarchy>`;

const stateIn = (answer: Answer): string => child(answer.messages[0], 'SyncState')?.text ?? '';

/** Changes as texts: the kind and the name, or the id of what is gone. */
const changesIn = (answer: Answer): readonly string[] => {
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  return (child(answer.messages[0], 'Changes')?.children ?? []).map((change) => {
    const [changed] = change.children;
    return `${change.name} ${change.name === 'Delete' ? idIn(change) : (child(changed, 'DisplayName')?.text ?? '')}`;
  });
};

describe('EWS SyncFolderHierarchy', () => {
  let client: Client;
  let state = '';
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });
  beforeEach(async () => {
    state = stateIn(await client.call(sync(state)));
  });

  const since = async (root?: string): Promise<readonly string[]> => changesIn(await client.call(sync(state, root)));

  it('lists every folder at first, those that hold others before them', async () => {
    const outer = await create(client, folder('drafts'), newFolder('Outer'));
    await create(client, folderId(outer), newFolder('Inner'));
    const all = changesIn(await client.call(sync('', '')));
    for (const name of ['Inbox', 'Calendar', 'Sync Issues', 'Conflicts', 'Outer', 'Inner']) assert.ok(all.includes(`Create ${name}`), name);
    assert.ok(all.indexOf('Create Outer') < all.indexOf('Create Inner'));
    assert.ok(all.indexOf('Create Sync Issues') < all.indexOf('Create Conflicts'));
    assert.ok(!all.includes('Create Top of Information Store') && !all.includes('Create Recoverable Items'));
  });

  it('includes what is beside the messages when asked from the root, and says that nothing is left', async () => {
    const answer = await client.call(sync('', folder('root')));
    assert.ok(changesIn(answer).includes('Create Recoverable Items'));
    assert.equal(child(answer.messages[0], 'IncludesLastFolderInRange')?.text, 'true');
  });

  it('tells of nothing when nothing happened, also when items came', async () => {
    await client.call('<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message/></m:Items></m:CreateItem>');
    assert.deepEqual(await since(), []);
  });

  it('tells of new folders, parents first, and of changed and deleted ones once', async () => {
    const old = await create(client, inbox, newFolder('Old'));
    state = stateIn(await client.call(sync(state)));
    const one = await create(client, inbox, newFolder('Z'));
    await create(client, folderId(one), newFolder('A'));
    await client.call(updateFolder(folderId(old), rename('Older')));
    const passing = await create(client, inbox, newFolder('Passing'));
    await client.call(deleteFolder(folderId(passing)));
    assert.deepEqual(await since(), ['Create Z', 'Create A', 'Update Older']);
    state = stateIn(await client.call(sync(state)));
    await client.call(deleteFolder(folderId(old)));
    assert.deepEqual(await since(), [`Delete ${old}`]);
    assert.deepEqual(changesIn(await client.call(sync(stateIn(await client.call(sync(state)))))), []);
  });

  it('tells of the subfolders of a deleted folder', async () => {
    const outer = await create(client, inbox, newFolder('Whole'));
    const inner = await create(client, folderId(outer), newFolder('Part'));
    state = stateIn(await client.call(sync(state)));
    await client.call(deleteFolder(folderId(outer)));
    assert.deepEqual(new Set(await since()), new Set([`Delete ${outer}`, `Delete ${inner}`]));
  });

  it('tells of a move inside as an update, into as a creation, out of as a deletion', async () => {
    const target = await create(client, inbox, newFolder('Target'));
    const inside = await create(client, inbox, newFolder('Inside'));
    const outside = await create(client, folder('drafts'), newFolder('Outside'));
    const leaving = await create(client, inbox, newFolder('Leaving'));
    state = stateIn(await client.call(sync(state)));
    await client.call(transfer('MoveFolder', folderId(inside) + folderId(outside), folderId(target)));
    await client.call(deleteFolder(folderId(leaving), 'MoveToDeletedItems'));
    assert.deepEqual(await since(), ['Create Outside', 'Update Inside', `Delete ${leaving}`]);
    const wholeState = stateIn(await client.call(sync('', '')));
    await client.call(transfer('MoveFolder', folderId(inside), inbox));
    assert.deepEqual(changesIn(await client.call(sync(wholeState, ''))), ['Update Inside']);
  });

  it('shows the id alone', async () => {
    const answer = await client.call(sync('', inbox, folderShape('IdOnly')));
    for (const change of child(answer.messages[0], 'Changes')?.children ?? [])
      assert.deepEqual(
        change.children[0]?.children.map(({ name }) => name),
        ['FolderId'],
      );
  });

  it('answers ErrorInvalidSyncStateData to states that are not its own', async () => {
    const ofItems = stateIn(await client.call(syncFolderItems('inbox')));
    const ofAnother = stateIn(await client.call(sync('', folder('drafts'))));
    for (const wrong of ['x', 'AAAA', state.slice(0, -8), ofItems, ofAnother])
      assert.deepEqual((await client.call(sync(wrong))).codes, ['ErrorInvalidSyncStateData'], wrong);
    assert.deepEqual((await client.call(syncFolderItems('inbox', state))).codes, ['ErrorInvalidSyncStateData']);
  });

  it('answers ErrorSyncFolderNotFound to a folder that is gone', async () => {
    const id = await create(client, inbox, newFolder('Gone'));
    await client.call(deleteFolder(folderId(id)));
    assert.deepEqual((await client.call(sync('', folderId(id)))).codes, ['ErrorSyncFolderNotFound']);
  });
});
