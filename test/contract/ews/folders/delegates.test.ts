import assert from 'node:assert/strict';
import {
  appointment,
  child,
  colleague,
  descend,
  findItem,
  folder,
  getItem,
  idOf,
  owner,
  property,
  shape,
  startClient,
  syncFolderItems,
  type Answer,
  type Client,
} from '../harness';
import { folderOf, getFolder } from './requests';

const asBob = { as: colleague };
const user = (address: string): string => `<t:UserId><t:PrimarySmtpAddress>${address}</t:PrimarySmtpAddress></t:UserId>`;
const mailbox = (address = owner.address): string => `<m:Mailbox><t:EmailAddress>${address}</t:EmailAddress></m:Mailbox>`;
const delegate = (address: string, content = ''): string => `<t:DelegateUser>${user(address)}${content}</t:DelegateUser>`;
const levels = (...given: readonly (readonly [string, string])[]): string =>
  `<t:DelegatePermissions>${given.map(([name, level]) => `<t:${name}FolderPermissionLevel>${level}</t:${name}FolderPermissionLevel>`).join('')}</t:DelegatePermissions>`;
const change = (operation: 'AddDelegate' | 'UpdateDelegate', delegates: string, delivery = '', of = owner.address): string =>
  `<m:${operation}>${mailbox(of)}<m:DelegateUsers>${delegates}</m:DelegateUsers>${delivery === '' ? '' : `<m:DeliverMeetingRequests>${delivery}</m:DeliverMeetingRequests>`}</m:${operation}>`;
const getDelegate = (users = '', of = owner.address): string =>
  `<m:GetDelegate IncludePermissions="true">${mailbox(of)}${users === '' ? '' : `<m:UserIds>${users}</m:UserIds>`}</m:GetDelegate>`;
const removeDelegate = (users: string): string => `<m:RemoveDelegate>${mailbox()}<m:UserIds>${users}</m:UserIds></m:RemoveDelegate>`;

