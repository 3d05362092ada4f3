import assert from 'node:assert/strict';
import {
  appointment,
  child,
  colleague,
  descend,
  inZone,
  owner,
  service,
  startClient,
  type Answer,
  type Client,
  type XmlElement,
} from '../harness';

const vienna =
  '<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>';

const person = (address: string, type = 'Required'): string =>
  `<t:MailboxData><t:Email><t:Address>${address}</t:Address></t:Email><t:AttendeeType>${type}</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>`;

const times = (start: string, end: string): string => `<t:StartTime>${start}</t:StartTime><t:EndTime>${end}</t:EndTime>`;

interface Asked {
  readonly people?: string;
  readonly start?: string;
  readonly end?: string;
  readonly interval?: number;
  readonly view?: string;
  readonly zone?: string;
  readonly suggestions?: string;
}

const ask = ({
  people = person(owner.address),
  start = '2026-03-27T00:00:00',
  end = '2026-03-28T00:00:00',
  interval = 60,
  view = 'DetailedMerged',
  zone = vienna,
  suggestions = '',
}: Asked = {}): string =>
  `<m:GetUserAvailabilityRequest>${zone}<m:MailboxDataArray>${people}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>${times(start, end)}</t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>${interval}</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>${view}</t:RequestedView></t:FreeBusyViewOptions>${suggestions}</m:GetUserAvailabilityRequest>`;

const responses = (answer: Answer): readonly XmlElement[] => child(answer.body, 'FreeBusyResponseArray')?.children ?? [];
const viewOf = (answer: Answer): XmlElement => {
  const view = child(responses(answer)[0], 'FreeBusyView');
  assert.ok(view, answer.text);
  return view;
};
const codesOf = (answer: Answer): readonly string[] =>
  responses(answer).map((one) => descend(one, 'ResponseMessage', 'ResponseCode')?.text ?? '');
const typeOf = (answer: Answer): string | undefined => child(viewOf(answer), 'FreeBusyViewType')?.text;
const merged = (answer: Answer): string | undefined => child(viewOf(answer), 'MergedFreeBusy')?.text;
const eventsOf = (answer: Answer): readonly XmlElement[] => child(viewOf(answer), 'CalendarEventArray')?.children ?? [];
const timesOf = (event: XmlElement): readonly string[] => event.children.slice(0, 3).map(({ text }) => text);
const detail = (event: XmlElement | undefined, name: string): string | undefined => descend(event, 'CalendarEventDetails', name)?.text;

const meeting = (subject: string, start: string, end: string, more = '', before = ''): string =>
  appointment(`<t:Subject>${subject}</t:Subject>${before}<t:Start>${start}</t:Start><t:End>${end}</t:End>${more}`);

