import assert from 'node:assert/strict';
import {
  child,
  colleague,
  createItem,
  deleteItem,
  descend,
  findItem,
  folder,
  getItem,
  idOf,
  owner,
  property,
  setField as setItemField,
  shape,
  startClient,
  syncFolderItems,
  updateItem,
  type Client,
} from '../harness';
import {
  create,
  createFolder,
  deleteFolder,
  field,
  findFolder,
  folderId,
  folderOf,
  folderShape,
  getFolder,
  inbox,
  names,
  newFolder,
  read,
  rename,
  setField,
  transfer,
  updateFolder,
} from './requests';

const asBob = { as: colleague };
const userId = (user: string): string =>
  user === 'Default' || user === 'Anonymous'
    ? `<t:DistinguishedUser>${user}</t:DistinguishedUser>`
    : `<t:PrimarySmtpAddress>${user}</t:PrimarySmtpAddress>`;
const permission = (user: string, level: string, rights = '', kind = 'Permission'): string =>
  `<t:${kind}><t:UserId>${userId(user)}</t:UserId>${rights}<t:${kind}Level>${level}</t:${kind}Level></t:${kind}>`;
const permissionSet = (permissions: string, kind = 'Permission'): string =>
  `<t:PermissionSet><t:${kind}s>${permissions}</t:${kind}s></t:PermissionSet>`;

