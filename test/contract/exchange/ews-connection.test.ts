import assert from 'node:assert/strict';
import type { ExchangeConnection, WatchEvent } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { ExchangeItem, Fields } from '../../../lib/model/item';
import { SyncError } from '../../../lib/model/error';
import type { RecurrencePattern } from '../../../lib/model/recurrence';
import type { Result } from '../../../lib/model/result';
import { startSimulator } from '../../../simulator/testing';
import type { Simulator } from '../../../simulator/testing';
import { appointment, task } from '../../unit/exchange/builders';

const anna = 'anna@example.com';
const bert = 'bert@example.com';

const value = <T>(result: Result<T> | undefined): T => {
  assert.ok(result !== undefined);
  if (!result.ok) throw result.error;
  return result.value;
};

const codeOf = (result: Result<unknown> | undefined): string => (result?.ok === false ? result.error.code : 'ok');

const rejection = async (promise: Promise<unknown>): Promise<SyncError> => {
  const outcome = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(outcome instanceof SyncError, String(outcome));
  return outcome;
};

describe('the port ExchangeConnection over EWS, against the simulator', () => {
  let simulator: Simulator;
  let exchange: ExchangeConnection;

  const connect = (settings = {}): ExchangeConnection =>
    createEwsConnection({
      url: simulator.url,
      user: 'service@example.com',
      password: 'secret',
      allowPlainHttp: true,
      timeZone: 'Europe/Vienna',
      retryBaseMs: 50,
      ...settings,
    });

  beforeEach(async () => {
    simulator = await startSimulator({
      port: 0,
      mailboxes: [
        { address: anna, password: 'a' },
        { address: bert, password: 'b' },
      ],
      serviceAccounts: [{ address: 'service@example.com', password: 'secret' }],
    });
    exchange = connect();
  });
  afterEach(async () => {
    await exchange.close();
    await simulator.close();
  });

  const create = async (item: ExchangeItem, syncId = 's-1') => value((await exchange.createMany(anna, [{ item, syncId }]))[0]);
  const read = async (id: string) => value((await exchange.getMany(anna, [id]))[0]);
  const update = async (id: string, changeKey: string, item: ExchangeItem, changes: Fields) =>
    (await exchange.updateMany(anna, [{ id, changeKey, item, changes, syncId: 's-1' }]))[0];

  /** Pattern and a first day that it matches: Exchange moves any other start to the first match. */
  const series: readonly (readonly [RecurrencePattern, string])[] = [
    [{ type: 'daily', interval: 3 }, '2026-03-02'],
    [{ type: 'weekly', interval: 2, days: ['monday', 'friday'], firstDayOfWeek: 'monday' }, '2026-03-02'],
    [{ type: 'absoluteMonthly', interval: 1, day: 2 }, '2026-03-02'],
    [{ type: 'relativeMonthly', interval: 2, day: 'weekday', index: 'last' }, '2026-03-31'],
    [{ type: 'absoluteYearly', month: 3, day: 2 }, '2026-03-02'],
    [{ type: 'relativeYearly', month: 11, day: 'thursday', index: 'fourth' }, '2026-11-26'],
  ];
  const items: Record<string, ExchangeItem> = {
    'an appointment': appointment(),
    'an empty appointment': appointment({ subject: '', body: '', location: '', categories: [], reminderMinutes: null }),
    'text with markup, emoji and blank lines': appointment({
      subject: ' A & B <c> \u{1f600} ',
      body: 'one\n\n  two ',
      categories: ['A & B', '\u00e4'],
    }),
    'an all-day appointment over the spring change': appointment({
      allDay: true,
      start: '2026-03-28',
      end: '2026-03-30',
      reminderMinutes: 0,
    }),
    'an all-day appointment in another zone': appointment({ allDay: true, start: '2026-07-01', end: '2026-07-02', timeZone: 'Asia/Tokyo' }),
    'a private appointment': appointment({ sensitivity: 'private', freeBusy: 'outOfOffice', importance: 'high' }),
    'a task': task(),
    'an empty task': task({
      subject: '',
      body: '',
      startDate: null,
      dueDate: null,
      reminderAt: null,
      status: 'notStarted',
      percentComplete: 0,
    }),
    'a finished task': task({ status: 'completed', percentComplete: 100, sensitivity: 'private' }),
    'a waiting task': task({ status: 'waitingOnOthers', percentComplete: 30 }),
    ...Object.fromEntries(
      series.map(([pattern, day]) => [
        `a ${pattern.type} series`,
        appointment({
          start: `${day}T08:00:00Z`,
          end: `${day}T09:00:00Z`,
          recurrence: { pattern, range: { type: 'endDate', until: '2027-12-31' } },
        }),
      ]),
    ),
    'a series without end': appointment({ recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } }),
    'a numbered series': appointment({ recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', count: 5 } } }),
  };
  for (const [name, item] of Object.entries(items)) {
    it(`keeps ${name}`, async () => {
      const { id, changeKey } = await create(item);
      const entry = await read(id);
      assert.deepEqual(entry.item, item);
      assert.deepEqual([entry.changeKey, entry.syncId, entry.meeting], [changeKey, 's-1', null]);
    });
  }

  const changes: Record<string, readonly [ExchangeItem, Fields]> = {
    'a subject': [appointment(), { subject: 'Other' }],
    'cleared text and categories': [appointment(), { subject: '', body: '', location: '', categories: [] }],
    'a removed reminder': [appointment(), { reminderMinutes: null }],
    'another time': [appointment(), { start: '2026-10-26T08:00:00Z', end: '2026-10-26T09:00:00Z' }],
    'all-day instead of timed': [appointment(), { allDay: true, start: '2026-03-29', end: '2026-03-30' }],
    'timed instead of all-day': [
      appointment({ allDay: true, start: '2026-03-29', end: '2026-03-30' }),
      { allDay: false, start: '2026-03-29T08:00:00Z', end: '2026-03-29T09:00:00Z' },
    ],
    'a series instead of a single one': [
      appointment(),
      { recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', count: 3 } } },
    ],
    'a single one instead of a series': [
      appointment({ recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } }),
      { recurrence: null },
    ],
    'another end of a series': [
      appointment({ recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } }),
      { recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'endDate', until: '2026-12-31' } } },
    ],
    'choices of an appointment': [appointment(), { freeBusy: 'free', sensitivity: 'confidential', importance: 'low' }],
    'a finished task': [task(), { status: 'completed', percentComplete: 100 }],
    'a task taken up again': [task({ status: 'completed', percentComplete: 100 }), { status: 'inProgress', percentComplete: 20 }],
    'cleared dates and reminder of a task': [task(), { startDate: null, dueDate: null, reminderAt: null }],
  };
  for (const [name, [before, change]] of Object.entries(changes)) {
    it(`changes: ${name}`, async () => {
      const { id, changeKey } = await create(before);
      const after = { ...before, ...change };
      value(await update(id, changeKey, after, change));
      assert.deepEqual((await read(id)).item, after);
    });
  }

  it('never overwrites what changed meanwhile', async () => {
    const { id, changeKey } = await create(appointment());
    value(await update(id, changeKey, appointment({ subject: 'first' }), { subject: 'first' }));
    const result = await update(id, changeKey, appointment({ subject: 'second' }), { subject: 'second' });
    assert.equal(codeOf(result), 'item-changed');
    assert.equal((await read(id)).item.subject, 'first');
  });

  it('deletes into Deleted Items, twice without complaint, and finds the sync id there', async () => {
    for (const item of [appointment(), task()]) {
      const syncId = `s-${item.kind}`;
      const { id } = await create(item, syncId);
      assert.deepEqual(
        (await exchange.findBySyncId(anna, item.kind, [syncId, 'none'])).map(({ deleted }) => deleted),
        [false],
      );
      for (let times = 0; times < 2; times += 1)
        assert.deepEqual((await exchange.deleteMany(anna, item.kind, [{ id }])).map(codeOf), ['ok']);
      assert.equal(codeOf((await exchange.getMany(anna, [id]))[0]), 'item-not-found');
      assert.deepEqual(
        (await exchange.findBySyncId(anna, item.kind, [syncId])).map((found) => [found.syncId, found.deleted]),
        [[syncId, true]],
      );
    }
  });

  it('does not delete an item that is no longer as expected, while the others of the batch go', async () => {
    for (const item of [appointment(), task()]) {
      const edited = await create(item, `edited-${item.kind}`);
      const untouched = await create(item, `untouched-${item.kind}`);
      const known = await create(item, `known-${item.kind}`);
      value(await update(edited.id, edited.changeKey, { ...item, subject: 'Edited' }, { subject: 'Edited' }));
      const doomed = [edited, untouched].map(({ id, changeKey }, at) => ({ id, expected: { changeKey, syncId: `doomed-${at}` } }));
      const results = await exchange.deleteMany(anna, item.kind, [...doomed, { id: known.id }]);
      assert.deepEqual(results.map(codeOf), ['item-changed', 'ok', 'ok']);
      assert.equal((await read(edited.id)).item.subject, 'Edited');
    }
  });

  it('leaves the sync id in what it deletes as expected, so that it is found in Deleted Items', async () => {
    const id = simulator.create(anna, {
      kind: 'appointment',
      subject: 'Made by a person',
      start: '2026-03-02T09:00',
      end: '2026-03-02T10:00',
    });
    const { changeKey } = await read(id);
    assert.deepEqual((await exchange.deleteMany(anna, 'appointment', [{ id, expected: { changeKey, syncId: 'mark' } }])).map(codeOf), [
      'ok',
    ]);
    const found = await exchange.findBySyncId(anna, 'appointment', ['mark']);
    assert.deepEqual(await Promise.all(found.map(async (place) => [place.deleted, (await read(place.id)).item.subject])), [
      [true, 'Made by a person'],
    ]);
  });

  it('tells changes page by page, in order, each kind in its own folder', async () => {
    const first = await exchange.changesSince(anna, 'appointment', null);
    assert.deepEqual([first.changes, first.more], [[], false]);
    const { id, changeKey } = await create(appointment());
    await create(task(), 's-2');
    const second = await exchange.changesSince(anna, 'appointment', first.syncState);
    assert.deepEqual(second.changes, [{ type: 'create', id, changeKey }]);
    const changed = value(await update(id, changeKey, appointment({ subject: 'x' }), { subject: 'x' }));
    const third = await exchange.changesSince(anna, 'appointment', second.syncState);
    assert.deepEqual(third.changes, [{ type: 'update', id, changeKey: changed.changeKey }]);
    await exchange.deleteMany(anna, 'appointment', [{ id }]);
    const fourth = await exchange.changesSince(anna, 'appointment', third.syncState);
    assert.deepEqual(fourth.changes, [{ type: 'delete', id }]);
    assert.equal((await rejection(exchange.changesSince(anna, 'appointment', 'rubbish'))).code, 'sync-state-invalid');
  });

  it('carries a thousand items in few requests', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ item: appointment({ subject: `No. ${index}` }), syncId: `s-${index}` }));
    const ids = (await exchange.createMany(anna, many)).map((result) => value(result).id);
    assert.equal(new Set(ids).size, 1000);
    simulator.requests.reset();
    const results = await exchange.getMany(anna, ids);
    assert.deepEqual(
      results.map((result) => value(result).item.subject),
      many.map(({ item }) => item.subject),
    );
    assert.ok(simulator.requests.total() <= 20, `${simulator.requests.total()} requests`);
    const entries = await exchange.listWindow(anna, 'appointment', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');
    assert.deepEqual(new Set(entries.map(({ id }) => id)), new Set(ids));
    let state: string | null = null;
    let told = 0;
    for (let more = true; more;) {
      const page = await exchange.changesSince(anna, 'appointment', state);
      told += page.changes.length;
      state = page.syncState;
      more = page.more;
    }
    assert.equal(told, 1000);
  });

  it('lists what overlaps a window, every series, and every task', async () => {
    const daily = { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', count: 2 } } as const;
    await create(appointment({ subject: 'inside' }), '1');
    await create(appointment({ subject: 'before', start: '2026-02-01T08:00:00Z', end: '2026-02-01T09:00:00Z' }), '2');
    await create(appointment({ subject: 'after', start: '2026-05-01T08:00:00Z', end: '2026-05-01T09:00:00Z' }), '3');
    await create(appointment({ subject: 'over the edge', start: '2026-02-28T08:00:00Z', end: '2026-03-01T09:00:00Z' }), '4');
    await create(
      appointment({ subject: 'old series', start: '2025-02-01T08:00:00Z', end: '2025-02-01T09:00:00Z', recurrence: daily }),
      '5',
    );
    await create(task({ dueDate: null, startDate: null }), '6');
    const subjects = async (kind: 'appointment' | 'task') =>
      (await exchange.listWindow(anna, kind, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).map(({ item }) => item.subject).sort();
    assert.deepEqual(await subjects('appointment'), ['inside', 'old series', 'over the edge']);
    assert.deepEqual(await subjects('task'), ['Offer']);
  });

  it('tells of changes within a second, to the right mailbox and kind, and ends when asked', async () => {
    const ending = new AbortController();
    const events: WatchEvent[] = [];
    const started = Date.now();
    for await (const event of exchange.watch([anna, bert], ending.signal)) {
      events.push(event);
      if (event.type === 'connected') {
        assert.deepEqual([...event.mailboxes].sort(), [anna, bert]);
        await create(task());
      }
      if (event.type === 'changed') ending.abort();
    }
    assert.deepEqual(
      events.filter(({ type }) => type === 'changed'),
      [{ type: 'changed', mailbox: anna, kind: 'task' }],
    );
    assert.ok(Date.now() - started < 2000);
  });

  it('watches the others when one mailbox does not exist', async () => {
    const ending = new AbortController();
    const types: string[] = [];
    for await (const event of exchange.watch(['nobody@example.com', anna], ending.signal)) {
      types.push(
        event.type === 'mailbox-failed'
          ? `${event.type} ${event.mailbox} ${event.error instanceof SyncError ? event.error.code : ''}`
          : event.type,
      );
      if (event.type === 'connected') ending.abort();
    }
    assert.deepEqual(types, ['mailbox-failed nobody@example.com mailbox-not-found', 'connected']);
  });

  it('ends watching when the connection is closed', async () => {
    const types: string[] = [];
    for await (const { type } of exchange.watch([anna], new AbortController().signal)) {
      types.push(type);
      await exchange.close();
    }
    assert.deepEqual(types, ['connected']);
  });

  const breaks: Record<string, (simulator: Simulator) => void> = {
    'its connections are cut': ({ dropConnections }) => dropConnections(),
    'the server forgets its subscriptions': ({ dropSubscriptions, dropConnections }) => {
      dropSubscriptions();
      dropConnections();
    },
    'the next streams are silent, a page, busy or cut': ({ faults, dropConnections }) => {
      for (const kind of ['silentStream', 'html500', 'busy', 'dropBefore'] as const)
        faults.add({ operation: 'GetStreamingEvents', action: { kind } });
      dropConnections();
    },
  };
  for (const [name, breakIt] of Object.entries(breaks)) {
    it(`goes on watching when ${name}`, async () => {
      const ending = new AbortController();
      const types: string[] = [];
      const watching = connect({ streamSilenceMs: 300 });
      for await (const { type } of watching.watch([anna], ending.signal)) {
        types.push(type);
        if (type === 'connected' && types.length === 1) breakIt(simulator);
        else if (type === 'connected') await create(task());
        if (type === 'changed') ending.abort();
      }
      await watching.close();
      assert.deepEqual([types[0], types.includes('lost'), types.at(-1)], ['connected', true, 'changed']);
    });
  }

  it('makes no second item when the answer to a creation was lost, as long as its caller asks for the sync id first', async () => {
    simulator.faults.add({ operation: 'CreateItem', action: { kind: 'dropAfter' } });
    assert.equal((await rejection(exchange.createMany(anna, [{ item: task(), syncId: 'lost' }]))).code, 'server-unreachable');
    assert.equal((await exchange.findBySyncId(anna, 'task', ['lost'])).length, 1);
  });

  it('divides a batch that failed as a whole, and doubles nothing', async () => {
    simulator.faults.add({ operation: 'CreateItem', action: { kind: 'soapFault', code: 'ErrorTimeoutExpired' } });
    const results = await exchange.createMany(
      anna,
      ['1', '2', '3'].map((syncId) => ({ item: task(), syncId })),
    );
    assert.deepEqual(results.map(codeOf), ['ok', 'ok', 'ok']);
    assert.equal(simulator.items(anna, 'tasks').length, 3);
  });

  it('checks every step', async () => {
    const lines = async (connection: ExchangeConnection, mailbox: string | null) => {
      const steps = [];
      for await (const { step, ok } of connection.check(mailbox)) steps.push(`${step} ${ok ? 'ok' : 'failed'}`);
      return steps.join(', ');
    };
    assert.equal(await lines(exchange, anna), 'address ok, connect ok, login ok, mailbox ok, calendar ok, tasks ok, notifications ok');
    assert.equal(await lines(exchange, null), 'address ok, connect ok, login ok');
    assert.equal(await lines(exchange, 'nobody@example.com'), 'address ok, connect ok, login ok, mailbox failed');
    const wrong = connect({ password: 'wrong' });
    assert.equal(await lines(wrong, anna), 'address ok, connect ok, login failed');
    await wrong.close();
  });

  it('rejects what concerns the whole call', async () => {
    const wrong = connect({ password: 'wrong' });
    assert.equal((await rejection(wrong.getMany(anna, ['x']))).code, 'login-refused');
    await wrong.close();
    assert.equal((await rejection(exchange.changesSince('nobody@example.com', 'task', null))).code, 'mailbox-not-found');
    const own = connect({ user: anna, password: 'a' });
    assert.equal((await rejection(own.changesSince(bert, 'task', null))).code, 'impersonation-denied');
    await own.close();
  });

  it('works in the user\u2019s own mailbox without impersonation', async () => {
    const own = connect({ user: anna, password: 'a', impersonation: false });
    const [created] = await own.createMany(anna, [{ item: task(), syncId: 's' }]);
    assert.deepEqual(
      (await own.getMany(anna, [value(created).id])).map((result) => value(result).item),
      [task()],
    );
    await own.close();
  });
});
