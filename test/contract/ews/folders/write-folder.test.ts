import assert from 'node:assert/strict';
import { child, createItem, descend, findItem, folder, idOf, property, startClient, type Client } from '../harness';
import {
  create,
  createFolder,
  deleteFolder,
  emptyFolder,
  field,
  findFolder,
  folderId,
  folderShape,
  getFolder,
  idIn,
  inbox,
  keyIn,
  names,
  newFolder,
  onlyFolder,
  read,
  rename,
  setField,
  transfer,
  updateFolder,
} from './requests';

const custom = '<t:ExtendedFieldURI PropertySetId="11112222-3333-4444-5555-666677778888" PropertyName="Note" PropertyType="String"/>';
const customValue = (value: string): string => `<t:ExtendedProperty>${custom}<t:Value>${value}</t:Value></t:ExtendedProperty>`;
const classTag = '<t:ExtendedFieldURI PropertyTag="0x3613" PropertyType="String"/>';

describe('EWS writing of folders', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  let count = 0;
  const fresh = (name = 'Folder'): string => `${name} ${(count += 1)}`;
  const made = async (parent = inbox, name = fresh()): Promise<string> => folderId(await create(client, parent, newFolder(name)));
  const codes = async (request: string): Promise<readonly string[]> => (await client.call(request)).codes;
  const parentOf = async (id: string): Promise<string> => child(await read(client, id), 'ParentFolderId')?.attributes['Id'] ?? '';
  const message = async (parent: string): Promise<string> =>
    idOf(await client.call(createItem('<t:Message/>', '', `<m:SavedItemFolderId>${parent}</m:SavedItemFolderId>`))).id;
  const total = async (id: string): Promise<string | undefined> => property(await read(client, id), 'TotalCount');

  describe('CreateFolder', () => {
    const kinds: readonly (readonly [string, string, string, string, string])[] = [
      ['a folder', 'Folder', '', 'Folder', 'IPF.Note'],
      ['a calendar', 'CalendarFolder', '', 'CalendarFolder', 'IPF.Appointment'],
      ['a task list', 'TasksFolder', '', 'TasksFolder', 'IPF.Task'],
      ['an address book', 'ContactsFolder', '', 'ContactsFolder', 'IPF.Contact'],
      [
        'a calendar by its class',
        'Folder',
        '<t:FolderClass>IPF.Appointment.Room</t:FolderClass>',
        'CalendarFolder',
        'IPF.Appointment.Room',
      ],
      [
        'a task list by the tag of its class',
        'Folder',
        `<t:ExtendedProperty>${classTag}<t:Value>IPF.Task</t:Value></t:ExtendedProperty>`,
        'TasksFolder',
        'IPF.Task',
      ],
      ['a folder of a class of its own', 'Folder', '<t:FolderClass>IPF.Custom</t:FolderClass>', 'Folder', 'IPF.Custom'],
    ];
    for (const [name, element, content, shown, folderClass] of kinds)
      it(`creates ${name}`, async () => {
        const id = await create(client, inbox, newFolder(fresh(), content, element));
        const found = await read(client, folderId(id));
        assert.deepEqual([found.name, property(found, 'FolderClass')], [shown, folderClass]);
        assert.equal(child(found, 'ParentFolderId')?.attributes['Id'], idIn(await read(client, inbox)));
      });

    it('keeps extended properties', async () => {
      const id = await create(client, inbox, newFolder(fresh(), customValue('kept')));
      const found = await read(client, folderId(id), folderShape('IdOnly', custom));
      assert.equal(descend(found, 'ExtendedProperty', 'Value')?.text, 'kept');
    });

    it('creates several, and answers for each on its own', async () => {
      const name = fresh();
      const answer = await client.call(createFolder(inbox, newFolder(name) + newFolder(name.toUpperCase()) + newFolder(fresh())));
      assert.deepEqual(answer.codes, ['NoError', 'ErrorFolderExists', 'NoError']);
    });

    const refused: readonly (readonly [string, string, string])[] = [
      [
        'a typed folder with a class',
        newFolder('x', '<t:FolderClass>IPF.Appointment</t:FolderClass>', 'CalendarFolder'),
        'ErrorNoFolderClassOverride',
      ],
      ['a folder without a name', '<t:Folder/>', 'ErrorFolderSavePropertyError'],
      ['an empty name', newFolder(' '), 'ErrorFolderSavePropertyError'],
      ['a name of more than 255 characters', newFolder('x'.repeat(256)), 'ErrorFolderSavePropertyError'],
      [
        'a property only the server sets',
        '<t:Folder><t:DisplayName>x</t:DisplayName><t:TotalCount>1</t:TotalCount></t:Folder>',
        'ErrorInvalidPropertySet',
      ],
      [
        'a property that no field URI names',
        '<t:ContactsFolder><t:DisplayName>x</t:DisplayName><t:SourceId>1</t:SourceId></t:ContactsFolder>',
        'ErrorInvalidPropertySet',
      ],
      [
        'an impossible extended property',
        newFolder('x', customValue('1').replace('PropertyName="Note"', '')),
        'ErrorInvalidExtendedProperty',
      ],
    ];
    for (const [name, element, code] of refused)
      it(`answers ${code} to ${name}`, async () => assert.deepEqual(await codes(createFolder(inbox, element)), [code]));

    it('answers for parents that cannot be', async () => {
      const gone = await made();
      await client.call(deleteFolder(gone));
      assert.deepEqual(await codes(createFolder(gone, newFolder('x'))), ['ErrorParentFolderNotFound']);
      assert.deepEqual(await codes(createFolder(folder('todosearch'), newFolder('x'))), ['ErrorInvalidParentFolder']);
    });
  });

  describe('UpdateFolder', () => {
    it('renames, gives a new change key, and keeps the id', async () => {
      const id = await made();
      const before = await read(client, id);
      const name = fresh('Renamed');
      const answer = onlyFolder(await client.call(updateFolder(id, rename(name))));
      const after = await read(client, id);
      assert.equal(property(after, 'DisplayName'), name);
      assert.deepEqual([idIn(answer), keyIn(answer)], [idIn(before), keyIn(after)]);
      assert.notEqual(keyIn(after), keyIn(before));
    });

    it('sets and deletes extended properties, and changes the class within the type', async () => {
      const id = await made();
      const set = `<t:SetFolderField>${custom}<t:Folder>${customValue('1')}</t:Folder></t:SetFolderField>`;
      const derived = setField('FolderClass', '<t:FolderClass>IPF.Note.Custom</t:FolderClass>');
      assert.deepEqual(await codes(updateFolder(id, set + derived)), ['NoError']);
      const found = await read(client, id, folderShape('AllProperties', custom));
      assert.deepEqual([descend(found, 'ExtendedProperty', 'Value')?.text, property(found, 'FolderClass')], ['1', 'IPF.Note.Custom']);
      await client.call(updateFolder(id, `<t:DeleteFolderField>${custom}</t:DeleteFolderField>`));
      assert.equal(child(await read(client, id, folderShape('IdOnly', custom)), 'ExtendedProperty'), undefined);
    });

    const refused: readonly (readonly [string, string, string])[] = [
      ['an append', rename('x').replaceAll('SetFolderField', 'AppendToFolderField'), 'ErrorInvalidPropertyAppend'],
      [
        'two properties at once',
        setField('DisplayName', '<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>x</t:DisplayName>'),
        'ErrorIncorrectUpdatePropertyCount',
      ],
      ['a property other than the named', setField('FolderClass', '<t:DisplayName>x</t:DisplayName>'), 'ErrorUpdatePropertyMismatch'],
      ['another type of folder', rename('x', 'CalendarFolder'), 'ErrorObjectTypeChanged'],
      ['a class of another type', setField('FolderClass', '<t:FolderClass>IPF.Task</t:FolderClass>'), 'ErrorObjectTypeChanged'],
      ['a property only the server sets', setField('TotalCount', '<t:TotalCount>1</t:TotalCount>'), 'ErrorInvalidPropertySet'],
      ['the deletion of the name', `<t:DeleteFolderField>${field('DisplayName')}</t:DeleteFolderField>`, 'ErrorInvalidPropertyDelete'],
      [
        'a property this folder does not have',
        `<t:DeleteFolderField>${field('SearchParameters')}</t:DeleteFolderField>`,
        'ErrorInvalidPropertyRequest',
      ],
      ['a name that a sibling has', rename('Taken'), 'ErrorFolderExists'],
    ];
    for (const [name, updates, code] of refused)
      it(`answers ${code} to ${name}, and changes nothing`, async () => {
        const parent = await made();
        await made(parent, 'Taken');
        const id = await made(parent, 'Own');
        assert.deepEqual(await codes(updateFolder(id, updates)), [code]);
        assert.deepEqual(names(await client.call(findFolder(parent))), ['Own', 'Taken']);
      });
  });

  describe('DeleteFolder', () => {
    it('deletes for good what lies inside, too', async () => {
      const id = await made();
      const inner = await made(id);
      const item = await message(inner);
      assert.deepEqual(await codes(deleteFolder(id)), ['NoError']);
      assert.deepEqual(await codes(getFolder(id + inner)), ['ErrorItemNotFound', 'ErrorItemNotFound']);
      assert.deepEqual(
        await codes(
          `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${item}"/></m:ItemIds></m:GetItem>`,
        ),
        ['ErrorItemNotFound'],
      );
      assert.deepEqual(await codes(deleteFolder(id)), ['ErrorItemNotFound']);
    });

    const targets: readonly (readonly [string, string])[] = [
      ['MoveToDeletedItems', 'deleteditems'],
      ['SoftDelete', 'recoverableitemsdeletions'],
    ];
    for (const [type, target] of targets)
      it(`moves with ${type} to ${target}, under the same id`, async () => {
        const id = await made();
        await message(id);
        assert.deepEqual(await codes(deleteFolder(id, type)), ['NoError']);
        assert.equal(await parentOf(id), idIn(await read(client, folder(target))));
        assert.equal(await total(id), '1');
      });

    it('gives a deleted folder another name where Deleted Items holds one of its own', async () => {
      const name = fresh('Twice');
      for (const parent of [inbox, folder('drafts')]) await client.call(deleteFolder(await made(parent, name), 'MoveToDeletedItems'));
      const found = names(await client.call(findFolder(folder('deleteditems')))).filter((candidate) => candidate.startsWith(name));
      assert.deepEqual(found, [name, `${name}1`]);
    });

    it('does not delete distinguished folders', async () => {
      for (const type of ['HardDelete', 'SoftDelete', 'MoveToDeletedItems'])
        assert.deepEqual(await codes(deleteFolder(inbox + folder('calendar'), type)), [
          'ErrorDeleteDistinguishedFolder',
          'ErrorDeleteDistinguishedFolder',
        ]);
    });
  });

  describe('EmptyFolder', () => {
    it('deletes the items and leaves the subfolders, unless they are wanted gone', async () => {
      const id = await made();
      const inner = await made(id);
      for (const parent of [id, id, inner]) await message(parent);
      assert.deepEqual(await codes(emptyFolder(id)), ['NoError']);
      assert.deepEqual([await total(id), await total(inner)], ['0', '1']);
      assert.deepEqual(await codes(emptyFolder(id, 'HardDelete', true)), ['NoError']);
      assert.deepEqual(await codes(getFolder(inner)), ['ErrorItemNotFound']);
    });

    it('moves items to Deleted Items', async () => {
      const id = await made();
      await message(id);
      const before = Number(await total(folder('deleteditems')));
      await client.call(emptyFolder(id, 'MoveToDeletedItems'));
      assert.equal(Number(await total(folder('deleteditems'))), before + 1);
    });

    const refused = ['calendar', 'todosearch', 'msgfolderroot', 'root'];
    for (const name of refused)
      it(`does not empty ${name}`, async () => assert.deepEqual(await codes(emptyFolder(folder(name))), ['ErrorCannotEmptyFolder']));

    it('does not delete distinguished subfolders', async () =>
      assert.deepEqual(await codes(emptyFolder(folder('contacts'), 'HardDelete', true)), ['ErrorCannotEmptyFolder']));
  });

  describe('MoveFolder and CopyFolder', () => {
    it('moves a folder with what lies inside', async () => {
      const id = await made();
      const inner = await made(id);
      await message(inner);
      const target = await made(folder('drafts'));
      assert.deepEqual(await codes(transfer('MoveFolder', id, target)), ['NoError']);
      assert.equal(folderId(await parentOf(id)), target);
      assert.equal(await total(inner), '1');
    });

    it('copies a folder with what lies inside under new ids', async () => {
      const id = await made(inbox, 'Original');
      const inner = await made(id, 'Content');
      await message(inner);
      const target = await made();
      const answer = await client.call(transfer('CopyFolder', id, target));
      const copy = idIn(onlyFolder(answer));
      assert.notEqual(folderId(copy), id);
      const [copied] = (await client.call(findFolder(folderId(copy)))).messages;
      const innerCopy = descend(copied, 'RootFolder', 'Folders')?.children[0];
      assert.ok(innerCopy);
      assert.deepEqual(
        [property(innerCopy, 'DisplayName'), await total(folderId(idIn(innerCopy))), await total(inner)],
        ['Content', '1', '1'],
      );
      assert.deepEqual((await client.call(findItem('inbox', '').replace(inbox, folderId(idIn(innerCopy))))).codes, ['NoError']);
    });

    it('refuses what cannot be', async () => {
      const outer = await made();
      const inner = await made(outer, 'Same');
      const other = await made();
      await made(other, 'Same');
      const gone = await made();
      await client.call(deleteFolder(gone));
      const cases: readonly (readonly [string, string, string])[] = [
        [inbox, other, 'ErrorMoveDistinguishedFolder'],
        [outer, inner, 'ErrorMoveCopyFailed'],
        [outer, outer, 'ErrorMoveCopyFailed'],
        [inner, other, 'ErrorFolderExists'],
        [inner, gone, 'ErrorToFolderNotFound'],
        [gone, inner, 'ErrorItemNotFound'],
        [inner, folder('todosearch'), 'ErrorInvalidParentFolder'],
      ];
      for (const [what, where, code] of cases) {
        assert.deepEqual(await codes(transfer('MoveFolder', what, where)), [code]);
        if (code !== 'ErrorMoveDistinguishedFolder') assert.deepEqual(await codes(transfer('CopyFolder', what, where)), [code]);
      }
    });
  });
});
