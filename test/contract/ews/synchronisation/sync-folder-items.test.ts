import assert from 'node:assert/strict';
import {
  appointment,
  child,
  createItem,
  deleteItem,
  descend,
  folder,
  getItem,
  idOf,
  itemOf,
  owner,
  property,
  setField,
  shape,
  startClient,
  syncFolderItems,
  updateItem,
  type Answer,
  type Client,
} from '../harness';

const stateOf = (answer: Answer): string => descend(answer.messages[0], 'SyncState')?.text ?? '';
const isLast = (answer: Answer): boolean => descend(answer.messages[0], 'IncludesLastItemInRange')?.text === 'true';
const changesOf = (answer: Answer): readonly (readonly [string, string])[] =>
  (descend(answer.messages[0], 'Changes')?.children ?? []).map((change) => [
    change.name,
    (child(change, 'ItemId') ?? child(change.children[0], 'ItemId'))?.attributes['Id'] ?? '',
  ]);
const message = (content: string): string => createItem(`<t:Message>${content}</t:Message>`);
const sync = (folderId: string, itemShape: string, rest: string): string =>
  `<m:SyncFolderItems>${itemShape}<m:SyncFolderId>${folderId}</m:SyncFolderId>${rest}</m:SyncFolderItems>`;
const overwrite = 'ConflictResolution="AlwaysOverwrite"';
const most = '<m:MaxChangesReturned>512</m:MaxChangesReturned>';

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

  it('refuses a state of which a part is missing or changed', async () => {
    const state = stateOf(await client.call(syncFolderItems('tasks')));
    assert.ok(state.length > 300, state);
    const changed = Buffer.from(state, 'base64');
    changed[30] = (changed[30] ?? 0) ^ 1;
    for (const bad of [state.slice(0, -40), changed.toString('base64')]) {
      const answer = await client.call(syncFolderItems('tasks', bad));
      assert.deepEqual(answer.codes, ['ErrorInvalidSyncStateData']);
      assert.equal(stateOf(answer), '');
      assert.equal(isLast(answer), true);
    }
  });

  it('names a folder that is not there, and asks for pages of 1 to 512', async () => {
    const gone = (
      await client.call(
        `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('tasks')}</m:FolderIds></m:GetFolder>`,
      )
    ).text;
    const id = Buffer.from(/FolderId Id="([^"]+)"/.exec(gone)?.[1] ?? '', 'base64');
    id.writeUIntBE(999_999, 14, 6);
    assert.deepEqual((await client.call(sync(`<t:FolderId Id="${id.toString('base64')}"/>`, shape('IdOnly'), most))).codes, [
      'ErrorSyncFolderNotFound',
    ]);
    for (const number of [0, 513])
      assert.deepEqual((await client.call(syncFolderItems('tasks', '', number))).codes, ['ErrorSchemaValidation']);
  });

  it('reports a change of the read flag alone as such, and together with others as an update', async () => {
    const read = idOf(await client.call(message('<t:Subject>read</t:Subject><t:IsRead>false</t:IsRead>')));
    const renamed = idOf(await client.call(message('<t:Subject>renamed</t:Subject><t:IsRead>false</t:IsRead>')));
    const first = await client.call(syncFolderItems('drafts'));
    await client.call(updateItem(read, setField('message:IsRead', 'Message', '<t:IsRead>true</t:IsRead>'), overwrite));
    await client.call(updateItem(renamed, setField('message:IsRead', 'Message', '<t:IsRead>true</t:IsRead>'), overwrite));
    await client.call(updateItem({ id: renamed.id }, setField('item:Subject', 'Message', '<t:Subject>new</t:Subject>'), overwrite));
    const second = await client.call(syncFolderItems('drafts', stateOf(first)));
    assert.deepEqual(changesOf(second), [
      ['ReadFlagChange', read.id],
      ['Update', renamed.id],
    ]);
    assert.equal(descend(second.messages[0], 'Changes', 'ReadFlagChange', 'IsRead')?.text, 'true');
    await client.call(updateItem({ id: renamed.id }, setField('message:IsRead', 'Message', '<t:IsRead>false</t:IsRead>'), overwrite));
    const third = await client.call(syncFolderItems('drafts', stateOf(second)));
    assert.deepEqual(changesOf(third), [['ReadFlagChange', renamed.id]]);
    assert.equal(descend(third.messages[0], 'Changes', 'ReadFlagChange', 'IsRead')?.text, 'false');
  });

  it('tells nothing of what came and went, one deletion of what was changed before, and moves as deletion and creation', async () => {
    const [changed, moved] = [put('changed'), put('moved')];
    const first = await client.call(syncFolderItems('tasks'));
    const inTrash = await client.call(syncFolderItems('deleteditems'));
    client.simulator.delete(owner.address, put('short'), true);
    client.simulator.update(owner.address, changed, { kind: 'task', subject: 'x' });
    client.simulator.delete(owner.address, changed, true);
    await client.call(deleteItem(moved, 'MoveToDeletedItems'));
    assert.deepEqual(changesOf(await client.call(syncFolderItems('tasks', stateOf(first)))), [
      ['Delete', changed],
      ['Delete', moved],
    ]);
    const [created, ...others] = changesOf(await client.call(syncFolderItems('deleteditems', stateOf(inTrash))));
    assert.equal(created?.[0], 'Create');
    assert.deepEqual(others, []);
    assert.equal(property(itemOf(await client.call(getItem(created[1]))), 'Subject'), 'moved');
  });

  it('shows items in the shape that is asked for, and no bodies', async () => {
    await client.call(createItem('<t:Task><t:Subject>a</t:Subject><t:Body BodyType="Text">long</t:Body></t:Task>'));
    const shown = async (itemShape: string): Promise<readonly string[]> => {
      const answer = await client.call(sync(folder('tasks'), itemShape, most));
      return (descend(answer.messages[0], 'Changes', 'Create', 'Task')?.children ?? []).map(({ name }) => name);
    };
    assert.deepEqual(await shown(shape('IdOnly')), ['ItemId']);
    assert.deepEqual(await shown(shape('IdOnly', '<t:FieldURI FieldURI="item:Subject"/>')), ['ItemId', 'Subject']);
    const all = await shown(shape('AllProperties'));
    assert.ok(all.includes('PercentComplete') && !all.includes('Body'), all.join());
    const costly = ['Body', 'TextBody', 'UniqueBody', 'Attachments', 'MimeContent', 'ResponseObjects', 'InternetMessageHeaders'];
    const fields = costly.map((name) => `<t:FieldURI FieldURI="item:${name}"/>`).join('');
    assert.deepEqual(await shown(shape('IdOnly', fields)), ['ItemId']);
    const mime = '<t:IncludeMimeContent>true</t:IncludeMimeContent>';
    assert.deepEqual((await client.call(sync(folder('tasks'), shape('IdOnly', '', mime), most))).codes, [
      'ErrorInvalidPropertyForOperation',
    ]);
  });

  it('tells of attachments as updates', async () => {
    const id = put('with attachment');
    const first = await client.call(syncFolderItems('tasks'));
    await client.call(
      `<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>YQ==</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`,
    );
    assert.deepEqual(changesOf(await client.call(syncFolderItems('tasks', stateOf(first)))), [['Update', id]]);
  });

  it('fills pages in spite of what is ignored, and tells with the last change that it is the last', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => put(`${index}`));
    const ignored = `<m:Ignore>${[ids[0], ids[2]].map((id) => `<t:ItemId Id="${id}"/>`).join('')}</m:Ignore>`;
    const first = await client.call(syncFolderItems('tasks', '', 2, ignored));
    assert.deepEqual([changesOf(first).map(([, id]) => id), isLast(first)], [[ids[1], ids[3]], false]);
    const second = await client.call(syncFolderItems('tasks', stateOf(first), 1, ignored));
    assert.deepEqual([changesOf(second).map(([, id]) => id), isLast(second)], [[ids[4]], true]);
  });

  it('leaves out associated items unless they are asked for', async () => {
    const put = await client.call(createItem('<t:Message><t:Subject>hidden</t:Subject><t:IsAssociated>true</t:IsAssociated></t:Message>'));
    const scope = (name: string, state = ''): string =>
      sync(
        folder('drafts'),
        shape('IdOnly'),
        `${state === '' ? '' : `<m:SyncState>${state}</m:SyncState>`}${most}<m:SyncScope>${name}</m:SyncScope>`,
      );
    const [normal, all] = [await client.call(scope('NormalItems')), await client.call(scope('NormalAndAssociatedItems'))];
    assert.deepEqual([changesOf(normal), changesOf(all)], [[], [['Create', idOf(put).id]]]);
    await client.call(deleteItem(idOf(put).id));
    assert.deepEqual(changesOf(await client.call(scope('NormalItems', stateOf(normal)))), []);
    assert.deepEqual(changesOf(await client.call(scope('NormalAndAssociatedItems', stateOf(all)))), [['Delete', idOf(put).id]]);
  });

  it('tells of a changed or deleted occurrence as an update of its series', async () => {
    const times = '<t:Start>2026-03-02T09:00:00Z</t:Start><t:End>2026-03-02T10:00:00Z</t:End>';
    const daily = `<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-02</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>`;
    const { id } = idOf(await client.call(appointment(`${times}${daily}`)));
    const first = await client.call(syncFolderItems('calendar'));
    const occurrence = `<t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="2"/>`;
    const change = `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>${occurrence}<t:Updates>${setField('item:Subject', 'CalendarItem', '<t:Subject>other</t:Subject>')}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`;
    assert.deepEqual((await client.call(change)).codes, ['NoError']);
    const second = await client.call(syncFolderItems('calendar', stateOf(first)));
    assert.deepEqual(changesOf(second), [['Update', id]]);
    await client.call(
      `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"><m:ItemIds>${occurrence}</m:ItemIds></m:DeleteItem>`,
    );
    assert.deepEqual(changesOf(await client.call(syncFolderItems('calendar', stateOf(second)))), [['Update', id]]);
  });

  it('synchronises every class of folder', async () => {
    const kinds = { calendar: 'CalendarItem', contacts: 'Contact', drafts: 'Message', tasks: 'Task', inbox: 'PostItem' };
    for (const [name, element] of Object.entries(kinds)) {
      const into = `<m:SavedItemFolderId>${folder(name)}</m:SavedItemFolderId>`;
      const made = await client.call(createItem(`<t:${element}/>`, 'SendMeetingInvitations="SendToNone"', into));
      const answer = await client.call(syncFolderItems(name));
      assert.deepEqual(changesOf(answer), [['Create', idOf(made).id]], name);
      assert.equal(descend(answer.messages[0], 'Changes', 'Create')?.children[0]?.name, element);
    }
    for (const name of ['journal', 'notes', 'deleteditems', 'sentitems', 'outbox', 'junkemail', 'msgfolderroot'])
      assert.deepEqual(changesOf(await client.call(syncFolderItems(name))), [], name);
  });
});
