import assert from 'node:assert/strict';
import { readEntry } from '../../../lib/exchange/ews/items/entry';
import { composeItemChange, composeNewItem } from '../../../lib/exchange/ews/items/write';
import { ianaZone, windowsZone } from '../../../lib/exchange/ews/items/zones';
import { nearestDate, startOfDate } from '../../../lib/exchange/ews/items/time';
import { readXml } from '../../../lib/exchange/ews/xml/read';
import type { ExchangeAppointment, ExchangeItem, ExchangeTask } from '../../../lib/model/item';
import { SyncError } from '../../../lib/model/error';
import type { RecurrencePattern, RecurrenceRange } from '../../../lib/model/recurrence';
import { appointment, task } from './builders';

/** What Exchange would send back for an item that was just created: the same elements, with identity. */
const readBack = (item: ExchangeItem): ExchangeItem => {
  const identity = '<t:ItemId Id="id" ChangeKey="key"/>';
  const stamped = composeNewItem({ item, syncId: 's-1' })
    .composed.replace(/^<t:\w+>/, (tag) => `${tag}${identity}`)
    .replace('</t:ExtendedProperty>', '</t:ExtendedProperty><t:LastModifiedTime>2026-01-01T00:00:00Z</t:LastModifiedTime>');
  const entry = readEntry(readXml(`<m:M xmlns:m="m" xmlns:t="t"><m:Items>${stamped}</m:Items></m:M>`), 'Europe/Vienna');
  assert.equal(entry.syncId, 's-1');
  return entry.item;
};

const read = (item: string, zone = 'Europe/Vienna') =>
  readEntry(readXml(`<m:M xmlns:m="m" xmlns:t="t"><m:Items>${item}</m:Items></m:M>`), zone);

const calendarItem = (content: string): string =>
  `<t:CalendarItem><t:ItemId Id="i" ChangeKey="c"/><t:LastModifiedTime>2026-01-01T00:00:00Z</t:LastModifiedTime>${content}</t:CalendarItem>`;

const asAppointment = (item: ExchangeItem): ExchangeAppointment => {
  if (item.kind !== 'appointment') throw new Error('not an appointment');
  return item;
};
const asTask = (item: ExchangeItem): ExchangeTask => {
  if (item.kind !== 'task') throw new Error('not a task');
  return item;
};

describe('an item written and read again', () => {
  const cases: Record<string, ExchangeItem> = {
    'a plain appointment': appointment(),
    'an appointment with nothing in it': appointment({ subject: '', body: '', location: '', categories: [], reminderMinutes: null }),
    'emoji and markup': appointment({ subject: 'Lunch \u{1f355} <b>&amp;</b> ]]>', body: ' two\n\nlines ', categories: ['A & B', 'C'] }),
    'all-day over the spring change': appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30' }),
    'all-day over the autumn change': appointment({ allDay: true, start: '2026-10-25', end: '2026-10-26' }),
    'all-day in a zone far east': appointment({ allDay: true, start: '2026-03-28', end: '2026-03-29', timeZone: 'Pacific/Auckland' }),
    'all-day in a zone far west': appointment({ allDay: true, start: '2026-03-28', end: '2026-03-29', timeZone: 'Pacific/Honolulu' }),
    'a private appointment out of office': appointment({ sensitivity: 'private', freeBusy: 'outOfOffice', importance: 'low' }),
    'working elsewhere': appointment({ freeBusy: 'workingElsewhere', sensitivity: 'confidential' }),
    'a plain task': task(),
    'a task without dates and reminder': task({ startDate: null, dueDate: null, reminderAt: null }),
    'a finished task': task({ status: 'completed', percentComplete: 100 }),
    'a waiting task': task({ status: 'waitingOnOthers', percentComplete: 0, sensitivity: 'personal' }),
  };
  for (const [name, item] of Object.entries(cases)) it(`keeps ${name}`, () => assert.deepEqual(readBack(item), item));

  const patterns: readonly RecurrencePattern[] = [
    { type: 'daily', interval: 3 },
    { type: 'weekly', interval: 2, days: ['monday', 'friday'], firstDayOfWeek: 'monday' },
    { type: 'absoluteMonthly', interval: 1, day: 31 },
    { type: 'relativeMonthly', interval: 2, day: 'weekday', index: 'last' },
    { type: 'absoluteYearly', month: 2, day: 29 },
    { type: 'relativeYearly', month: 11, day: 'thursday', index: 'fourth' },
  ];
  const ranges: readonly RecurrenceRange[] = [{ type: 'noEnd' }, { type: 'endDate', until: '2026-12-31' }, { type: 'numbered', count: 10 }];
  for (const pattern of patterns) {
    for (const range of ranges) {
      it(`keeps a ${pattern.type} series with ${range.type}`, () => {
        const item = appointment({ recurrence: { pattern, range } });
        assert.deepEqual(readBack(item), item);
      });
    }
  }
});

