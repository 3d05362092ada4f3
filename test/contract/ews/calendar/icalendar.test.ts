import assert from 'node:assert/strict';
import { appointment, child, idOf, itemOf, property, shape, startClient, type Client, type XmlElement } from '../harness';
import { createSeries, daily, get, idText, itemId, listed, occurrence, remove, setSubject, update, vienna, view } from './series';

const base64 = (lines: readonly string[]): string => Buffer.from(`${lines.join('\r\n')}\r\n`).toString('base64');

const calendar = (...event: readonly string[]): string =>
  `<t:MimeContent CharacterSet="UTF-8">${base64(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//EN', 'BEGIN:VEVENT', ...event, 'END:VEVENT', 'END:VCALENDAR'])}</t:MimeContent>`;

const zoned = 'TZID=W. Europe Standard Time';

/** Daily at nine in Vienna from 2026-03-02, five times; `more` belongs to the series, `others` are events beside it. */
const series = (more: readonly string[], ...others: readonly (readonly string[])[]): string =>
  calendar(
    ...['UID:s-1', 'SUMMARY:Daily', 'LOCATION:Here', `DTSTART;${zoned}:20260302T090000`, `DTEND;${zoned}:20260302T100000`],
    ...['RRULE:FREQ=DAILY;COUNT=5', ...more],
    ...others.flatMap((event) => ['END:VEVENT', 'BEGIN:VEVENT', ...event]),
  );

