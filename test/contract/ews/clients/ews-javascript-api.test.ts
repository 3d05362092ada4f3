/** An independent client: what it can do against the simulator does not depend on how we read the protocol. */
import assert from 'node:assert/strict';
import {
  Appointment,
  AppointmentSchema,
  CalendarView,
  ComparisonMode,
  ConflictResolutionMode,
  ContainmentMode,
  DateTime,
  DeleteMode,
  EventType,
  type ExchangeService,
  Folder,
  FolderId,
  Item,
  ItemId,
  ItemView,
  MessageBody,
  PropertySet,
  Recurrence,
  SearchFilter,
  SendInvitationsMode,
  SendInvitationsOrCancellationsMode,
  StreamingSubscriptionConnection,
  SyncFolderItemsScope,
  Task,
  TaskSchema,
  TaskStatus,
  WellKnownFolderName,
} from 'ews-javascript-api';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { serviceOf } from './service';

const owner = { address: 'anna@x.test', password: 'secret' };

describe('EWS through ews-javascript-api', () => {
  let simulator: Simulator;
  let service: ExchangeService;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner] });
    service = serviceOf(simulator, owner);
  });
  after(() => simulator.close());

  it('binds to a folder', async () => {
    const folder = await Folder.Bind(service, WellKnownFolderName.Calendar);
    assert.equal(folder.DisplayName, 'Calendar');
  });

  it('creates, reads, changes and deletes an appointment', async () => {
    const appointment = new Appointment(service);
    appointment.Subject = 'Planning';
    appointment.Body = new MessageBody('Text');
    appointment.Start = new DateTime('2026-03-27T09:00:00Z');
    appointment.End = new DateTime('2026-03-27T10:00:00Z');
    appointment.Location = 'Room';
    await appointment.Save(SendInvitationsMode.SendToNone);
    const found = await Appointment.Bind(service, appointment.Id);
    assert.deepEqual([found.Subject, found.Location, found.Start.ToISOString()], ['Planning', 'Room', '2026-03-27T09:00:00.000Z']);
    found.Subject = 'Changed';
    await found.Update(ConflictResolutionMode.AutoResolve, SendInvitationsOrCancellationsMode.SendToNone);
    assert.equal(simulator.items(owner.address, 'calendar')[0]?.subject, 'Changed');
    await found.Delete(DeleteMode.HardDelete);
    assert.deepEqual(simulator.items(owner.address, 'calendar'), []);
  });

  it('creates a series and sees its occurrences', async () => {
    const appointment = new Appointment(service);
    appointment.Subject = 'Series';
    appointment.Start = new DateTime('2026-04-01T09:00:00Z');
    appointment.End = new DateTime('2026-04-01T10:00:00Z');
    const recurrence = new Recurrence.DailyPattern();
    recurrence.StartDate = new DateTime('2026-04-01T09:00:00Z');
    recurrence.Interval = 2;
    recurrence.NumberOfOccurrences = 3;
    appointment.Recurrence = recurrence;
    await appointment.Save(SendInvitationsMode.SendToNone);
    const view = new CalendarView(new DateTime('2026-04-01T00:00:00Z'), new DateTime('2026-05-01T00:00:00Z'));
    const occurrences = await service.FindAppointments(new FolderId(WellKnownFolderName.Calendar), view);
    assert.deepEqual(
      occurrences.Items.map((item) => item.Start.ToISOString().slice(0, 10)),
      ['2026-04-01', '2026-04-03', '2026-04-05'],
    );
    const master = await Appointment.Bind(
      service,
      appointment.Id,
      new PropertySet([AppointmentSchema.Recurrence, AppointmentSchema.LastOccurrence]),
    );
    assert.ok(master.Recurrence instanceof Recurrence.DailyPattern);
  });

  it('completes a task, finds it and follows it by synchronisation', async () => {
    const task = new Task(service);
    task.Subject = 'Offer';
    await task.Save(new FolderId(WellKnownFolderName.Tasks));
    const first = await service.SyncFolderItems(
      new FolderId(WellKnownFolderName.Tasks),
      PropertySet.IdOnly,
      [],
      512,
      SyncFolderItemsScope.NormalItems,
      '',
    );
    assert.equal(first.Count, 1);
    const bound = await Task.Bind(service, task.Id);
    bound.Status = TaskStatus.Completed;
    await bound.Update(ConflictResolutionMode.AutoResolve);
    const filter = new SearchFilter.ContainsSubstring(TaskSchema.Subject, 'off', ContainmentMode.Substring, ComparisonMode.IgnoreCase);
    const found = await service.FindItems(WellKnownFolderName.Tasks, filter, new ItemView(10));
    assert.equal(found.TotalCount, 1);
    const second = await service.SyncFolderItems(
      new FolderId(WellKnownFolderName.Tasks),
      PropertySet.IdOnly,
      [],
      512,
      SyncFolderItemsScope.NormalItems,
      first.SyncState,
    );
    assert.equal(second.Count, 1);
  });

  it('names an item that is not there', async () => {
    await assert.rejects(Item.Bind(service, new ItemId('AAMkAGI=')), /malformed/);
  });

  it('is notified', async () => {
    const subscription = await service.SubscribeToStreamingNotifications([new FolderId(WellKnownFolderName.Tasks)], EventType.Created);
    const connection = new StreamingSubscriptionConnection(service, 1);
    connection.AddSubscription(subscription);
    const notified = new Promise<number>((resolve) => {
      connection.OnNotificationEvent.push((_sender, event) => {
        resolve(event.Events.length);
      });
    });
    // Its promise is kept only when the stream ends.
    void connection.Open();
    simulator.create(owner.address, { kind: 'task', subject: 'new' });
    assert.equal(await notified, 1);
    connection.Close();
  });
});
