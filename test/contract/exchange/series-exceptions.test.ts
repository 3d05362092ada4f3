/** Moved, changed and deleted occurrences through the port, both ways, and what a person does to them meanwhile. */
import assert from 'node:assert/strict';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { ExchangeAppointment, ExchangeException, Fields } from '../../../lib/model/item';
import type { Result } from '../../../lib/model/result';
import type { Recurrence, RecurrencePattern, RecurrenceRange } from '../../../lib/model/recurrence';
import { appointment } from '../../unit/exchange/builders';
import { schemaAvailable, schemaFaults } from '../../support/ews-schema';
import { owner, service, setField, startClient } from '../ews/harness';
import type { Client } from '../ews/harness';

const value = <T>(result: Result<T> | undefined): T => {
  assert.ok(result !== undefined);
  if (!result.ok) throw result.error;
  return result.value;
};
const codeOf = (result: Result<unknown> | undefined): string => (result?.ok === false ? result.error.code : 'ok');

const daily: RecurrencePattern = { type: 'daily', interval: 1 };
const recurring = (pattern: RecurrencePattern, range: RecurrenceRange = { type: 'numbered', count: 10 }): Recurrence => ({
  pattern,
  range,
});

const deleted = (originalStart: string): ExchangeException => ({ originalStart, deleted: true });
const changed = (originalStart: string, changes: Extract<ExchangeException, { deleted: false }>['changes']): ExchangeException => ({
  originalStart,
  deleted: false,
  changes,
});

