import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DateTime } from 'luxon';
import { readCalendar } from '../../../lib/ical/read-calendar';
import { createMapping } from '../../../lib/mapping/mapping';
import type { ExchangeAppointment, ExchangeItem, ExchangeTask } from '../../../lib/model/item';

const options = { timeZone: 'Europe/Vienna' };

const calendar = (...lines: readonly string[]): string => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): string => calendar('BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT');
const todo = (...lines: readonly string[]): string => calendar('BEGIN:VTODO', 'UID:1', ...lines, 'END:VTODO');
const start = 'DTSTART;TZID=Europe/Vienna:20260328T090000';

const only = (source: string | Uint8Array): ExchangeItem => {
  const { items, skipped } = readCalendar(source, options);
  deepStrictEqual(skipped, []);
  strictEqual(items.length, 1);
  return items[0]!.item;
};
const appointment = (source: string | Uint8Array): ExchangeAppointment => {
  const item = only(source);
  if (item.kind !== 'appointment') throw new Error('not an appointment');
  return item;
};
const task = (source: string): ExchangeTask => {
  const item = only(source);
  if (item.kind !== 'task') throw new Error('not a task');
  return item;
};
const reasonOf = (source: string): string => {
  const { items, skipped } = readCalendar(source, options);
  deepStrictEqual(items, []);
  strictEqual(skipped.length, 1);
  return skipped[0]!.reason;
};

describe('iCalendar: times', () => {
  const times: readonly (readonly [what: string, lines: readonly string[], start: string, end: string, allDay: boolean, zone: string])[] = [
    [
      'an IANA zone',
      [start, 'DTEND;TZID=Europe/Vienna:20260328T100000'],
      '2026-03-28T08:00:00Z',
      '2026-03-28T09:00:00Z',
      false,
      'Europe/Vienna',
    ],
    [
      'a Windows zone',
      ['DTSTART;TZID=Tokyo Standard Time:20260328T090000'],
      '2026-03-28T00:00:00Z',
      '2026-03-28T00:00:00Z',
      false,
      'Asia/Tokyo',
    ],
    [
      'a Windows zone of the tenant',
      ['DTSTART;TZID="W. Europe Standard Time":20260328T090000'],
      '2026-03-28T08:00:00Z',
      '2026-03-28T08:00:00Z',
      false,
      'Europe/Vienna',
    ],
    [
      'a zone in a path',
      ['DTSTART;TZID=/mozilla.org/20070129_1/America/New_York:20260701T090000'],
      '2026-07-01T13:00:00Z',
      '2026-07-01T13:00:00Z',
      false,
      'America/New_York',
    ],
    [
      'cities',
      ['DTSTART;TZID="Kuala Lumpur, Singapore":20260701T090000'],
      '2026-07-01T01:00:00Z',
      '2026-07-01T01:00:00Z',
      false,
      'Asia/Kuala_Lumpur',
    ],
    ['UTC', ['DTSTART:20260328T080000Z', 'DURATION:PT90M'], '2026-03-28T08:00:00Z', '2026-03-28T09:30:00Z', false, 'UTC'],
    ['no zone', ['DTSTART:20260701T090000', 'DURATION:P1D'], '2026-07-01T07:00:00Z', '2026-07-02T07:00:00Z', false, 'Europe/Vienna'],
    [
      'a day over the change to summer time',
      [start, 'DURATION:P1DT1H'],
      '2026-03-28T08:00:00Z',
      '2026-03-29T08:00:00Z',
      false,
      'Europe/Vienna',
    ],
    ['an empty zone', ['DTSTART;TZID=:20260701T090000'], '2026-07-01T07:00:00Z', '2026-07-01T07:00:00Z', false, 'Europe/Vienna'],
    ['a day', ['DTSTART;VALUE=DATE:20260328'], '2026-03-28', '2026-03-29', true, 'Europe/Vienna'],
    ['a day without VALUE', ['DTSTART:20260328', 'DTEND:20260330'], '2026-03-28', '2026-03-30', true, 'Europe/Vienna'],
    [
      'a day that ends where it begins',
      ['DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260328'],
      '2026-03-28',
      '2026-03-29',
      true,
      'Europe/Vienna',
    ],
    ['days by duration', ['DTSTART;VALUE=DATE:20260328', 'DURATION:P2D'], '2026-03-28', '2026-03-30', true, 'Europe/Vienna'],
    [
      'Outlook’s all-day',
      [
        'DTSTART:20260327T230000Z',
        'DTSTART;TZID=Europe/Vienna:20260328T000000',
        'DTEND:20260328T230000Z',
        'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE',
      ].slice(1),
      '2026-03-28',
      '2026-03-29',
      true,
      'Europe/Vienna',
    ],
    [
      'too many semicolons',
      ['DTSTART;;VALUE=DATE-TIME:20260701T090000'],
      '2026-07-01T07:00:00Z',
      '2026-07-01T07:00:00Z',
      false,
      'Europe/Vienna',
    ],
    [
      'white space in parameters',
      ['DTSTART ; TZID = "Europe/Vienna" :20260701T090000'],
      '2026-07-01T07:00:00Z',
      '2026-07-01T07:00:00Z',
      false,
      'Europe/Vienna',
    ],
  ];
  for (const [what, lines, begin, end, allDay, timeZone] of times) {
    it(`reads ${what}`, () => {
      const item = appointment(event(...lines));
      deepStrictEqual([item.start, item.end, item.allDay, item.timeZone], [begin, end, allDay, timeZone]);
    });
  }

  const custom = (offset: string): readonly string[] => [
    'BEGIN:VTIMEZONE',
    'TZID:Ours',
    'BEGIN:STANDARD',
    'DTSTART:20000101T000000',
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    'END:STANDARD',
    'END:VTIMEZONE',
  ];

  it('finds the IANA zone that a VTIMEZONE describes, also for a series', () => {
    const item = appointment(
      calendar(...custom('+0900'), 'BEGIN:VEVENT', 'DTSTART;TZID=Ours:20260328T090000', 'RRULE:FREQ=WEEKLY', 'END:VEVENT'),
    );
    strictEqual(item.start, '2026-03-28T00:00:00Z');
    strictEqual(DateTime.fromISO(item.start, { zone: item.timeZone }).offset, 540);
  });

  it('reads a single appointment in a VTIMEZONE that no zone equals, and refuses a series', () => {
    const lines = [...custom('+0123'), 'BEGIN:VEVENT', 'DTSTART;TZID=Ours:20260328T090000'];
    strictEqual(appointment(calendar(...lines, 'END:VEVENT')).start, '2026-03-28T07:37:00Z');
    match(reasonOf(calendar(...lines, 'RRULE:FREQ=WEEKLY', 'END:VEVENT')), /no IANA zone/);
  });
});

