import assert from 'node:assert/strict';
import {
  appointment,
  child,
  created,
  createItem,
  deleteItem,
  descend,
  folder,
  getItem,
  idOf,
  inZone,
  itemOf,
  owner,
  property,
  setField,
  shape,
  soap,
  startClient,
  syncFolderItems,
  task,
  updateItem,
  type Client,
} from '../harness';

const vienna = { header: inZone('W. Europe Standard Time') };
const meeting = '<t:Subject>Plan</t:Subject><t:Start>2026-03-27T09:00:00Z</t:Start><t:End>2026-03-27T10:00:00Z</t:End>';
const syncId = '<t:ExtendedFieldURI PropertySetId="11112222-3333-4444-5555-666677778888" PropertyName="SyncId" PropertyType="String"/>';

describe('EWS items', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = (body: string, sent = {}): Promise<{ id: string; changeKey: string }> => created(client, body, sent);
  const read = async (id: string, itemShape?: string, sent = {}) => itemOf(await client.call(getItem(id, itemShape), sent));

  describe('CreateItem and GetItem', () => {
    it('fills what Exchange fills', async () => {
      const { id } = await create(appointment(meeting));
      const item = await read(id);
      const expected = {
        ItemClass: 'IPM.Appointment',
        CalendarItemType: 'Single',
        IsRecurring: 'false',
        IsAllDayEvent: 'false',
        LegacyFreeBusyStatus: 'Busy',
        Duration: 'PT1H',
        MyResponseType: 'Organizer',
        IsMeeting: 'false',
        DateTimeCreated: '2026-03-20T08:00:00Z',
        Sensitivity: 'Normal',
        Importance: 'Normal',
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(property(item, name), value, name);
      assert.equal(descend(item, 'Organizer', 'Mailbox', 'EmailAddress')?.text, owner.address);
      assert.match(property(item, 'UID') ?? '', /^040000008200E00074C5B7101A82E008/);
    });

    it('keeps every property a client writes, also those it knows nothing of', async () => {
      const { id } = await create(
        createItem(
          '<t:Contact><t:Categories><t:String>A, &amp; B</t:String></t:Categories><t:GivenName>Zoë</t:GivenName><t:EmailAddresses><t:Entry Key="EmailAddress1">z@x.test</t:Entry></t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Business"><t:Street>Ring 1</t:Street><t:City>Wien</t:City></t:Entry></t:PhysicalAddresses><t:Surname>&lt;b&gt;"\'</t:Surname></t:Contact>',
        ),
      );
      const item = await read(id);
      assert.equal(property(item, 'Surname'), '<b>"\'');
      assert.equal(descend(item, 'Categories', 'String')?.text, 'A, & B');
      assert.equal(descend(item, 'PhysicalAddresses', 'Entry', 'City')?.text, 'Wien');
    });

    it('gives back truths as words where numbers were written', async () => {
      const given =
        '<t:ReminderIsSet>0</t:ReminderIsSet><t:IsAllDayEvent>1</t:IsAllDayEvent><t:IsResponseRequested>0</t:IsResponseRequested><t:AllowNewTimeProposal>1</t:AllowNewTimeProposal>';
      const { id } = await create(appointment(given));
      const item = await read(id);
      assert.deepEqual(
        ['ReminderIsSet', 'IsAllDayEvent', 'IsResponseRequested', 'AllowNewTimeProposal'].map((name) => property(item, name)),
        ['false', 'true', 'false', 'true'],
      );
    });

    it('reads local times in the zone of the request and shows them in the zone that is asked for', async () => {
      const { id } = await create(appointment(meeting.replaceAll('Z</t', '</t')), vienna);
      assert.equal(property(await read(id), 'Start'), '2026-03-27T08:00:00Z');
      assert.equal(property(await read(id, undefined, vienna), 'Start'), '2026-03-27T09:00:00+01:00');
      assert.equal(child(await read(id), 'StartTimeZone')?.attributes['Id'], 'W. Europe Standard Time');
    });

    it('refuses an unknown zone', async () =>
      assert.deepEqual((await client.call(appointment(meeting), { header: inZone('Middle-earth') })).codes, ['ErrorTimeZone']));

    it('widens an all-day appointment to midnights of its zone', async () => {
      const content =
        '<t:Start>2026-03-28T10:00:00+01:00</t:Start><t:End>2026-03-29T12:00:00+02:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent><t:StartTimeZone Id="W. Europe Standard Time"/>';
      const item = await read((await create(appointment(content))).id);
      assert.deepEqual([property(item, 'Start'), property(item, 'End')], ['2026-03-27T23:00:00Z', '2026-03-29T22:00:00Z']);
    });

    it('makes the first occurrence the start of a series and lists its bounds across a clock change', async () => {
      const recurrence =
        '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Friday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-25</t:StartDate><t:NumberOfOccurrences>2</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
      const content = `<t:Start>2026-03-25T09:00:00</t:Start><t:End>2026-03-25T10:00:00</t:End>${recurrence}<t:StartTimeZone Id="W. Europe Standard Time"/>`;
      const item = await read((await create(appointment(content), vienna)).id);
      assert.equal(property(item, 'CalendarItemType'), 'RecurringMaster');
      assert.equal(property(item, 'Start'), '2026-03-27T08:00:00Z');
      assert.equal(descend(item, 'Recurrence', 'NumberedRecurrence', 'StartDate')?.text, '2026-03-27+01:00');
      assert.equal(descend(item, 'LastOccurrence', 'Start')?.text, '2026-04-03T07:00:00Z');
      const last = await read(descend(item, 'LastOccurrence', 'ItemId')?.attributes['Id'] ?? '');
      assert.deepEqual([property(last, 'CalendarItemType'), property(last, 'Start')], ['Occurrence', '2026-04-03T07:00:00Z']);
    });

    const refused: readonly (readonly [string, string, string])[] = [
      [
        'an appointment without SendMeetingInvitations',
        createItem(`<t:CalendarItem>${meeting}</t:CalendarItem>`, ''),
        'ErrorSendMeetingInvitationsRequired',
      ],
      [
        'an end before the start',
        appointment('<t:Start>2026-03-27T09:00:00Z</t:Start><t:End>2026-03-27T08:00:00Z</t:End>'),
        'ErrorCalendarEndDateIsEarlierThanStartDate',
      ],
      [
        'a property only the server sets',
        appointment(`<t:HasAttachments>true</t:HasAttachments>${meeting.slice(meeting.indexOf('<t:Start'))}`),
        'ErrorInvalidPropertySet',
      ],
      ['a subject of more than 255 characters', task(`<t:Subject>${'x'.repeat(256)}</t:Subject>`), 'ErrorItemSavePropertyError'],
      [
        'an impossible extended property',
        task(`<t:ExtendedProperty><t:ExtendedFieldURI PropertyName="x" PropertyType="String"/><t:Value>1</t:Value></t:ExtendedProperty>`),
        'ErrorInvalidExtendedProperty',
      ],
      ['a percentage above 100', task('<t:PercentComplete>101</t:PercentComplete>'), 'ErrorInvalidPercentCompleteValue'],
    ];
    for (const [name, body, code] of refused)
      it(`answers ${code} to ${name}`, async () => assert.deepEqual((await client.call(body)).codes, [code]));

    it('creates the others where one of several is refused', async () => {
      const answer = await client.call(
        createItem(`<t:Task><t:Subject>good</t:Subject></t:Task><t:Task><t:PercentComplete>200</t:PercentComplete></t:Task><t:Task/>`),
      );
      assert.deepEqual(answer.codes, ['NoError', 'ErrorInvalidPercentCompleteValue', 'NoError']);
    });
  });

  describe('shapes and bodies', () => {
    it('shows IdOnly, Default and additional properties', async () => {
      const { id } = await create(appointment(`${meeting}<t:Location>Here</t:Location>`));
      const names = async (itemShape: string) => (await read(id, itemShape)).children.map((part) => part.name);
      assert.deepEqual(await names(shape('IdOnly')), ['ItemId']);
      assert.deepEqual(await names(shape('IdOnly', '<t:FieldURI FieldURI="calendar:Location"/><t:FieldURI FieldURI="item:Subject"/>')), [
        'ItemId',
        'Subject',
        'Location',
      ]);
      assert.ok((await names(shape('Default'))).includes('Start'));
    });

    it('keeps text with CRLF line ends and turns it into HTML and back', async () => {
      const { id } = await create(task('<t:Body BodyType="Text">one\ntwo &lt; three</t:Body>'));
      assert.equal(property(await read(id), 'Body'), 'one\r\ntwo < three');
      const html = await read(id, shape('AllProperties', '', '<t:BodyType>HTML</t:BodyType>'));
      assert.match(property(html, 'Body') ?? '', /one<br>\r\ntwo &lt; three/);
      const other = await create(task('<t:Body BodyType="HTML">&lt;p&gt;one &amp;amp; &lt;b&gt;two&lt;/b&gt;&lt;/p&gt;</t:Body>'));
      assert.equal(property(await read(other.id, shape('AllProperties', '', '<t:BodyType>Text</t:BodyType>')), 'Body'), 'one & two');
    });

    it('writes control characters of a mailbox as references', async () => {
      const id = client.simulator.create(owner.address, { kind: 'task', subject: 'a\u0001b' });
      const response = await fetch(client.simulator.url, {
        method: 'POST',
        headers: {
          'content-type': 'text/xml',
          authorization: `Basic ${Buffer.from(`${owner.address}:${owner.password}`).toString('base64')}`,
        },
        body: soap(getItem(id)),
      });
      assert.match(await response.text(), /<t:Subject>a&#x1;b<\/t:Subject>/);
      client.simulator.delete(owner.address, id, true);
    });

    for (const uri of [
      syncId,
      '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x" PropertyType="String"/>',
      '<t:ExtendedFieldURI DistinguishedPropertySetId="Common" PropertyId="34144" PropertyType="String"/>',
      '<t:ExtendedFieldURI PropertyTag="0x3A45" PropertyType="String"/>',
    ])
      it(`stores and shows ${uri.slice(3, 75)}…`, async () => {
        const { id } = await create(task(`<t:ExtendedProperty>${uri}<t:Value>v &amp; w</t:Value></t:ExtendedProperty>`));
        assert.equal(descend(await read(id, shape('IdOnly', uri)), 'ExtendedProperty', 'Value')?.text, 'v & w');
        assert.equal(child(await read(id), 'ExtendedProperty'), undefined);
      });
  });

  describe('UpdateItem', () => {
    it('sets, appends and deletes fields and changes the change key', async () => {
      const created = await create(
        appointment(`${meeting.replace('</t:Subject>', '</t:Subject><t:Body BodyType="Text">a</t:Body>')}<t:Location>Here</t:Location>`),
      );
      const append =
        '<t:AppendToItemField><t:FieldURI FieldURI="item:Body"/><t:CalendarItem><t:Body BodyType="Text">b</t:Body></t:CalendarItem></t:AppendToItemField>';
      const answer = await client.call(
        updateItem(
          created,
          setField('item:Subject', 'CalendarItem', '<t:Subject>New</t:Subject>') +
            append +
            '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Location"/></t:DeleteItemField>',
        ),
      );
      assert.deepEqual(answer.codes, ['NoError']);
      assert.notEqual(idOf(answer).changeKey, created.changeKey);
      const item = await read(created.id);
      assert.deepEqual([property(item, 'Subject'), property(item, 'Body'), property(item, 'Location')], ['New', 'ab', undefined]);
    });

    it('knows the three ways to resolve conflicts', async () => {
      const created = await create(task('<t:Subject>1</t:Subject>'));
      const subject = setField('item:Subject', 'Task', '<t:Subject>2</t:Subject>');
      assert.deepEqual((await client.call(updateItem(created, subject.replace('2', '3')))).codes, ['NoError']);
      assert.deepEqual((await client.call(updateItem(created, subject))).codes, ['ErrorIrresolvableConflict']);
      assert.deepEqual((await client.call(updateItem(created, subject, 'ConflictResolution="NeverOverwrite"'))).codes, [
        'ErrorIrresolvableConflict',
      ]);
      assert.deepEqual((await client.call(updateItem(created, subject, 'ConflictResolution="AlwaysOverwrite"'))).codes, ['NoError']);
      assert.deepEqual((await client.call(updateItem({ id: created.id }, subject))).codes, ['ErrorChangeKeyRequired']);
      assert.deepEqual((await client.call(updateItem({ id: created.id, changeKey: 'x' }, subject))).codes, ['ErrorInvalidChangeKey']);
    });

    const refused: readonly (readonly [string, string, string])[] = [
      [
        'two properties in one description',
        setField('item:Subject', 'Task', '<t:Subject>a</t:Subject><t:Sensitivity>Private</t:Sensitivity>'),
        'ErrorIncorrectUpdatePropertyCount',
      ],
      [
        'another property than the path names',
        setField('item:Subject', 'Task', '<t:Sensitivity>Private</t:Sensitivity>'),
        'ErrorUpdatePropertyMismatch',
      ],
      [
        'a property only the server sets',
        setField('task:IsComplete', 'Task', '<t:IsComplete>true</t:IsComplete>'),
        'ErrorInvalidPropertySet',
      ],
      [
        'a property of another kind',
        setField('calendar:Location', 'CalendarItem', '<t:Location>x</t:Location>'),
        'ErrorInvalidPropertyRequest',
      ],
      ['another kind of item', setField('item:Subject', 'CalendarItem', '<t:Subject>x</t:Subject>'), 'ErrorObjectTypeChanged'],
      [
        'appending to a subject',
        setField('item:Subject', 'Task', '<t:Subject>x</t:Subject>').replaceAll('SetItemField', 'AppendToItemField'),
        'ErrorInvalidPropertyAppend',
      ],
    ];
    for (const [name, updates, code] of refused)
      it(`answers ${code} to ${name}`, async () => {
        const created = await create(task('<t:Subject>x</t:Subject>'));
        assert.deepEqual((await client.call(updateItem(created, updates))).codes, [code]);
        assert.equal(idOf(await client.call(getItem(created.id))).changeKey, created.changeKey);
      });

    it('requires SendMeetingInvitationsOrCancellations for appointments', async () => {
      const created = await create(appointment(meeting));
      const body = updateItem(created, setField('item:Subject', 'CalendarItem', '<t:Subject>x</t:Subject>')).replace(
        ' SendMeetingInvitationsOrCancellations="SendToNone"',
        '',
      );
      assert.deepEqual((await client.call(body)).codes, ['ErrorSendMeetingInvitationsOrCancellationsRequired']);
    });

    const coupled: readonly (readonly [string, string, readonly (string | undefined)[]])[] = [
      ['<t:Status>Completed</t:Status>', 'task:Status', ['Completed', '100', 'true', '2026-03-20T00:00:00Z']],
      ['<t:PercentComplete>100</t:PercentComplete>', 'task:PercentComplete', ['Completed', '100', 'true', '2026-03-20T00:00:00Z']],
      ['<t:CompleteDate>2026-03-19T00:00:00Z</t:CompleteDate>', 'task:CompleteDate', ['Completed', '100', 'true', '2026-03-19T00:00:00Z']],
      ['<t:PercentComplete>50</t:PercentComplete>', 'task:PercentComplete', ['InProgress', '50', 'false', undefined]],
      ['<t:Status>WaitingOnOthers</t:Status>', 'task:Status', ['WaitingOnOthers', '0', 'false', undefined]],
    ];
    for (const [value, uri, expected] of coupled)
      it(`couples status, percentage and completion date on ${value}`, async () => {
        const created = await create(task('<t:Subject>x</t:Subject>'));
        assert.deepEqual((await client.call(updateItem(created, setField(uri, 'Task', value)))).codes, ['NoError']);
        const item = await read(created.id);
        assert.deepEqual(
          ['Status', 'PercentComplete', 'IsComplete', 'CompleteDate'].map((name) => property(item, name)),
          expected,
        );
      });

    it('keeps the days of tasks as days, in whatever zone they are read', async () => {
      const { id } = await create(task('<t:DueDate>2026-05-11T00:00:00</t:DueDate>'), vienna);
      assert.equal(property(await read(id, undefined, vienna), 'DueDate'), '2026-05-11T00:00:00+02:00');
      assert.equal(property(await read(id), 'DueDate'), '2026-05-11T00:00:00Z');
    });
  });

  describe('DeleteItem and MoveItem', () => {
    it('deletes for good or into Deleted Items', async () => {
      const gone = await create(task('<t:Subject>gone</t:Subject>'));
      assert.deepEqual((await client.call(deleteItem(gone.id))).codes, ['NoError']);
      assert.deepEqual((await client.call(getItem(gone.id))).codes, ['ErrorItemNotFound']);
      assert.deepEqual((await client.call(deleteItem(gone.id))).codes, ['ErrorItemNotFound']);
      const binned = await create(task('<t:Subject>binned</t:Subject>'));
      await client.call(deleteItem(binned.id, 'MoveToDeletedItems'));
      assert.ok(client.simulator.items(owner.address, 'deleteditems').some(({ subject }) => subject === 'binned'));
    });

    it('requires the attributes Exchange requires', async () => {
      const meetingId = await create(appointment(meeting));
      const taskId = await create(task('<t:Subject>x</t:Subject>'));
      assert.deepEqual((await client.call(deleteItem(meetingId.id, 'HardDelete', ''))).codes, ['ErrorSendMeetingCancellationsRequired']);
      assert.deepEqual((await client.call(deleteItem(taskId.id, 'HardDelete', ''))).codes, ['ErrorAffectedTaskOccurrencesRequired']);
    });

    it('gives a moved item a new id and reports it deleted where it was', async () => {
      const state = descend((await client.call(syncFolderItems('tasks'))).messages[0], 'SyncState')?.text;
      const created = await create(task('<t:Subject>moved</t:Subject>'));
      const second = await client.call(syncFolderItems('tasks', state));
      const moved = await client.call(
        `<m:MoveItem><m:ToFolderId>${folder('drafts')}</m:ToFolderId><m:ItemIds><t:ItemId Id="${created.id}"/></m:ItemIds></m:MoveItem>`,
      );
      assert.deepEqual(moved.codes, ['NoError']);
      assert.notEqual(idOf(moved).id, created.id);
      assert.equal(property(await read(idOf(moved).id), 'Subject'), 'moved');
      const third = await client.call(syncFolderItems('tasks', descend(second.messages[0], 'SyncState')?.text));
      const change = descend(third.messages[0], 'Changes')?.children[0];
      assert.deepEqual([change?.name, child(change, 'ItemId')?.attributes['Id']], ['Delete', created.id]);
    });
  });
});