describe('exceptions of a series over EWS, against the simulator', () => {
  let client: Client;
  let exchange: ExchangeConnection;
  const requests: string[] = [];

  before(async () => {
    client = await startClient();
    client.simulator.onRequest(({ body }) => void requests.push(body));
    exchange = createEwsConnection({
      url: client.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
      timeZone: 'Europe/Vienna',
      retryBaseMs: 10,
    });
  });
  after(async function () {
    await exchange.close();
    await client.finish(() => this.skip());
    if (schemaAvailable) assert.deepEqual(await schemaFaults([...new Set(requests)]), []);
  });

  const create = async (item: ExchangeAppointment) => value((await exchange.createMany(owner.address, [{ item, syncId: 's-1' }]))[0]);
  const read = async (id: string) => {
    const entry = value((await exchange.getMany(owner.address, [id]))[0]);
    assert.ok(entry.item.kind === 'appointment');
    return { ...entry, item: entry.item };
  };
  const update = async (id: string, changeKey: string, item: ExchangeAppointment, changes: Fields) =>
    (await exchange.updateMany(owner.address, [{ id, changeKey, item, changes, syncId: 's-1' }]))[0];
  const countRequests = async (work: () => Promise<unknown>): Promise<number> => {
    const before = client.simulator.requests.total();
    await work();
    return client.simulator.requests.total() - before;
  };

  /** A person changes or deletes an occurrence in Outlook. */
  const occurrence = (id: string, index: number): string => `<t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="${index}"/>`;
  const personChanges = async (id: string, index: number, updates: string) => {
    const answer = await client.call(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>${occurrence(id, index)}<t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    );
    assert.deepEqual(answer.codes, ['NoError']);
  };
  const personDeletes = async (id: string, index: number) => {
    const answer = await client.call(
      `<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone"><m:ItemIds>${occurrence(id, index)}</m:ItemIds></m:DeleteItem>`,
    );
    assert.deepEqual(answer.codes, ['NoError']);
  };
  const subject = (text: string): string => setField('item:Subject', 'CalendarItem', `<t:Subject>${text}</t:Subject>`);
  const time = (name: 'Start' | 'End', at: string): string => setField(`calendar:${name}`, 'CalendarItem', `<t:${name}>${at}</t:${name}>`);

  it('tells what a person changed, moved and deleted, and only that', async () => {
    const { id } = await create(appointment({ recurrence: recurring(daily) }));
    await personChanges(id, 2, subject('Other'));
    await personChanges(id, 4, time('Start', '2026-03-05T10:00:00Z') + time('End', '2026-03-05T11:00:00Z'));
    await personChanges(id, 6, setField('item:ReminderIsSet', 'CalendarItem', '<t:ReminderIsSet>false</t:ReminderIsSet>'));
    await personDeletes(id, 3);
    const { item } = await read(id);
    assert.deepEqual(
      item,
      appointment({
        recurrence: recurring(daily),
        exceptions: [
          changed('2026-03-03T08:00:00Z', { subject: 'Other' }),
          deleted('2026-03-04T08:00:00Z'),
          changed('2026-03-05T08:00:00Z', { start: '2026-03-05T10:00:00Z', end: '2026-03-05T11:00:00Z' }),
          changed('2026-03-07T08:00:00Z', { reminderMinutes: null }),
        ],
      }),
    );
  });

  it('is no exception when a person set an occurrence to what the series says', async () => {
    const { id } = await create(appointment({ recurrence: recurring(daily) }));
    await personChanges(id, 2, subject('Visit'));
    assert.deepEqual((await read(id)).item.exceptions, []);
  });

  it('asks nothing more for items without changed occurrences, and once for all that have some', async () => {
    const plain = await create(appointment());
    const one = await create(appointment({ recurrence: recurring(daily) }));
    const two = await create(appointment({ recurrence: recurring(daily) }));
    const ids = [plain.id, one.id, two.id];
    await personDeletes(one.id, 2);
    assert.equal(await countRequests(() => exchange.getMany(owner.address, ids)), 1);
    for (const { id } of [one, two]) for (const index of [3, 4]) await personChanges(id, index, subject('Other'));
    assert.equal(await countRequests(() => exchange.getMany(owner.address, ids)), 2);
    const listed = await exchange.listWindow(owner.address, 'appointment', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');
    const exceptions = listed.find(({ id }) => id === one.id)?.item;
    assert.deepEqual(exceptions?.kind === 'appointment' && exceptions.exceptions.length, 3);
  });

  /** Series with exceptions that make use of the pattern; written, read again, and written again in vain. */
  const cases: Record<string, ExchangeAppointment> = {
    'a daily series, counted': appointment({
      recurrence: recurring({ type: 'daily', interval: 3 }),
      exceptions: [deleted('2026-03-05T08:00:00Z'), changed('2026-03-08T08:00:00Z', { subject: 'Other', body: 'new', location: '' })],
    }),
    'a weekly series without end, over the spring change': appointment({
      recurrence: recurring({ type: 'weekly', interval: 1, days: ['monday', 'thursday'], firstDayOfWeek: 'monday' }, { type: 'noEnd' }),
      exceptions: [
        changed('2026-03-30T07:00:00Z', { end: '2026-03-30T10:00:00Z' }),
        changed('2026-04-02T07:00:00Z', { start: '2026-04-03T07:00:00Z', end: '2026-04-03T08:00:00Z' }),
        deleted('2026-11-02T08:00:00Z'),
      ],
    }),
    'every second week from Wednesday on, weeks from Sunday': appointment({
      start: '2026-03-04T08:00:00Z',
      end: '2026-03-04T09:00:00Z',
      recurrence: recurring({ type: 'weekly', interval: 2, days: ['monday', 'wednesday', 'sunday'], firstDayOfWeek: 'sunday' }),
      exceptions: [deleted('2026-03-15T08:00:00Z'), changed('2026-03-18T08:00:00Z', { freeBusy: 'free', importance: 'high' })],
    }),
    'the 31st of every month, until a day': appointment({
      start: '2026-01-31T08:00:00Z',
      end: '2026-01-31T09:00:00Z',
      recurrence: recurring({ type: 'absoluteMonthly', interval: 1, day: 31 }, { type: 'endDate', until: '2026-12-31' }),
      exceptions: [deleted('2026-02-28T08:00:00Z'), changed('2026-04-30T07:00:00Z', { categories: ['A & B', 'c'] })],
    }),
    'the last weekday of every second month': appointment({
      start: '2026-03-31T07:00:00Z',
      end: '2026-03-31T08:00:00Z',
      recurrence: recurring({ type: 'relativeMonthly', interval: 2, day: 'weekday', index: 'last' }),
      exceptions: [changed('2026-05-29T07:00:00Z', { reminderMinutes: 60 }), deleted('2026-09-30T07:00:00Z')],
    }),
    'a leap day every year': appointment({
      start: '2024-02-29T08:00:00Z',
      end: '2024-02-29T09:00:00Z',
      recurrence: recurring({ type: 'absoluteYearly', month: 2, day: 29 }),
      exceptions: [deleted('2026-02-28T08:00:00Z'), changed('2028-02-29T08:00:00Z', { subject: 'Leap' })],
    }),
    'the fourth Thursday of November': appointment({
      start: '2026-11-26T08:00:00Z',
      end: '2026-11-26T09:00:00Z',
      recurrence: recurring({ type: 'relativeYearly', month: 11, day: 'thursday', index: 'fourth' }, { type: 'noEnd' }),
      exceptions: [changed('2027-11-25T08:00:00Z', { start: '2027-11-26T08:00:00Z', end: '2027-11-26T09:00:00Z' })],
    }),
    'all-day over two days, over the autumn change': appointment({
      allDay: true,
      start: '2026-10-17',
      end: '2026-10-19',
      recurrence: recurring({ type: 'weekly', interval: 1, days: ['saturday'], firstDayOfWeek: 'monday' }),
      exceptions: [
        changed('2026-10-24', { end: '2026-10-27' }),
        deleted('2026-10-31'),
        changed('2026-11-07', { start: '2026-11-09', end: '2026-11-11' }),
        changed('2026-11-14', { allDay: false, start: '2026-11-14T08:00:00Z', end: '2026-11-14T09:00:00Z' }),
      ],
    }),
    'in Tokyo, on the day before in UTC': appointment({
      start: '2026-03-01T22:00:00Z',
      end: '2026-03-01T23:00:00Z',
      timeZone: 'Asia/Tokyo',
      recurrence: recurring({ type: 'weekly', interval: 1, days: ['monday'], firstDayOfWeek: 'monday' }),
      exceptions: [deleted('2026-03-08T22:00:00Z'), changed('2026-03-15T22:00:00Z', { subject: 'Other' })],
    }),
    'all-day in New York': appointment({
      allDay: true,
      start: '2026-03-02',
      end: '2026-03-03',
      timeZone: 'America/New_York',
      recurrence: recurring(daily),
      exceptions: [deleted('2026-03-08'), changed('2026-03-09', { location: 'Linz' })],
    }),
    'over midnight': appointment({
      start: '2026-03-02T22:00:00Z',
      end: '2026-03-03T01:00:00Z',
      recurrence: recurring({ type: 'daily', interval: 2 }),
      exceptions: [changed('2026-03-04T22:00:00Z', { subject: 'Night' }), deleted('2026-03-06T22:00:00Z')],
    }),
    'in the hours that come twice and never': appointment({
      start: '2026-10-24T00:15:00Z',
      end: '2026-10-24T00:45:00Z',
      recurrence: recurring(daily, { type: 'noEnd' }),
      exceptions: [changed('2026-10-25T01:15:00Z', { subject: 'Twice' }), changed('2027-03-28T01:15:00Z', { subject: 'Never' })],
    }),
    'an occurrence made all-day': appointment({
      recurrence: recurring(daily),
      exceptions: [changed('2026-03-04T08:00:00Z', { allDay: true, start: '2026-03-04', end: '2026-03-05' })],
    }),
    'every occurrence moved by a day, into each other\u2019s place': appointment({
      recurrence: recurring(daily),
      exceptions: Array.from({ length: 10 }, (_, index) => {
        const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}`;
        return changed(`${day(2 + index)}T08:00:00Z`, { start: `${day(3 + index)}T08:00:00Z`, end: `${day(3 + index)}T09:00:00Z` });
      }),
    }),
    'a hundred exceptions': appointment({
      recurrence: recurring(daily, { type: 'noEnd' }),
      exceptions: Array.from({ length: 100 }, (_, index) => {
        const day = new Date(Date.UTC(2026, 5, 1 + index)).toISOString().slice(0, 10);
        return index % 4 === 0 ? deleted(`${day}T07:00:00Z`) : changed(`${day}T07:00:00Z`, { subject: `No. ${index}` });
      }),
    }),
  };
  for (const [name, wanted] of Object.entries(cases)) {
    it(`writes and reads: ${name}`, async () => {
      const base: ExchangeAppointment = { ...wanted, exceptions: [] };
      const { id, changeKey } = await create(wanted);
      assert.deepEqual((await read(id)).item, base);
      const written = value(await update(id, changeKey, wanted, { exceptions: wanted.exceptions }));
      const entry = await read(id);
      assert.deepEqual(entry.item, wanted);
      assert.equal(written.changeKey, entry.changeKey);

      const before = client.simulator.requests.total();
      const again = value(await update(id, entry.changeKey, wanted, { exceptions: wanted.exceptions }));
      assert.ok(client.simulator.requests.total() - before <= 4, 'nothing is written twice');
      assert.equal(again.changeKey, (await read(id)).changeKey);

      const cleared = value(await update(id, again.changeKey, base, { exceptions: [] }));
      assert.deepEqual((await read(id)).item, base);
      assert.equal(cleared.changeKey, (await read(id)).changeKey);
    });
  }

  const series = (exceptions: readonly ExchangeException[], changes: Partial<ExchangeAppointment> = {}): ExchangeAppointment =>
    appointment({ recurrence: recurring(daily), exceptions, ...changes });
  const three = [deleted('2026-03-03T08:00:00Z'), deleted('2026-03-04T08:00:00Z'), changed('2026-03-05T08:00:00Z', { subject: 'Other' })];

  /** A series with the three exceptions. */
  const withThree = async () => {
    const { id, changeKey } = await create(series([]));
    return { id, changeKey: value(await update(id, changeKey, series(three), { exceptions: three })).changeKey };
  };

  const follows: Record<string, readonly [ExchangeAppointment, readonly string[]]> = {
    'a deleted occurrence comes back, the others stay': [series(three.slice(1)), ['exceptions']],
    'a changed occurrence is as the series says again': [series(three.slice(0, 2)), ['exceptions']],
    'a changed occurrence is deleted': [series([...three.slice(0, 2), deleted('2026-03-05T08:00:00Z')]), ['exceptions']],
    'a deleted occurrence is a changed one': [
      series([changed('2026-03-03T08:00:00Z', { subject: 'Back' }), ...three.slice(1)]),
      ['exceptions'],
    ],
    'the subject of the series changes': [series(three, { subject: 'Series' }), ['subject']],
    'another pattern keeps what it still has': [series(three, { recurrence: recurring(daily, { type: 'noEnd' }) }), ['recurrence']],
    'an earlier end': [series(three, { recurrence: recurring(daily, { type: 'numbered', count: 5 }) }), ['recurrence']],
    'a longer occurrence': [series(three, { end: '2026-03-02T10:00:00Z' }), ['end']],
    'another hour, the exceptions with it': [
      series(
        three.map((exception) => ({ ...exception, originalStart: exception.originalStart.replace('T08', 'T06') })),
        { start: '2026-03-02T06:00:00Z', end: '2026-03-02T07:00:00Z' },
      ),
      ['start', 'end', 'exceptions'],
    ],
    'another zone': [series(three, { timeZone: 'Africa/Lagos' }), ['timeZone']],
  };
  for (const [name, [wanted, fields]] of Object.entries(follows)) {
    it(`afterwards all exceptions hold: ${name}`, async () => {
      const { id, changeKey } = await withThree();
      const changes = Object.fromEntries(Object.entries(wanted).filter(([field]) => fields.includes(field)));
      const written = value(await update(id, changeKey, wanted, changes));
      const entry = await read(id);
      assert.deepEqual(entry.item, wanted);
      assert.equal(written.changeKey, entry.changeKey);
    });
  }

  it('an occurrence that is an exception no more follows the series again', async () => {
    const { id, changeKey } = await withThree();
    const back = value(await update(id, changeKey, series(three.slice(0, 2)), { exceptions: three.slice(0, 2) }));
    const renamed = series(three.slice(0, 2), { subject: 'Series' });
    value(await update(id, back.changeKey, renamed, { subject: 'Series' }));
    assert.deepEqual((await read(id)).item, renamed);
  });

  it('an exception without changes, and one for a day without an occurrence, are none', async () => {
    const { id, changeKey } = await create(series([]));
    const strange = [
      changed('2026-03-03T08:00:00Z', {}),
      deleted('2027-01-01T08:00:00Z'),
      changed('2026-03-01T08:00:00Z', { subject: 'x' }),
    ];
    value(await update(id, changeKey, series(strange), { exceptions: strange }));
    assert.deepEqual((await read(id)).item, series([]));
  });

  it('a series of which every occurrence would be deleted stays, and says so', async () => {
    const few = appointment({ recurrence: recurring(daily, { type: 'numbered', count: 2 }) });
    const { id, changeKey } = await create(few);
    const exceptions = [deleted('2026-03-02T08:00:00Z'), deleted('2026-03-03T08:00:00Z')];
    assert.equal(codeOf(await update(id, changeKey, { ...few, exceptions }, { exceptions })), 'item-refused');
    assert.deepEqual((await read(id)).item, few);
  });

  it('writes nothing over a change key that no longer matches', async () => {
    const { id, changeKey } = await create(series([]));
    await personDeletes(id, 5);
    assert.equal(codeOf(await update(id, changeKey, series(three), { exceptions: three })), 'item-changed');
    assert.deepEqual((await read(id)).item.exceptions, [deleted('2026-03-06T08:00:00Z')]);
  });

  it('moves nothing out of the way of another occurrence, and fails alone', async () => {
    const { id, changeKey } = await create(series([]));
    const other = await create(series([]));
    const crossing = [changed('2026-03-03T08:00:00Z', { start: '2026-03-05T10:00:00Z', end: '2026-03-05T11:00:00Z' })];
    const results = await exchange.updateMany(owner.address, [
      { id, changeKey, item: series(crossing), changes: { exceptions: crossing }, syncId: 's-1' },
      { ...other, item: series(three), changes: { exceptions: three }, syncId: 's-2' },
    ]);
    assert.deepEqual(results.map(codeOf), ['item-refused', 'ok']);
    assert.deepEqual((await read(id)).item, series([]));
    assert.deepEqual((await read(other.id)).item, series(three));
  });

  it('says that a series is to be compared when a person changed it while its exceptions were written', async () => {
    const { id, changeKey } = await create(series([]));
    let meddled = false;
    const stop = client.simulator.onResponse(async ({ operation }) => {
      if (operation !== 'DeleteItem' || meddled) return;
      meddled = true;
      await personChanges(id, 8, subject('By hand'));
    });
    const written = value(await update(id, changeKey, series(three), { exceptions: three }));
    stop();
    assert.equal(written.changeKey, '');
    assert.deepEqual((await read(id)).item, series([...three, changed('2026-03-09T08:00:00Z', { subject: 'By hand' })]));
  });

  it('writes no exceptions over what a person did right after the series was written', async () => {
    const { id, changeKey } = await create(series([]));
    let meddled = false;
    const stop = client.simulator.onResponse(async ({ operation }) => {
      if (operation !== 'UpdateItem' || meddled) return;
      meddled = true;
      await personChanges(id, 4, subject('By hand'));
    });
    assert.equal(codeOf(await update(id, changeKey, series(three), { exceptions: three })), 'item-changed');
    stop();
    assert.deepEqual((await read(id)).item, series([changed('2026-03-05T08:00:00Z', { subject: 'By hand' })]));
  });

  for (const answer of [1, 2]) {
    it(`writes no exceptions over what a person does while the series is read (answer ${answer})`, async () => {
      const { id, changeKey } = await withThree();
      let answers = 0;
      const stop = client.simulator.onResponse(async ({ operation }) => {
        // The series first, its changed occurrences after it; the person is heard here, too.
        if (operation !== 'GetItem' || (answers += 1) !== answer) return;
        await personChanges(id, 4, subject('By hand'));
      });
      const exceptions = [...three, changed('2026-03-10T08:00:00Z', { subject: 'New' })];
      assert.equal(codeOf(await update(id, changeKey, series(exceptions), { exceptions })), 'item-changed');
      stop();
      assert.equal(JSON.stringify((await read(id)).item.exceptions).includes('By hand'), true);
    });
  }

  it('leaves the occurrences alone where nothing but the sync id is written', async () => {
    const { id, changeKey } = await withThree();
    const stop = client.simulator.onResponse(async ({ operation }) => {
      if (operation !== 'UpdateItem') return;
      stop();
      await personChanges(id, 4, subject('By hand'));
    });
    value(await update(id, changeKey, series(three), {}));
    assert.equal(JSON.stringify((await read(id)).item.exceptions).includes('By hand'), true);
  });

  it('moves all occurrences of a series in one request, wherever they go', async () => {
    for (const step of [1, -1]) {
      const everySecond: Partial<ExchangeAppointment> = { recurrence: recurring({ type: 'daily', interval: 2 }) };
      const { id, changeKey } = await create(series([], everySecond));
      const moved = Array.from({ length: 10 }, (_, index) => {
        const at = (hours: number, days: number): string =>
          new Date(Date.UTC(2026, 2, 2 + 2 * index + days, hours)).toISOString().replace('.000', '');
        return changed(at(8, 0), { start: at(8, 2 * step), end: at(9, 2 * step) });
      });
      const before = client.simulator.requests.total();
      value(await update(id, changeKey, series(moved, everySecond), { exceptions: moved }));
      // The series, its state, whether it is still that, the occurrences, their change, the state again with the occurrences.
      assert.equal(client.simulator.requests.total() - before, 7);
      assert.deepEqual((await read(id)).item, series(moved, everySecond));
    }
  });

  it('comes to the same end after a failure anywhere in the middle', async () => {
    const from = [deleted('2026-03-03T08:00:00Z'), changed('2026-03-07T08:00:00Z', { subject: 'Old' })];
    const to = [deleted('2026-03-04T08:00:00Z'), ...three.slice(2), changed('2026-03-08T08:00:00Z', { location: '' })];
    const steps = await countRequests(async () => {
      const { id, changeKey } = await create(series([]));
      const first = value(await update(id, changeKey, series(from), { exceptions: from }));
      value(await update(id, first.changeKey, series(to), { exceptions: to }));
    });
    for (let broken = 2; broken <= steps; broken += 1) {
      for (const kind of ['before', 'after'] as const) {
        const { id, changeKey } = await create(series([]));
        let key = changeKey;
        let seen = 1;
        const hear = kind === 'before' ? client.simulator.onRequest : client.simulator.onResponse;
        const stop = hear(() => {
          seen += 1;
          if (seen === broken) client.simulator.dropConnections();
        });
        for (const wanted of [from, to]) {
          for (let attempt = 0; attempt < 5; attempt += 1) {
            const result = await update(id, key, series(wanted), { exceptions: wanted }).catch(() => undefined);
            key = (await read(id)).changeKey;
            if (result?.ok === true) break;
          }
        }
        stop();
        assert.deepEqual((await read(id)).item, series(to), `broken ${kind} request ${broken}`);
      }
    }
  });
});
