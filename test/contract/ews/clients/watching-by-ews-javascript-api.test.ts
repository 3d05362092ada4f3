/** Synchronisation and notifications through a client that is not ours. */
import assert from 'node:assert/strict';
import {
  ChangeType,
  ConflictResolutionMode,
  EmailMessage,
  EventType,
  type ExchangeService,
  FolderEvent,
  FolderId,
  ItemEvent,
  PropertySet,
  StreamingSubscriptionConnection,
  SyncFolderItemsScope,
  WellKnownFolderName,
} from 'ews-javascript-api';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { serviceOf } from './service';

const owner = { address: 'anna@x.test', password: 'secret' };
const tasks = new FolderId(WellKnownFolderName.Tasks);
const drafts = new FolderId(WellKnownFolderName.Drafts);

describe('EWS watched through ews-javascript-api', () => {
  let simulator: Simulator;
  let service: ExchangeService;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner] });
    service = serviceOf(simulator, owner);
  });
  after(() => simulator.close());

  const sync = (folder: FolderId, state: string) =>
    service.SyncFolderItems(folder, PropertySet.IdOnly, [], 10, SyncFolderItemsScope.NormalItems, state);

  it('synchronises page by page, and read flags apart', async () => {
    for (let count = 0; count < 12; count += 1) simulator.create(owner.address, { kind: 'task', subject: `${count}` });
    const first = await sync(tasks, '');
    assert.deepEqual([first.Count, first.MoreChangesAvailable], [10, true]);
    const second = await sync(tasks, first.SyncState);
    assert.deepEqual([second.Count, second.MoreChangesAvailable], [2, false]);

    const message = new EmailMessage(service);
    message.Subject = 'unread';
    await message.Save(drafts);
    const before = await sync(drafts, '');
    const bound = await EmailMessage.Bind(service, message.Id);
    bound.IsRead = !bound.IsRead;
    await bound.Update(ConflictResolutionMode.AutoResolve);
    const after = await sync(drafts, before.SyncState);
    assert.equal(after.Count, 1);
    assert.deepEqual([after._getItem(0).ChangeType, after._getItem(0).IsRead], [ChangeType.ReadFlagChange, bound.IsRead]);
  });

  it('pulls events', async () => {
    const subscription = await service.SubscribeToPullNotifications([tasks], 5, '', EventType.Created, EventType.Modified);
    const id = simulator.create(owner.address, { kind: 'task', subject: 'pulled' });
    const { AllEvents: events } = await subscription.GetEvents();
    assert.deepEqual(
      events.map((event) => event.EventType),
      [EventType.Created, EventType.Modified],
    );
    const [created, modified] = events;
    assert.ok(created instanceof ItemEvent && modified instanceof FolderEvent);
    assert.deepEqual([created.ItemId.UniqueId, modified.UnreadCount], [id, 0]);
    assert.deepEqual((await subscription.GetEvents()).AllEvents, []);
    await subscription.Unsubscribe();
    await assert.rejects(subscription.GetEvents(), /not found/);
  });

  it('hears several subscriptions over one connection', async () => {
    const connection = new StreamingSubscriptionConnection(service, 1);
    for (const folder of [tasks, drafts])
      connection.AddSubscription(await service.SubscribeToStreamingNotifications([folder], EventType.Created));
    const heard: string[] = [];
    const both = new Promise<void>((resolve) => {
      connection.OnNotificationEvent.push((_sender, { Events }) => {
        for (const event of Events) if (event instanceof ItemEvent) heard.push(event.ItemId.UniqueId);
        if (heard.length === 2) resolve();
      });
    });
    const opened = new Promise<void>((resolve) => {
      const forget = simulator.onRequest(({ operation }) => {
        if (operation !== 'GetStreamingEvents') return;
        forget();
        resolve();
      });
    });
    // Its promise is kept only when the stream ends.
    void connection.Open();
    await opened;
    const task = simulator.create(owner.address, { kind: 'task', subject: 'one' });
    const message = new EmailMessage(service);
    message.Subject = 'two';
    await message.Save(drafts);
    await both;
    assert.deepEqual(heard, [task, message.Id.UniqueId]);
    connection.Close();
  });
});
