import assert from 'node:assert/strict';
import {
  child,
  colleague,
  deleteItem,
  folder,
  getItem,
  idOf,
  itemOf,
  owner,
  property,
  service,
  startClient,
  task,
  type Client,
} from '../harness';

const transfer = (name: string, ids: readonly string[], target: string, extra = ''): string =>
  `<m:${name}><m:ToFolderId>${target}</m:ToFolderId><m:ItemIds>${ids.map((id) => `<t:ItemId Id="${id}"/>`).join('')}</m:ItemIds>${extra}</m:${name}>`;

const of = (address: string, name: string): string =>
  `<t:DistinguishedFolderId Id="${name}"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`;

describe('EWS moving, copying and deleting', () => {
  let client: Client;
  let now = new Date('2026-03-20T08:00:00Z');
  before(async () => {
    client = await startClient({ now: () => now });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = async (subject: string): Promise<string> => idOf(await client.call(task(`<t:Subject>${subject}</t:Subject>`))).id;
  const codes = async (body: string) => (await client.call(body)).codes;
  const lies = (name: string, subject: string): boolean =>
    client.simulator.items(owner.address, name).some((item) => item.subject === subject);

  it('leaves the original of a copy as it is', async () => {
    const id = await create('copied');
    const before = itemOf(await client.call(getItem(id)));
    now = new Date('2026-03-20T09:00:00Z');
    const copy = itemOf(await client.call(getItem(idOf(await client.call(transfer('CopyItem', [id], folder('drafts')))).id)));
    assert.deepEqual(itemOf(await client.call(getItem(id))), before);
    assert.equal(property(copy, 'Subject'), 'copied');
    assert.notEqual(child(copy, 'ParentFolderId')?.attributes['Id'], child(before, 'ParentFolderId')?.attributes['Id']);
  });

  it('moves without changing the time of creation, and forgets the old id', async () => {
    const id = await create('moved');
    const created = property(itemOf(await client.call(getItem(id))), 'DateTimeCreated');
    now = new Date('2026-03-20T10:00:00Z');
    const moved = idOf(await client.call(transfer('MoveItem', [id], folder('drafts')))).id;
    assert.equal(property(itemOf(await client.call(getItem(moved))), 'DateTimeCreated'), created);
    assert.deepEqual(await codes(getItem(id)), ['ErrorItemNotFound']);
  });

  for (const name of ['MoveItem', 'CopyItem'])
    it(`answers ${name} for each item on its own, without ids where they are not wanted`, async () => {
      const id = await create('each');
      const answer = await client.call(transfer(name, [id, 'x'], folder('drafts'), '<m:ReturnNewItemIds>false</m:ReturnNewItemIds>'));
      assert.deepEqual(answer.codes, ['NoError', 'ErrorInvalidIdMalformed']);
      assert.deepEqual(child(answer.messages[0], 'Items')?.children, []);
    });

  it('moves between mailboxes that the caller may both open, and only then', async () => {
    const id = await create('lent');
    assert.deepEqual(await codes(transfer('MoveItem', [id], of(colleague.address, 'tasks'))), ['ErrorToFolderNotFound']);
    const answer = await client.call(transfer('MoveItem', [id], of(colleague.address, 'tasks')), { as: service });
    assert.deepEqual(answer.codes, ['NoError']);
    assert.deepEqual((await client.call(getItem(idOf(answer).id), { as: colleague })).codes, ['NoError']);
  });

  it('deletes one step further what lies in Deleted Items, and there for good', async () => {
    await client.call(deleteItem(await create('steps'), 'MoveToDeletedItems'));
    assert.ok(lies('deleteditems', 'steps'));
    const second = client.simulator.items(owner.address, 'deleteditems').find(({ subject }) => subject === 'steps')?.id ?? '';
    assert.deepEqual(await codes(deleteItem(second, 'MoveToDeletedItems')), ['NoError']);
    assert.deepEqual([lies('deleteditems', 'steps'), lies('recoverableitemsdeletions', 'steps')], [false, true]);
    const third = client.simulator.items(owner.address, 'recoverableitemsdeletions').find(({ subject }) => subject === 'steps')?.id ?? '';
    assert.deepEqual(await codes(deleteItem(third, 'SoftDelete')), ['NoError']);
    assert.equal(lies('recoverableitemsdeletions', 'steps'), false);
  });

  it('can recover what was deleted softly', async () => {
    await client.call(deleteItem(await create('back'), 'SoftDelete'));
    const id = client.simulator.items(owner.address, 'recoverableitemsdeletions').find(({ subject }) => subject === 'back')?.id ?? '';
    assert.deepEqual(await codes(transfer('MoveItem', [id], folder('tasks'))), ['NoError']);
    assert.ok(lies('tasks', 'back'));
  });
});