describe('GetUserAvailability', () => {
  let client: Client;
  const clara = { address: 'clara@x.test', password: 'clara' };
  before(async () => {
    client = await startClient({
      mailboxes: [{ ...owner, zone: 'Europe/Vienna' }, colleague, clara],
      groups: [{ address: 'team@x.test', name: 'Team', members: [owner.address, clara.address, 'gone@x.test'] }],
    });
    // 27 March 2026 in Vienna: 9–10, 11–12:30 tentatively, 14–15 away, private.
    await client.call(meeting('Plan', '2026-03-27T08:00:00Z', '2026-03-27T09:00:00Z', '<t:Location>Room 1</t:Location>'));
    await client.call(
      meeting('Maybe', '2026-03-27T10:00:00Z', '2026-03-27T11:30:00Z', '<t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus>'),
    );
    await client.call(
      meeting(
        'Doctor',
        '2026-03-27T13:00:00Z',
        '2026-03-27T14:00:00Z',
        '<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>',
        '<t:Sensitivity>Private</t:Sensitivity>',
      ),
    );
    await client.call(
      meeting(
        'Weekly',
        '2026-04-06T06:00:00Z',
        '2026-04-06T07:00:00Z',
        '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2026-04-06</t:StartDate></t:NoEndRecurrence></t:Recurrence>',
      ),
      { header: inZone('W. Europe Standard Time') },
    );
    await client.call(meeting('Hers', '2026-03-27T16:00:00Z', '2026-03-27T17:00:00Z'), { as: clara });
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  it('gives the owner everything, in the zone of the request', async () => {
    const answer = await client.call(ask());
    assert.deepEqual(codesOf(answer), ['NoError']);
    assert.equal(typeOf(answer), 'DetailedMerged');
    assert.equal(merged(answer), '000000000201103000000000');
    assert.deepEqual(eventsOf(answer).map(timesOf), [
      ['2026-03-27T09:00:00', '2026-03-27T10:00:00', 'Busy'],
      ['2026-03-27T11:00:00', '2026-03-27T12:30:00', 'Tentative'],
      ['2026-03-27T14:00:00', '2026-03-27T15:00:00', 'OOF'],
    ]);
    const [plan, , doctor] = eventsOf(answer);
    assert.equal(detail(plan, 'Subject'), 'Plan');
    assert.equal(detail(plan, 'Location'), 'Room 1');
    assert.match(detail(plan, 'ID') ?? '', /^[0-9A-F]+$/);
    assert.deepEqual([detail(doctor, 'Subject'), detail(doctor, 'IsPrivate')], ['Doctor', 'true']);
  });

  it('gives a colleague the times, but nothing else', async () => {
    const answer = await client.call(ask(), { as: colleague });
    assert.equal(typeOf(answer), 'FreeBusyMerged');
    assert.equal(eventsOf(answer).length, 3);
    assert.ok(eventsOf(answer).every((event) => child(event, 'CalendarEventDetails') === undefined));
  });

  it('gives a colleague subject and place where the calendar is shared so far, but not of what is private', async () => {
    const permission = `<t:CalendarPermission><t:UserId><t:PrimarySmtpAddress>${colleague.address}</t:PrimarySmtpAddress></t:UserId><t:CalendarPermissionLevel>FreeBusyTimeAndSubjectAndLocation</t:CalendarPermissionLevel></t:CalendarPermission>`;
    const shared = await client.call(
      `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:DistinguishedFolderId Id="calendar"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:CalendarFolder><t:PermissionSet><t:CalendarPermissions>${permission}</t:CalendarPermissions></t:PermissionSet></t:CalendarFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`,
      { as: clara },
    );
    assert.deepEqual(shared.codes, ['NoError']);
    const secret = meeting('Secret', '2026-03-27T18:00:00Z', '2026-03-27T19:00:00Z', '', '<t:Sensitivity>Private</t:Sensitivity>');
    await client.call(secret, { as: clara });
    const answer = await client.call(ask({ people: person(clara.address) }), { as: colleague });
    assert.equal(typeOf(answer), 'DetailedMerged');
    const [hers, hidden] = eventsOf(answer);
    assert.deepEqual([detail(hers, 'Subject'), detail(hers, 'ID')], ['Hers', undefined]);
    assert.deepEqual([detail(hidden, 'Subject'), detail(hidden, 'IsPrivate')], [undefined, 'true']);
  });

  for (const [view, hasMerged, hasEvents, hasDetails] of [
    ['MergedOnly', true, false, false],
    ['FreeBusy', false, true, false],
    ['FreeBusyMerged', true, true, false],
    ['Detailed', false, true, true],
  ] as const)
    it(`gives with ${view} what belongs to it`, async () => {
      const answer = await client.call(ask({ view }));
      assert.equal(typeOf(answer), view);
      assert.equal(merged(answer) !== undefined, hasMerged);
      assert.equal(eventsOf(answer).length > 0, hasEvents);
      assert.equal(detail(eventsOf(answer)[0], 'Subject') !== undefined, hasDetails);
    });

  it('cuts the window into intervals as asked, the last one short', async () => {
    const answer = await client.call(ask({ start: '2026-03-27T08:30:00', end: '2026-03-27T10:10:00', interval: 30, view: 'MergedOnly' }));
    assert.equal(merged(answer), '0220');
  });

  it('expands a series, and follows the change of the clocks in a zone of the request', async () => {
    const answer = await client.call(ask({ start: '2026-10-19T00:00:00', end: '2026-10-31T00:00:00', view: 'Detailed' }));
    assert.deepEqual(eventsOf(answer).map(timesOf), [
      ['2026-10-19T08:00:00', '2026-10-19T09:00:00', 'Busy'],
      ['2026-10-26T08:00:00', '2026-10-26T09:00:00', 'Busy'],
    ]);
    assert.equal(detail(eventsOf(answer)[0], 'IsRecurring'), 'true');
  });

  it('takes the zone of the header where the request names none, and UTC without either', async () => {
    const header = inZone('Tokyo Standard Time');
    const inTokyo = await client.call(ask({ zone: '', view: 'FreeBusy', start: '2026-03-27T17:00:00', end: '2026-03-27T18:00:00' }), {
      header,
    });
    assert.deepEqual(eventsOf(inTokyo).map(timesOf), [['2026-03-27T17:00:00', '2026-03-27T18:00:00', 'Busy']]);
    const inUtc = await client.call(ask({ zone: '', view: 'FreeBusy', start: '2026-03-27T08:00:00', end: '2026-03-27T09:00:00' }));
    assert.deepEqual(eventsOf(inUtc).map(timesOf), [['2026-03-27T08:00:00', '2026-03-27T09:00:00', 'Busy']]);
  });

  it('tells when a person works, and where', async () => {
    const hours = child(viewOf(await client.call(ask())), 'WorkingHours');
    assert.equal(descend(hours, 'TimeZone', 'Bias')?.text, '-60');
    assert.deepEqual(
      descend(hours, 'TimeZone', 'DaylightTime')?.children.map(({ text }) => text),
      ['-60', '02:00:00', '5', '3', 'Sunday'],
    );
    assert.deepEqual(
      descend(hours, 'WorkingPeriodArray', 'WorkingPeriod')?.children.map(({ text }) => text),
      ['Monday Tuesday Wednesday Thursday Friday', '480', '1020'],
    );
  });

  it('answers for each mailbox on its own, in the order asked', async () => {
    const answer = await client.call(ask({ people: person('nobody@x.test') + person(owner.address) + person('TEAM@x.test') }));
    assert.deepEqual(codesOf(answer), ['ErrorMailRecipientNotFound', 'NoError', 'NoError']);
    assert.equal(typeOf(answer), 'None');
  });

  it('merges the time of the members of a group', async () => {
    const answer = await client.call(ask({ people: person('team@x.test') }), { as: clara });
    assert.equal(typeOf(answer), 'MergedOnly');
    assert.equal(merged(answer)?.slice(0, 18), '000000000201103002');
  });

  it('closes the time of a mailbox whose calendar is shared with nobody', async () => {
    const none = (user: string): string =>
      `<t:CalendarPermission><t:UserId><t:DistinguishedUser>${user}</t:DistinguishedUser></t:UserId><t:CalendarPermissionLevel>None</t:CalendarPermissionLevel></t:CalendarPermission>`;
    await client.call(
      `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:DistinguishedFolderId Id="calendar"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:CalendarFolder><t:PermissionSet><t:CalendarPermissions>${none('Default')}${none('Anonymous')}</t:CalendarPermissions></t:PermissionSet></t:CalendarFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`,
      { as: colleague },
    );
    const people = person(colleague.address);
    assert.deepEqual(codesOf(await client.call(ask({ people }))), ['ErrorNoFreeBusyAccess']);
    assert.deepEqual(codesOf(await client.call(ask({ people }), { as: colleague })), ['NoError']);
    assert.deepEqual(codesOf(await client.call(ask({ people }), { as: service })), ['NoError']);
  });

  for (const [why, asked, code] of [
    ['a window of more than 62 days', { end: '2026-05-29T00:00:00' }, 'ErrorTimeIntervalTooBig'],
    ['a window that ends before it starts', { end: '2026-03-26T00:00:00' }, 'ErrorInvalidTimeInterval'],
    ['intervals of less than five minutes', { interval: 4 }, 'ErrorInvalidMergedFreeBusyInterval'],
    ['intervals of more than a day', { interval: 1441 }, 'ErrorInvalidMergedFreeBusyInterval'],
    ['no view at all', { view: 'None' }, 'ErrorInvalidFreeBusyViewType'],
    ['no mailbox', { people: '' }, 'ErrorMailboxDataArrayEmpty'],
    ['more than a hundred mailboxes', { people: person(owner.address).repeat(101) }, 'ErrorMailboxDataArrayTooBig'],
    ['a zone that changes in a thirteenth month', { zone: vienna.replace('<t:Month>10', '<t:Month>13') }, 'ErrorTimeZone'],
    ['a view that is none', { view: 'Everything' }, 'ErrorSchemaValidation'],
  ] as const)
    it(`refuses ${why}`, async () => {
      assert.deepEqual((await client.call(ask(asked))).codes, [code]);
    });

  it('allows 62 days', async () => {
    assert.deepEqual(codesOf(await client.call(ask({ end: '2026-05-28T00:00:00' }))), ['NoError']);
  });

  it('suggests times of work at which all are free, and tells who is not', async () => {
    const options = `<t:SuggestionsViewOptions><t:MaximumResultsByDay>20</t:MaximumResultsByDay><t:MeetingDurationInMinutes>60</t:MeetingDurationInMinutes><t:MinimumSuggestionQuality>Poor</t:MinimumSuggestionQuality><t:DetailedSuggestionsWindow>${times('2026-03-27T00:00:00', '2026-03-29T00:00:00')}</t:DetailedSuggestionsWindow></t:SuggestionsViewOptions>`;
    const answer = await client.call(
      ask({ suggestions: options, people: person(owner.address, 'Organizer') + person('nobody@x.test', 'Optional') }),
    );
    const [friday, saturday] = descend(answer.body, 'SuggestionsResponse', 'SuggestionDayResultArray')?.children ?? [];
    assert.deepEqual(
      friday?.children.slice(0, 2).map(({ text }) => text),
      ['2026-03-27T00:00:00', 'Excellent'],
    );
    const found = child(friday, 'SuggestionArray')?.children ?? [];
    const free = found
      .filter((one) => child(one, 'SuggestionQuality')?.text === 'Excellent')
      .map((one) => child(one, 'MeetingTime')?.text.slice(11, 16));
    assert.deepEqual(free, ['08:00', '10:00', '12:30', '13:00', '15:00', '15:30', '16:00']);
    const atNine = found.find((one) => child(one, 'MeetingTime')?.text === '2026-03-27T09:00:00');
    assert.equal(child(atNine, 'SuggestionQuality')?.text, 'Poor');
    assert.deepEqual(
      child(atNine, 'AttendeeConflictDataArray')?.children.map(({ name, children }) => children[0]?.text ?? name),
      ['Busy', 'UnknownAttendeeConflictData'],
    );
    assert.deepEqual(child(saturday, 'SuggestionArray')?.children, []);
  });
});