describe('EWS delegates', () => {
  let client: Client;
  before(async () => {
    client = await startClient({
      mailboxes: [owner, { ...colleague, name: 'Bob' }, { address: 'cleo@x.test', password: 'cleo', name: 'Cleo' }],
    });
  });
  after(function () {
    return client.finish(() => this.skip());
  });
  afterEach(() => client.call(removeDelegate(user(colleague.address) + user('cleo@x.test'))));

  /** The code of the whole answer, then those for each user. */
  const codesOf = (answer: Answer): readonly string[] => [child(answer.body, 'ResponseCode')?.text ?? '', ...answer.codes];
  const codes = async (request: string, sent = {}): Promise<readonly string[]> => codesOf(await client.call(request, sent));

  it('tells of no delegates, and where meeting requests go', async () => {
    const answer = await client.call(getDelegate());
    assert.deepEqual(codesOf(answer), ['NoError']);
    assert.equal(child(answer.body, 'DeliverMeetingRequests')?.text, 'DelegatesAndSendInformationToMe');
  });

  it('adds a delegate, tells of him, and gives him the rights', async () => {
    const content = `${levels(['Calendar', 'Editor'], ['Inbox', 'Reviewer'])}<t:ReceiveCopiesOfMeetingMessages>true</t:ReceiveCopiesOfMeetingMessages>`;
    const added = await client.call(change('AddDelegate', delegate(colleague.address, content), 'DelegatesAndMe'));
    assert.deepEqual(codesOf(added), ['NoError', 'NoError']);
    const answer = await client.call(getDelegate());
    const shown = child(answer.messages[0], 'DelegateUser');
    assert.deepEqual(
      child(shown, 'UserId')?.children.map(({ text }) => text),
      [client.simulator.sid(colleague.address), colleague.address, 'Bob'],
    );
    assert.deepEqual(
      child(shown, 'DelegatePermissions')?.children.map(({ name, text }) => [name, text]),
      [
        ['CalendarFolderPermissionLevel', 'Editor'],
        ['InboxFolderPermissionLevel', 'Reviewer'],
      ],
    );
    assert.deepEqual([child(shown, 'ReceiveCopiesOfMeetingMessages')?.text, child(shown, 'ViewPrivateItems')?.text], ['true', 'false']);
    assert.equal(child(answer.body, 'DeliverMeetingRequests')?.text, 'DelegatesAndMe');
    assert.deepEqual((await client.call(getFolder(folderOf('calendar', owner.address)), asBob)).codes, ['NoError']);
    assert.deepEqual((await client.call(getFolder(folderOf('tasks', owner.address)), asBob)).codes, ['ErrorFolderNotFound']);
  });

  it('changes what is named and keeps the rest, and takes all rights away with the delegate', async () => {
    await client.call(change('AddDelegate', delegate(colleague.address, levels(['Calendar', 'Editor'], ['Tasks', 'Author']))));
    const update = delegate(colleague.address, `${levels(['Tasks', 'None'])}<t:ViewPrivateItems>true</t:ViewPrivateItems>`);
    assert.deepEqual(await codes(change('UpdateDelegate', update)), ['NoError', 'NoError']);
    const shown = child((await client.call(getDelegate(user(colleague.address)))).messages[0], 'DelegateUser');
    assert.deepEqual(
      child(shown, 'DelegatePermissions')?.children.map(({ text }) => text),
      ['Editor'],
    );
    assert.equal(child(shown, 'ViewPrivateItems')?.text, 'true');
    assert.deepEqual(await codes(removeDelegate(user(colleague.address))), ['NoError', 'NoError']);
    assert.deepEqual((await client.call(getFolder(folderOf('calendar', owner.address)), asBob)).codes, ['ErrorFolderNotFound']);
  });

  it('answers for each user on its own', async () => {
    await client.call(change('AddDelegate', delegate('cleo@x.test')));
    const all =
      delegate(owner.address) +
      delegate('cleo@x.test') +
      delegate('nobody@x.test') +
      delegate(colleague.address, levels(['Notes', 'Custom'])) +
      delegate(colleague.address);
    assert.deepEqual(await codes(change('AddDelegate', all)), [
      'NoError',
      'ErrorDelegateCannotAddOwner',
      'ErrorDelegateAlreadyExists',
      'ErrorDelegateNoUser',
      'ErrorInvalidDelegatePermission',
      'NoError',
    ]);
    const strangers = user('nobody@x.test') + '<t:UserId><t:DistinguishedUser>Default</t:DistinguishedUser></t:UserId>' + '<t:UserId/>';
    const expected = ['ErrorDelegateNoUser', 'ErrorDistinguishedUserNotSupported', 'ErrorInvalidDelegateUserId'];
    assert.deepEqual(await codes(removeDelegate(user('cleo@x.test') + user('cleo@x.test') + strangers)), [
      'NoError',
      'NoError',
      'ErrorNotDelegate',
      ...expected,
    ]);
    assert.deepEqual(await codes(getDelegate(user('cleo@x.test'))), ['NoError', 'ErrorNotDelegate']);
    assert.deepEqual(await codes(change('UpdateDelegate', delegate('cleo@x.test'))), ['NoError', 'ErrorNotDelegate']);
  });

  it('lets nobody else manage them', async () => {
    assert.deepEqual(await codes(getDelegate(), asBob), ['ErrorAccessDenied']);
    assert.deepEqual(await codes(getDelegate('', 'nobody@x.test')), ['ErrorNonExistentMailbox']);
  });

  it('shows private items only to a delegate who may view them', async () => {
    await client.call(change('AddDelegate', delegate(colleague.address, levels(['Calendar', 'Editor']))));
    const times = '<t:Start>2026-03-28T09:00:00Z</t:Start><t:End>2026-03-28T10:00:00Z</t:End>';
    const secret = idOf(await client.call(appointment(`<t:Subject>Secret</t:Subject><t:Sensitivity>Private</t:Sensitivity>${times}`))).id;
    await client.call(appointment(`<t:Subject>Open</t:Subject>${times}`));
    const theirs = (request: string): string => request.replace(folder('calendar'), folderOf('calendar', owner.address));
    const view = '<m:CalendarView StartDate="2026-03-28T00:00:00Z" EndDate="2026-03-30T00:00:00Z"/>';
    const seen = async (): Promise<readonly (readonly string[])[]> => {
      const lists = [findItem('calendar', '', shape('Default')), findItem('calendar', '', shape('Default'), view)];
      const found = await Promise.all(
        lists.map(
          async (request) => descend((await client.call(theirs(request), asBob)).messages[0], 'RootFolder', 'Items')?.children ?? [],
        ),
      );
      const synced = await client.call(theirs(syncFolderItems('calendar')).replace('IdOnly', 'Default'), asBob);
      const changes = (child(synced.messages[0], 'Changes')?.children ?? []).flatMap(({ children }) => children);
      return [...found, changes].map((items) => items.map((item) => property(item, 'Subject') ?? '').sort());
    };
    assert.deepEqual(await seen(), [['Open'], ['Open'], ['Open']]);
    assert.deepEqual((await client.call(getItem(secret), asBob)).codes, ['ErrorItemNotFound']);
    await client.call(change('UpdateDelegate', delegate(colleague.address, '<t:ViewPrivateItems>true</t:ViewPrivateItems>')));
    const all = ['Open', 'Secret'];
    assert.deepEqual(await seen(), [all, all, all]);
    assert.deepEqual((await client.call(getItem(secret), asBob)).codes, ['NoError']);
  });
});
