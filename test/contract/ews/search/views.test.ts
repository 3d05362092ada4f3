import assert from 'node:assert/strict';
import { createItem, deleteItem, folder, idOf, shape, startClient, type Client, type XmlElement } from '../harness';
import { compare, contains, extendedField, extendedProperty, field, find, found, indexed, root, sorted, subjectsOf } from './requests';

const fractional = (most: number, numerator: number, denominator: number): string =>
  `<m:FractionalPageItemView MaxEntriesReturned="${most}" Numerator="${numerator}" Denominator="${denominator}"/>`;
const seeking = (most: number, from: string, condition: string): string =>
  `<m:SeekToConditionPageItemView MaxEntriesReturned="${most}" BasePoint="${from}"><t:Condition>${condition}</t:Condition></m:SeekToConditionPageItemView>`;
const message = (subject: string, extra = ''): string => `<t:Message><t:Subject>${subject}</t:Subject>${extra}</t:Message>`;
const into = (name: string): string => `<m:SavedItemFolderId>${folder(name)}</m:SavedItemFolderId>`;
const paging = (element: XmlElement): XmlElement['attributes'] => element.attributes;
const bySubject = sorted(field('item:Subject'));

describe('EWS FindItem, views of what was found', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
    const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((subject) => message(subject)).join('');
    assert.deepEqual(new Set((await client.call(createItem(items, '', into('inbox')))).codes), new Set(['NoError']));
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const cases: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
    ['the first indexed page', indexed(4), 'abcd', { IndexedPagingOffset: '4', IncludesLastItemInRange: 'false' }],
    ['the last indexed page', indexed(4, 8), 'i', { IndexedPagingOffset: '9', IncludesLastItemInRange: 'true' }],
    ['a page behind the last', indexed(4, 20), '', { IndexedPagingOffset: '9', IncludesLastItemInRange: 'true' }],
    ['the first page from the end', indexed(4, 0, 'End'), 'fghi', { IndexedPagingOffset: '4', IncludesLastItemInRange: 'false' }],
    ['the last page from the end', indexed(4, 8, 'End'), 'a', { IndexedPagingOffset: '9', IncludesLastItemInRange: 'true' }],
    [
      'from two thirds on',
      fractional(12, 2, 3),
      'ghi',
      { NumeratorOffset: '9', AbsoluteDenominator: '9', IncludesLastItemInRange: 'true' },
    ],
    [
      'from the beginning on',
      fractional(2, 0, 3),
      'ab',
      { NumeratorOffset: '2', AbsoluteDenominator: '9', IncludesLastItemInRange: 'false' },
    ],
    [
      'from a condition on',
      seeking(2, 'Beginning', compare('IsGreaterThan', field('item:Subject'), 'c')),
      'de',
      { IndexedPagingOffset: '5', IncludesLastItemInRange: 'false' },
    ],
    [
      'back from a condition',
      seeking(2, 'End', compare('IsLessThan', field('item:Subject'), 'f')),
      'de',
      { IndexedPagingOffset: '4', IncludesLastItemInRange: 'false' },
    ],
    ['everything without a view', '', 'abcdefghi', { IncludesLastItemInRange: 'true' }],
  ];
  for (const [name, view, expected, attributes] of cases)
    it(`shows ${name}`, async () => {
      const answer = await client.call(find('inbox', { view, order: bySubject }));
      assert.equal(subjectsOf(answer).join(''), expected);
      assert.deepEqual(paging(root(answer)), { ...attributes, TotalItemsInView: '9' });
    });

  const errors: readonly (readonly [string, string, string])[] = [
    ['ErrorInvalidPagingMaxRows', 'no rows', indexed(0)],
    ['ErrorInvalidIndexedPagingParameters', 'an offset below zero', indexed(3, -1)],
    ['ErrorInvalidFractionalPagingParameters', 'more than the whole', fractional(3, 4, 3)],
    ['ErrorInvalidFractionalPagingParameters', 'less than nothing', fractional(3, -1, 3)],
    ['ErrorInvalidFractionalPagingParameters', 'a division by zero', fractional(3, 0, 0)],
  ];
  for (const [code, name, view] of errors)
    it(`answers ${code} to ${name}`, async () => {
      assert.deepEqual((await client.call(find('inbox', { view }))).codes, [code]);
    });

  it('shows what came last first, where no order is asked for', async () => {
    assert.equal(subjectsOf(await client.call(find('inbox'))).join(''), 'ihgfedcba');
  });

  it('sorts by several fields, extended ones too, what is absent first', async () => {
    const number = (value: string): string => extendedProperty('Rank', value, 'Integer');
    const items = [message('x', number('10')), message('y', number('9')), message('x', number('2')), message('y')].join('');
    await client.call(createItem(items, '', into('notes')));
    const rank = extendedField('Rank', 'Integer');
    const itemShape = shape('IdOnly', field('item:Subject') + rank);
    const shown = async (order: string): Promise<readonly string[]> =>
      found(await client.call(find('notes', { order, itemShape }))).map((item) =>
        item.children
          .slice(1)
          .map(({ text, children }) => text + (children[1]?.text ?? ''))
          .join(''),
      );
    assert.deepEqual(await shown(sorted(`-${field('item:Subject')}`, rank)), ['y', 'y9', 'x2', 'x10']);
    assert.deepEqual(await shown(sorted(`-${rank}`)), ['x10', 'y9', 'x2', 'y']);
  });

  for (const uri of ['item:Body', 'item:Attachments', 'message:ToRecipients', 'calendar:UID'])
    it(`cannot sort by ${uri}`, async () => {
      const { codes } = await client.call(find('inbox', { order: sorted(field(uri)) }));
      assert.deepEqual(codes, ['ErrorUnsupportedPathForSortGroup']);
    });

  it('answers at most 1,000 at once, and 250 where something is sought', async () => {
    const many = message('many').repeat(1001);
    assert.equal((await client.call(createItem(many, '', into('junkemail')))).codes.length, 1001);
    const all = await client.call(find('junkemail', { view: indexed(5000) }));
    assert.deepEqual(
      [found(all).length, paging(root(all))['IndexedPagingOffset'], paging(root(all))['IncludesLastItemInRange']],
      [1000, '1000', 'false'],
    );
    const restriction = contains(field('item:Subject'), 'many', 'FullString', 'Exact');
    const some = await client.call(find('junkemail', { view: indexed(1000), restriction }));
    assert.deepEqual([found(some).length, paging(root(some))['TotalItemsInView']], [250, '1001']);
  });

  it('keeps associated items apart from the others', async () => {
    const associated = message('beside', '<t:IsAssociated>true</t:IsAssociated>');
    const created = await client.call(createItem(associated, '', into('journal')));
    assert.deepEqual(created.codes, ['NoError']);
    await client.call(createItem(message('ordinary'), '', into('journal')));
    assert.deepEqual(subjectsOf(await client.call(find('journal'))), ['ordinary']);
    const beside = await client.call(find('journal', { traversal: 'Associated' }));
    assert.deepEqual(subjectsOf(beside), ['beside']);
    assert.equal(paging(root(beside))['TotalItemsInView'], '1');
  });

  it('finds what was deleted softly in Recoverable Items, and not in a dumpster of its folder', async () => {
    const { id } = idOf(await client.call(createItem(message('gone'), '', into('outbox'))));
    await client.call(deleteItem(id, 'SoftDelete'));
    assert.deepEqual(subjectsOf(await client.call(find('outbox', { traversal: 'SoftDeleted' }))), []);
    assert.deepEqual(subjectsOf(await client.call(find('recoverableitemsdeletions'))), ['gone']);
  });
});

describe('EWS FindItem, ContactsView', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
    for (const name of ['Norma', 'adam', 'Zoe', 'Kelly', 'Ärmel'])
      await client.call(createItem(`<t:Contact><t:DisplayName>${name}</t:DisplayName></t:Contact>`, ''));
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const itemShape = shape('IdOnly', field('contacts:DisplayName'));
  const names = async (attributes: string): Promise<readonly string[]> => {
    const answer = await client.call(find('contacts', { view: `<m:ContactsView ${attributes}/>`, itemShape }));
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return found(answer).map((item) => item.children[1]?.text ?? '');
  };

  it('shows contacts by their names', async () => {
    assert.deepEqual(await names(''), ['adam', 'Ärmel', 'Kelly', 'Norma', 'Zoe']);
  });

  it('begins with the initial name and ends with the final one', async () => {
    assert.deepEqual(await names('InitialName="B" FinalName="norma"'), ['Kelly', 'Norma']);
    assert.deepEqual(await names('FinalName="Norm"'), ['adam', 'Ärmel', 'Kelly']);
    assert.deepEqual(await names('InitialName="Kelly" MaxEntriesReturned="2"'), ['Kelly', 'Norma']);
  });
});
