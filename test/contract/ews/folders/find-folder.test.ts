import assert from 'node:assert/strict';
import { child, folder, startClient, type Client } from '../harness';
import { create, field, findFolder, folderId, folderShape, foldersIn, idIn, names, newFolder } from './requests';

describe('EWS FindFolder', () => {
  let client: Client;
  let top: string;
  before(async () => {
    client = await startClient();
    top = folderId(await create(client, folder('msgfolderroot'), newFolder('Top')));
    const alpha = await create(client, top, newFolder('Alpha'));
    await create(client, folderId(alpha), newFolder('Plan', '', 'CalendarFolder'));
    await create(client, top, newFolder('beta', '<t:FolderClass>IPF.Note.Custom</t:FolderClass>'));
    await create(client, top, newFolder('Gamma'));
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const find = async (traversal: string, content = ''): Promise<readonly string[]> => {
    const answer = await client.call(findFolder(top, traversal, content));
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return names(answer);
  };
  const restriction = (content: string): string => `<m:Restriction>${content}</m:Restriction>`;
  const constant = (value: string): string => `<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant>`;

  it('finds direct subfolders, and all of them with parents before children', async () => {
    assert.deepEqual(await find('Shallow'), ['Alpha', 'beta', 'Gamma']);
    assert.deepEqual(await find('Deep'), ['Alpha', 'Plan', 'beta', 'Gamma']);
    assert.deepEqual(await find('SoftDeleted'), []);
  });

  it('shows each folder as what it is', async () => {
    const found = foldersIn(await client.call(findFolder(top, 'Deep')));
    assert.deepEqual(
      found.map(({ name }) => name),
      ['Folder', 'CalendarFolder', 'Folder', 'Folder'],
    );
  });

  it('finds the folders of a mailbox, deep from its root', async () => {
    const found = names(await client.call(findFolder(folder('root'), 'Deep')));
    for (const name of ['Top of Information Store', 'Inbox', 'Calendar', 'Recoverable Items', 'Deletions', 'Finder'])
      assert.ok(found.includes(name), name);
    assert.equal(new Set(found).size, found.length);
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['display name', `<t:IsEqualTo>${field('DisplayName')}${constant('gamma')}</t:IsEqualTo>`, ['Gamma']],
    [
      'part of the class',
      `<t:Contains ContainmentMode="Prefixed" ContainmentComparison="IgnoreCase">${field('FolderClass')}<t:Constant Value="ipf.note."/></t:Contains>`,
      ['beta'],
    ],
    [
      'class by tag',
      `<t:IsEqualTo><t:ExtendedFieldURI PropertyTag="0x3613" PropertyType="String"/>${constant('IPF.Appointment')}</t:IsEqualTo>`,
      ['Plan'],
    ],
    ['number of subfolders', `<t:IsGreaterThan>${field('ChildFolderCount')}${constant('0')}</t:IsGreaterThan>`, ['Alpha']],
    [
      'what a folder does not have',
      `<t:Not><t:Exists><t:ExtendedFieldURI PropertyTag="0x1234" PropertyType="String"/></t:Exists></t:Not>`,
      ['Alpha', 'Plan', 'beta', 'Gamma'],
    ],
  ];
  for (const [name, expression, expected] of cases)
    it(`restricts by ${name}`, async () => assert.deepEqual(await find('Deep', restriction(expression)), expected));

  const indexed = (offset: number, basePoint: string): string =>
    `<m:IndexedPageFolderView MaxEntriesReturned="2" Offset="${offset}" BasePoint="${basePoint}"/>`;
  const pages: readonly (readonly [string, string, readonly string[], Readonly<Record<string, string>>])[] = [
    [
      'by index',
      indexed(0, 'Beginning'),
      ['Alpha', 'beta'],
      { IndexedPagingOffset: '2', TotalItemsInView: '3', IncludesLastItemInRange: 'false' },
    ],
    [
      'by index to the end',
      indexed(2, 'Beginning'),
      ['Gamma'],
      { IndexedPagingOffset: '3', TotalItemsInView: '3', IncludesLastItemInRange: 'true' },
    ],
    [
      'by index from the end',
      indexed(0, 'End'),
      ['beta', 'Gamma'],
      { IndexedPagingOffset: '2', TotalItemsInView: '3', IncludesLastItemInRange: 'false' },
    ],
    [
      'by fraction',
      '<m:FractionalPageFolderView MaxEntriesReturned="1" Numerator="1" Denominator="3"/>',
      ['beta'],
      { NumeratorOffset: '2', AbsoluteDenominator: '3', TotalItemsInView: '3', IncludesLastItemInRange: 'false' },
    ],
    ['without a view', '', ['Alpha', 'beta', 'Gamma'], { TotalItemsInView: '3', IncludesLastItemInRange: 'true' }],
  ];
  for (const [name, view, expected, attributes] of pages)
    it(`pages ${name}`, async () => {
      const answer = await client.call(findFolder(top, 'Shallow', view));
      assert.deepEqual([names(answer), child(answer.messages[0], 'RootFolder')?.attributes], [expected, attributes]);
    });

  it('answers for each of several parents', async () => {
    const answer = await client.call(findFolder(`${top}${folderId('bm8=')}${folder('inbox')}`));
    assert.deepEqual(answer.codes, ['NoError', 'ErrorInvalidIdMalformed', 'NoError']);
  });

  const refused: readonly (readonly [string, string, string, string])[] = [
    ['permissions in a list', '', folderShape('IdOnly', field('PermissionSet')), 'ErrorInvalidPropertyRequest'],
    [
      'a view without entries',
      '<m:IndexedPageFolderView MaxEntriesReturned="0" Offset="0" BasePoint="Beginning"/>',
      folderShape('IdOnly'),
      'ErrorInvalidPagingMaxRows',
    ],
    ['a negative offset', indexed(-1, 'Beginning'), folderShape('IdOnly'), 'ErrorInvalidIndexedPagingParameters'],
    [
      'a fraction above one',
      '<m:FractionalPageFolderView Numerator="4" Denominator="3"/>',
      folderShape('IdOnly'),
      'ErrorInvalidFractionalPagingParameters',
    ],
    [
      'a search by folder id',
      restriction(`<t:IsEqualTo>${field('FolderId')}${constant('x')}</t:IsEqualTo>`),
      folderShape('IdOnly'),
      'ErrorUnsupportedPathForQuery',
    ],
  ];
  for (const [name, content, shape, code] of refused)
    it(`answers ${code} to ${name}`, async () =>
      assert.deepEqual((await client.call(findFolder(top, 'Shallow', content, shape))).codes, [code]));

  it('shows ids that GetFolder understands', async () => {
    const [first] = foldersIn(await client.call(findFolder(top)));
    assert.ok(first);
    assert.deepEqual(names(await client.call(findFolder(folderId(idIn(first))))), ['Plan']);
  });
});
