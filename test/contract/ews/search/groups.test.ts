import assert from 'node:assert/strict';
import { createItem, descend, folder, property, startClient, type Answer, type Client } from '../harness';
import { field, find, indexed, root, sorted } from './requests';

const groupBy = (order: string, uri: string, aggregate: string, on: string): string =>
  `<m:GroupBy Order="${order}">${field(uri)}<t:AggregateOn Aggregate="${aggregate}">${field(on)}</t:AggregateOn></m:GroupBy>`;

/** The groups as `index: subjects`. */
const groups = (answer: Answer): readonly string[] =>
  (descend(root(answer), 'Groups')?.children ?? []).map(
    (group) =>
      `${property(group, 'GroupIndex') ?? ''}: ${(descend(group, 'Items')?.children ?? []).map((item) => property(item, 'Subject') ?? '').join(' ')}`,
  );

describe('EWS FindItem, groups', () => {
  let client: Client;
  before(async () => {
    let now = Date.UTC(2026, 2, 1);
    client = await startClient({ now: () => new Date((now += 60_000)) });
    for (const [subject, importance] of [
      ['a', 'Low'],
      ['b', 'High'],
      ['c', 'Normal'],
      ['d', 'High'],
      ['e', 'Low'],
    ])
      await client.call(
        createItem(
          `<t:Message><t:Subject>${subject}</t:Subject><t:Importance>${importance}</t:Importance></t:Message>`,
          '',
          `<m:SavedItemFolderId>${folder('inbox')}</m:SavedItemFolderId>`,
        ),
      );
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'upwards by their greatest',
      groupBy('Ascending', 'item:Importance', 'Maximum', 'item:Subject'),
      ['Normal: c', 'High: b d', 'Low: a e'],
    ],
    [
      'downwards by their greatest',
      groupBy('Descending', 'item:Importance', 'Maximum', 'item:Subject'),
      ['Low: a e', 'High: b d', 'Normal: c'],
    ],
    ['upwards by their least', groupBy('Ascending', 'item:Importance', 'Minimum', 'item:Subject'), ['Low: a e', 'High: b d', 'Normal: c']],
  ];
  for (const [name, grouping, expected] of cases)
    it(`stand ${name}, their items sorted`, async () => {
      const answer = await client.call(find('inbox', { grouping, order: sorted(field('item:Subject')) }));
      assert.deepEqual(groups(answer), expected);
    });

  it('are paged by their items', async () => {
    const grouping = groupBy('Descending', 'item:Importance', 'Maximum', 'item:Subject');
    const answer = await client.call(find('inbox', { view: indexed(2, 1), grouping, order: sorted(field('item:Subject')) }));
    assert.deepEqual(groups(answer), ['Low: e', 'High: b']);
    assert.deepEqual(root(answer).attributes, { IndexedPagingOffset: '3', TotalItemsInView: '5', IncludesLastItemInRange: 'false' });
  });

  it('can be conversations, here those with the latest message first', async () => {
    const grouping =
      '<m:DistinguishedGroupBy Order="Descending"><t:StandardGroupBy>ConversationTopic</t:StandardGroupBy></m:DistinguishedGroupBy>';
    const answer = await client.call(find('inbox', { grouping }));
    assert.deepEqual(groups(answer), ['e: e', 'd: d', 'c: c', 'b: b', 'a: a']);
  });

  it('cannot be made by what has no order', async () => {
    const grouping = groupBy('Ascending', 'item:Attachments', 'Maximum', 'item:Subject');
    assert.deepEqual((await client.call(find('inbox', { grouping }))).codes, ['ErrorUnsupportedPathForSortGroup']);
  });
});
