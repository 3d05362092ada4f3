import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DateTime } from 'luxon';
import { readCalendar } from '../../../lib/ical/read-calendar';
import { createMapping } from '../../../lib/mapping/mapping';
import type { ExchangeAppointment, ExchangeException, ExchangeItem, ExchangeTask } from '../../../lib/model/item';

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
    ['a series of which no day is left', event(start, 'RRULE:FREQ=DAILY;COUNT=2', 'EXDATE;VALUE=DATE:20260328,20260329'), /EXDATE/],
    ['additional dates', event(start, 'RDATE:20260329T070000Z'), /RDATE/],
    ['a rule of what is left out', event(start, 'RRULE:FREQ=DAILY', 'EXRULE:FREQ=WEEKLY'), /EXRULE/],
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

  it('a bad event costs only itself, an occurrence that cannot be read its series, a UID counts once', () => {
    const { items, skipped } = readCalendar(
      calendar(
        ...['BEGIN:VEVENT', 'UID:bad', 'DTSTART:never', 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:good', start, 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:good', start, 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:series', start, 'RRULE:FREQ=DAILY', 'END:VEVENT'],
        ...['BEGIN:VEVENT', 'UID:series', 'DTSTART:never', 'RECURRENCE-ID:20260329T070000Z', 'END:VEVENT'],
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

describe('iCalendar: exceptions of series', () => {
  const series = (rule: string, ...lines: readonly string[]) => ['BEGIN:VEVENT', 'UID:s', start, hour, rule, ...lines, 'END:VEVENT'];
  const hour = 'DURATION:PT1H';
  const instead = (id: string, ...lines: readonly string[]) => ['BEGIN:VEVENT', 'UID:s', `RECURRENCE-ID${id}`, ...lines, 'END:VEVENT'];
  const daily = 'RRULE:FREQ=DAILY';
  const second = ';TZID=Europe/Vienna:20260329T090000';
  const originalStart = '2026-03-29T07:00:00Z';
  const sameTime = ['DTSTART:20260329T070000Z', hour];

  const read = (...lines: readonly string[]) => {
    const { items, ...rest } = readCalendar(calendar(...lines), options);
    const appointments = items.flatMap(({ item }) => (item.kind === 'appointment' ? [item] : []));
    return {
      ...rest,
      series: appointments.find(({ recurrence }) => recurrence !== null),
      singles: appointments.filter(({ recurrence }) => recurrence === null),
    };
  };

  type Case = readonly [what: string, lines: readonly string[], exception: ExchangeException];
  const cases: readonly Case[] = [
    ['excluded at its time', series(daily, 'EXDATE:20260329T070000Z'), { originalStart, deleted: true }],
    ['excluded by its day', series(daily, 'EXDATE;VALUE=DATE:20260329'), { originalStart, deleted: true }],
    ['cancelled', [...series(daily), ...instead(second, ...sameTime, 'STATUS:CANCELLED')], { originalStart, deleted: true }],
    [
      'with another text',
      [...series(daily), ...instead(second, ...sameTime, 'SUMMARY:Other')],
      { originalStart, deleted: false, changes: { subject: 'Other' } },
    ],
    [
      'moved, its component before that of the series',
      [...instead(':20260329T070000Z', 'DTSTART;TZID=Europe/Vienna:20260329T220000', 'DURATION:PT2H'), ...series(daily)],
      { originalStart, deleted: false, changes: { start: '2026-03-29T20:00:00Z', end: '2026-03-29T22:00:00Z' } },
    ],
    [
      'that lasts all day',
      [...series(daily), ...instead(second, 'DTSTART;VALUE=DATE:20260329')],
      { originalStart, deleted: false, changes: { allDay: true, start: '2026-03-29', end: '2026-03-30' } },
    ],
    [
      'of an all-day series',
      [
        ...['BEGIN:VEVENT', 'UID:s', 'DTSTART;VALUE=DATE:20260328', 'RRULE:FREQ=WEEKLY', 'END:VEVENT'],
        ...instead(';VALUE=DATE:20260404', 'DTSTART;VALUE=DATE:20260405'),
      ],
      { originalStart: '2026-04-04', deleted: false, changes: { start: '2026-04-05', end: '2026-04-06' } },
    ],
  ];
  for (const [what, lines, exception] of cases) {
    it(`an occurrence ${what}`, () => {
      const found = read(...lines);
      deepStrictEqual([found.series?.exceptions, found.singles, found.skipped], [[exception], [], []]);
      strictEqual(found.exceptions, lines.filter((line) => line.startsWith('BEGIN:')).length - 1);
    });
  }

  it('an occurrence that is as the series says is none', () => {
    const found = read(...series(daily), ...instead(second, ...sameTime));
    deepStrictEqual([found.series?.exceptions, found.exceptions], [[], 1]);
  });

  it('a day that the series does not have excludes nothing', () => {
    deepStrictEqual(read(...series('RRULE:FREQ=WEEKLY', 'EXDATE:20260329T070000Z')).series?.exceptions, []);
  });

  type Apart = readonly [what: string, lines: readonly string[], deleted: readonly string[]];
  const apart: readonly Apart[] = [
    ['moved over its neighbour', [...series(daily), ...instead(second, 'DTSTART:20260331T070000Z', hour)], [originalStart]],
    ['moved to the day of its neighbour', [...series(daily), ...instead(second, 'DTSTART:20260330T150000Z', hour)], [originalStart]],
    ['more secret than its series', [...series(daily), ...instead(second, ...sameTime, 'CLASS:PRIVATE')], [originalStart]],
    ['beside the rule', [...series('RRULE:FREQ=WEEKLY'), ...instead(second, ...sameTime)], []],
    ['whose series is not in the file', instead(second, ...sameTime), []],
  ];
  for (const [what, lines, deleted] of apart) {
    it(`an occurrence ${what} becomes an appointment of its own`, () => {
      const found = read(...lines);
      strictEqual(found.singles.length, 1);
      deepStrictEqual(
        [
          (found.series?.exceptions ?? []).map((exception) => [exception.originalStart, exception.deleted]),
          found.skipped,
          found.exceptions,
        ],
        [deleted.map((day) => [day, true]), [], 0],
      );
    });
  }

  it('two neighbours that move together stay in the series', () => {
    const found = read(
      ...series('RRULE:FREQ=DAILY;COUNT=3'),
      ...instead(second, 'DTSTART:20260330T070000Z', hour),
      ...instead(':20260330T070000Z', 'DTSTART:20260331T070000Z', hour),
    );
    deepStrictEqual([found.singles, found.series?.exceptions.length], [[], 2]);
  });

  it('a change of all that follows costs the series', () => {
    const found = read(...series(daily), ...instead(';RANGE=THISANDFUTURE:20260329T070000Z', ...sameTime));
    deepStrictEqual([found.series, found.singles], [undefined, []]);
    match(found.skipped[0]?.reason ?? '', /RANGE/);
  });

  it('a cancellation of nothing is listed', () => {
    const found = read(...series('RRULE:FREQ=WEEKLY'), ...instead(second, ...sameTime, 'STATUS:CANCELLED'));
    deepStrictEqual([found.series?.exceptions, found.exceptions], [[], 0]);
    match(found.skipped[0]?.reason ?? '', /does not have/);
  });

  it('a single appointment that is replaced is as its replacement says', () => {
    const found = read(
      ...['BEGIN:VEVENT', 'UID:s', start, hour, 'END:VEVENT'],
      ...instead(':20260328T080000Z', 'DTSTART:20260328T100000Z'),
    );
    deepStrictEqual([found.singles.map((single) => single.start), found.exceptions], [['2026-03-28T10:00:00Z'], 1]);
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
    ok(items.length >= 1148, `${items.length} items`);
    const reasons = contents.flatMap(({ skipped }) => skipped.map(({ reason }) => reason));
    ok(reasons.length <= 46, `${reasons.length} skipped`);
    ok(reasons.every((reason) => reason.length > 10));
  });
});