describe('iCalendar: fields', () => {
  it('reads text with its escapes, broken folding included, and keeps HTML as text', () => {
    const item = appointment(
      event(start, 'SUMMARY:A\\, B\\; C', 'DESCRIPTION:<b>one</b>\\ntwo', ' and more', 'three without indent', 'LOCATION:Graz'),
    );
    deepStrictEqual([item.subject, item.body, item.location], ['A, B; C', '<b>one</b>\ntwoand more\nthree without indent', 'Graz']);
  });

  it('reads names that stand alone on their line', () => {
    strictEqual(appointment(event(start, 'SUMMARY', ' :Año Nuevo')).subject, 'Año Nuevo');
  });

  it('reads sensitivity, importance, free/busy and categories', () => {
    const item = appointment(event(start, 'CLASS:PRIVATE', 'PRIORITY:2', 'TRANSP:TRANSPARENT', 'CATEGORIES:A\\, B,C', 'CATEGORIES:C,D'));
    deepStrictEqual([item.sensitivity, item.importance, item.freeBusy, item.categories], ['private', 'high', 'free', ['A, B', 'C', 'D']]);
    strictEqual(appointment(event(start, 'X-MICROSOFT-CDO-BUSYSTATUS:OOF', 'TRANSP:TRANSPARENT')).freeBusy, 'outOfOffice');
  });

  const alarms: readonly (readonly [trigger: string, minutes: number | null])[] = [
    ['TRIGGER:-PT15M', 15],
    ['TRIGGER:-P1D', 1440],
    ['TRIGGER;RELATED=END:-PT1H', 0],
    ['TRIGGER;VALUE=DATE-TIME:20260328T073000Z', 30],
    ['TRIGGER:PT10M', null],
    ['TRIGGER:soon', null],
  ];
  for (const [trigger, minutes] of alarms) {
    it(`reads the alarm ${trigger}`, () => {
      const item = appointment(event(start, 'DURATION:PT1H', 'BEGIN:VALARM', 'ACTION:DISPLAY', trigger, 'END:VALARM'));
      strictEqual(item.reminderMinutes, minutes);
    });
  }

  it('reads a series', () => {
    deepStrictEqual(appointment(event(start, 'RRULE:FREQ=WEEKLY;COUNT=3')).recurrence, {
      pattern: { type: 'weekly', interval: 1, days: ['saturday'], firstDayOfWeek: 'monday' },
      range: { type: 'numbered', count: 3 },
    });
  });

  it('takes a rule that adds no day to DTSTART for a single appointment', () => {
    strictEqual(appointment(event('DTSTART;VALUE=DATE:20040318', 'RRULE:FREQ=YEARLY;UNTIL=20030317;BYMONTH=3')).recurrence, null);
  });

  it('reads a task with progress, days and reminder', () => {
    const item = task(
      todo(
        'SUMMARY:Offer',
        'DTSTART;VALUE=DATE:20260328',
        'DUE:20260330T220000Z',
        'PERCENT-COMPLETE:40',
        'BEGIN:VALARM',
        'TRIGGER;VALUE=DATE-TIME:20260328T070000Z',
        'END:VALARM',
      ),
    );
    deepStrictEqual(
      [item.startDate, item.dueDate, item.status, item.percentComplete, item.reminderAt],
      ['2026-03-28', '2026-03-31', 'inProgress', 40, '2026-03-28T07:00:00Z'],
    );
    const done = task(todo('COMPLETED:20260328T070000Z'));
    deepStrictEqual([done.status, done.percentComplete, done.startDate], ['completed', 100, null]);
  });
});

