/** How Exchange's events look: which come for what a user does, and what they hold (MS-OXWSNTIF; "Notification subscriptions, mailbox events, and EWS"). */
import assert from 'node:assert/strict';
import {
  appointment,
  child,
  createItem,
  deleteItem,
  folder,
  getItem,
  idOf,
  owner,
  setField,
  startClient,
  updateItem,
  type Client,
  type XmlElement,
} from '../harness';
import { eventsOf, folderIds, getEvents, inShort, made, notificationIn, subscribePull } from './support';

describe('EWS events', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient();
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  /** The events that somebody who watches these folders hears of what is done. */
  const heard = async (folders: string, act: () => Promise<unknown>): Promise<readonly XmlElement[]> => {
    const { id, watermark } = made(await client.call(subscribePull(folders)));
    await act();
    return eventsOf(notificationIn(await client.call(getEvents(id, watermark)))).filter(({ name }) => name !== 'StatusEvent');
  };
  const idIn = (event: XmlElement | undefined, name: string): string => child(event, name)?.attributes['Id'] ?? '';
  const folderId = async (name: string): Promise<string> => {
    const shape = '<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>';
    const answer = await client.call(`<m:GetFolder>${shape}<m:FolderIds>${folder(name)}</m:FolderIds></m:GetFolder>`);
    return /FolderId Id="([^"]+)"/.exec(answer.text)?.[1] ?? '';
  };
  const message = (content = ''): string => createItem(`<t:Message>${content}</t:Message>`);
  const moveItem = (operation: string, id: string, to: string): string =>
    `<m:${operation}><m:ToFolderId>${folder(to)}</m:ToFolderId><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:${operation}>`;

  it('tell of a new item and of its folder, with the number of unread items there', async () => {
    let id = '';
    const events = await heard(folderIds(folder('drafts')), async () => {
      id = idOf(await client.call(message('<t:IsRead>false</t:IsRead>'))).id;
    });
    assert.deepEqual(events.map(inShort), ['CreatedEvent item', 'ModifiedEvent folder']);
    const [created, modified] = events;
    const [drafts, root] = [await folderId('drafts'), await folderId('msgfolderroot')];
    assert.deepEqual([idIn(created, 'ItemId'), idIn(created, 'ParentFolderId')], [id, drafts]);
    assert.deepEqual([idIn(modified, 'FolderId'), idIn(modified, 'ParentFolderId')], [drafts, root]);
    assert.equal(child(modified, 'UnreadCount')?.text, '1');
    assert.match(child(created, 'TimeStamp')?.text ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('do not tell change keys: those they carry say nothing but the kind', async () => {
    const events = await heard(folderIds(folder('drafts')), () => client.call(message()));
    assert.equal(child(events[0], 'ItemId')?.attributes['ChangeKey'], 'CQAAAA==');
    assert.equal(child(events[0], 'ParentFolderId')?.attributes['ChangeKey'], 'AQAAAA==');
  });

  it('tell of a changed read flag as of any change', async () => {
    const { id } = idOf(await client.call(message('<t:IsRead>false</t:IsRead>')));
    const read = setField('message:IsRead', 'Message', '<t:IsRead>true</t:IsRead>');
    const events = await heard(folderIds(folder('drafts')), () =>
      client.call(updateItem({ id }, read, 'ConflictResolution="AlwaysOverwrite"')),
    );
    assert.deepEqual(events.map(inShort), ['ModifiedEvent item', 'ModifiedEvent folder']);
    assert.equal(child(events[1], 'UnreadCount')?.text, '0');
  });

  it('tell of a move where it was and where it is, with both ids, and of both folders', async () => {
    const { id } = idOf(await client.call(message()));
    const [drafts, inbox] = [await folderId('drafts'), await folderId('inbox')];
    let moved = '';
    const act = async (): Promise<void> => {
      moved = idOf(await client.call(moveItem('MoveItem', id, 'inbox'))).id;
    };
    const events = await heard(folderIds(folder('drafts'), folder('inbox')), act);
    assert.deepEqual(events.map(inShort), ['MovedEvent item', 'ModifiedEvent folder', 'ModifiedEvent folder']);
    const [event, ...folders] = events;
    assert.deepEqual(
      ['ItemId', 'ParentFolderId', 'OldItemId', 'OldParentFolderId'].map((name) => idIn(event, name)),
      [moved, inbox, id, drafts],
    );
    assert.deepEqual(
      folders.map((one) => idIn(one, 'FolderId')),
      [drafts, inbox],
    );
  });

  it('tell a subscriber of the old folder of what moves away', async () => {
    const { id } = idOf(await client.call(message()));
    const events = await heard(folderIds(folder('drafts')), () => client.call(deleteItem(id, 'MoveToDeletedItems')));
    assert.deepEqual(events.map(inShort), ['MovedEvent item', 'ModifiedEvent folder']);
  });

  it('tell of a copy and the folder it is in', async () => {
    const { id } = idOf(await client.call(message()));
    const events = await heard('', () => client.call(moveItem('CopyItem', id, 'inbox')));
    assert.deepEqual(events.map(inShort), ['CopiedEvent item', 'ModifiedEvent folder']);
    assert.equal(idIn(events[0], 'OldItemId'), id);
    assert.equal(idIn(events[1], 'FolderId'), await folderId('inbox'));
  });

  it('tell of a soft deletion as a move to what can be recovered, of a hard one as a deletion', async () => {
    const [soft, hard] = [idOf(await client.call(message())).id, idOf(await client.call(message())).id];
    const softly = await heard(folderIds(folder('drafts')), () => client.call(deleteItem(soft, 'SoftDelete')));
    assert.deepEqual(softly.map(inShort), ['MovedEvent item', 'ModifiedEvent folder']);
    const events = await heard(folderIds(folder('drafts')), () => client.call(deleteItem(hard, 'HardDelete')));
    assert.deepEqual(events.map(inShort), ['DeletedEvent item', 'ModifiedEvent folder']);
    assert.equal(idIn(events[0], 'ItemId'), hard);
  });

  it('tell of attachments as of a change of their item', async () => {
    const { id } = idOf(await client.call(message()));
    const attach = `<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments><t:FileAttachment><t:Name>a</t:Name><t:Content>YQ==</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`;
    const events = await heard(folderIds(folder('drafts')), () => client.call(attach));
    assert.deepEqual(events.map(inShort), ['ModifiedEvent item', 'ModifiedEvent folder']);
  });

  it('name items that can be read by the id they tell', async () => {
    const events = await heard('', () => Promise.resolve(client.simulator.create(owner.address, { kind: 'task', subject: 'told' })));
    const told = await client.call(getItem(idIn(events[0], 'ItemId')));
    assert.deepEqual(told.codes, ['NoError']);
    const key = child(events[0], 'ItemId')?.attributes['ChangeKey'] ?? '';
    const id = { id: idIn(events[0], 'ItemId'), changeKey: key };
    const update = updateItem(id, setField('item:Subject', 'Task', '<t:Subject>x</t:Subject>'), 'ConflictResolution="AlwaysOverwrite"');
    assert.deepEqual((await client.call(update)).codes, ['NoError']);
  });

  it('tell that free/busy information changed: of what takes time in the own calendar, when its times change, and of nothing else', async () => {
    const calendar = folderIds(folder('calendar'));
    const times = '<t:Start>2026-03-28T09:00:00Z</t:Start><t:End>2026-03-28T10:00:00Z</t:End>';
    let id = '';
    const overwrite = 'ConflictResolution="AlwaysOverwrite"';
    const update = (uri: string, element: string, value: string) => () =>
      client.call(updateItem({ id }, setField(uri, 'CalendarItem', `<t:${element}>${value}</t:${element}>`), overwrite));
    const freeBusy = async (act: () => Promise<unknown>): Promise<number> =>
      (await heard(calendar, act)).filter(({ name }) => name === 'FreeBusyChangedEvent').length;
    const create = (content: string) => async (): Promise<void> => {
      id = idOf(await client.call(appointment(content))).id;
    };
    assert.equal(await freeBusy(create(`${times}<t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>`)), 0);
    assert.equal(await freeBusy(create(times)), 1);
    assert.equal(await freeBusy(update('item:Subject', 'Subject', 'x')), 0);
    assert.equal(await freeBusy(update('calendar:Start', 'Start', '2026-03-28T09:30:00Z')), 1);
    assert.equal(await freeBusy(update('calendar:LegacyFreeBusyStatus', 'LegacyFreeBusyStatus', 'Free')), 1);
    assert.equal(await freeBusy(update('calendar:LegacyFreeBusyStatus', 'LegacyFreeBusyStatus', 'OOF')), 1);
    const events = await heard(calendar, () => client.call(deleteItem(id)));
    assert.deepEqual(events.map(inShort), ['DeletedEvent item', 'FreeBusyChangedEvent item', 'ModifiedEvent folder']);
    assert.equal(await freeBusy(() => client.call(createItem('<t:Task/>'))), 0);
  });

  it('tell of new mail as of a new item that is new mail, too', async () => {
    const recipient = `<t:ToRecipients><t:Mailbox><t:EmailAddress>${owner.address}</t:EmailAddress></t:Mailbox></t:ToRecipients>`;
    const send = `<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message><t:Subject>hello</t:Subject>${recipient}</t:Message></m:Items></m:CreateItem>`;
    const events = await heard(folderIds(folder('inbox')), () => client.call(send));
    assert.deepEqual(events.map(inShort), ['CreatedEvent item', 'NewMailEvent item', 'ModifiedEvent folder']);
    assert.equal(idIn(events[0], 'ItemId'), idIn(events[1], 'ItemId'));
    assert.equal(child(events[2], 'UnreadCount')?.text, '1');
  });

  it('tell of new, moved, renamed and deleted folders, and of their parents', async () => {
    const create = `<m:CreateFolder><m:ParentFolderId>${folder('inbox')}</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>a</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`;
    const inbox = folderIds(folder('inbox'));
    let id = '';
    const created = await heard(inbox, async () => {
      id = /FolderId Id="([^"]+)"/.exec((await client.call(create)).text)?.[1] ?? '';
    });
    assert.deepEqual(created.map(inShort), ['CreatedEvent folder', 'ModifiedEvent folder']);
    assert.deepEqual([idIn(created[0], 'FolderId'), idIn(created[0], 'ParentFolderId')], [id, await folderId('inbox')]);
    assert.equal(idIn(created[1], 'FolderId'), await folderId('inbox'));
    const rename = `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="${id}"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>b</t:DisplayName></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`;
    assert.deepEqual((await heard(inbox, () => client.call(rename))).map(inShort), ['ModifiedEvent folder']);
    const move = `<m:MoveFolder><m:ToFolderId>${folder('drafts')}</m:ToFolderId><m:FolderIds><t:FolderId Id="${id}"/></m:FolderIds></m:MoveFolder>`;
    const moved = await heard('', () => client.call(move));
    assert.deepEqual(moved.map(inShort), ['MovedEvent folder', 'ModifiedEvent folder', 'ModifiedEvent folder']);
    assert.deepEqual(
      [idIn(moved[0], 'OldFolderId'), idIn(moved[0], 'OldParentFolderId'), idIn(moved[0], 'ParentFolderId')],
      [id, await folderId('inbox'), await folderId('drafts')],
    );
    const remove = `<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds><t:FolderId Id="${id}"/></m:FolderIds></m:DeleteFolder>`;
    const deleted = await heard('', () => client.call(remove));
    assert.deepEqual(deleted.map(inShort), ['DeletedEvent folder', 'ModifiedEvent folder']);
  });
});
