import assert from 'node:assert/strict';
import { child, colleague, createItem, folder, owner, service, startClient, type Client, type XmlElement } from '../harness';
import {
  createClock,
  eventsOf,
  eventTypes,
  folderIds,
  getEvents,
  inShort,
  made,
  notificationIn,
  subscribePull,
  subscribePush,
  subscribeStreaming,
  unsubscribe,
  type TestClock,
} from './support';

const tasks = folderIds(folder('tasks'));
const created = eventTypes(['CreatedEvent']);

describe('EWS pull notifications', () => {
  let client: Client;
  let clock: TestClock;
  beforeEach(async () => {
    clock = createClock();
    client = await startClient({ now: clock.now, schedule: clock.schedule });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const put = (): string => client.simulator.create(owner.address, { kind: 'task', subject: 'x' });
  const subscribed = async () => made(await client.call(subscribePull(tasks, 10, '', created)));
  const marks = (notification: XmlElement): readonly string[] =>
    eventsOf(notification).map((event) => child(event, 'Watermark')?.text ?? '');
  const codeOf = async (id: string, watermark: string): Promise<string | undefined> =>
    (await client.call(getEvents(id, watermark))).codes[0];

  it('tell nothing of what was undone', async () => {
    const { id, watermark } = made(await client.call(subscribePull(folderIds(folder('drafts')), 10, '', created)));
    const toNobody = '<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message/></m:Items></m:CreateItem>';
    assert.deepEqual((await client.call(toNobody)).codes, ['ErrorInvalidRecipients']);
    const notification = notificationIn(await client.call(getEvents(id, watermark)));
    assert.deepEqual(eventsOf(notification).map(inShort), ['StatusEvent']);
  });

  it('tell what happened since a watermark, event by event', async () => {
    const { id, watermark } = await subscribed();
    const [one, two] = [put(), put()];
    const first = notificationIn(await client.call(getEvents(id, watermark)));
    assert.deepEqual(
      eventsOf(first).map((event) => child(event, 'ItemId')?.attributes['Id']),
      [one, two],
    );
    assert.deepEqual(
      ['SubscriptionId', 'PreviousWatermark', 'MoreEvents'].map((name) => child(first, name)?.text),
      [id, watermark, 'false'],
    );
    const [afterOne = '', afterTwo = ''] = marks(first);
    assert.notEqual(afterOne, afterTwo);
    const again = notificationIn(await client.call(getEvents(id, afterOne)));
    assert.deepEqual(
      eventsOf(again).map((event) => child(event, 'ItemId')?.attributes['Id']),
      [two],
    );
    const nothing = notificationIn(await client.call(getEvents(id, afterTwo)));
    assert.deepEqual(eventsOf(nothing).map(inShort), ['StatusEvent']);
  });

  it('go on from the watermark of a status event', async () => {
    const { id, watermark } = await subscribed();
    const [status = ''] = marks(notificationIn(await client.call(getEvents(id, watermark))));
    const item = put();
    const events = eventsOf(notificationIn(await client.call(getEvents(id, status))));
    assert.deepEqual(
      events.map((event) => child(event, 'ItemId')?.attributes['Id']),
      [item],
    );
  });

  it('come 50 at a time, and tell of more', async () => {
    const { id, watermark } = await subscribed();
    await client.call(createItem('<t:Task/>'.repeat(60)));
    const first = notificationIn(await client.call(getEvents(id, watermark)));
    assert.deepEqual([eventsOf(first).length, child(first, 'MoreEvents')?.text], [50, 'true']);
    const rest = notificationIn(await client.call(getEvents(id, marks(first).at(-1) ?? '')));
    assert.deepEqual([eventsOf(rest).length, child(rest, 'MoreEvents')?.text], [10, 'false']);
  });

  it('tell only what was subscribed to: folders and kinds of events', async () => {
    const { id, watermark } = made(await client.call(subscribePull(folderIds(folder('calendar')), 10, '', created)));
    put();
    assert.deepEqual(eventsOf(notificationIn(await client.call(getEvents(id, watermark)))).map(inShort), ['StatusEvent']);
  });

  it('refuse watermarks that are none, or of another mailbox', async () => {
    const { id } = await subscribed();
    const other = made(await client.call(subscribePull(tasks), { as: colleague })).watermark;
    for (const watermark of ['bm8=', other]) assert.equal(await codeOf(id, watermark), 'ErrorInvalidWatermark');
  });

  it('begin anew at the watermark of an earlier subscription', async () => {
    const { id, watermark } = await subscribed();
    await client.call(unsubscribe(id));
    const item = put();
    const second = made(await client.call(subscribePull(tasks, 10, watermark, created)));
    assert.equal(second.watermark, watermark);
    const events = eventsOf(notificationIn(await client.call(getEvents(second.id, second.watermark))));
    assert.deepEqual(
      events.map((event) => child(event, 'ItemId')?.attributes['Id']),
      [item],
    );
    assert.deepEqual((await client.call(subscribePull(tasks, 10, 'bm8='))).codes, ['ErrorInvalidWatermark']);
  });

  it('end when nobody asked for the time of the subscription', async () => {
    const { id, watermark } = await subscribed();
    clock.advance(10 * 60);
    assert.equal(await codeOf(id, watermark), 'NoError');
    clock.advance(10 * 60 + 1);
    assert.equal(await codeOf(id, watermark), 'ErrorExpiredSubscription');
    assert.equal(await codeOf(id, watermark), 'ErrorSubscriptionNotFound');
  });

  it('end where the event of the watermark is forgotten', async () => {
    const { id, watermark } = await subscribed();
    for (let count = 0; count < 6; count += 1) await client.call(createItem('<t:Task/>'.repeat(1000)));
    assert.equal(await codeOf(id, watermark), 'ErrorEventNotFound');
    assert.equal(await codeOf(id, watermark), 'ErrorSubscriptionNotFound');
  });

  it('are for the account alone that subscribed', async () => {
    const { id, watermark } = await subscribed();
    for (const as of [colleague, service]) {
      assert.deepEqual((await client.call(getEvents(id, watermark), { as })).codes, ['ErrorSubscriptionAccessDenied']);
      assert.deepEqual((await client.call(unsubscribe(id), { as })).codes, ['ErrorSubscriptionAccessDenied']);
    }
  });

  it('are not for subscriptions of other kinds', async () => {
    const { watermark } = await subscribed();
    const streaming = made(await client.call(subscribeStreaming(tasks))).id;
    const push = made(await client.call(subscribePush(tasks, 'http://127.0.0.1:1/'))).id;
    for (const id of [streaming, push]) assert.equal(await codeOf(id, watermark), 'ErrorInvalidPullSubscriptionId');
  });

  it('end with Unsubscribe', async () => {
    const { id, watermark } = await subscribed();
    assert.deepEqual((await client.call(unsubscribe(id))).codes, ['NoError']);
    assert.equal(await codeOf(id, watermark), 'ErrorSubscriptionNotFound');
    assert.deepEqual((await client.call(unsubscribe(id))).codes, ['ErrorSubscriptionNotFound']);
  });
});
