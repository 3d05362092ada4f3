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
  shape,
  startClient,
  task,
  type Answer,
  type Client,
  type XmlElement,
} from '../harness';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const file = (name: string, text: string, extra = ''): string =>
  `<t:FileAttachment><t:Name>${name}</t:Name>${extra}<t:Content>${base64(text)}</t:Content></t:FileAttachment>`;

const attach = (id: string, attachments: string): string =>
  `<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments>${attachments}</m:Attachments></m:CreateAttachment>`;

const ids = (list: readonly string[]): string =>
  `<m:AttachmentIds>${list.map((id) => `<t:AttachmentId Id="${id}"/>`).join('')}</m:AttachmentIds>`;

const getAttachment = (list: readonly string[], itemShape = ''): string => `<m:GetAttachment>${itemShape}${ids(list)}</m:GetAttachment>`;

const attachmentIn = (answer: Answer, index = 0): XmlElement => {
  const found = child(answer.messages[index], 'Attachments')?.children[0];
  assert.ok(found, answer.text);
  return found;
};

const idIn = (attachment: XmlElement | undefined): string => child(attachment, 'AttachmentId')?.attributes['Id'] ?? '';

describe('EWS attachments', () => {
  let client: Client;
  let now = new Date('2026-03-20T08:00:00Z');
  before(async () => {
    client = await startClient({ now: () => now });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = async (body = task('<t:Subject>x</t:Subject>')): Promise<{ id: string; changeKey: string }> =>
    idOf(await client.call(body));
  const read = async (id: string, itemShape?: string) => itemOf(await client.call(getItem(id, itemShape)));
  const listed = async (id: string): Promise<readonly XmlElement[]> => child(await read(id), 'Attachments')?.children ?? [];

  it('stores files and answers with their ids and the new change key of the item', async () => {
    const item = await create();
    now = new Date('2026-03-20T09:00:00Z');
    const answer = await client.call(attach(item.id, file('a.txt', 'Grüße') + file('b.png', 'xyz')));
    assert.deepEqual(answer.codes, ['NoError', 'NoError']);
    const last = child(attachmentIn(answer, 1), 'AttachmentId')?.attributes ?? {};
    const changed = await read(item.id);
    assert.equal(last['RootItemId'], item.id);
    assert.equal(last['RootItemChangeKey'], child(changed, 'ItemId')?.attributes['ChangeKey']);
    assert.notEqual(last['RootItemChangeKey'], item.changeKey);
    assert.equal(property(changed, 'LastModifiedTime'), '2026-03-20T09:00:00Z');
    assert.equal(property(changed, 'HasAttachments'), 'true');
    const described = (await listed(item.id)).map((one) => one.children.slice(1).map(({ name, text }) => `${name}=${text}`));
    const common = ['LastModifiedTime=2026-03-20T09:00:00Z', 'IsInline=false', 'IsContactPhoto=false'];
    assert.deepEqual(described, [
      ['Name=a.txt', 'ContentType=text/plain', 'Size=7', ...common],
      ['Name=b.png', 'ContentType=image/png', 'Size=3', ...common],
    ]);
  });

  it('gives the content back, one message for each id', async () => {
    const item = await create();
    const made = await client.call(attach(item.id, file('a.bin', 'one') + file('b.bin', '')));
    const found = await client.call(getAttachment([idIn(attachmentIn(made, 1)), idIn(attachmentIn(made, 0))]));
    assert.deepEqual(found.codes, ['NoError', 'NoError']);
    assert.deepEqual([property(attachmentIn(found, 0), 'Content'), property(attachmentIn(found, 1), 'Content')], ['', base64('one')]);
    assert.equal(property(attachmentIn(found, 1), 'ContentType'), 'application/octet-stream');
  });

  it('takes inline attachments with a content id, which alone do not count as attachments', async () => {
    const item = await create();
    const extra = '<t:ContentType>image/gif</t:ContentType><t:ContentId>pic@x</t:ContentId><t:ContentLocation>pic</t:ContentLocation>';
    const inline = file('i.gif', 'gif', `${extra}<t:IsInline>true</t:IsInline>`);
    await client.call(attach(item.id, inline));
    assert.equal(property(await read(item.id), 'HasAttachments'), 'false');
    const [only] = await listed(item.id);
    assert.deepEqual(
      ['ContentType', 'ContentId', 'ContentLocation', 'IsInline'].map((name) => only && property(only, name)),
      ['image/gif', 'pic@x', 'pic', 'true'],
    );
  });

  it('takes attachments with CreateItem', async () => {
    const { id } = await create(task(`<t:Subject>x</t:Subject><t:Attachments>${file('a.txt', 'one')}</t:Attachments>`));
    const [only] = await listed(id);
    assert.equal(property(attachmentIn(await client.call(getAttachment([idIn(only)]))), 'Content'), base64('one'));
  });

  it('attaches items with all their properties, and what is attached to them', async () => {
    const item = await create();
    const inner = `<t:CalendarItem><t:Subject>inner</t:Subject><t:Attachments>${file('deep.txt', 'deep')}</t:Attachments><t:Start>2026-03-27T09:00:00Z</t:Start><t:End>2026-03-27T10:00:00Z</t:End></t:CalendarItem>`;
    const made = await client.call(attach(item.id, `<t:ItemAttachment><t:Name>An appointment</t:Name>${inner}</t:ItemAttachment>`));
    assert.deepEqual(made.codes, ['NoError']);
    assert.deepEqual(
      (await listed(item.id)).map((one) => [one.name, property(one, 'Name')]),
      [['ItemAttachment', 'An appointment']],
    );
    const found = child(attachmentIn(await client.call(getAttachment([idIn(attachmentIn(made))]))), 'CalendarItem');
    assert.ok(found);
    assert.deepEqual(
      ['Subject', 'Start', 'Duration', 'HasAttachments'].map((name) => property(found, name)),
      ['inner', '2026-03-27T09:00:00Z', 'PT1H', 'true'],
    );
    const deep = await client.call(getAttachment([idIn(child(found, 'Attachments')?.children[0])]));
    assert.equal(property(attachmentIn(deep), 'Content'), base64('deep'));
  });

  it('shows attached items in the form the AttachmentShape asks for', async () => {
    const item = await create();
    const uri = '<t:ExtendedFieldURI PropertySetId="11112222-3333-4444-5555-666677778888" PropertyName="x" PropertyType="String"/>';
    const inner = `<t:Task><t:Subject>in</t:Subject><t:Body BodyType="HTML">&lt;b&gt;bold&lt;/b&gt;</t:Body><t:ExtendedProperty>${uri}<t:Value>v</t:Value></t:ExtendedProperty></t:Task>`;
    const id = idIn(attachmentIn(await client.call(attach(item.id, `<t:ItemAttachment>${inner}</t:ItemAttachment>`))));
    const wanted = `<m:AttachmentShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>${uri}</t:AdditionalProperties></m:AttachmentShape>`;
    const found = attachmentIn(await client.call(getAttachment([id], wanted)));
    assert.equal(descend(found, 'Task', 'Body')?.text, 'bold');
    assert.equal(descend(found, 'Task', 'ExtendedProperty', 'Value')?.text, 'v');
    assert.equal(property(found, 'Name'), 'in');
  });

  it('deletes attachments and answers with the new change key of the item', async () => {
    const item = await create();
    const made = await client.call(attach(item.id, file('a', '1') + file('b', '2')));
    const answer = await client.call(`<m:DeleteAttachment>${ids([idIn(attachmentIn(made))])}</m:DeleteAttachment>`);
    assert.deepEqual(answer.codes, ['NoError']);
    const root = child(answer.messages[0], 'RootItemId')?.attributes;
    const left = await read(item.id);
    assert.deepEqual(root, { RootItemId: item.id, RootItemChangeKey: child(left, 'ItemId')?.attributes['ChangeKey'] });
    assert.deepEqual(
      (await listed(item.id)).map((one) => property(one, 'Name')),
      ['b'],
    );
  });

  it('keeps attachments with an item that is moved, and gives a copy its own', async () => {
    const item = await create();
    await client.call(
      attach(
        item.id,
        `${file('a', '1')}<t:ItemAttachment><t:Name>i</t:Name><t:Message><t:Attachments>${file('n', '2')}</t:Attachments></t:Message></t:ItemAttachment>`,
      ),
    );
    const to = (name: string, id: string) =>
      `<m:${name}><m:ToFolderId>${folder('drafts')}</m:ToFolderId><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:${name}>`;
    const copy = idOf(await client.call(to('CopyItem', item.id)));
    const moved = idOf(await client.call(to('MoveItem', item.id)));
    await client.call(deleteItem(moved.id, 'MoveToDeletedItems'));
    assert.notEqual(copy.id, moved.id);
    const [first, second] = await listed(copy.id);
    assert.equal(property(attachmentIn(await client.call(getAttachment([idIn(first)]))), 'Content'), base64('1'));
    const message = child(attachmentIn(await client.call(getAttachment([idIn(second)]))), 'Message');
    const nested = await client.call(getAttachment([idIn(child(message, 'Attachments')?.children[0])]));
    assert.equal(property(attachmentIn(nested), 'Content'), base64('2'));
    assert.equal(client.simulator.items(owner.address, 'deleteditems').length, 1);
  });

  it('deletes attachments with their item', async () => {
    const item = await create();
    const id = idIn(attachmentIn(await client.call(attach(item.id, file('a', '1')))));
    await client.call(deleteItem(item.id));
    assert.deepEqual((await client.call(getAttachment([id]))).codes, ['ErrorItemNotFound']);
  });

  const refused: readonly (readonly [string, (id: string) => string, string])[] = [
    [
      'an item attachment without an item',
      (id) => attach(id, '<t:ItemAttachment><t:Name>x</t:Name></t:ItemAttachment>'),
      'ErrorMissingItemForCreateItemAttachment',
    ],
    [
      'an attached meeting request',
      (id) => attach(id, '<t:ItemAttachment><t:MeetingRequest/></t:ItemAttachment>'),
      'ErrorInvalidItemForOperationCreateItemAttachment',
    ],
    ['an id that is none', () => getAttachment(['x']), 'ErrorInvalidIdMalformed'],
    ['an empty id', () => getAttachment(['']), 'ErrorInvalidIdEmpty'],
    ["an item's id for an attachment's", (id) => getAttachment([id]), 'ErrorInvalidAttachmentId'],
    ['a parent that is none', () => attach('x', file('a', '1')), 'ErrorInvalidIdMalformed'],
  ];
  for (const [name, body, code] of refused)
    it(`answers ${code} to ${name}`, async () => {
      const { id, changeKey } = await create();
      assert.deepEqual((await client.call(body(id))).codes, [code]);
      assert.equal(idOf(await client.call(getItem(id))).changeKey, changeKey);
    });

  it('answers ErrorInvalidAttachmentId to an attachment that is gone', async () => {
    const item = await create();
    const id = idIn(attachmentIn(await client.call(attach(item.id, file('a', '1')))));
    const remove = `<m:DeleteAttachment>${ids([id])}</m:DeleteAttachment>`;
    assert.deepEqual((await client.call(remove)).codes, ['NoError']);
    assert.deepEqual((await client.call(remove)).codes, ['ErrorInvalidAttachmentId']);
  });

  it('refuses Attachments in lists and shows HasAttachments there', async () => {
    await create(appointment(`<t:Attachments>${file('a', '1')}</t:Attachments>`));
    const find = (uri: string) =>
      `<m:FindItem Traversal="Shallow">${shape('IdOnly', `<t:FieldURI FieldURI="item:${uri}"/>`)}<m:ParentFolderIds>${folder('calendar')}</m:ParentFolderIds></m:FindItem>`;
    assert.deepEqual((await client.call(find('Attachments'))).codes, ['ErrorInvalidPropertyRequest']);
    const items = descend((await client.call(find('HasAttachments'))).messages[0], 'RootFolder', 'Items')?.children ?? [];
    assert.deepEqual(
      items.map((item) => property(item, 'HasAttachments')),
      ['true'],
    );
  });

  it('does not let another person read an attachment', async () => {
    const { id } = await create(createItem(`<t:Message><t:Attachments>${file('a', '1')}</t:Attachments></t:Message>`));
    const [only] = await listed(id);
    const answer = await client.call(getAttachment([idIn(only)]), { as: { address: 'bob@x.test', password: 'bob' } });
    assert.deepEqual(answer.codes, ['ErrorItemNotFound']);
  });
});
