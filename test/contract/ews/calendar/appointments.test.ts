import assert from 'node:assert/strict';
import {
  appointment,
  child,
  created,
  findItem,
  idOf,
  itemOf,
  property,
  shape,
  startClient,
  type Client,
  type XmlElement,
} from '../harness';
import { daily, get, itemId, move, occurrence, remove, set, update, vienna } from './series';

const recurrence = (pattern: string, range: string): string => `<t:Recurrence>${pattern}${range}</t:Recurrence>`;
const days = (interval: number): string => `<t:DailyRecurrence><t:Interval>${interval}</t:Interval></t:DailyRecurrence>`;
const weeks = (names: string, interval = 1): string =>
  `<t:WeeklyRecurrence><t:Interval>${interval}</t:Interval><t:DaysOfWeek>${names}</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>`;
const months = (day: number, interval = 1): string =>
  `<t:AbsoluteMonthlyRecurrence><t:Interval>${interval}</t:Interval><t:DayOfMonth>${day}</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>`;
const endless = (start = '2026-03-02'): string => `<t:NoEndRecurrence><t:StartDate>${start}</t:StartDate></t:NoEndRecurrence>`;
const times = (count: number): string =>
  `<t:NumberedRecurrence><t:StartDate>2026-03-02</t:StartDate><t:NumberOfOccurrences>${count}</t:NumberOfOccurrences></t:NumberedRecurrence>`;
const until = (day: string): string =>
  `<t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>${day}</t:EndDate></t:EndDateRecurrence>`;
const hour = '<t:Start>2026-03-02T09:00:00</t:Start><t:End>2026-03-02T10:00:00</t:End>';