describe('writing an appointment', () => {
  it('starts a series on the day that it has in its own zone', () => {
    const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } as const;
    const { composed } = composeNewItem({ item: appointment({ start: '2026-03-01T23:30:00Z', recurrence }), syncId: 's' });
    assert.match(composed, /<t:StartDate>2026-03-02<\/t:StartDate>/);
  });

  it('says midnight of its zone for an all-day appointment, on both sides of the change to summer time', () => {
    const { composed } = composeNewItem({ item: appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30' }), syncId: 's' });
    assert.match(composed, /<t:Start>2026-03-27T23:00:00Z<\/t:Start><t:End>2026-03-29T22:00:00Z<\/t:End>/);
  });

  it('refuses an unknown zone and a character that cannot be sent, each alone', () => {
    const code = (item: ExchangeItem): string => {
      try {
        composeNewItem({ item, syncId: 's' });
        return 'none';
      } catch (thrown) {
        return thrown instanceof SyncError ? thrown.code : 'other';
      }
    };
    assert.equal(code(appointment({ timeZone: 'Europe/Atlantis' })), 'time-zone-unknown');
    assert.equal(code(appointment({ body: 'a\u0000b' })), 'text-not-representable');
  });
});

describe('changing an item', () => {
  const change = (item: ExchangeItem, ...fields: readonly string[]): string =>
    composeItemChange({ id: 'i', changeKey: 'c', item, changes: Object.fromEntries(fields.map((field) => [field, null])), syncId: 's' })
      .composed;
  const written = (xml: string): readonly string[] =>
    [...xml.matchAll(/<t:(Set|Delete)ItemField><t:FieldURI FieldURI="([^"]+)"/g)].map(([, how = '', path = '']) => `${how} ${path}`);
  const span = [
    'Set calendar:Start',
    'Set calendar:End',
    'Set calendar:IsAllDayEvent',
    'Set calendar:StartTimeZone',
    'Set calendar:EndTimeZone',
  ];

  const cases: Record<string, readonly [string, readonly string[]]> = {
    'only what changed': [change(appointment(), 'subject'), ['Set item:Subject']],
    'a cleared location': [change(appointment({ location: '' }), 'location'), ['Delete calendar:Location']],
    'cleared categories': [change(appointment({ categories: [] }), 'categories'), ['Delete item:Categories']],
    'a cleared subject and body': [
      change(appointment({ subject: '', body: '' }), 'subject', 'body'),
      ['Set item:Subject', 'Set item:Body'],
    ],
    'a removed reminder': [change(appointment({ reminderMinutes: null }), 'reminderMinutes'), ['Set item:ReminderIsSet']],
    'a start with everything that belongs to it': [change(appointment(), 'start'), span],
    'a series that became single': [
      change(appointment(), 'recurrence'),
      [...span.slice(0, 3), 'Delete calendar:Recurrence', ...span.slice(3)],
    ],
    'cleared dates of a task': [change(task({ dueDate: null }), 'dueDate'), ['Delete task:DueDate', 'Set task:StartDate']],
    'a removed reminder of a task': [change(task({ reminderAt: null }), 'reminderAt'), ['Set item:ReminderIsSet']],
    'progress and status together, the status last': [change(task(), 'percentComplete'), ['Set task:PercentComplete', 'Set task:Status']],
  };
  for (const [name, [xml, expected]] of Object.entries(cases)) it(`writes ${name}`, () => assert.deepEqual(written(xml), expected));

  it('always writes the sync id', () => assert.match(change(appointment()), /PropertyName="ErpSyncId"[^>]*\/><t:Value>s<\/t:Value>/));
});

describe('reading an item', () => {
  const start = '<t:Start>2026-03-27T23:00:00Z</t:Start><t:End>2026-03-28T23:00:00Z</t:End>';

  it('takes the connection\u2019s zone for a zone nobody knows, and keeps the days of an all-day appointment', () => {
    const { item } = read(calendarItem(`${start}<t:IsAllDayEvent>true</t:IsAllDayEvent><t:StartTimeZone Id="Customized Time Zone"/>`));
    assert.deepEqual(
      [asAppointment(item).start, asAppointment(item).end, asAppointment(item).timeZone],
      ['2026-03-28', '2026-03-29', 'Europe/Vienna'],
    );
  });

  it('keeps the days of an all-day appointment even when the connection\u2019s zone is another', () => {
    const { item } = read(calendarItem(`${start}<t:IsAllDayEvent>true</t:IsAllDayEvent>`), 'Etc/UTC');
    assert.deepEqual([asAppointment(item).start, asAppointment(item).end], ['2026-03-28', '2026-03-29']);
  });

  it('does not trim text and makes all line ends line feeds', () => {
    const { item } = read(calendarItem(`<t:Subject> a </t:Subject><t:Body BodyType="Text">x&#xD;\ny&#xD;z </t:Body>${start}`));
    assert.deepEqual([item.subject, item.body], [' a ', 'x\ny\nz ']);
  });

  it('resolves groups of days and takes the date of a range without its offset', () => {
    const { item } = read(
      calendarItem(
        `${start}<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday Weekday</t:DaysOfWeek></t:WeeklyRecurrence>` +
          '<t:EndDateRecurrence><t:StartDate>2026-03-28+01:00</t:StartDate><t:EndDate>2026-12-31Z</t:EndDate></t:EndDateRecurrence></t:Recurrence>',
      ),
    );
    assert.deepEqual(asAppointment(item).recurrence, {
      pattern: {
        type: 'weekly',
        interval: 1,
        days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'sunday'],
        firstDayOfWeek: 'sunday',
      },
      range: { type: 'endDate', until: '2026-12-31' },
    });
  });

  it('takes a task\u2019s date as the nearest midnight, whatever zone its client meant', () => {
    const due = (text: string) =>
      asTask(
        read(
          `<t:Task><t:ItemId Id="i" ChangeKey="c"/><t:LastModifiedTime>2026-01-01T00:00:00Z</t:LastModifiedTime><t:DueDate>${text}</t:DueDate></t:Task>`,
        ).item,
      ).dueDate;
    for (const text of ['2026-03-28T00:00:00Z', '2026-03-27T23:00:00Z', '2026-03-28T05:00:00Z', '2026-03-28T00:00:00+01:00']) {
      assert.equal(due(text), '2026-03-28', text);
    }
  });

  const bad = {
    'an unreadable time': calendarItem('<t:Start>soon</t:Start><t:End>later</t:End>'),
    'a missing time': calendarItem(''),
    'an unknown pattern': calendarItem(`${start}<t:Recurrence><t:LunarRecurrence/><t:NoEndRecurrence/></t:Recurrence>`),
    'a distribution list':
      '<t:DistributionList><t:ItemId Id="i" ChangeKey="c"/><t:LastModifiedTime>2026-01-01T00:00:00Z</t:LastModifiedTime></t:DistributionList>',
  };
  for (const [name, xml] of Object.entries(bad)) {
    it(`fails with scope item for ${name}`, () =>
      assert.throws(
        () => read(xml),
        (error) => error instanceof SyncError && error.scope === 'item',
      ));
  }
});