describe('iCalendar: encodings', () => {
  const text = event(start, 'SUMMARY:Büro Größe');
  const utf16be = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  const encodings: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 LE without byte order mark', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE', utf16be],
    ['Latin-1', Buffer.from(text, 'latin1')],
  ];
  for (const [name, bytes] of encodings) {
    it(`reads ${name}`, () => strictEqual(only(bytes).subject, 'Büro Größe'));
  }
});

describe('iCalendar: what is skipped', () => {
  const reasons: readonly (readonly [what: string, source: string, reason: RegExp])[] = [
    ['no DTSTART', event('SUMMARY:x'), /no DTSTART/],
    ['a date that is none', event('DTSTART:20261340'), /"20261340" is no date/],
    ['an end before the start', event(start, 'DTEND;TZID=Europe/Vienna:20260328T080000'), /ends before/],
    ['an unknown zone', event('DTSTART;TZID=Moon:20260328T090000'), /"Moon" is unknown/],
    ['excluded dates', event(start, 'RRULE:FREQ=DAILY', 'EXDATE:20260329T070000Z'), /EXDATE/],
    ['additional dates', event(start, 'RDATE:20260329T070000Z'), /RDATE/],
    ['a changed occurrence', event(start, 'RECURRENCE-ID:20260328T080000Z'), /RECURRENCE-ID/],
    ['a rule that Exchange does not know', event(start, 'RRULE:FREQ=HOURLY'), /FREQ=HOURLY/],
    ['a cancelled event', event(start, 'STATUS:CANCELLED'), /cancelled/],
    ['a journal', calendar('BEGIN:VJOURNAL', 'UID:1', 'END:VJOURNAL'), /VJOURNAL is neither/],
    ['an event that is cut off', `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n${start}`, /END:VEVENT is missing/],
    ['a recurring task', todo('RRULE:FREQ=DAILY'), /recurring tasks/],
    ['what is no calendar', '<html>Not found</html>', /not a calendar/],
    ['nothing', '', /not a calendar/],
  ];
  for (const [what, source, reason] of reasons) {
    it(`names the reason: ${what}`, () => match(reasonOf(source), reason));
  }

  it('a bad event costs only itself, a changed occurrence its series, a UID counts once', () => {
    const { items, skipped } = readCalendar(
      calendar(
        ...['BEGIN:VEVENT', 'UID:bad', 'DTSTART:never', 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:good', start, 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:good', start, 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:series', start, 'RRULE:FREQ=DAILY', 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:series', start, 'RECURRENCE-ID:20260329T070000Z', 'END:VEVENT'],
      ) + calendar('BEGIN:VEVENT', 'UID:next calendar', start, 'END:VEVENT'),
      options,
    );
    deepStrictEqual(
      items.map(({ uid }) => uid),
      ['good', 'next calendar'],
    );
    deepStrictEqual(
      skipped.map(({ what, line }) => [what, line]),
      [
        ['bad', 2],
        ['good', 10],
        ['series', 14],
        ['series', 19],
      ],
    );
  });
});

const folder = path.resolve('../shared/data/calendars');

describe('calendars from the wild', () => {
  it('are read without a failure, and every item survives the mapping to the ERP and back', function () {
    if (!existsSync(folder)) this.skip();
    const mapping = createMapping();
    const context = { timeZone: 'Europe/Vienna', activityTypes: [] };
    const contents = readdirSync(folder)
      .filter((name) => name.endsWith('.ics'))
      .map((name) => readCalendar(readFileSync(path.join(folder, name)), options));
    const items = contents.flatMap((content) => content.items);
    for (const { item } of items) {
      const record = mapping.toErp(item, context);
      deepStrictEqual(mapping.differences(record, mapping.toExchange(record, context), context), []);
      deepStrictEqual(mapping.differences(record, item, context), []);
    }
    ok(items.length >= 1135, `${items.length} items`);
    const reasons = contents.flatMap(({ skipped }) => skipped.map(({ reason }) => reason));
    ok(reasons.length <= 102, `${reasons.length} skipped`);
    ok(reasons.every((reason) => reason.length > 10));
  });
});