describe('EWS appointments', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-05T12:00:00Z') });
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  const codes = async (content: string): Promise<readonly string[]> => (await client.call(appointment(content), vienna)).codes;
  const create = async (content: string): Promise<string> => (await created(client, appointment(content), vienna)).id;
  const read = async (id: string): Promise<XmlElement> => itemOf(await get(client, itemId(id)));

  const refused: readonly (readonly [string, string, string])[] = [
    ['an interval of 0', recurrence(days(0), endless()), 'ErrorCalendarOutOfRange'],
    ['an interval of 1000 days', recurrence(days(1000), endless()), 'ErrorCalendarOutOfRange'],
    ['an interval of 100 weeks', recurrence(weeks('Monday', 100), endless()), 'ErrorCalendarOutOfRange'],
    ['an interval of 100 months', recurrence(months(1, 100), endless()), 'ErrorCalendarOutOfRange'],
    ['day 32 of a month', recurrence(months(32), endless()), 'ErrorCalendarOutOfRange'],
    ['1000 occurrences', recurrence(days(1), times(1000)), 'ErrorCalendarOutOfRange'],
    ['no occurrences', recurrence(days(1), times(0)), 'ErrorCalendarOutOfRange'],
    ['a start before the calendar', recurrence(days(1), endless('1601-01-01')), 'ErrorCalendarOutOfRange'],
    ['a start on no day', recurrence(days(1), endless('2026-13-01')), 'ErrorCalendarOutOfRange'],
    ['an end on no day', recurrence(days(1), until('2026-13-01')), 'ErrorCalendarOutOfRange'],
    ['an end after all time', recurrence(days(1), until('4501-01-01')), 'ErrorRecurrenceEndDateTooBig'],
    ['an end before its start', recurrence(days(1), until('2026-03-01')), 'ErrorRecurrenceHasNoOccurrence'],
    ['an end before its first day', recurrence(weeks('Friday'), until('2026-03-05')), 'ErrorRecurrenceHasNoOccurrence'],
    ['weekdays as days of a week', recurrence(weeks('Weekday'), endless()), 'ErrorCalendarInvalidDayForWeeklyRecurrence'],
    ['any day as a day of a week', recurrence(weeks('Day'), endless()), 'ErrorCalendarInvalidDayForWeeklyRecurrence'],
  ];
  for (const [name, content, code] of refused)
    it(`refuses a series with ${name}`, async () => assert.deepEqual(await codes(hour + content), [code]));

  it('takes what is just within the limits', async () => {
    for (const content of [
      recurrence(days(999), times(999)),
      recurrence(weeks('Monday', 99), until('4500-08-31')),
      recurrence(months(31, 99), endless()),
    ])
      await remove(client, itemId(await create(hour + content)));
  });

  it('refuses occurrences that overlap each other', async () => {
    const long = (end: string): string => `<t:Start>2026-03-02T09:00:00</t:Start><t:End>${end}</t:End>`;
    assert.deepEqual(await codes(long('2026-03-03T10:00:00') + recurrence(days(1), endless())), ['ErrorOccurrenceTimeSpanTooBig']);
    assert.deepEqual(await codes(long('2026-03-04T10:00:00') + recurrence(weeks('Monday Tuesday'), endless())), [
      'ErrorOccurrenceTimeSpanTooBig',
    ]);
    await remove(client, itemId(await create(long('2026-03-03T09:00:00') + recurrence(days(1), endless()))));
  });

  it('refuses an end before the start, and more than five years', async () => {
    const from = (end: string): string => `<t:Start>2026-03-02T09:00:00</t:Start><t:End>${end}</t:End>`;
    assert.deepEqual(await codes(from('2026-03-02T08:59:59')), ['ErrorCalendarEndDateIsEarlierThanStartDate']);
    assert.deepEqual(await codes(from('2031-03-03T09:00:00')), ['ErrorCalendarDurationIsTooLong']);
    const id = await create(from('2026-03-02T09:00:00'));
    assert.deepEqual((await update(client, itemId(id), set('End', '2026-03-01T09:00:00'))).codes, [
      'ErrorCalendarEndDateIsEarlierThanStartDate',
    ]);
    assert.deepEqual((await update(client, itemId(id), set('End', '2031-03-03T09:00:00'))).codes, ['ErrorCalendarDurationIsTooLong']);
    await remove(client, itemId(id));
  });

  it('has a reminder, busy time and a UID when nothing is said', async () => {
    const item = await read(await create(''));
    const names = ['ReminderIsSet', 'ReminderMinutesBeforeStart', 'LegacyFreeBusyStatus', 'IsAllDayEvent', 'IsMeeting', 'CalendarItemType'];
    assert.deepEqual(
      names.map((name) => property(item, name)),
      ['true', '15', 'Busy', 'false', 'false', 'Single'],
    );
    assert.match(property(item, 'UID') ?? '', /^040000008200E00074C5B7101A82E008/);
    assert.equal(property(item, 'Start'), '2026-03-05T13:00:00+01:00');
    assert.equal(property(item, 'Duration'), 'PT30M');
    await remove(client, itemId(child(item, 'ItemId')?.attributes['Id'] ?? ''));
  });

  it('reminds of the next occurrence of a series', async () => {
    const id = idOf(await client.call(daily(), vienna)).id;
    const series = await read(id);
    assert.equal(property(series, 'ReminderDueBy'), '2026-03-06T09:00:00+01:00');
    assert.equal(property(series, 'ReminderNextTime'), '2026-03-06T08:45:00+01:00');
    assert.equal(property(itemOf(await get(client, occurrence(id, 2))), 'ReminderDueBy'), '2026-03-03T09:00:00+01:00');
    await remove(client, itemId(id));
  });

  it('does not let clients say what only the server knows', async () => {
    const id = await create(hour);
    for (const [name, value] of [
      ['IsRecurring', 'true'],
      ['IsOnlineMeeting', 'true'],
      ['OriginalStart', '2026-03-02T09:00:00'],
      ['CalendarItemType', 'Single'],
      ['Duration', 'PT1H'],
      ['StartTimeZoneId', 'UTC'],
    ] as const)
      assert.deepEqual((await update(client, itemId(id), set(name, value))).codes, ['ErrorInvalidPropertySet'], name);
    await remove(client, itemId(id));
  });

  it('counts and lists what lies at the same time or right beside', async () => {
    const at = (subject: string, start: string, end: string): Promise<string> =>
      create(`<t:Subject>${subject}</t:Subject><t:Start>2026-06-02T${start}</t:Start><t:End>2026-06-02T${end}</t:End>`);
    const own = await at('own', '09:00:00', '10:00:00');
    const others = [
      await at('before', '08:00:00', '09:00:00'),
      await at('within', '09:15:00', '09:30:00'),
      await at('over the end', '09:30:00', '11:00:00'),
      await at('far', '15:00:00', '16:00:00'),
    ];
    const series = await create(
      `<t:Subject>daily</t:Subject><t:Start>2026-06-01T10:00:00</t:Start><t:End>2026-06-01T11:00:00</t:End>${recurrence(days(1), endless('2026-06-01'))}`,
    );
    const subjects = (item: XmlElement, name: string): readonly (string | undefined)[] =>
      child(item, name)?.children.map((other) => property(other, 'Subject')) ?? [];
    const item = await read(own);
    assert.deepEqual([property(item, 'ConflictingMeetingCount'), property(item, 'AdjacentMeetingCount')], ['2', '2']);
    assert.deepEqual(subjects(item, 'ConflictingMeetings'), ['within', 'over the end']);
    assert.deepEqual([...subjects(item, 'AdjacentMeetings')].sort(), ['before', 'daily']);
    await update(client, occurrence(series, 2), move('2026-06-02T20:00:00', '2026-06-02T21:00:00'));
    assert.deepEqual(subjects(await read(own), 'AdjacentMeetings'), ['before']);
    for (const id of [own, series, ...others]) await remove(client, itemId(id));
    const alone = await create(hour);
    assert.equal(child(await read(alone), 'ConflictingMeetings'), undefined);
    await remove(client, itemId(alone));
  });

  describe('in a view', () => {
    const codesOf = async (view: string, folder = 'calendar', extra = ''): Promise<readonly string[]> =>
      (await client.call(findItem(folder, view, shape('IdOnly'), extra), vienna)).codes;

    it('are refused outside of calendars, backwards, and over more than two years', async () => {
      const view = (from: string, to: string): string => `<m:CalendarView StartDate="${from}T00:00:00" EndDate="${to}T00:00:00"/>`;
      assert.deepEqual(await codesOf(view('2026-01-01', '2026-01-02'), 'inbox'), ['ErrorCalendarFolderIsInvalidForCalendarView']);
      assert.deepEqual(await codesOf(view('2026-01-02', '2026-01-01')), ['ErrorCalendarEndDateIsEarlierThanStartDate']);
      assert.deepEqual(await codesOf(view('2026-01-01', '2028-02-01')), ['ErrorCalendarViewRangeTooBig']);
    });

    it('come as many as wanted, by their start, with how many there are', async () => {
      const id = await create(hour + recurrence(days(1), endless()));
      const single = await create('<t:Start>2026-03-03T08:00:00</t:Start><t:End>2026-03-03T23:00:00</t:End>');
      const answer = await client.call(
        findItem(
          'calendar',
          '<m:CalendarView MaxEntriesReturned="3" StartDate="2026-03-02T00:00:00" EndDate="2026-03-06T00:00:00"/>',
          shape('AllProperties'),
        ),
        vienna,
      );
      const root = child(answer.messages[0], 'RootFolder');
      assert.deepEqual([root?.attributes['TotalItemsInView'], root?.attributes['IncludesLastItemInRange']], ['5', 'false']);
      assert.deepEqual(
        child(root, 'Items')?.children.map((item) => property(item, 'Start')),
        ['2026-03-02T09:00:00+01:00', '2026-03-03T08:00:00+01:00', '2026-03-03T09:00:00+01:00'],
      );
      for (const each of [id, single]) await remove(client, itemId(each));
    });

    it('are found far from the start of an endless series', async () => {
      const id = await create(hour + recurrence(days(1), endless()));
      const answer = await client.call(
        findItem('calendar', '<m:CalendarView StartDate="3999-07-01T00:00:00" EndDate="3999-07-03T00:00:00"/>', shape('AllProperties')),
        vienna,
      );
      const items = child(child(answer.messages[0], 'RootFolder'), 'Items')?.children ?? [];
      assert.deepEqual(
        items.map((item) => property(item, 'Start')),
        ['3999-07-01T09:00:00+02:00', '3999-07-02T09:00:00+02:00'],
      );
      await remove(client, itemId(id));
    });
  });
});
