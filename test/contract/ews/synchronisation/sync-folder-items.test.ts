import assert from 'node:assert/strict';
import { child, createItem, descend, owner, startClient, syncFolderItems, type Answer, type Client } from '../harness';

const stateOf = (answer: Answer): string => descend(answer.messages[0], 'SyncState')?.text ?? '';
const isLast = (answer: Answer): boolean => descend(answer.messages[0], 'IncludesLastItemInRange')?.text === 'true';
const changesOf = (answer: Answer): readonly (readonly [string, string])[] =>
  (descend(answer.messages[0], 'Changes')?.children ?? []).map((change) => [
    change.name,
    (change.name === 'Delete' ? child(change, 'ItemId') : child(change.children[0], 'ItemId'))?.attributes['Id'] ?? '',
  ]);

describe('EWS SyncFolderItems', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient();
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const put = (subject: string): string => client.simulator.create(owner.address, { kind: 'task', subject });

  it('reports creations, updates and deletions once, in their order', async () => {
    const [one, two] = [put('one'), put('two')];
    const first = await client.call(syncFolderItems('tasks'));
    assert.deepEqual(changesOf(first), [
      ['Create', one],
      ['Create', two],
    ]);
    client.simulator.update(owner.address, two, { kind: 'task', subject: 'TWO' });
    client.simulator.delete(owner.address, one, true);
    const three = put('three');
    const second = await client.call(syncFolderItems('tasks', stateOf(first)));
    assert.deepEqual(
      [...changesOf(second)].sort(),
      [
        ['Create', three],
        ['Delete', one],
        ['Update', two],
      ].sort(),
    );
    assert.deepEqual(changesOf(await client.call(syncFolderItems('tasks', stateOf(second)))), []);
  });

  it('loses and doubles nothing where items change between the pages', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => put(`${index}`));
    client.simulator.update(owner.address, ids[0]!, { kind: 'task', subject: 'early' });
    let answer = await client.call(syncFolderItems('tasks', '', 3));
    const created = [...changesOf(answer)];
    client.simulator.update(owner.address, ids[1]!, { kind: 'task', subject: 'seen' });
    client.simulator.update(owner.address, ids[9]!, { kind: 'task', subject: 'unseen' });
    while (!isLast(answer)) {
      answer = await client.call(syncFolderItems('tasks', stateOf(answer), 3));
      created.push(...changesOf(answer));
    }
    assert.deepEqual(
      created.map(([kind]) => kind),
      Array.from({ length: 10 }, () => 'Create'),
    );
    assert.deepEqual(
      created.map(([, id]) => id),
      ids,
    );
    const next = await client.call(syncFolderItems('tasks', stateOf(answer)));
    assert.deepEqual(changesOf(next), [
      ['Update', ids[1]],
      ['Update', ids[9]],
    ]);
  });

  it('pages at 512 and refuses more', async () => {
    const items = Array.from({ length: 600 }, (_, index) => `<t:Task><t:Subject>${index}</t:Subject></t:Task>`).join('');
    await client.call(createItem(items));
    const first = await client.call(syncFolderItems('tasks'));
    const second = await client.call(syncFolderItems('tasks', stateOf(first)));
    assert.deepEqual([changesOf(first).length, isLast(first), changesOf(second).length, isLast(second)], [512, false, 88, true]);
    assert.deepEqual((await client.call(syncFolderItems('tasks', '', 513))).codes, ['ErrorSchemaValidation']);
  });

  it('leaves out what the client asks to ignore', async () => {
    const [one, two] = [put('one'), put('two')];
    const answer = await client.call(syncFolderItems('tasks', '', 512, `<m:Ignore><t:ItemId Id="${one}"/></m:Ignore>`));
    assert.deepEqual(changesOf(answer), [['Create', two]]);
  });

  it('reports a series as its master only', async () => {
    client.simulator.create(owner.address, {
      kind: 'appointment',
      start: '2026-03-28T09:00',
      end: '2026-03-28T09:30',
      recurrence: { pattern: 'daily', count: 30 },
    });
    assert.equal(changesOf(await client.call(syncFolderItems('calendar'))).length, 1);
  });

  it('refuses a state of another folder, another store, or none at all', async () => {
    const other = stateOf(await client.call(syncFolderItems('calendar')));
    for (const state of [other, 'bm9uc2Vuc2U=', '%%%'])
      assert.deepEqual((await client.call(syncFolderItems('tasks', state))).codes, ['ErrorInvalidSyncStateData'], state);
  });
});
