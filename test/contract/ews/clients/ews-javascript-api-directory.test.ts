/** The directory, free/busy and settings through a client that is not ours. */
import assert from 'node:assert/strict';
import {
  AlternateId,
  Appointment,
  AttendeeInfo,
  AvailabilityData,
  DateTime,
  type ExchangeService,
  IdFormat,
  MessageBody,
  OofExternalAudience,
  OofReply,
  OofSettings,
  OofState,
  ResolveNameSearchLocation,
  SendInvitationsMode,
  TimeWindow,
  UserConfiguration,
  UserConfigurationProperties,
  WellKnownFolderName,
} from 'ews-javascript-api';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { serviceOf } from './service';

const owner = { address: 'anna@x.test', password: 'secret', name: 'Anna Müller', jobTitle: 'Engineer' };
const colleague = { address: 'bob@x.test', password: 'b', name: 'Bob' };

describe('The directory through ews-javascript-api', () => {
  let simulator: Simulator;
  let service: ExchangeService;
  before(async () => {
    simulator = await startSimulator({
      mailboxes: [owner, colleague, { address: 'annika@x.test', password: 'x', name: 'Annika' }],
      groups: [{ address: 'team@x.test', name: 'Team', members: [owner.address, colleague.address] }],
      rooms: [{ address: 'rooms@x.test', name: 'Rooms', members: [colleague.address] }],
    });
    service = serviceOf(simulator, owner);
  });
  after(() => simulator.close());

  it('resolves names, one or several', async () => {
    const one = await service.ResolveName('müller', ResolveNameSearchLocation.DirectoryOnly, true);
    assert.equal(one.Count, 1);
    assert.equal(one._getItem(0).Mailbox.Address, owner.address);
    assert.equal(one._getItem(0).Contact.JobTitle, 'Engineer');
    const several = await service.ResolveName('ann', ResolveNameSearchLocation.DirectoryThenContacts, false);
    assert.equal(several.Count, 2);
    const none = await service.ResolveName('zoe');
    assert.equal(none.Count, 0);
  });

  it('expands a group', async () => {
    const { Members: members } = await service.ExpandGroup('team@x.test');
    assert.deepEqual(
      members.map(({ Address: address }) => address),
      [owner.address, colleague.address],
    );
  });

  it('lists rooms', async () => {
    const lists = await service.GetRoomLists();
    assert.equal(lists._getItem(0).Address, 'rooms@x.test');
    const rooms = await service.GetRooms(lists._getItem(0));
    assert.equal(rooms[0]?.Address, colleague.address);
  });

  it('reads when people are busy, and gets suggestions', async () => {
    const appointment = new Appointment(service);
    appointment.Subject = 'Planning';
    appointment.Body = new MessageBody('Text');
    appointment.Start = new DateTime('2026-03-27T09:00:00Z');
    appointment.End = new DateTime('2026-03-27T10:00:00Z');
    await appointment.Save(SendInvitationsMode.SendToNone);
    const window = new TimeWindow(new DateTime('2026-03-27T00:00:00Z'), new DateTime('2026-03-28T00:00:00Z'));
    const results = await service.GetUserAvailability([new AttendeeInfo(owner.address)], window, AvailabilityData.FreeBusyAndSuggestions);
    const [attendee] = results.AttendeesAvailability.Responses;
    assert.equal(attendee?.CalendarEvents[0]?.Details.Subject, 'Planning');
    assert.ok(results.Suggestions[0]);
  });

  it('reads and changes user configurations', async () => {
    const categories = await UserConfiguration.Bind(
      service,
      'CategoryList',
      WellKnownFolderName.Calendar,
      UserConfigurationProperties.XmlData,
    );
    assert.match(Buffer.from(categories.XmlData, 'base64').toString('utf8'), /name="Red Category" color="0"/);
    const created = new UserConfiguration(service);
    created.Dictionary.Add('Colour', 'red');
    created.XmlData = Buffer.from('<a/>').toString('base64');
    await created.Save('Mine', WellKnownFolderName.Inbox);
    const bound = await UserConfiguration.Bind(service, 'Mine', WellKnownFolderName.Inbox, UserConfigurationProperties.All);
    assert.equal(bound.Dictionary._getItem('Colour'), 'red');
    bound.XmlData = Buffer.from('<b/>').toString('base64');
    await bound.Update();
    await bound.Delete();
    await assert.rejects(UserConfiguration.Bind(service, 'Mine', WellKnownFolderName.Inbox, UserConfigurationProperties.All));
  });

  it('reads and changes the out-of-office settings', async () => {
    const settings = new OofSettings();
    settings.State = OofState.Enabled;
    settings.ExternalAudience = OofExternalAudience.Known;
    settings.InternalReply = new OofReply('Away');
    settings.ExternalReply = new OofReply('Gone');
    await service.SetUserOofSettings(owner.address, settings);
    assert.equal((await service.GetUserOofSettings(owner.address)).State, OofState.Enabled);
    assert.equal((await service.GetUserOofSettings(owner.address)).InternalReply.Message, 'Away');
  });

  it('converts ids', async () => {
    const [item] = simulator.items(owner.address, 'calendar');
    const hex = await service.ConvertId(new AlternateId(IdFormat.EwsId, item?.id ?? '', owner.address), IdFormat.HexEntryId);
    assert.ok(hex instanceof AlternateId && /^[0-9A-F]+$/.test(hex.UniqueId));
  });
});