describe('EWS folder permissions', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  let count = 0;
  const codeOf = async (request: string, sent = {}): Promise<string> => (await client.call(request, sent)).codes[0] ?? '';
  const made = async (parent = folder('msgfolderroot')): Promise<string> =>
    folderId(await create(client, parent, newFolder(`Shared ${(count += 1)}`)));
  const share = async (id: string, permissions: string): Promise<void> =>
    assert.equal(await codeOf(updateFolder(id, setField('PermissionSet', permissionSet(permissions)))), 'NoError');
  const shareCalendar = async (permissions: string): Promise<void> => {
    const update = setField('PermissionSet', permissionSet(permissions, 'CalendarPermission'), 'CalendarFolder');
    assert.equal(await codeOf(updateFolder(folder('calendar'), update)), 'NoError');
  };
  const message = (parent: string): string => createItem('<t:Message/>', '', `<m:SavedItemFolderId>${parent}</m:SavedItemFolderId>`);
  const messageIn = async (parent: string, sent = {}): Promise<string> => idOf(await client.call(message(parent), sent)).id;
  const edit = (id: string): string =>
    updateItem({ id }, setItemField('item:Subject', 'Subject', 'x'), 'ConflictResolution="AlwaysOverwrite"').replace(
      '<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Subject>x</t:Subject></t:SetItemField>',
      '<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Message><t:Subject>x</t:Subject></t:Message></t:SetItemField>',
    );
  const permissionsIn = async (id: string): Promise<readonly string[]> => {
    const found = await read(client, id, folderShape('IdOnly', field('PermissionSet')));
    return (child(found, 'PermissionSet')?.children[0]?.children ?? []).map((shown) => {
      const user = child(shown, 'UserId');
      return `${child(user, 'PrimarySmtpAddress')?.text ?? child(user, 'DistinguishedUser')?.text} ${shown.children.at(-1)?.text}`;
    });
  };

  it('hides folders that are not shared, as if they were not there', async () => {
    const id = await made();
    const item = await messageIn(id);
    for (const name of ['inbox', 'calendar', 'msgfolderroot'])
      assert.equal(await codeOf(getFolder(folderOf(name, owner.address)), asBob), 'ErrorFolderNotFound', name);
    assert.equal(await codeOf(getFolder(id), asBob), 'ErrorItemNotFound');
    assert.equal(await codeOf(getItem(item), asBob), 'ErrorItemNotFound');
    assert.equal(await codeOf(message(id), asBob), 'ErrorSavedItemFolderNotFound');
    const move = `<m:MoveItem><m:ToFolderId>${id}</m:ToFolderId><m:ItemIds><t:ItemId Id="${item}"/></m:ItemIds></m:MoveItem>`;
    for (const request of [move, move.replaceAll('MoveItem', 'CopyItem')])
      assert.equal(await codeOf(request, asBob), 'ErrorToFolderNotFound');
    assert.equal(await codeOf(syncFolderItems('inbox').replace(inbox, id), asBob), 'ErrorSyncFolderNotFound');
    assert.equal(await codeOf(getFolder(folderOf('inbox', 'nobody@x.test'))), 'ErrorNonExistentMailbox');
  });

  it('shows the permissions a mailbox begins with', async () => {
    assert.deepEqual(await permissionsIn(folder('calendar')), ['Default FreeBusyTimeOnly', 'Anonymous None']);
    assert.deepEqual(await permissionsIn(inbox), ['Default None', 'Anonymous None']);
  });

  it('shows what was shared, with the single rights of the level and who the user is', async () => {
    const id = await made();
    await share(id, permission('bob@x.test', 'Author') + permission('Default', 'Reviewer'));
    assert.deepEqual(await permissionsIn(id), ['Default Reviewer', 'Anonymous None', 'bob@x.test Author']);
    const set = child(await read(client, id, folderShape('IdOnly', field('PermissionSet'))), 'PermissionSet');
    const [, , shown] = child(set, 'Permissions')?.children ?? [];
    assert.deepEqual(
      shown?.children.slice(1).map(({ text }) => text),
      ['true', 'false', 'false', 'true', 'false', 'Owned', 'Owned', 'FullDetails', 'Author'],
    );
    assert.deepEqual(
      [descend(shown, 'UserId', 'SID')?.text, descend(shown, 'UserId', 'DisplayName')?.text],
      [client.simulator.sid('bob@x.test'), 'bob'],
    );
  });

  /** What may be done: see the folder, list items, read another's, create, change another's, change own, delete another's, delete own, create a folder. */
  const levels: readonly (readonly [string, string])[] = [
    ['None', '---------'],
    ['Reviewer', 'slr------'],
    ['Contributor', 's--c-----'],
    ['NoneditingAuthor', 'slrc---d-'],
    ['Author', 'slrc-e-d-'],
    ['PublishingAuthor', 'slrc-e-df'],
    ['Editor', 'slrcEeDd-'],
    ['PublishingEditor', 'slrcEeDdf'],
    ['Owner', 'slrcEeDdf'],
  ];
  for (const [level, expected] of levels)
    it(`lets a ${level} do what the level says`, async () => {
      const id = await made();
      await share(id, permission('bob@x.test', 'Owner'));
      const [others, own] = [await messageIn(id), await messageIn(id, asBob)];
      await share(id, permission('bob@x.test', level));
      const tried: readonly (readonly [string, string])[] = [
        ['s', getFolder(id)],
        ['l', findItem('inbox', '').replace(inbox, id)],
        ['r', getItem(others)],
        ['c', message(id)],
        ['E', edit(others)],
        ['e', edit(own)],
        ['D', deleteItem(others)],
        ['d', deleteItem(own)],
        ['f', createFolder(id, newFolder('Sub'))],
      ];
      let done = '';
      for (const [letter, request] of tried) done += (await codeOf(request, asBob)) === 'NoError' ? letter : '-';
      assert.equal(done, expected);
    });

  it('names what is refused', async () => {
    const id = await made();
    await share(id, permission('bob@x.test', 'Reviewer'));
    const item = await messageIn(id);
    const inner = await made(id);
    const cases: readonly (readonly [string, string])[] = [
      [message(id), 'ErrorCreateItemAccessDenied'],
      [createFolder(id, newFolder('x')), 'ErrorCreateSubfolderAccessDenied'],
      [edit(item), 'ErrorAccessDenied'],
      [deleteItem(item), 'ErrorAccessDenied'],
      [updateFolder(id, rename('x')), 'ErrorAccessDenied'],
      [deleteFolder(inner), 'ErrorAccessDenied'],
      [transfer('MoveFolder', inner, id), 'ErrorAccessDenied'],
      [transfer('CopyFolder', inner, folder('inbox')), 'ErrorCrossMailboxMoveCopy'],
    ];
    for (const [request, code] of cases) assert.equal(await codeOf(request, asBob), code);
    await share(id, permission('bob@x.test', 'Contributor'));
    assert.equal(await codeOf(findItem('inbox', '').replace(inbox, id), asBob), 'ErrorAccessDenied');
    assert.equal(await codeOf(getItem(await messageIn(id, asBob)), asBob), 'NoError');
  });

  it('shows the rights of the caller', async () => {
    const id = await made();
    await share(id, permission('bob@x.test', 'Author'));
    const item = await messageIn(id);
    const rightsIn = (element: Parameters<typeof child>[0]): Readonly<Record<string, string>> =>
      Object.fromEntries((child(element, 'EffectiveRights')?.children ?? []).map(({ name, text }) => [name, text]));
    assert.deepEqual(rightsIn(await read(client, id, undefined, asBob)), {
      CreateAssociated: 'false',
      CreateContents: 'true',
      CreateHierarchy: 'false',
      Delete: 'false',
      Modify: 'false',
      Read: 'true',
      ViewPrivateItems: 'false',
    });
    const shown = child((await client.call(getItem(item), asBob)).messages[0], 'Items')?.children[0];
    const { Delete, Modify, Read } = rightsIn(shown);
    assert.deepEqual([Delete, Modify, Read], ['false', 'false', 'true']);
    assert.equal(child(await read(client, id, folderShape('IdOnly', field('PermissionSet')), asBob), 'PermissionSet'), undefined);
  });

  it('takes single rights together as Custom, and knows a level again by its rights', async () => {
    const id = await made();
    const rights = '<t:IsFolderVisible>true</t:IsFolderVisible><t:EditItems>All</t:EditItems><t:ReadItems>FullDetails</t:ReadItems>';
    await share(id, permission('bob@x.test', 'Custom', rights));
    assert.equal((await permissionsIn(id))[2], 'bob@x.test Custom');
    assert.equal(await codeOf(edit(await messageIn(id)), asBob), 'NoError');
    await share(id, permission('bob@x.test', 'Custom', rights.replace('<t:EditItems>All</t:EditItems>', '')));
    assert.equal((await permissionsIn(id))[2], 'bob@x.test Reviewer');
  });

  it('gives new folders the permissions of the folder they are created in, and copies keep them', async () => {
    const id = await made();
    await share(id, permission('bob@x.test', 'Reviewer'));
    const inner = await made(id);
    assert.equal((await permissionsIn(inner))[2], 'bob@x.test Reviewer');
    const own = folderId(await create(client, id, newFolder('Own', permissionSet(permission('Default', 'Author')))));
    assert.deepEqual(await permissionsIn(own), ['Default Author', 'Anonymous None']);
  });

  it('lists shared subfolders only', async () => {
    const id = await made();
    await share(id, permission('Default', 'Reviewer'));
    await create(client, id, newFolder('Open'));
    await share(folderId(await create(client, id, newFolder('Closed'))), permission('Default', 'None'));
    assert.deepEqual(names(await client.call(findFolder(id), asBob)), ['Open']);
    assert.deepEqual(names(await client.call(findFolder(id))), ['Closed', 'Open']);
  });

  it('takes permissions away by deleting them', async () => {
    const id = await made();
    await share(id, permission('bob@x.test', 'Reviewer'));
    await client.call(updateFolder(id, `<t:DeleteFolderField>${field('PermissionSet')}</t:DeleteFolderField>`));
    assert.equal(await codeOf(getFolder(id), asBob), 'ErrorItemNotFound');
  });

  it('opens a calendar from Reviewer on, by name and with a view; free/busy levels do not', async () => {
    const view = '<m:CalendarView StartDate="2026-03-28T00:00:00Z" EndDate="2026-03-30T00:00:00Z"/>';
    const calendar = findItem('calendar', '', shape('Default'), view).replace(folder('calendar'), folderOf('calendar', owner.address));
    for (const level of ['FreeBusyTimeOnly', 'FreeBusyTimeAndSubjectAndLocation']) {
      await shareCalendar(permission('bob@x.test', level, '', 'CalendarPermission'));
      assert.equal(await codeOf(calendar, asBob), 'ErrorFolderNotFound');
    }
    await shareCalendar(permission('bob@x.test', 'Reviewer', '', 'CalendarPermission'));
    assert.equal(await codeOf(calendar, asBob), 'NoError');
    const shared = await read(client, folderOf('calendar', owner.address), undefined, asBob);
    assert.equal(property(shared, 'SharingEffectiveRights'), 'FullDetails');
  });

  const twice = permission('bob@x.test', 'Reviewer').repeat(2);
  const refused: readonly (readonly [string, string, string])[] = [
    ['a user twice', permissionSet(twice), 'ErrorDuplicateUserIdsSpecified'],
    ['Default twice', permissionSet(permission('Default', 'Author').repeat(2)), 'ErrorDuplicateUserIdsSpecified'],
    ['an unknown user', permissionSet(permission('nobody@x.test', 'Author')), 'ErrorInvalidUserInfo'],
    ['an unknown SID', permissionSet(permission('x', 'Author')).replace(/PrimarySmtpAddress/g, 'SID'), 'ErrorInvalidUserSid'],
    ['nobody', permissionSet(permission('x', 'Author')).replace(/PrimarySmtpAddress/g, 'DisplayName'), 'ErrorMissingUserIdInformation'],
    [
      'Default with an address',
      permissionSet(
        permission('bob@x.test', 'Author').replace('</t:UserId>', '<t:DistinguishedUser>Default</t:DistinguishedUser></t:UserId>'),
      ),
      'ErrorInvalidUserInfo',
    ],
    [
      'unknown entries',
      '<t:PermissionSet><t:Permissions/><t:UnknownEntries><t:UnknownEntry>S-1-1-0</t:UnknownEntry></t:UnknownEntries></t:PermissionSet>',
      'ErrorCannotSetPermissionUnknownEntries',
    ],
  ];
  for (const [name, set, code] of refused)
    it(`answers ${code} to ${name}`, async () =>
      assert.equal(await codeOf(updateFolder(await made(), setField('PermissionSet', set))), code));

  it('answers ErrorCannotSetNonCalendarPermissionOnCalendarFolder to permissions of folders on a new calendar', async () => {
    const content = `<t:FolderClass>IPF.Appointment</t:FolderClass><t:DisplayName>x</t:DisplayName>${permissionSet('')}`;
    const request = createFolder(inbox, `<t:Folder>${content}</t:Folder>`);
    assert.equal(await codeOf(request), 'ErrorCannotSetNonCalendarPermissionOnCalendarFolder');
  });
});
