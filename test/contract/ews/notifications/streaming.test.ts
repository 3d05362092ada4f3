import assert from 'node:assert/strict';
import { schemaAvailable, schemaFaults } from '../../../support/ews-schema';
import { child, colleague, createItem, descend, folder, impersonate, owner, service, startClient, type Client } from '../harness';
import {
  createClock,
  envelopesIn,
  eventsOf,
  eventTypes,
  folderIds,
  getStreamingEvents,
  inShort,
  made,
  messagesIn,
  openStream,
  subscribePull,
  subscribeStreaming,
  unsubscribe,
  type OpenStream,
  type TestClock,
} from './support';

const tasks = folderIds(folder('tasks'));
const items = ['CreatedEvent', 'MovedEvent', 'DeletedEvent'];

describe('EWS streaming notifications', () => {
  let client: Client;
  let clock: TestClock;
  let streams: OpenStream[];
  const heard: string[] = [];
  beforeEach(async () => {
    streams = [];
    clock = createClock();
    client = await startClient({ now: clock.now, schedule: clock.schedule });
  });
  afterEach(async function () {
    for (const stream of streams) heard.push(...envelopesIn(stream.text()));
    await client.finish(() => this.skip());
    assert.equal(clock.pending(), 0, 'nothing is left to do');
  });
  after(async () => {
    if (schemaAvailable) assert.deepEqual(await schemaFaults(heard), []);
  });

  const subscribed = async (folders: string, types = eventTypes(items)): Promise<string> =>
    made(await client.call(subscribeStreaming(folders, types))).id;
  const open = async (ids: readonly string[], ...rest: readonly [minutes?: number, sent?: Parameters<typeof openStream>[3]]) => {
    const stream = await openStream(client, ids, ...rest);
    streams.push(stream);
    await stream.until((text) => text.includes('</Envelope>'));
    return stream;
  };
  const put = (subject = 'x', address = owner.address): string => client.simulator.create(address, { kind: 'task', subject });
  const has = (part: string) => (text: string) => text.includes(part);

  it('says OK at once and then tells of creations, changes, moves and deletions', async () => {
    const stream = await open([await subscribed(tasks, eventTypes(['CreatedEvent', 'ModifiedEvent', ...items]))]);
    assert.equal(child(messagesIn(stream.text())[0], 'ConnectionStatus')?.text, 'OK');
    const item = put();
    await stream.until(has('ModifiedEvent'));
    client.simulator.update(owner.address, item, { kind: 'task', subject: 'y' });
    client.simulator.delete(owner.address, put(), true);
    client.simulator.delete(owner.address, item);
    const text = await stream.until(
      (so) => so.lastIndexOf('</t:ModifiedEvent>') > so.indexOf('<t:MovedEvent>') && so.includes('<t:MovedEvent>'),
    );
    const events = messagesIn(text).flatMap((message) => eventsOf(descend(message, 'Notifications', 'Notification')));
    assert.deepEqual(events.filter((event) => child(event, 'ItemId')).map(inShort), [
      'CreatedEvent item',
      'ModifiedEvent item',
      'CreatedEvent item',
      'DeletedEvent item',
      'MovedEvent item',
    ]);
    assert.ok(!text.includes('Watermark'), 'streams have no watermarks');
  });

  it('writes as Exchange does what clients depend on: the envelope without prefix, notifications in the namespace of messages', async () => {
    const stream = await open([await subscribed(tasks)]);
    put();
    const text = await stream.until(has('CreatedEvent'));
    assert.match(text, /<Envelope [^>]*><soap11:Header/);
    assert.match(text, /<m:Notifications><m:Notification><t:SubscriptionId>[^<]+<\/t:SubscriptionId><t:CreatedEvent><t:TimeStamp>/);
  });

  it('keeps events for a client that is not connected, and tells each only once', async () => {
    const id = await subscribed('');
    const item = client.simulator.create(owner.address, { kind: 'appointment', start: '2026-03-28T09:00', end: '2026-03-28T09:30' });
    const first = await open([id]);
    assert.ok((await first.until(has('CreatedEvent'))).includes(item));
    first.close();
    const second = await open([id]);
    const next = put();
    const text = await second.until(has('CreatedEvent'));
    assert.ok(text.includes(next) && !text.includes(item));
  });

  it('sends status events while nothing happens, and nothing of other folders', async () => {
    const stream = await open([await subscribed(folderIds(folder('calendar')))]);
    put();
    clock.advance(30);
    await stream.until(has('StatusEvent'));
    clock.advance(29);
    assert.equal(stream.text().split('<t:StatusEvent/>').length, 2);
    assert.ok(!stream.text().includes('CreatedEvent'));
  });

  it('ends when its time is over', async () => {
    const stream = await open([await subscribed(tasks)], 2);
    clock.advance(119);
    assert.ok(!stream.text().includes('Closed'));
    clock.advance(1);
    const last = messagesIn(await stream.ended()).at(-1);
    assert.deepEqual([child(last, 'ResponseCode')?.text, child(last, 'ConnectionStatus')?.text], ['NoError', 'Closed']);
  });

  it('serves subscriptions of several mailboxes in one connection', async () => {
    const mine = { as: service, header: impersonate(owner.address) };
    const ids = await Promise.all(
      [mine, { as: service, header: impersonate(colleague.address) }].map(
        async (sent) => made(await client.call(subscribeStreaming(tasks), sent)).id,
      ),
    );
    const stream = await open(ids, 1, { as: service });
    const created = [put('a'), put('b', colleague.address)];
    const text = await stream.until((so) => created.every((id) => so.includes(id)));
    for (const id of ids) assert.ok(text.includes(id));
    assert.deepEqual((await client.call(getStreamingEvents(ids.slice(0, 1)))).codes, ['ErrorSubscriptionAccessDenied']);
  });

  it('names the subscriptions it does not know, and serves none of the others', async () => {
    const answer = await client.call(getStreamingEvents([await subscribed(tasks), 'bm8=']));
    assert.deepEqual(answer.codes, ['ErrorSubscriptionNotFound']);
    const [message] = answer.messages;
    assert.deepEqual(
      child(message, 'ErrorSubscriptionIds')?.children.map(({ ns, text }) => [ns, text]),
      [['m', 'bm8=']],
    );
    assert.equal(child(message, 'ConnectionStatus')?.text, 'Closed');
  });

  it('refuses pull subscriptions, more than 200 subscriptions, and times other than 1 to 30 minutes', async () => {
    const pull = made(await client.call(subscribePull(tasks))).id;
    assert.deepEqual((await client.call(getStreamingEvents([pull]))).codes, ['ErrorInvalidSubscription']);
    const many = Array.from({ length: 201 }, (_, index) => `bm8${index}`);
    assert.deepEqual((await client.call(getStreamingEvents(many))).codes, ['ErrorInvalidRequest']);
    for (const minutes of [0, 31])
      assert.deepEqual((await client.call(getStreamingEvents([pull], minutes))).codes, ['ErrorSchemaValidation']);
  });

  it('ends the earlier connection of a subscription when it is opened again', async () => {
    const id = await subscribed(tasks);
    const earlier = await open([id, await subscribed(tasks)]);
    const later = await open([id]);
    const last = messagesIn(await earlier.ended()).at(-1);
    assert.equal(child(last, 'ResponseCode')?.text, 'ErrorNewEventStreamConnectionOpened');
    assert.deepEqual(
      child(last, 'ErrorSubscriptionIds')?.children.map(({ text }) => text),
      [id],
    );
    put();
    await later.until(has('CreatedEvent'));
  });

  it('ends a stream whose subscription is ended or lost, and says why', async () => {
    const ended = await subscribed(tasks);
    const one = await open([ended]);
    await client.call(unsubscribe(ended));
    assert.equal(child(messagesIn(await one.ended()).at(-1), 'ResponseCode')?.text, 'ErrorSubscriptionUnsubscribed');
    const lost = await subscribed(tasks);
    const two = await open([lost]);
    client.simulator.dropSubscriptions();
    clock.advance(30);
    const last = messagesIn(await two.ended()).at(-1);
    assert.equal(child(last, 'ResponseCode')?.text, 'ErrorSubscriptionNotFound');
    assert.deepEqual(
      child(last, 'ErrorSubscriptionIds')?.children.map(({ text }) => text),
      [lost],
    );
  });

  it('keeps a subscription for 30 minutes without a connection, and as long as there is one', async () => {
    const id = await subscribed(tasks);
    const stream = await open([id], 30);
    clock.advance(30 * 60);
    await stream.ended();
    clock.advance(30 * 60);
    (await open([id], 1)).close();
    await client.call(getStreamingEvents(['bm8=']));
    clock.advance(30 * 60 + 1);
    assert.deepEqual((await client.call(getStreamingEvents([id]))).codes, ['ErrorExpiredSubscription']);
    assert.deepEqual((await client.call(getStreamingEvents([id]))).codes, ['ErrorSubscriptionNotFound']);
  });

  it('opens ten connections for an account, and no eleventh', async () => {
    const id = await subscribed(tasks);
    const ids = await Promise.all(Array.from({ length: 10 }, () => subscribed(tasks)));
    const all = await Promise.all(ids.map((one) => open([one])));
    const refused = await client.call(getStreamingEvents([id]));
    assert.deepEqual([refused.status, refused.codes], [500, ['ErrorExceededConnectionCount']]);
    clock.advance(60);
    await Promise.all(all.map((stream) => stream.ended()));
    await open([id]);
  });

  it('says so where events were missed, and ends the subscription', async () => {
    const id = await subscribed(tasks);
    for (let count = 0; count < 6; count += 1) await client.call(createItem('<t:Task><t:Subject>many</t:Subject></t:Task>'.repeat(1000)));
    const stream = await openStream(client, [id]);
    streams.push(stream);
    assert.equal(child(messagesIn(await stream.ended()).at(-1), 'ResponseCode')?.text, 'ErrorMissedNotificationEvents');
    assert.deepEqual((await client.call(getStreamingEvents([id]))).codes, ['ErrorSubscriptionNotFound']);
  });

  it('misses nothing where only events happen that a subscription does not ask for', async () => {
    const id = await subscribed(folderIds(folder('calendar')));
    for (let count = 0; count < 6; count += 1) await client.call(createItem('<t:Task><t:Subject>many</t:Subject></t:Task>'.repeat(1000)));
    assert.equal(child(messagesIn((await open([id])).text())[0], 'ConnectionStatus')?.text, 'OK');
  });

  it('sends at most 50 events in a notification', async () => {
    const id = await subscribed(tasks);
    await client.call(createItem('<t:Task/>'.repeat(120)));
    const stream = await open([id]);
    const text = await stream.until((so) => so.split('<t:CreatedEvent>').length > 120);
    const sizes = messagesIn(text).map((message) => eventsOf(descend(message, 'Notifications', 'Notification')).length);
    assert.deepEqual(sizes, [0, 50, 50, 20]);
  });

  it('says the same in chunks of several envelopes, cut into small pieces, when told to', async () => {
    client.simulator.faults.add({ operation: 'GetStreamingEvents', action: { kind: 'chunks', envelopes: 3, bytes: 100 } });
    const id = await subscribed(tasks);
    await client.call(createItem('<t:Task/>'.repeat(100)));
    const stream = await openStream(client, [id]);
    streams.push(stream);
    const text = await stream.until((so) => envelopesIn(so).length === 3);
    assert.equal(text.split('<t:CreatedEvent>').length, 101);
  });
});
