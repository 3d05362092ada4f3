import assert from 'node:assert/strict';
import {
  child,
  created,
  createItem,
  descend,
  findItem,
  folder,
  getItem,
  idOf,
  inZone,
  itemOf,
  property,
  shape,
  startClient,
  updateItem,
  type Client,
} from '../harness';

const sets: Readonly<Record<string, string>> = { C: 'Common', A: 'Appointment', T: 'Task', D: 'Address', M: 'Meeting' };

/** `0x0037 String` is a tag, `A 0x8208 String` an id of a set, `Keywords StringArray` a public name. */
const uri = (name: string): string => {
  const [first = '', second = '', third = ''] = name.split(' ');
  if (first.startsWith('0x')) return `<t:ExtendedFieldURI PropertyTag="${first}" PropertyType="${second}"/>`;
  if (third === '')
    return `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="${first}" PropertyType="${second}"/>`;
  return `<t:ExtendedFieldURI DistinguishedPropertySetId="${sets[first]}" PropertyId="${Number(second)}" PropertyType="${third}"/>`;
};

const value = (name: string, text: string): string => {
  const content = name.endsWith('Array') ? `<t:Values><t:Value>${text}</t:Value></t:Values>` : `<t:Value>${text}</t:Value>`;
  return `<t:ExtendedProperty>${uri(name)}${content}</t:ExtendedProperty>`;
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const times = '<t:Start>2026-03-27T09:00:00Z</t:Start><t:End>2026-03-27T10:30:00Z</t:End>';

describe('EWS extended properties that are other names of EWS properties', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = (element: string, content: string): Promise<{ id: string; changeKey: string }> =>
    created(client, createItem(`<t:${element}>${content}</t:${element}>`));
  const whole = async (id: string) => itemOf(await client.call(getItem(id)));
  const mapi = async (id: string, name: string, header = ''): Promise<string | undefined> => {
    const item = itemOf(await client.call(getItem(id, shape('IdOnly', uri(name))), { header }));
    const found = child(item, 'ExtendedProperty');
    return (
      child(found, 'Value')?.text ??
      child(found, 'Values')
        ?.children.map(({ text }) => text)
        .join('|')
    );
  };

  /** Element, MAPI property and its value, and the EWS element that says the same. */
  const pairs: readonly (readonly [string, string, string, string])[] = [
    ['Task', '0x0037 String', 'Buy', '<t:Subject>Buy</t:Subject>'],
    ['Task', '0x0036 Integer', '2', '<t:Sensitivity>Private</t:Sensitivity>'],
    ['Task', 'C 0x8506 Boolean', 'true', '<t:Sensitivity>Private</t:Sensitivity>'],
    ['Task', '0x0017 Integer', '2', '<t:Importance>High</t:Importance>'],
    ['Task', '0x1000 String', 'plain', '<t:Body BodyType="Text">plain</t:Body>'],
    ['Task', '0x1013 Binary', base64('<p>rich</p>'), '<t:Body BodyType="HTML">&lt;p&gt;rich&lt;/p&gt;</t:Body>'],
    ['Task', '0x1090 Integer', '2', '<t:Flag><t:FlagStatus>Flagged</t:FlagStatus></t:Flag>'],
    ['Task', 'Keywords StringArray', 'Red', '<t:Categories><t:String>Red</t:String></t:Categories>'],
    ['Task', 'T 0x8101 Integer', '3', '<t:Status>WaitingOnOthers</t:Status>'],
    ['Task', 'T 0x8102 Double', '0.25', '<t:PercentComplete>25</t:PercentComplete>'],
    ['Task', 'T 0x8104 SystemTime', '2026-05-11T00:00:00Z', '<t:StartDate>2026-05-11T00:00:00Z</t:StartDate>'],
    ['Task', 'T 0x8105 SystemTime', '2026-05-12T00:00:00Z', '<t:DueDate>2026-05-12T00:00:00Z</t:DueDate>'],
    ['Task', 'C 0x8517 SystemTime', '2026-05-12T00:00:00Z', '<t:DueDate>2026-05-12T00:00:00Z</t:DueDate>'],
    ['Task', 'C 0x8503 Boolean', 'true', '<t:ReminderIsSet>true</t:ReminderIsSet>'],
    ['Task', 'T 0x8110 Integer', '90', '<t:ActualWork>90</t:ActualWork>'],
    ['CalendarItem', 'A 0x8208 String', 'Hall', `${times}<t:Location>Hall</t:Location>`],
    ['CalendarItem', 'A 0x820D SystemTime', '2026-03-27T09:00:00Z', `<t:Start>2026-03-27T09:00:00Z</t:Start>`],
    ['CalendarItem', 'C 0x8516 SystemTime', '2026-03-27T09:00:00Z', `<t:Start>2026-03-27T09:00:00Z</t:Start>`],
    ['CalendarItem', 'A 0x8205 Integer', '3', `${times}<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>`],
    ['CalendarItem', 'C 0x8501 Integer', '30', '<t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>'],
    ['Contact', '0x3A06 String', 'Zoë', '<t:GivenName>Zoë</t:GivenName>'],
    ['Contact', '0x3A11 String', 'Maier', '<t:Surname>Maier</t:Surname>'],
    ['Contact', 'D 0x8005 String', 'Maier, Zoë', '<t:FileAs>Maier, Zoë</t:FileAs>'],
    ['Contact', '0x3A1C String', '+43 1', '<t:PhoneNumbers><t:Entry Key="MobilePhone">+43 1</t:Entry></t:PhoneNumbers>'],
    ['Contact', 'D 0x8083 String', 'z@x.test', '<t:EmailAddresses><t:Entry Key="EmailAddress1">z@x.test</t:Entry></t:EmailAddresses>'],
    ['Contact', 'D 0x80A3 String', 'z@x.test', '<t:EmailAddresses><t:Entry Key="EmailAddress3">z@x.test</t:Entry></t:EmailAddresses>'],
    [
      'Contact',
      'D 0x8046 String',
      'Wien',
      '<t:PhysicalAddresses><t:Entry Key="Business"><t:City>Wien</t:City></t:Entry></t:PhysicalAddresses>',
    ],
    [
      'Contact',
      '0x3A5D String',
      'Ring 1',
      '<t:PhysicalAddresses><t:Entry Key="Home"><t:Street>Ring 1</t:Street></t:Entry></t:PhysicalAddresses>',
    ],
    ['Contact', 'D 0x8062 String', 'im:z', '<t:ImAddresses><t:Entry Key="ImAddress1">im:z</t:Entry></t:ImAddresses>'],
    ['Contact', '0x3A58 StringArray', 'Kim', '<t:Children><t:String>Kim</t:String></t:Children>'],
    ['Contact', '0x3A42 SystemTime', '1980-02-03T00:00:00Z', '<t:Birthday>1980-02-03T00:00:00Z</t:Birthday>'],
  ];
  for (const [element, name, text, ews] of pairs) {
    const own = ews.replace(times, '');
    const end = own.includes('<t:Start>') ? '<t:End>2026-03-27T10:00:00Z</t:End>' : ews === own && element === 'CalendarItem' ? times : '';
    it(`reads ${name} of what was written as ${own.slice(0, 60)}`, async () => {
      const { id } = await create(element, ews + end);
      assert.equal(await mapi(id, name), text);
    });
    it(`writes ${name} as ${own.slice(0, 60)}`, async () => {
      const { id } = await create(element, value(name, text) + (element === 'CalendarItem' ? times : ''));
      const found = descend(await whole(id), /^<t:(\w+)/.exec(own)?.[1] ?? '');
      const leaf = (at: typeof found): string | undefined => (at?.children[0] ? leaf(at.children[0]) : at?.text);
      assert.equal(leaf(found), /.*>([^<>]+)<\//.exec(own)?.[1]?.replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
      assert.equal(await mapi(id, name), text);
    });
  }

  const computed: readonly (readonly [string, string, string, string])[] = [
    ['Task', '<t:Subject>RE: Plan</t:Subject>', '0x0E1D String', 'Plan'],
    ['Task', '<t:Subject>RE: Plan</t:Subject>', '0x003D String', 'RE: '],
    ['Task', '', '0x001A String', 'IPM.Task'],
    ['Task', '', '0x3007 SystemTime', '2026-03-20T08:00:00Z'],
    ['Task', '', '0x3008 SystemTime', '2026-03-20T08:00:00Z'],
    ['Task', '', '0x0FFE Integer', '5'],
    ['Task', '<t:Status>Completed</t:Status>', 'T 0x811C Boolean', 'true'],
    ['CalendarItem', times, 'A 0x8213 Integer', '90'],
    ['CalendarItem', `${times}<t:IsAllDayEvent>true</t:IsAllDayEvent>`, 'A 0x8215 Boolean', 'true'],
    ['CalendarItem', times, 'A 0x8223 Boolean', 'false'],
    ['CalendarItem', times, 'A 0x8218 Integer', '1'],
  ];
  for (const [element, content, name, text] of computed)
    it(`shows ${name} of ${element} ${content.slice(0, 40)}`, async () => {
      const { id } = await create(element, content);
      assert.equal(await mapi(id, name), text);
    });

  it('shows times of MAPI in UTC, whatever the zone of the request', async () => {
    const { id } = await create('CalendarItem', times);
    assert.equal(await mapi(id, 'A 0x820D SystemTime', inZone('W. Europe Standard Time')), '2026-03-27T09:00:00Z');
  });

  it('takes and removes them with UpdateItem', async () => {
    const created = await create('Task', '<t:Subject>old</t:Subject>');
    const setIt = `<t:SetItemField>${uri('0x0037 String')}<t:Task>${value('0x0037 String', 'new')}</t:Task></t:SetItemField>`;
    const answer = await client.call(updateItem(created, setIt));
    assert.deepEqual(answer.codes, ['NoError']);
    assert.equal(property(await whole(created.id), 'Subject'), 'new');
    await client.call(updateItem(idOf(answer), `<t:DeleteItemField>${uri('0x0037 String')}</t:DeleteItemField>`));
    assert.equal(await mapi(created.id, '0x0037 String'), undefined);
  });

  it('keeps as its own what is no other name in this kind of item', async () => {
    const { id } = await create('Task', value('A 0x8208 String', 'Hall'));
    assert.equal(await mapi(id, 'A 0x8208 String'), 'Hall');
    assert.equal(await mapi(id, 'C 0x8233 String'), undefined);
  });

  it('lets message flags say that a new message is no draft', async () => {
    const { id } = await create('Message', value('0x0E07 Integer', '1'));
    assert.equal(property(await whole(id), 'IsDraft'), 'false');
    assert.equal(Number(await mapi(id, '0x0E07 Integer')) & 9, 1);
  });

  it('makes up binary ids that tell items, changes and folders apart', async () => {
    const created = await create('Task', '<t:Subject>1</t:Subject>');
    const other = await create('Task', '<t:Subject>2</t:Subject>');
    const all = async (id: string) =>
      Promise.all(['0x0FFF Binary', '0x65E0 Binary', '0x300B Binary', '0x65E2 Binary', '0x0E09 Binary'].map((name) => mapi(id, name)));
    const before = await all(created.id);
    assert.deepEqual(
      before.map((text) => Buffer.from(text ?? '', 'base64').length),
      [70, 22, 16, 22, 46],
    );
    const others = await all(other.id);
    assert.deepEqual(
      before.map((text, index) => text === others[index]),
      [false, false, false, false, true],
    );
    await client.call(updateItem(created, `<t:DeleteItemField><t:FieldURI FieldURI="item:Subject"/></t:DeleteItemField>`));
    const after = await all(created.id);
    assert.deepEqual(
      before.map((text, index) => text === after[index]),
      [true, true, true, false, true],
    );
  });

  describe('GlobalObjectId', () => {
    const foreign = 'abc-123@example.test';
    const wrapped = Buffer.concat([
      Buffer.from('040000008200e00074c5b7101a82e008', 'hex'),
      Buffer.alloc(20),
      Buffer.from([12 + foreign.length + 1, 0, 0, 0]),
      Buffer.from(`vCal-Uid\u0001\0\0\0${foreign}\0`, 'latin1'),
    ]).toString('base64');
    const outlook = `040000008200E00074C5B7101A82E008${'0'.repeat(32)}10000000${'AB'.repeat(16)}`;

    it('wraps a UID that is none of Outlook', async () => {
      const { id } = await create('CalendarItem', `<t:UID>${foreign}</t:UID>${times}`);
      assert.deepEqual([await mapi(id, 'M 0x3 Binary'), await mapi(id, 'M 0x23 Binary')], [wrapped, wrapped]);
    });

    it('is the bytes of a UID of Outlook', async () => {
      const { id } = await create('CalendarItem', `<t:UID>${outlook}</t:UID>${times}`);
      assert.equal(await mapi(id, 'M 0x23 Binary'), Buffer.from(outlook, 'hex').toString('base64'));
    });

    it('becomes the UID where it is written', async () => {
      for (const [bytes, uid] of [
        [wrapped, foreign],
        [Buffer.from(outlook, 'hex').toString('base64'), outlook],
      ] as const) {
        const { id } = await create('CalendarItem', value('M 0x3 Binary', bytes) + times);
        assert.equal(property(await whole(id), 'UID'), uid);
      }
    });

    it('finds a meeting by its UID', async () => {
      const { id } = await create('CalendarItem', `<t:UID>find-me</t:UID>${times}`);
      const sought = (await mapi(id, 'M 0x23 Binary')) ?? '';
      const restriction = `<m:Restriction><t:IsEqualTo>${uri('M 0x23 Binary')}<t:FieldURIOrConstant><t:Constant Value="${sought}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
      const found = descend((await client.call(findItem('calendar', restriction))).messages[0], 'RootFolder', 'Items')?.children ?? [];
      assert.deepEqual(
        found.map((item) => child(item, 'ItemId')?.attributes['Id']),
        [id],
      );
    });

    it('carries the day of an occurrence', async () => {
      const recurrence =
        '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-27</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
      const { id } = await create('CalendarItem', `<t:UID>${outlook}</t:UID>${times}${recurrence}`);
      const second = await client.call(
        `<m:GetItem>${shape('IdOnly', uri('M 0x3 Binary') + uri('M 0x23 Binary'))}<m:ItemIds><t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="2"/></m:ItemIds></m:GetItem>`,
      );
      const values = itemOf(second).children.flatMap((part) => child(part, 'Value')?.text ?? []);
      const hex = values.map((text) => Buffer.from(text, 'base64').toString('hex', 16, 20));
      assert.deepEqual(hex, ['07ea031c', '00000000']);
    });
  });

  it('are searched and sorted by like others', async () => {
    for (const name of ['Sort B', 'Sort C', 'Sort A']) await create('Contact', `<t:Surname>${name}</t:Surname>`);
    const order = `<m:SortOrder><t:FieldOrder Order="Descending">${uri('0x3A11 String')}</t:FieldOrder></m:SortOrder>`;
    const contains = `<m:Restriction><t:Contains ContainmentMode="Prefixed" ContainmentComparison="IgnoreCase">${uri('0x3A11 String')}<t:Constant Value="sort"/></t:Contains></m:Restriction>`;
    const answer = await client.call(
      `<m:FindItem Traversal="Shallow">${shape('IdOnly', '<t:FieldURI FieldURI="contacts:Surname"/>')}${contains}${order}<m:ParentFolderIds>${folder('contacts')}</m:ParentFolderIds></m:FindItem>`,
    );
    const found = descend(answer.messages[0], 'RootFolder', 'Items')?.children ?? [];
    assert.deepEqual(
      found.map((item) => property(item, 'Surname')),
      ['Sort C', 'Sort B', 'Sort A'],
    );
  });
});