describe('time zones', () => {
  const cases: readonly (readonly [string | null, string, string])[] = [
    ['W. Europe Standard Time', 'Europe/Vienna', 'Europe/Vienna'],
    ['W. Europe Standard Time', 'Etc/UTC', 'Europe/Berlin'],
    ['UTC', 'Europe/Vienna', 'Etc/UTC'],
    ['tzone://Microsoft/Utc', 'Europe/Vienna', 'Etc/UTC'],
    ['Europe/Rome', 'Europe/Vienna', 'Europe/Rome'],
    ['Customized Time Zone', 'Europe/Vienna', 'Europe/Vienna'],
    [null, 'Europe/Vienna', 'Europe/Vienna'],
  ];
  for (const [id, preferred, zone] of cases)
    it(`reads ${id} as ${zone} where ${preferred} is preferred`, () => assert.equal(ianaZone(id, preferred), zone));
  it('knows zones that were renamed', () => assert.equal(windowsZone('Europe/Kyiv'), windowsZone('Europe/Kiev')));
  it('finds midnight and the day again for every day of a year, also where midnight does not exist', () => {
    for (const zone of ['Europe/Vienna', 'Africa/Cairo', 'America/Santiago', 'Pacific/Apia', 'Asia/Kolkata']) {
      for (let day = 0; day < 366; day += 1) {
        const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
        assert.equal(nearestDate(startOfDate(date, zone, 'f'), zone, 'f'), date, `${zone} ${date}`);
      }
    }
  });
});
