import assert from 'node:assert/strict';
import { schemaAvailable, schemaFaults } from '../../../support/ews-schema';
import { child, createItem, folder, owner, startClient, type Client } from '../harness';
import { startListener, type Listener, type Pushed } from './listener';
import { createClock, eventsOf, folderIds, inShort, made, subscribePush, unsubscribe, type TestClock } from './support';

const tasks = folderIds(folder('tasks'));

describe('EWS push notifications', () => {
  let client: Client;
  let clock: TestClock;
  let listener: Listener;
  const sent: string[] = [];
  beforeEach(async () => {
    clock = createClock();
    client = await startClient({ now: clock.now, schedule: clock.schedule });
    listener = await startListener();
  });
  afterEach(async function () {
    sent.push(...listener.pushed.map(({ text }) => text));
    await client.finish(() => this.skip());
    assert.equal(clock.pending(), 0, 'nothing is left to do');
    await listener.close();
  });
  after(async () => {
    if (schemaAvailable) assert.deepEqual(await schemaFaults(sent), []);
  });

  const put = (): string => client.simulator.create(owner.address, { kind: 'task', subject: 'x' });
  const subscribed = async (minutes?: number) => made(await client.call(subscribePush(tasks, listener.url, minutes)));
  const events = ({ notification }: Pushed): readonly string[] => eventsOf(notification).map(inShort);

  it('begin with a status event that shows whether the listener is there', async () => {
    const { id, watermark } = await subscribed();
    const first = await listener.received(1);
    assert.deepEqual(events(first), ['StatusEvent']);
    assert.equal(child(first.notification, 'SubscriptionId')?.text, id);
    assert.equal(child(first.notification, 'PreviousWatermark')?.text, watermark);
    assert.match(first.headers['content-type'] ?? '', /^text\/xml/);
    assert.equal(first.headers['soapaction'], '"http://schemas.microsoft.com/exchange/services/2006/messages/SendNotification"');
  });

  it('tell events as they happen, many at once, and go on where the last left off', async () => {
    await subscribed();
    await listener.received(1);
    await clock.due(30 * 60);
    const item = put();
    const second = await listener.received(2);
    assert.deepEqual(events(second), ['CreatedEvent item', 'ModifiedEvent folder']);
    assert.equal(child(eventsOf(second.notification)[0], 'ItemId')?.attributes['Id'], item);
    await clock.due(30 * 60);
    await client.call(createItem('<t:Task/>'.repeat(30)));
    const [third, fourth] = [await listener.received(3), await listener.received(4)];
    assert.deepEqual([events(third).length, child(third.notification, 'MoreEvents')?.text], [50, 'true']);
    assert.deepEqual([events(fourth).length, child(fourth.notification, 'MoreEvents')?.text], [10, 'false']);
    const lastMark = child(eventsOf(third.notification).at(-1), 'Watermark')?.text;
    assert.equal(child(fourth.notification, 'PreviousWatermark')?.text, lastMark);
  });

  it('say every StatusFrequency minutes that nothing happened', async () => {
    await subscribed(5);
    await listener.received(1);
    await clock.due(5 * 60);
    clock.advance(5 * 60 - 1);
    assert.equal(listener.pushed.length, 1);
    clock.advance(1);
    assert.deepEqual(events(await listener.received(2)), ['StatusEvent']);
    await clock.due(5 * 60);
    await client.call(createItem('<t:Contact/>', ''));
    clock.advance(5 * 60);
    assert.deepEqual(events(await listener.received(3)), ['StatusEvent']);
  });

  it('end when the listener says so, and not by Unsubscribe', async () => {
    const { id } = await subscribed();
    await listener.received(1);
    await clock.due(30 * 60);
    assert.deepEqual((await client.call(unsubscribe(id))).codes, ['ErrorInvalidSubscription']);
    listener.answering = 'Unsubscribe';
    put();
    await listener.received(2);
    await clock.idle();
    assert.deepEqual((await client.call(unsubscribe(id))).codes, ['ErrorSubscriptionNotFound']);
  });

  it('are repeated after 30, 60, 120 … seconds, and after StatusFrequency minutes never again', async () => {
    const { id } = await subscribed(30);
    await listener.received(1);
    await clock.due(30 * 60);
    const answers = ['nonsense', 500] as const;
    listener.answering = 500;
    put();
    let count = 2;
    for (const wait of [30, 30, 60, 120, 240, 480]) {
      await listener.received(count);
      await clock.due(wait);
      listener.answering = answers[count % 2] ?? 500;
      clock.advance(wait);
      count += 1;
    }
    assert.deepEqual(events(await listener.received(count)), ['CreatedEvent item', 'ModifiedEvent folder']);
    await clock.idle();
    assert.deepEqual((await client.call(unsubscribe(id))).codes, ['ErrorSubscriptionNotFound']);
  });

  it('go on after a retry that is answered, with what has come meanwhile', async () => {
    await subscribed();
    await listener.received(1);
    await clock.due(30 * 60);
    listener.answering = 500;
    put();
    await listener.received(2);
    await clock.due(30);
    await client.call(createItem('<t:Task/>'));
    listener.answering = 'OK';
    clock.advance(30);
    const all = await listener.received(3);
    assert.equal(events(all).filter((event) => event === 'CreatedEvent item').length, 2);
    await clock.due(30 * 60);
    put();
    assert.deepEqual(events(await listener.received(4)), ['CreatedEvent item', 'ModifiedEvent folder']);
  });

  it('count a listener that is silent as one that does not answer', async () => {
    listener.answering = 'silence';
    await subscribed();
    await listener.received(1);
    clock.advance(100);
    await clock.due(30);
    listener.answering = 'OK';
    clock.advance(30);
    assert.deepEqual(events(await listener.received(2)), ['StatusEvent']);
    await clock.due(30 * 60);
  });

  it('need an address of http or https, and 1 to 1440 minutes', async () => {
    for (const url of ['', 'ftp://127.0.0.1/', 'nowhere', `http://127.0.0.1/${'x'.repeat(2083)}`])
      assert.deepEqual((await client.call(subscribePush(tasks, url))).codes, ['ErrorInvalidPushSubscriptionUrl'], url.slice(0, 30));
    for (const minutes of [0, 1441])
      assert.deepEqual((await client.call(subscribePush(tasks, listener.url, minutes))).codes, ['ErrorSchemaValidation']);
  });
});
