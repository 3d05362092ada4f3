/** Meetings through the port: whose they are, that nobody loses an attendee, and that nobody is told unless the setting says so. */
import assert from 'node:assert/strict';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { EwsSettings } from '../../../lib/exchange/ews';
import type { ExchangeAppointment, ExchangeException, Fields } from '../../../lib/model/item';
import { colleague, owner, service, startClient } from '../ews/harness';
import type { Client } from '../ews/harness';
import { answersOf, attendees, invite, itemId, latest, meeting, respond } from '../ews/meetings/meetings';

const room = { address: 'room1@x.test', password: 'room' };
const guest = 'guest@elsewhere.test';

const daily =
  '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-27</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';

describe('meetings over EWS, against the simulator', () => {
  let client: Client;
  let exchange: ExchangeConnection;

  const connect = (settings: Partial<EwsSettings> = {}): ExchangeConnection =>
    createEwsConnection({
      url: client.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
      timeZone: 'Europe/Vienna',
      ...settings,
    });

  beforeEach(async () => {
    client = await startClient({ mailboxes: [owner, colleague, room], now: () => new Date('2026-03-20T08:00:00Z') });
    exchange = connect();
  });
  afterEach(async () => {
    await exchange.close();
    await client.simulator.close();
  });

  const people =
    attendees('RequiredAttendees', colleague.address, guest) +
    attendees('OptionalAttendees', 'late@elsewhere.test') +
    attendees('Resources', room.address);
  const organise = async (more = ''): Promise<string> => {
    const answer = await client.call(invite(meeting(more, people)));
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return /Id="([^"]+)"/.exec(itemId(answer))?.[1] ?? '';
  };
  const read = async (id: string, mailbox = owner.address, by = exchange) => {
    const [result] = await by.getMany(mailbox, [id]);
    if (result?.ok !== true) throw result?.error ?? new Error('no result');
    assert.ok(result.value.item.kind === 'appointment');
    return { ...result.value, item: result.value.item };
  };
  const copyOf = async (mailbox: string) => {
    const [entry] = await exchange.listWindow(mailbox, 'appointment', '2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z');
    assert.ok(entry);
    return entry;
  };
  const update = async (
    by: ExchangeConnection,
    id: string,
    changes: Partial<ExchangeAppointment>,
    mailbox = owner.address,
  ): Promise<void> => {
    const { item, changeKey } = await read(id, mailbox, by);
    const fields: Fields = changes;
    const [result] = await by.updateMany(mailbox, [{ id, changeKey, item: { ...item, ...changes }, changes: fields, syncId: 's' }]);
    if (result?.ok !== true) throw result?.error ?? new Error('no result');
    assert.deepEqual((await read(id, mailbox, by)).item, { ...item, ...changes });
  };
  /** How many messages lie in all mailboxes. */
  const messages = (): number =>
    [owner, colleague, room].flatMap(({ address }) =>
      ['inbox', 'sentitems', 'drafts'].flatMap((folder) => client.simulator.items(address, folder)),
    ).length;
  const invited = async (): Promise<unknown> => {
    const item = await latest(client, 'calendar', owner);
    return ['RequiredAttendees', 'OptionalAttendees', 'Resources'].map((list) => answersOf(item, list));
  };

  it('an appointment without others is no meeting', async () => {
    const [created] = await exchange.createMany(owner.address, [{ item: (await read(await organise())).item, syncId: 's-1' }]);
    assert.ok(created?.ok);
    assert.equal((await read(created.value.id)).meeting, null);
  });

  it('tells role, organiser and number of attendees on both sides', async () => {
    const id = await organise();
    const inAll = { organizer: owner.address, attendees: 4, cancelled: false };
    assert.deepEqual((await read(id)).meeting, { role: 'organizer', ...inAll });
    assert.deepEqual((await copyOf(colleague.address)).meeting, { role: 'attendee', ...inAll, attendees: 3 });
  });

  it('knows an attendee by every answer, and by none', async () => {
    await organise();
    for (const answer of ['', 'AcceptItem', 'TentativelyAcceptItem']) {
      if (answer !== '') {
        const { id, changeKey } = await copyOf(colleague.address);
        const reply = await client.call(respond(answer, `<t:ReferenceItemId Id="${id}" ChangeKey="${changeKey}"/>`), { as: colleague });
        assert.deepEqual(reply.codes, ['NoError'], reply.text);
      }
      assert.equal((await copyOf(colleague.address)).meeting?.role, 'attendee');
    }
  });

  it('tells that a meeting was cancelled', async () => {
    const id = await organise();
    await connect({ invitations: 'send' }).deleteMany(owner.address, 'appointment', [{ id }]);
    assert.equal((await copyOf(colleague.address)).meeting?.cancelled, true);
  });

  const exceptions: readonly ExchangeException[] = [
    { originalStart: '2026-03-28T09:00:00Z', deleted: true },
    { originalStart: '2026-03-30T09:00:00Z', deleted: false, changes: { subject: 'Other' } },
  ];
  const updates: Record<string, readonly [string, Partial<ExchangeAppointment>]> = {
    'its subject': ['', { subject: 'New', body: 'New', location: 'Linz' }],
    'its time': ['', { start: '2026-04-01T08:00:00Z', end: '2026-04-01T09:00:00Z' }],
    'its zone': ['', { timeZone: 'Europe/London' }],
    'all-day': ['', { allDay: true, start: '2026-03-27', end: '2026-03-28' }],
    'what is the mailbox\u2019s own': [
      '',
      { reminderMinutes: null, categories: ['A'], freeBusy: 'free', sensitivity: 'private', importance: 'high' },
    ],
    'a series of it': ['', { recurrence: { pattern: { type: 'daily', interval: 2 }, range: { type: 'numbered', count: 3 } } }],
    'no series any more': [daily, { recurrence: null }],
    'exceptions of a series': [daily, { exceptions }],
  };
  for (const [name, [more, changes]] of Object.entries(updates)) {
    it(`keeps the attendees and tells nobody when an update changes ${name}`, async () => {
      const id = await organise(more);
      const [before, sent] = [await invited(), messages()];
      await update(exchange, id, changes);
      assert.deepEqual([await invited(), messages()], [before, sent]);
      assert.equal((await read(id)).meeting?.attendees, 4);
    });
  }

  it('keeps the attendees and tells nobody when a deleted occurrence comes back', async () => {
    const id = await organise(daily);
    const [before, sent] = [await invited(), messages()];
    await update(exchange, id, { exceptions });
    await update(exchange, id, { exceptions: [] });
    assert.deepEqual([await invited(), messages()], [before, sent]);
  });

  it('tells nobody of a deletion', async () => {
    const id = await organise();
    const sent = messages();
    await exchange.deleteMany(owner.address, 'appointment', [{ id }]);
    assert.equal(messages(), sent);
    assert.equal((await copyOf(colleague.address)).meeting?.cancelled, false);
  });

  it('tells nobody of what an attendee\u2019s copy goes through, whatever the setting', async () => {
    const sending = connect({ invitations: 'send' });
    await organise();
    const sent = messages();
    const { id } = await copyOf(colleague.address);
    await update(sending, id, { reminderMinutes: null, categories: ['A'], subject: 'Mine' }, colleague.address);
    await sending.deleteMany(colleague.address, 'appointment', [{ id }]);
    await sending.close();
    assert.equal(messages(), sent);
  });

  it('tells the attendees where the setting says so: of a change that they see, of occurrences, and of the deletion', async () => {
    const sending = connect({ invitations: 'send' });
    const id = await organise(daily);
    const told = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      const before = client.simulator.items(colleague.address, 'inbox').length;
      await work();
      return client.simulator
        .items(colleague.address, 'inbox')
        .slice(before)
        .map(({ element, subject }) => `${element} ${subject}`);
    };
    assert.deepEqual(await told(() => update(sending, id, { reminderMinutes: null, categories: ['A'] })), []);
    assert.deepEqual(await told(() => update(sending, id, { subject: 'New' })), ['MeetingRequest New']);
    assert.deepEqual(await told(() => update(sending, id, { exceptions })), ['MeetingCancellation Canceled: New', 'MeetingRequest Other']);
    assert.deepEqual(await told(() => update(sending, id, { exceptions: exceptions.slice(1) })), [
      'MeetingRequest New',
      'MeetingRequest Other',
    ]);
    assert.deepEqual(await told(() => sending.deleteMany(owner.address, 'appointment', [{ id }])), ['MeetingCancellation Canceled: New']);
    await sending.close();
  });
});
