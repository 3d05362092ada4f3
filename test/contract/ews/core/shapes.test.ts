import assert from 'node:assert/strict';
import {
  child,
  created,
  createItem,
  findItem,
  folder,
  getItem,
  idOf,
  itemOf,
  property,
  shape,
  startClient,
  task,
  type Client,
} from '../harness';

const field = (uri: string): string => `<t:FieldURI FieldURI="${uri}"/>`;
const times = '<t:Start>2026-03-27T09:00:00Z</t:Start><t:End>2026-03-27T10:00:00Z</t:End>';
const html = (content: string): string => `<t:Body BodyType="HTML">${content.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</t:Body>`;

describe('EWS item shapes', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = async (element: string, content: string): Promise<string> =>
    (await created(client, createItem(`<t:${element}>${content}</t:${element}>`))).id;
  const read = async (id: string, itemShape: string) => itemOf(await client.call(getItem(id, itemShape)));

  const defaults: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'CalendarItem',
      `<t:Subject>x</t:Subject>${times}<t:Location>y</t:Location>`,
      [
        'ItemId',
        'Subject',
        'HasAttachments',
        'IsAssociated',
        'Start',
        'End',
        'LegacyFreeBusyStatus',
        'Location',
        'CalendarItemType',
        'Organizer',
      ],
    ],
    ['Task', '<t:Subject>x</t:Subject>', ['ItemId', 'Subject', 'HasAttachments', 'IsAssociated', 'PercentComplete', 'Status']],
    [
      'Contact',
      '<t:FileAs>x</t:FileAs><t:GivenName>x</t:GivenName><t:CompanyName>y</t:CompanyName><t:JobTitle>z</t:JobTitle>',
      ['ItemId', 'HasAttachments', 'IsAssociated', 'FileAs', 'CompanyName', 'JobTitle'],
    ],
  ];
  for (const [element, content, expected] of defaults)
    it(`shows of a ${element} what the shape Default names`, async () => {
      const id = await create(element, content);
      const names = (await read(id, shape('Default'))).children.map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => !['ResponseObjects', 'CompleteName'].includes(name)),
        expected,
      );
    });

  it('shows bodies, MIME content and previews only where they are asked for', async () => {
    const id = await create('Task', html('<p>one</p><p>two</p>'));
    const names = (await read(id, shape('AllProperties'))).children.map(({ name }) => name);
    for (const name of ['Preview', 'TextBody', 'UniqueBody', 'NormalizedBody', 'InstanceKey', 'StoreEntryId'])
      assert.ok(!names.includes(name), name);
    const asked = ['item:Preview', 'item:TextBody', 'item:UniqueBody', 'item:NormalizedBody', 'item:InstanceKey', 'item:StoreEntryId'];
    const item = await read(id, shape('IdOnly', asked.map(field).join('')));
    assert.equal(property(item, 'Preview'), 'one\r\n\r\ntwo');
    assert.deepEqual(
      [child(item, 'TextBody')?.attributes['BodyType'], child(item, 'UniqueBody')?.attributes['BodyType']],
      ['Text', 'HTML'],
    );
    assert.equal(item.children.length, 1 + asked.length);
  });

  it('gives each kind of body its own form', async () => {
    const id = await create('Task', html('<p>one</p>'));
    const forms = '<t:BodyType>Text</t:BodyType><t:UniqueBodyType>HTML</t:UniqueBodyType>';
    const item = await read(id, shape('IdOnly', field('item:Body') + field('item:UniqueBody') + field('item:NormalizedBody'), forms));
    assert.deepEqual(
      ['Body', 'UniqueBody', 'NormalizedBody'].map((name) => child(item, name)?.attributes['BodyType']),
      ['Text', 'HTML', 'Text'],
    );
  });

  it('cuts bodies to MaximumBodySize and says so', async () => {
    const id = await create('Task', '<t:Body BodyType="Text">abc😀def</t:Body>');
    const at = async (most: number) => {
      const body = child(await read(id, shape('IdOnly', field('item:Body'), `<t:MaximumBodySize>${most}</t:MaximumBodySize>`)), 'Body');
      return [body?.text, body?.attributes['IsTruncated']];
    };
    assert.deepEqual(await at(3), ['abc', 'true']);
    assert.deepEqual(await at(4), ['abc', 'true']);
    assert.deepEqual(await at(8), ['abc😀def', 'false']);
  });

  it('removes what could run with FilterHtmlContent', async () => {
    const unsafe = '<p onclick="x()">a</p><script>alert(1)</script><a href="javascript:x()">b</a><a href="https://x.test/">c</a>';
    const id = await create('Task', html(unsafe));
    const body = property(await read(id, shape('IdOnly', field('item:Body'), '<t:FilterHtmlContent>true</t:FilterHtmlContent>')), 'Body');
    assert.equal(body, '<p>a</p><a >b</a><a href="https://x.test/">c</a>');
    assert.equal(property(await read(id, shape('IdOnly', field('item:Body'))), 'Body'), unsafe);
  });

  it('leaves out silently what an item does not have or its kind does not know', async () => {
    const id = await create('Task', '');
    const answer = await client.call(
      getItem(id, shape('IdOnly', field('calendar:Location') + field('item:InReplyTo') + field('task:Owner'))),
    );
    assert.deepEqual(answer.codes, ['NoError']);
    assert.deepEqual(
      itemOf(answer).children.map(({ name }) => name),
      ['ItemId', 'Owner'],
    );
  });

  it('shows single entries of dictionaries', async () => {
    const id = await create(
      'Contact',
      '<t:PhoneNumbers><t:Entry Key="HomePhone">1</t:Entry><t:Entry Key="Pager">2</t:Entry></t:PhoneNumbers>',
    );
    const item = await read(id, shape('IdOnly', '<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Pager"/>'));
    assert.deepEqual(
      child(item, 'PhoneNumbers')?.children.map(({ text }) => text),
      ['2'],
    );
  });

  it('reminds before the start', async () => {
    const id = await create('CalendarItem', `<t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>${times}`);
    assert.equal(property(await read(id, shape('AllProperties')), 'ReminderNextTime'), '2026-03-27T08:30:00Z');
  });

  describe('in lists', () => {
    const listed = async (name: string, itemShape: string) => {
      const answer = await client.call(findItem(name, '', itemShape));
      return child(child(answer.messages[0], 'RootFolder'), 'Items')?.children ?? [];
    };

    it('leaves out bodies, recipients and recurrences', async () => {
      await create('CalendarItem', `${html('x')}${times}<t:Location>y</t:Location>`);
      const [item] = await listed('calendar', shape('AllProperties'));
      const names = item?.children.map(({ name }) => name) ?? [];
      assert.ok(names.includes('Location'));
      for (const name of ['Body', 'Attachments', 'ResponseObjects', 'RequiredAttendees', 'Recurrence'])
        assert.ok(!names.includes(name), name);
    });

    it('refuses bodies and MIME content that are asked for by name', async () => {
      for (const uri of ['item:Body', 'item:MimeContent', 'item:UniqueBody', 'item:Attachments']) {
        const answer = await client.call(findItem('tasks', '', shape('IdOnly', field(uri))));
        assert.deepEqual(answer.codes, ['ErrorInvalidPropertyRequest'], uri);
      }
    });

    it('shortens long values', async () => {
      const long = '<t:ExtendedFieldURI PropertySetId="11112222-3333-4444-5555-666677778888" PropertyName="long" PropertyType="String"/>';
      const bytes = long.replace('"long" PropertyType="String"', '"bytes" PropertyType="Binary"');
      const values: readonly (readonly [string, string])[] = [
        [long, 'x'.repeat(300)],
        [bytes, Buffer.alloc(600, 7).toString('base64')],
      ];
      const extended = values.map(([uri, value]) => `<t:ExtendedProperty>${uri}<t:Value>${value}</t:Value></t:ExtendedProperty>`).join('');
      const answer = await client.call(
        `<m:CreateItem><m:SavedItemFolderId>${folder('notes')}</m:SavedItemFolderId><m:Items><t:Task>${extended}</t:Task></m:Items></m:CreateItem>`,
      );
      const [item] = await listed('notes', shape('IdOnly', long + bytes));
      const lengths = (found = item) => found?.children.flatMap((part) => child(part, 'Value')?.text.length ?? []);
      assert.deepEqual(lengths(), [255, Math.ceil(512 / 3) * 4]);
      assert.deepEqual(lengths(await read(idOf(answer).id, shape('IdOnly', long + bytes))), [300, 800]);
    });
  });

  describe('flags', () => {
    const flag = (content: string): string => `<t:Subject>x</t:Subject><t:Flag>${content}</t:Flag>`;

    it('are NotFlagged until they are set', async () => {
      const id = await create('Task', '');
      assert.equal(child(child(await read(id, shape('AllProperties')), 'Flag'), 'FlagStatus')?.text, 'NotFlagged');
    });

    it('keep their times in UTC', async () => {
      const id = await create(
        'Task',
        flag(
          '<t:FlagStatus>Flagged</t:FlagStatus><t:StartDate>2026-03-21T01:00:00+01:00</t:StartDate><t:DueDate>2026-03-22T00:00:00Z</t:DueDate>',
        ),
      );
      const shown = child(await read(id, shape('AllProperties')), 'Flag')?.children.map(({ text }) => text);
      assert.deepEqual(shown, ['Flagged', '2026-03-21T00:00:00Z', '2026-03-22T00:00:00Z']);
    });

    it('get the time of their completion', async () => {
      const id = await create('Task', flag('<t:FlagStatus>Complete</t:FlagStatus>'));
      const shown = child(await read(id, shape('AllProperties')), 'Flag')?.children.map(({ text }) => text);
      assert.deepEqual(shown, ['Complete', '2026-03-20T08:00:00Z']);
    });

    const day = (name: string): string => `<t:${name}>2026-03-21T00:00:00Z</t:${name}>`;
    const refused: readonly (readonly [string, string])[] = [
      ['completed without being complete', `<t:FlagStatus>Flagged</t:FlagStatus>${day('CompleteDate')}`],
      ['started without being due', `<t:FlagStatus>Flagged</t:FlagStatus>${day('StartDate')}`],
      ['due although complete', `<t:FlagStatus>Complete</t:FlagStatus>${day('StartDate')}${day('DueDate')}`],
      ['due although not flagged', `<t:FlagStatus>NotFlagged</t:FlagStatus>${day('StartDate')}${day('DueDate')}`],
    ];
    for (const [name, content] of refused)
      it(`are refused where they are ${name}`, async () =>
        assert.deepEqual((await client.call(task(flag(content)))).codes, ['ErrorInvalidArgument']));
  });

  it('refuses an item class of another kind', async () => {
    assert.deepEqual((await client.call(task('<t:ItemClass>IPM.Appointment</t:ItemClass>'))).codes, ['ErrorObjectTypeChanged']);
    assert.deepEqual((await client.call(task('<t:ItemClass>IPM.Task.Special</t:ItemClass>'))).codes, ['NoError']);
  });

  it('makes of an Item what its class says', async () => {
    const made = async (itemClass: string) => {
      const id = await create('Item', `<t:ItemClass>${itemClass}</t:ItemClass><t:Subject>x</t:Subject>`);
      return (await read(id, shape('IdOnly'))).name;
    };
    assert.equal(await made('IPM.StickyNote'), 'Message');
    assert.equal(await made('IPM.Task'), 'Task');
  });

  const readOnly = ['ItemId Id="x"', 'DateTimeReceived', 'Size', 'DateTimeSent', 'DateTimeCreated', 'DisplayTo', 'LastModifiedName'];
  const values: Readonly<Record<string, string>> = { DisplayTo: 'x', LastModifiedName: 'x', Size: '1' };
  for (const attributed of readOnly) {
    const [name = ''] = attributed.split(' ');
    it(`answers ErrorInvalidPropertySet to ${name} in CreateItem and names it`, async () => {
      const text = name === 'ItemId' ? '' : (values[name] ?? '2026-03-20T08:00:00Z');
      const answer = await client.call(task(`<t:${attributed}>${text}</t:${name}>`));
      assert.deepEqual(answer.codes, ['ErrorInvalidPropertySet']);
      const named = child(answer.messages[0], 'MessageXml')?.children[0];
      assert.equal(named?.attributes['FieldURI'], `item:${name}`);
    });
  }
});