describe('EWS appointments as iCalendar', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  const mime = async (id: string): Promise<readonly string[]> => {
    const item = itemOf(await get(client, id, shape('IdOnly', '', '<t:IncludeMimeContent>true</t:IncludeMimeContent>')));
    const text = Buffer.from(property(item, 'MimeContent') ?? '', 'base64').toString('utf8');
    return text.replace(/\r\n[ \t]/g, '').split('\r\n');
  };
  const create = async (content: string): Promise<XmlElement> => {
    const answer = await client.call(appointment(content), vienna);
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return itemOf(await get(client, itemId(idOf(answer).id)));
  };
  const has = (lines: readonly string[], ...expected: readonly string[]): void => {
    for (const line of expected) assert.ok(lines.includes(line), `${line} is missing in\n${lines.join('\n')}`);
  };

  it('are written with their zone, texts, reminder and state', async () => {
    const item = await create(
      '<t:Subject>A, b; c</t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="Text">One&#10;two</t:Body><t:Categories><t:String>x,y</t:String><t:String>z</t:String></t:Categories><t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart><t:UID>u-1</t:UID><t:Start>2026-07-01T09:00:00</t:Start><t:End>2026-07-01T10:00:00</t:End><t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Location>Here</t:Location>',
    );
    const lines = await mime(itemId(child(item, 'ItemId')?.attributes['Id'] ?? ''));
    has(lines, 'BEGIN:VCALENDAR', 'METHOD:PUBLISH', 'BEGIN:VTIMEZONE', 'TZID:W. Europe Standard Time', 'TZOFFSETTO:+0200');
    has(lines, 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10', 'UID:u-1', 'SUMMARY:A\\, b\\; c', 'CLASS:PRIVATE', 'LOCATION:Here');
    has(lines, 'DTSTART;TZID=W. Europe Standard Time:20260701T090000', 'DTEND;TZID=W. Europe Standard Time:20260701T100000');
    has(lines, 'TRIGGER;RELATED=START:-PT30M', 'CATEGORIES:x\\,y,z', 'X-MICROSOFT-CDO-BUSYSTATUS:OOF', 'DESCRIPTION:One\\ntwo');
    assert.equal(lines.filter((line) => line === 'BEGIN:VEVENT').length, 1);
  });

  it('are written as days where they take whole ones', async () => {
    const item = await create(
      '<t:Start>2026-07-01T00:00:00</t:Start><t:End>2026-07-03T00:00:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>',
    );
    const lines = await mime(itemId(child(item, 'ItemId')?.attributes['Id'] ?? ''));
    has(lines, 'DTSTART;VALUE=DATE:20260701', 'DTEND;VALUE=DATE:20260703', 'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE');
  });

  it('are written with exceptions and deletions of a series', async () => {
    const series = await createSeries(client, daily('<t:ReminderIsSet>false</t:ReminderIsSet>'));
    await update(client, occurrence(series, 2), setSubject('Mine'));
    await remove(client, occurrence(series, 3));
    const lines = await mime(itemId(series));
    has(lines, 'RRULE:FREQ=DAILY;INTERVAL=1;COUNT=10', 'EXDATE;TZID=W. Europe Standard Time:20260304T090000', 'SUMMARY:Mine');
    has(lines, 'RECURRENCE-ID;TZID=W. Europe Standard Time:20260303T090000', 'X-MICROSOFT-CDO-INSTTYPE:3', 'X-MICROSOFT-CDO-INSTTYPE:1');
    assert.equal(lines.filter((line) => line === 'BEGIN:VEVENT').length, 2);
    assert.ok(!lines.includes('BEGIN:VALARM'));
    const one = await mime(occurrence(series, 4));
    has(one, 'RECURRENCE-ID;TZID=W. Europe Standard Time:20260305T090000', 'X-MICROSOFT-CDO-INSTTYPE:2');
    await remove(client, itemId(series));
  });

  it('are created from it, with what else the request says', async () => {
    const item = await create(
      `${calendar(
        'UID:abc@x',
        'SUMMARY:From a file',
        'DESCRIPTION:Text',
        'LOCATION:There',
        'DTSTART;TZID=Pacific Standard Time:20260701T090000',
        'DTEND;TZID=Pacific Standard Time:20260701T093000',
        'CLASS:CONFIDENTIAL',
        'TRANSP:TRANSPARENT',
        'CATEGORIES:a,b',
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        'TRIGGER:-PT45M',
        'END:VALARM',
      )}<t:Subject>From the request</t:Subject>`,
    );
    assert.deepEqual(
      ['Subject', 'Sensitivity', 'ReminderMinutesBeforeStart', 'UID', 'Start', 'LegacyFreeBusyStatus', 'Location', 'StartTimeZoneId'].map(
        (name) => property(item, name),
      ),
      ['From the request', 'Confidential', '45', 'abc@x', '2026-07-01T18:00:00+02:00', 'Free', 'There', 'Pacific Standard Time'],
    );
    assert.equal(property(item, 'End'), '2026-07-01T18:30:00+02:00');
    assert.equal(property(item, 'Body'), 'Text');
    assert.deepEqual(
      child(item, 'Categories')?.children.map(({ text }) => text),
      ['a', 'b'],
    );
  });

  it('may have days and durations for times', async () => {
    const days = await create(calendar('SUMMARY:x', 'DTSTART;VALUE=DATE:20260701'));
    assert.deepEqual(
      ['Start', 'End', 'IsAllDayEvent', 'ReminderIsSet'].map((name) => property(days, name)),
      ['2026-07-01T00:00:00+02:00', '2026-07-02T00:00:00+02:00', 'true', 'false'],
    );
    const long = await create(calendar('SUMMARY:x', 'DTSTART:20260701T070000Z', 'DURATION:PT2H'));
    assert.equal(property(long, 'End'), '2026-07-01T11:00:00+02:00');
  });

  const rules: readonly (readonly [string, string])[] = [
    ['FREQ=DAILY;INTERVAL=2;COUNT=5', 'DailyRecurrence Interval=2 NumberedRecurrence NumberOfOccurrences=5'],
    [
      'FREQ=WEEKLY;INTERVAL=1;BYDAY=WE,FR;WKST=MO;UNTIL=20260801T070000Z',
      'WeeklyRecurrence Interval=1 DaysOfWeek=Wednesday Friday FirstDayOfWeek=Monday EndDateRecurrence EndDate=2026-08-01',
    ],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15', 'AbsoluteMonthlyRecurrence Interval=3 DayOfMonth=15 NoEndRecurrence'],
    ['FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1', 'AbsoluteMonthlyRecurrence Interval=1 DayOfMonth=31 NoEndRecurrence'],
    ['FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU', 'RelativeMonthlyRecurrence Interval=1 DaysOfWeek=Tuesday DayOfWeekIndex=Second NoEndRecurrence'],
    [
      'FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      'RelativeMonthlyRecurrence Interval=1 DaysOfWeek=Weekday DayOfWeekIndex=Last NoEndRecurrence',
    ],
    ['FREQ=YEARLY;INTERVAL=1;BYMONTHDAY=3;BYMONTH=7', 'AbsoluteYearlyRecurrence DayOfMonth=3 Month=July NoEndRecurrence'],
    [
      'FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=8',
      'RelativeYearlyRecurrence DaysOfWeek=Sunday DayOfWeekIndex=Last Month=August NoEndRecurrence',
    ],
  ];
  for (const [rule, expected] of rules)
    it(`repeat by ${rule}, there and back`, async () => {
      const item = await create(
        calendar('SUMMARY:x', 'DTSTART;TZID=UTC:20260701T070000', 'DTEND;TZID=UTC:20260701T080000', `RRULE:${rule}`),
      );
      const parts = (child(item, 'Recurrence')?.children ?? []).flatMap((part) => [
        part.name,
        ...part.children
          .filter(({ name }) => name !== 'StartDate')
          .map(({ name, text }) => `${name}=${text.replace(/(\d{4}-\d\d-\d\d).*/, '$1')}`),
      ]);
      assert.equal(parts.join(' '), expected);
      const id = itemId(child(item, 'ItemId')?.attributes['Id'] ?? '');
      const written = (await mime(id)).find((line) => line.startsWith('RRULE:FREQ') && !line.includes('BYDAY=-1SU;BYMONTH=10'));
      const withoutEnd = (text: string | undefined): string | undefined => text?.replace(/;UNTIL=[^;]*/, '');
      assert.deepEqual(withoutEnd(written)?.split(';').sort(), withoutEnd(`RRULE:${rule}`)?.split(';').sort());
      await remove(client, id);
    });

  describe('of series', () => {
    const seen = async (): Promise<readonly string[]> =>
      (await view(client, '2026-03-01', '2026-03-15')).map((item) =>
        ['CalendarItemType', 'Start', 'Subject', 'Location'].map((name) => property(item, name)).join(' '),
      );
    const at = (day: number, hour: number): string => `2026030${day}T${String(hour).padStart(2, '0')}0000`;
    const event = (day: number, hour: number, ...more: readonly string[]): readonly string[] => [
      ...['UID:s-1', `RECURRENCE-ID;${zoned}:${at(day, 9)}`, `DTSTART;${zoned}:${at(day, hour)}`, `DTEND;${zoned}:${at(day, hour + 1)}`],
      ...more,
    ];
    const text = (kind: string, day: number, hour: number, subject = 'Daily', location = 'Here'): string =>
      `${kind} 2026-03-0${day}T${String(hour).padStart(2, '0')}:00:00+01:00 ${subject} ${location}`;

    it('lose the occurrences they leave out, and have the exceptions they bring', async () => {
      const item = await create(
        series(
          [`EXDATE;${zoned}:20260303T090000,20260304T090000`],
          event(5, 14, 'SUMMARY:Mine'),
          event(6, 9, 'SUMMARY:Daily', 'LOCATION:There'),
        ),
      );
      assert.deepEqual(await seen(), [
        text('Occurrence', 2, 9),
        text('Exception', 5, 14, 'Mine', ''),
        text('Exception', 6, 9, 'Daily', 'There'),
      ]);
      const master = itemId(idText(item));
      const shown = await get(client, master);
      assert.deepEqual(listed(shown, 'DeletedOccurrences', 'Start'), ['2026-03-03T09:00:00+01:00', '2026-03-04T09:00:00+01:00']);
      assert.deepEqual(listed(shown, 'ModifiedOccurrences', 'OriginalStart'), ['2026-03-05T09:00:00+01:00', '2026-03-06T09:00:00+01:00']);
      await update(client, master, setSubject('Renamed'));
      assert.deepEqual(
        (await view(client, '2026-03-01', '2026-03-15')).map((one) => property(one, 'Subject')),
        ['Renamed', 'Mine', 'Renamed'],
      );
      await remove(client, master);
    });

    it('may name occurrences by UTC times and by days', async () => {
      const item = await create(
        series(
          ['EXDATE:20260303T080000Z', 'EXDATE;VALUE=DATE:20260304'],
          [
            'UID:s-1',
            'RECURRENCE-ID:20260305T080000Z',
            'SUMMARY:Mine',
            'DTSTART:20260305T130000Z',
            'DTEND:20260305T140000Z',
            'LOCATION:Here',
          ],
        ),
      );
      assert.deepEqual(await seen(), [text('Occurrence', 2, 9), text('Exception', 5, 14, 'Mine'), text('Occurrence', 6, 9)]);
      await remove(client, itemId(idText(item)));
    });

    it('of whole days have theirs, too', async () => {
      const item = await create(
        calendar(
          ...['UID:s-2', 'SUMMARY:Days', 'DTSTART;VALUE=DATE:20260302', 'DTEND;VALUE=DATE:20260303', 'RRULE:FREQ=DAILY;COUNT=4'],
          ...['EXDATE;VALUE=DATE:20260303', 'END:VEVENT', 'BEGIN:VEVENT', 'UID:s-2', 'SUMMARY:Mine', 'RECURRENCE-ID;VALUE=DATE:20260304'],
          ...['DTSTART;VALUE=DATE:20260304', 'DTEND;VALUE=DATE:20260305'],
        ),
      );
      assert.deepEqual(
        (await view(client, '2026-03-01', '2026-03-15')).map((one) => `${property(one, 'Start') ?? ''} ${property(one, 'Subject') ?? ''}`),
        ['2026-03-02T00:00:00+01:00 Days', '2026-03-04T00:00:00+01:00 Mine', '2026-03-05T00:00:00+01:00 Days'],
      );
      await remove(client, itemId(idText(item)));
    });

    it('are found where an exception was moved behind their end', async () => {
      const item = await create(
        series(
          [],
          [...event(6, 9, 'SUMMARY:Late')].map((line) => line.replace(/^(DT.*:)20260306/, '$120260320')),
        ),
      );
      assert.deepEqual(
        (await view(client, '2026-03-19', '2026-03-22')).map((one) => property(one, 'Subject')),
        ['Late'],
      );
      await remove(client, itemId(idText(item)));
    });

    it('ignore what is no occurrence of theirs', async () => {
      const foreign = event(5, 14, 'SUMMARY:Foreign').map((line) => line.replace('s-1', 's-9'));
      const item = await create(series([`EXDATE;${zoned}:20260402T090000`], foreign, event(9, 14, 'SUMMARY:Outside')));
      assert.deepEqual(
        await seen(),
        [2, 3, 4, 5, 6].map((day) => text('Occurrence', day, 9)),
      );
      await remove(client, itemId(idText(item)));
    });

    it('are not created where an exception crosses its neighbour, or nothing is left of them', async () => {
      const codes = async (content: string): Promise<readonly string[]> => (await client.call(appointment(content), vienna)).codes;
      const crossing = event(5, 14, 'SUMMARY:x').map((line) => line.replace(/^(DT.*:)20260305/, '$120260306'));
      assert.deepEqual(await codes(series([], crossing)), ['ErrorOccurrenceCrossingBoundary']);
      assert.deepEqual(await codes(series([`EXDATE;${zoned}:${[2, 3, 4, 5, 6].map((day) => at(day, 9)).join(',')}`])), [
        'ErrorRecurrenceHasNoOccurrence',
      ]);
      assert.deepEqual(await seen(), []);
    });
  });

  it('are refused where they cannot be read', async () => {
    const codes = async (content: string): Promise<readonly string[]> => (await client.call(appointment(content))).codes;
    const of = (text: string): string => `<t:MimeContent>${Buffer.from(text).toString('base64')}</t:MimeContent>`;
    const conversion = ['ErrorMimeContentConversionFailed'];
    assert.deepEqual(await codes(of('nothing')), conversion);
    assert.deepEqual(await codes(of('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')), conversion);
    assert.deepEqual(await codes(calendar('SUMMARY:no start')), conversion);
    assert.deepEqual(await codes(calendar('DTSTART:20260701T070000Z', 'RRULE:FREQ=HOURLY')), conversion);
    const unchanged = itemId(await createSeries(client));
    assert.deepEqual(listed(await get(client, unchanged), 'ModifiedOccurrences', 'Start'), []);
    await remove(client, unchanged);
  });
});
