import assert from 'node:assert/strict';
import { child, createItem, descend, folder, owner, property, startClient, task, type Client } from '../harness';
import { create, field, folderId, folderShape, getFolder, idIn, inbox, newFolder, onlyFolder, read, transfer } from './requests';

const tag = (number: string, type: string): string => `<t:ExtendedFieldURI PropertyTag="${number}" PropertyType="${type}"/>`;

describe('EWS GetFolder', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const nameOf = async (id: string): Promise<string> => child(await read(client, id), 'DisplayName')?.text ?? '';

  const known: readonly (readonly [string, string, string, string, string | undefined])[] = [
    ['msgfolderroot', 'Folder', 'Top of Information Store', owner.name, undefined],
    ['calendar', 'CalendarFolder', 'Calendar', 'Top of Information Store', 'IPF.Appointment'],
    ['contacts', 'ContactsFolder', 'Contacts', 'Top of Information Store', 'IPF.Contact'],
    ['tasks', 'TasksFolder', 'Tasks', 'Top of Information Store', 'IPF.Task'],
    ['inbox', 'Folder', 'Inbox', 'Top of Information Store', 'IPF.Note'],
    ['drafts', 'Folder', 'Drafts', 'Top of Information Store', 'IPF.Note'],
    ['sentitems', 'Folder', 'Sent Items', 'Top of Information Store', 'IPF.Note'],
    ['deleteditems', 'Folder', 'Deleted Items', 'Top of Information Store', 'IPF.Note'],
    ['junkemail', 'Folder', 'Junk Email', 'Top of Information Store', 'IPF.Note'],
    ['outbox', 'Folder', 'Outbox', 'Top of Information Store', 'IPF.Note'],
    ['notes', 'Folder', 'Notes', 'Top of Information Store', 'IPF.StickyNote'],
    ['journal', 'Folder', 'Journal', 'Top of Information Store', 'IPF.Journal'],
    ['conversationhistory', 'Folder', 'Conversation History', 'Top of Information Store', 'IPF.Note'],
    ['syncissues', 'Folder', 'Sync Issues', 'Top of Information Store', 'IPF.Note'],
    ['conflicts', 'Folder', 'Conflicts', 'Sync Issues', 'IPF.Note'],
    ['localfailures', 'Folder', 'Local Failures', 'Sync Issues', 'IPF.Note'],
    ['serverfailures', 'Folder', 'Server Failures', 'Sync Issues', 'IPF.Note'],
    ['searchfolders', 'Folder', 'Finder', owner.name, undefined],
    ['voicemail', 'SearchFolder', 'Voice Mail', 'Finder', 'IPF.Note.Microsoft.Voicemail'],
    ['todosearch', 'SearchFolder', 'To-Do Search', owner.name, 'IPF.Task'],
    ['recipientcache', 'ContactsFolder', 'Recipient Cache', 'Contacts', 'IPF.Contact.RecipientCache'],
    ['quickcontacts', 'ContactsFolder', 'Skype for Business Contacts', 'Contacts', 'IPF.Contact.MOC.QuickContacts'],
    ['recoverableitemsroot', 'Folder', 'Recoverable Items', owner.name, undefined],
    ['recoverableitemsdeletions', 'Folder', 'Deletions', 'Recoverable Items', undefined],
    ['recoverableitemsversions', 'Folder', 'Versions', 'Recoverable Items', undefined],
    ['recoverableitemspurges', 'Folder', 'Purges', 'Recoverable Items', undefined],
  ];
  for (const [name, element, display, parent, folderClass] of known)
    it(`knows ${name}`, async () => {
      const found = await read(client, folder(name));
      assert.deepEqual([found.name, property(found, 'DisplayName'), property(found, 'FolderClass')], [element, display, folderClass]);
      assert.equal(property(found, 'DistinguishedFolderId'), name);
      assert.equal(await nameOf(folderId(child(found, 'ParentFolderId')?.attributes['Id'] ?? '')), parent);
    });

  it('shows the root as its own parent', async () => {
    const root = await read(client, folder('root'));
    assert.equal(child(root, 'ParentFolderId')?.attributes['Id'], idIn(root));
  });

  const absent: readonly (readonly [string, string])[] = [
    ['archiveroot', 'ErrorFolderNotFound'],
    ['archivemsgfolderroot', 'ErrorFolderNotFound'],
    ['adminauditlogs', 'ErrorFolderNotFound'],
    ['publicfoldersroot', 'ErrorNoPublicFolderServerAvailable'],
  ];
  for (const [name, code] of absent)
    it(`answers ${code} to ${name}`, async () => assert.deepEqual((await client.call(getFolder(folder(name)))).codes, [code]));

  it('counts items, unread messages and subfolders', async () => {
    const id = await create(client, inbox, newFolder('Counted'));
    await create(client, folderId(id), newFolder('Inner'));
    const saved = `<m:SavedItemFolderId>${folderId(id)}</m:SavedItemFolderId>`;
    for (const isRead of ['true', 'false', 'false'])
      await client.call(createItem(`<t:Message><t:IsRead>${isRead}</t:IsRead></t:Message>`, '', saved));
    const found = await read(client, folderId(id));
    assert.deepEqual(
      ['TotalCount', 'UnreadCount', 'ChildFolderCount'].map((name) => property(found, name)),
      ['3', '2', '1'],
    );
  });

  it('shows a calendar without unread count, and all rights to its owner', async () => {
    const found = await read(client, folder('calendar'));
    assert.equal(child(found, 'UnreadCount'), undefined);
    assert.deepEqual(new Set(child(found, 'EffectiveRights')?.children.map(({ text }) => text)), new Set(['true']));
  });

  it('shows the id alone, the default properties, and permissions only when they are asked for', async () => {
    const shown = async (shape: string): Promise<readonly string[]> => (await read(client, inbox, shape)).children.map(({ name }) => name);
    assert.deepEqual(await shown(folderShape('IdOnly')), ['FolderId']);
    assert.deepEqual(await shown(folderShape('Default')), ['FolderId', 'DisplayName', 'TotalCount', 'ChildFolderCount', 'UnreadCount']);
    assert.ok(!(await shown(folderShape('AllProperties'))).includes('PermissionSet'));
    assert.deepEqual(await shown(folderShape('IdOnly', field('PermissionSet'))), ['FolderId', 'PermissionSet']);
  });

  it('shows the MAPI properties clients ask for', async () => {
    const id = await create(client, inbox, newFolder('Tagged'));
    const tags =
      tag('0x3613', 'String') + tag('0x3001', 'String') + tag('0x10f4', 'Boolean') + tag('0x3602', 'Integer') + tag('13834', 'Boolean');
    const values = (await read(client, folderId(id), folderShape('IdOnly', tags + tag('0x3007', 'SystemTime')))).children.slice(1);
    assert.deepEqual(
      values.map((value) => child(value, 'Value')?.text),
      ['IPF.Note', 'Tagged', 'false', '0', 'false', '2026-03-20T08:00:00Z'],
    );
    const hidden = await read(client, folder('quickcontacts'), folderShape('IdOnly', tag('0x10F4', 'Boolean')));
    assert.equal(descend(hidden, 'ExtendedProperty', 'Value')?.text, 'true');
  });

  it('tells when a default folder was made and last changed, also of one that nothing has happened to', async () => {
    const times = ['0x3007', '0x3008', '0x670a'].map((name) => tag(name, 'SystemTime')).join('');
    for (const name of ['root', 'calendar', 'quickcontacts']) {
      const values = (await read(client, folder(name), folderShape('IdOnly', times))).children.slice(1);
      assert.deepEqual(
        values.map((value) => child(value, 'Value')?.text.replace('.000', '')),
        ['2026-03-20T08:00:00Z', '2026-03-20T08:00:00Z', '2026-03-20T08:00:00Z'],
      );
    }
  });

  it('gives a folder another commit time with every change inside, also within one second', async () => {
    const commitTime = async (): Promise<string | undefined> =>
      descend(await read(client, folder('tasks'), folderShape('IdOnly', tag('0x670a', 'SystemTime'))), 'ExtendedProperty', 'Value')?.text;
    await client.call(task('<t:Subject>a</t:Subject>'));
    const first = await commitTime();
    await client.call(task('<t:Subject>b</t:Subject>'));
    assert.match(first ?? '', /^2026-03-20T08:00:00\.\d{3}Z$/);
    assert.notEqual(await commitTime(), first);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['a property of items', folderShape('IdOnly', '<t:FieldURI FieldURI="item:Subject"/>'), 'ErrorInvalidPropertyRequest'],
    [
      'an impossible extended property',
      folderShape('IdOnly', '<t:ExtendedFieldURI PropertyType="String"/>'),
      'ErrorInvalidExtendedProperty',
    ],
  ];
  for (const [name, shape, code] of refused)
    it(`answers ${code} to ${name}`, async () => assert.deepEqual((await client.call(getFolder(inbox, shape))).codes, [code]));

  it('answers for each folder on its own', async () => {
    const answer = await client.call(getFolder(`${inbox}${folderId('bm8=')}${folderId('')}${folder('tasks')}`));
    assert.deepEqual(answer.codes, ['NoError', 'ErrorInvalidIdMalformed', 'ErrorInvalidIdEmpty', 'NoError']);
  });

  it('shows an answer of MoveFolder with the id the folder keeps', async () => {
    const id = await create(client, inbox, newFolder('Wanders'));
    assert.equal(idIn(onlyFolder(await client.call(transfer('MoveFolder', folderId(id), folder('drafts'))))), id);
  });
});
