import assert from 'node:assert/strict';
import { child, deleteItem, descend, getItem, itemOf, property, shape, startClient, type Client, type XmlElement } from '../harness';
import {
  answersOf,
  at,
  attendees,
  change,
  colleague,
  counts,
  create,
  idsIn,
  invite,
  itemId,
  latest,
  meeting,
  only,
  owner,
  referenceTo,
  reference,
  respond,
  set,
} from './meetings';

const third = { address: 'cora@x.test', password: 'cora' };

describe('EWS meetings', () => {
  let client: Client;
  let now = new Date();
  beforeEach(async () => {
    now = new Date('2026-03-20T08:00:00Z');
    client = await startClient({ mailboxes: [owner, colleague, third], now: () => now });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const done = async (body: string, as: typeof colleague = owner) => {
    const answer = await client.call(body, { as });
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return answer;
  };
  const codes = async (body: string, as: typeof colleague = owner) => (await client.call(body, { as })).codes;
  const appointment = (as: typeof colleague): Promise<XmlElement> => latest(client, 'calendar', as);
  const organise = async (item = meeting(), send?: string): Promise<string> => itemId(await done(invite(item, send)));
  const texts = (item: XmlElement, ...names: readonly string[]): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries(names.map((name) => [name, property(item, name)]));
  const objects = (item: XmlElement): readonly string[] => child(item, 'ResponseObjects')?.children.map(({ name }) => name) ?? [];

  describe('inviting', () => {
    it('sends nothing at all with SendToNone', async () => {
      await organise(meeting(), 'SendToNone');
      assert.deepEqual(await counts(client, colleague, 'inbox', 'calendar'), [0, 0]);
      assert.deepEqual(await counts(client, owner, 'sentitems', 'drafts', 'outbox', 'inbox', 'calendar'), [0, 0, 0, 0, 1]);
      const own = await appointment(owner);
      assert.deepEqual(texts(own, 'IsMeeting', 'MeetingRequestWasSent', 'MyResponseType', 'AppointmentState', 'IsOrganizer'), {
        IsMeeting: 'true',
        MeetingRequestWasSent: 'false',
        MyResponseType: 'Organizer',
        AppointmentState: '1',
        IsOrganizer: 'true',
      });
      assert.deepEqual(answersOf(own), { [colleague.address]: 'Unknown' });
    });

    it('needs to be told whether to send', async () => {
      assert.deepEqual(await codes(create(meeting(), 'SaveOnly')), ['ErrorSendMeetingInvitationsRequired']);
    });

    it('brings a request to the Inbox and a tentative appointment into the calendar', async () => {
      await organise(meeting(attendees('OptionalAttendees', third.address) + attendees('Resources', 'room@far.test')));
      const own = await appointment(owner);
      assert.equal(property(own, 'MeetingRequestWasSent'), 'true');
      for (const person of [colleague, third]) {
        const request = await latest(client, 'inbox', person);
        assert.equal(request.name, 'MeetingRequest');
        const copy = await appointment(person);
        assert.deepEqual(
          texts(
            request,
            'ItemClass',
            'Subject',
            'IsRead',
            'MeetingRequestType',
            'Start',
            'End',
            'Location',
            'UID',
            'ResponseType',
            'IsOutOfDate',
            'IntendedFreeBusyStatus',
            'MyResponseType',
          ),
          {
            ItemClass: 'IPM.Schedule.Meeting.Request',
            Subject: 'Plan',
            IsRead: 'false',
            MeetingRequestType: 'NewMeetingRequest',
            Start: '2026-03-27T09:00:00Z',
            End: '2026-03-27T10:00:00Z',
            Location: 'Room 1',
            UID: property(own, 'UID'),
            ResponseType: 'Unknown',
            IsOutOfDate: 'false',
            IntendedFreeBusyStatus: 'Busy',
            MyResponseType: 'NoResponseReceived',
          },
        );
        assert.equal(child(request, 'AssociatedCalendarItemId')?.attributes['Id'], child(copy, 'ItemId')?.attributes['Id']);
        assert.deepEqual(objects(request), [
          'AcceptItem',
          'TentativelyAcceptItem',
          'DeclineItem',
          'ReplyToItem',
          'ReplyAllToItem',
          'ForwardItem',
        ]);
        assert.deepEqual(
          texts(
            copy,
            'Subject',
            'UID',
            'Start',
            'LegacyFreeBusyStatus',
            'IsMeeting',
            'IsOrganizer',
            'MyResponseType',
            'AppointmentState',
            'IsCancelled',
            'IsResponseRequested',
          ),
          {
            Subject: 'Plan',
            UID: property(own, 'UID'),
            Start: '2026-03-27T09:00:00Z',
            LegacyFreeBusyStatus: 'Tentative',
            IsMeeting: 'true',
            IsOrganizer: 'false',
            MyResponseType: 'NoResponseReceived',
            AppointmentState: '3',
            IsCancelled: 'false',
            IsResponseRequested: 'true',
          },
        );
        assert.equal(descend(copy, 'Organizer', 'Mailbox', 'EmailAddress')?.text, owner.address);
        assert.deepEqual(answersOf(copy), { [colleague.address]: 'Unknown' });
        assert.deepEqual(answersOf(copy, 'OptionalAttendees'), { [third.address]: 'Unknown' });
        assert.equal(child(copy, 'Resources'), undefined);
      }
      assert.deepEqual(await counts(client, owner, 'sentitems', 'inbox'), [1, 0]);
      assert.equal((await latest(client, 'sentitems')).name, 'MeetingRequest');
    });

    it('keeps no copy with SendOnlyToAll, and refuses attendees without an address', async () => {
      await organise(meeting(), 'SendOnlyToAll');
      assert.deepEqual(await counts(client, owner, 'sentitems'), [0]);
      assert.deepEqual(await counts(client, colleague, 'inbox', 'calendar'), [1, 1]);
      assert.deepEqual(await codes(invite(meeting('', attendees('RequiredAttendees', 'nobody')))), ['ErrorInvalidRecipients']);
      assert.deepEqual(await counts(client, owner, 'calendar'), [1]);
    });

    it('invites to series as a whole', async () => {
      const weekly =
        '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Friday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-27</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
      const id = await organise(meeting(weekly));
      const copy = await appointment(colleague);
      assert.equal(property(copy, 'CalendarItemType'), 'RecurringMaster');
      assert.equal(property(await latest(client, 'inbox', colleague), 'CalendarItemType'), 'RecurringMaster');
      const second = id.replace('t:ItemId Id', 't:OccurrenceItemId InstanceIndex="2" RecurringMasterId');
      await done(change(second, set('item:Subject', '<t:Subject>Second</t:Subject>')));
      assert.ok(property(await latest(client, 'inbox', colleague), 'RecurrenceId'));
      const occurrence = (index: number): string =>
        `<m:GetItem>${shape('AllProperties')}<m:ItemIds><t:OccurrenceItemId RecurringMasterId="${child(copy, 'ItemId')?.attributes['Id'] ?? ''}" InstanceIndex="${index}"/></m:ItemIds></m:GetItem>`;
      assert.equal(property(itemOf(await done(occurrence(2), colleague)), 'Subject'), 'Second');
      assert.equal(property(itemOf(await done(occurrence(1), colleague)), 'Subject'), 'Plan');
      const third = id.replace('t:ItemId Id', 't:OccurrenceItemId InstanceIndex="3" RecurringMasterId');
      await done(
        `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendOnlyToAll"><m:ItemIds>${third}</m:ItemIds></m:DeleteItem>`,
      );
      const gone = itemOf(await done(occurrence(3), colleague));
      assert.equal(property(gone, 'Subject'), 'Canceled: Plan');
      assert.equal(property(gone, 'IsCancelled'), 'true');
      assert.equal(property(itemOf(await done(occurrence(4), colleague)), 'IsCancelled'), 'false');
    });
  });

  describe('answering', () => {
    const variants = [
      { element: 'AcceptItem', itemClass: 'IPM.Schedule.Meeting.Resp.Pos', type: 'Accept', prefix: 'Accepted', status: 'Busy' },
      {
        element: 'TentativelyAcceptItem',
        itemClass: 'IPM.Schedule.Meeting.Resp.Tent',
        type: 'Tentative',
        prefix: 'Tentative',
        status: 'Tentative',
      },
    ];
    for (const { element, itemClass, type, prefix, status } of variants)
      it(`${element} tells the organiser and notes the answer on both sides`, async () => {
        await organise();
        const request = await latest(client, 'inbox', colleague);
        now = new Date('2026-03-20T09:00:00Z');
        const answer = await done(respond(element, referenceTo(request), undefined, '<t:Body BodyType="Text">OK</t:Body>'), colleague);
        assert.deepEqual(
          child(answer.messages[0], 'Items')?.children.map(({ name }) => name),
          ['CalendarItem', 'MeetingRequest'],
        );
        const copy = await appointment(colleague);
        assert.deepEqual(texts(copy, 'MyResponseType', 'LegacyFreeBusyStatus', 'AppointmentReplyTime'), {
          MyResponseType: type,
          LegacyFreeBusyStatus: status,
          AppointmentReplyTime: '2026-03-20T09:00:00Z',
        });
        assert.deepEqual(await counts(client, colleague, 'inbox', 'deleteditems', 'sentitems', 'drafts'), [0, 1, 1, 0]);
        const response = await latest(client, 'inbox', owner);
        assert.equal(response.name, 'MeetingResponse');
        assert.deepEqual(texts(response, 'ItemClass', 'Subject', 'ResponseType', 'UID'), {
          ItemClass: itemClass,
          Subject: `${prefix}: Plan`,
          ResponseType: type,
          UID: property(copy, 'UID'),
        });
        assert.equal(child(response, 'Body')?.text, 'OK');
        const own = await appointment(owner);
        assert.deepEqual(answersOf(own), { [colleague.address]: type });
        assert.equal(descend(own, 'RequiredAttendees', 'Attendee', 'LastResponseTime')?.text, '2026-03-20T09:00:00Z');
        assert.equal(child(response, 'AssociatedCalendarItemId')?.attributes['Id'], child(own, 'ItemId')?.attributes['Id']);
      });

    it('DeclineItem takes the meeting out of the calendar', async () => {
      await organise();
      await done(respond('DeclineItem', referenceTo(await latest(client, 'inbox', colleague)), 'SendOnly'), colleague);
      assert.deepEqual(await counts(client, colleague, 'calendar', 'deleteditems', 'sentitems'), [0, 2, 0]);
      assert.deepEqual(answersOf(await appointment(owner)), { [colleague.address]: 'Decline' });
      assert.equal(property(await latest(client, 'inbox'), 'ItemClass'), 'IPM.Schedule.Meeting.Resp.Neg');
    });

    it('answers from the calendar, too, and saves the answer as a draft where it is not to be sent', async () => {
      await organise();
      const answer = await done(respond('AcceptItem', referenceTo(await appointment(colleague)), 'SaveOnly'), colleague);
      assert.deepEqual(
        child(answer.messages[0], 'Items')?.children.map(({ name }) => name),
        ['CalendarItem', 'MeetingResponse'],
      );
      assert.deepEqual(await counts(client, colleague, 'drafts', 'inbox'), [1, 1]);
      assert.deepEqual(await counts(client, owner, 'inbox'), [0]);
      assert.equal(property(await appointment(colleague), 'MyResponseType'), 'Accept');
    });

    it('adds who was not invited as an optional attendee', async () => {
      const id = await organise();
      await done(change(id, set('calendar:RequiredAttendees', attendees('RequiredAttendees', third.address)), 'SendToNone'));
      await done(respond('AcceptItem', referenceTo(await latest(client, 'inbox', colleague))), colleague);
      assert.deepEqual(answersOf(await appointment(owner), 'OptionalAttendees'), { [colleague.address]: 'Accept' });
    });

    for (const [element, end, code] of [
      ['AcceptItem', 'Accept', 'AcceptItem'],
      ['TentativelyAcceptItem', 'Tentative', 'Tentative'],
      ['DeclineItem', 'Decline', 'DeclineItem'],
    ] as const)
      it(`${element} refuses one's own meeting, a cancelled one, an outdated request, and what is no meeting`, async () => {
        const id = await organise();
        const own = id.replace('ItemId', 'ReferenceItemId');
        assert.deepEqual(await codes(respond(element, own)), [`ErrorCalendarIsOrganizerFor${end}`]);
        const outdated = referenceTo(await latest(client, 'inbox', colleague));
        await done(change(id, at(14)));
        assert.deepEqual(await codes(respond(element, outdated), colleague), ['ErrorCalendarMeetingRequestIsOutOfDate']);
        await done(
          `<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendOnlyToAll"><m:ItemIds>${id}</m:ItemIds></m:DeleteItem>`,
        );
        assert.deepEqual(await codes(respond(element, referenceTo(await appointment(colleague))), colleague), [
          `ErrorCalendarIsCancelledFor${end}`,
        ]);
        const task = await done(create('<t:Task><t:Subject>x</t:Subject></t:Task>', 'SaveOnly'));
        assert.deepEqual(await codes(respond(element, reference(task))), [`ErrorInvalidItemForOperation${code}`]);
      });
  });

  describe('changing', () => {
    it('tells of a new time and asks again', async () => {
      const id = await organise();
      await done(respond('AcceptItem', referenceTo(await latest(client, 'inbox', colleague))), colleague);
      await done(change(id, at(14)));
      const request = await latest(client, 'inbox', colleague);
      assert.deepEqual(texts(request, 'MeetingRequestType', 'Start', 'AppointmentSequenceNumber'), {
        MeetingRequestType: 'FullUpdate',
        Start: '2026-03-27T14:00:00Z',
        AppointmentSequenceNumber: '1',
      });
      assert.deepEqual(await counts(client, colleague, 'calendar'), [1]);
      assert.deepEqual(texts(await appointment(colleague), 'Start', 'MyResponseType', 'LegacyFreeBusyStatus'), {
        Start: '2026-03-27T14:00:00Z',
        MyResponseType: 'NoResponseReceived',
        LegacyFreeBusyStatus: 'Tentative',
      });
      assert.deepEqual(answersOf(await appointment(owner)), { [colleague.address]: 'Unknown' });
    });

    it('lets answers stand where the time stays, and leaves what is the attendee’s own', async () => {
      const id = await organise();
      await done(respond('AcceptItem', referenceTo(await latest(client, 'inbox', colleague))), colleague);
      const copy = `<t:ItemId Id="${child(await appointment(colleague), 'ItemId')?.attributes['Id'] ?? ''}"/>`;
      await done(change(copy, set('item:Categories', '<t:Categories><t:String>Mine</t:String></t:Categories>')), colleague);
      await done(change(id, set('calendar:Location', '<t:Location>Room 2</t:Location>')));
      assert.equal(property(await latest(client, 'inbox', colleague), 'MeetingRequestType'), 'InformationalUpdate');
      const changed = await appointment(colleague);
      assert.deepEqual(texts(changed, 'Location', 'MyResponseType', 'LegacyFreeBusyStatus'), {
        Location: 'Room 2',
        MyResponseType: 'Accept',
        LegacyFreeBusyStatus: 'Busy',
      });
      assert.equal(descend(changed, 'Categories', 'String')?.text, 'Mine');
      assert.deepEqual(answersOf(await appointment(owner)), { [colleague.address]: 'Accept' });
    });

    it('tells only those who come or go with …ToChanged', async () => {
      const id = await organise();
      const both = set('calendar:RequiredAttendees', attendees('RequiredAttendees', colleague.address, third.address));
      await done(change(id, both, 'SendOnlyToChanged'));
      assert.deepEqual(await counts(client, colleague, 'inbox'), [1]);
      assert.deepEqual(await counts(client, third, 'inbox', 'calendar'), [1, 1]);
      await done(change(id, set('calendar:RequiredAttendees', attendees('RequiredAttendees', third.address)), 'SendToChangedAndSaveCopy'));
      assert.deepEqual(await counts(client, third, 'inbox'), [1]);
      assert.equal((await latest(client, 'inbox', colleague)).name, 'MeetingCancellation');
      assert.equal(property(await appointment(colleague), 'IsCancelled'), 'true');
    });

    it('sends nothing with SendToNone, nor for what an attendee changes', async () => {
      const id = await organise(meeting(attendees('OptionalAttendees', third.address)));
      await done(change(id, at(14), 'SendToNone'));
      assert.equal(property(await appointment(colleague), 'Start'), '2026-03-27T09:00:00Z');
      const copy = `<t:ItemId Id="${child(await appointment(colleague), 'ItemId')?.attributes['Id'] ?? ''}"/>`;
      await done(change(copy, set('item:Subject', '<t:Subject>Mine</t:Subject>')), colleague);
      assert.deepEqual(await counts(client, colleague, 'inbox', 'sentitems'), [1, 0]);
      assert.deepEqual(await counts(client, third, 'inbox'), [1]);
      assert.deepEqual(await counts(client, owner, 'inbox'), [0]);
      assert.equal(property(await appointment(owner), 'Subject'), 'Plan');
    });

    it('keeps answers where the attendees are written anew', async () => {
      const id = await organise();
      await done(respond('AcceptItem', referenceTo(await latest(client, 'inbox', colleague))), colleague);
      await done(
        change(id, set('calendar:RequiredAttendees', attendees('RequiredAttendees', colleague.address, third.address)), 'SendToNone'),
      );
      assert.deepEqual(answersOf(await appointment(owner)), { [colleague.address]: 'Accept', [third.address]: 'Unknown' });
    });

    it('refuses to write what follows from the answers', async () => {
      const id = await organise();
      for (const [uri, value] of [
        ['calendar:MyResponseType', '<t:MyResponseType>Accept</t:MyResponseType>'],
        ['calendar:AppointmentState', '<t:AppointmentState>3</t:AppointmentState>'],
        ['calendar:IsCancelled', '<t:IsCancelled>true</t:IsCancelled>'],
      ] as const)
        assert.deepEqual(await codes(change(id, set(uri, value))), ['ErrorInvalidPropertySet'], uri);
    });
  });

  describe('cancelling', () => {
    const cancel = (id: string, body = ''): string =>
      `<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:CancelCalendarItem>${id.replace('ItemId', 'ReferenceItemId')}${body}</t:CancelCalendarItem></m:Items></m:CreateItem>`;

    it('marks the meeting as cancelled in the calendars of its attendees', async () => {
      const id = await organise();
      assert.deepEqual(objects(await appointment(owner)), ['CancelCalendarItem', 'ForwardItem']);
      await done(cancel(id, '<t:NewBodyContent BodyType="Text">Sorry</t:NewBodyContent>'));
      assert.deepEqual(await counts(client, owner, 'calendar', 'deleteditems', 'sentitems'), [0, 1, 2]);
      assert.deepEqual(texts(await latest(client, 'deleteditems'), 'AppointmentState', 'IsCancelled'), {
        AppointmentState: '5',
        IsCancelled: 'true',
      });
      const message = await latest(client, 'inbox', colleague);
      assert.equal(message.name, 'MeetingCancellation');
      assert.deepEqual(texts(message, 'ItemClass', 'Subject'), { ItemClass: 'IPM.Schedule.Meeting.Canceled', Subject: 'Canceled: Plan' });
      assert.equal(child(message, 'Body')?.text, 'Sorry');
      assert.deepEqual(objects(message), ['RemoveItem', 'ReplyToItem', 'ReplyAllToItem', 'ForwardItem']);
      assert.deepEqual(texts(await appointment(colleague), 'Subject', 'IsCancelled', 'AppointmentState', 'LegacyFreeBusyStatus'), {
        Subject: 'Canceled: Plan',
        IsCancelled: 'true',
        AppointmentState: '7',
        LegacyFreeBusyStatus: 'Free',
      });
    });

    it('is the organiser’s business', async () => {
      await organise();
      const copy = referenceTo(await appointment(colleague), 'ItemId');
      assert.deepEqual(await codes(cancel(copy), colleague), ['ErrorCalendarIsNotOrganizer']);
      const task = await done(create('<t:Task><t:Subject>x</t:Subject></t:Task>', 'SaveOnly'));
      assert.deepEqual(await codes(cancel(reference(task, 'ItemId'))), ['ErrorInvalidItemForOperationCancelItem']);
    });

    it('tells the attendees of a deleted meeting only where it is told to, and if they were invited', async () => {
      const first = await organise();
      await done(deleteItem(/Id="([^"]+)"/.exec(first)?.[1] ?? ''));
      assert.deepEqual(await counts(client, colleague, 'inbox'), [1]);
      const second = await organise(meeting(), 'SendToNone');
      await done(deleteItem(/Id="([^"]+)"/.exec(second)?.[1] ?? '', 'HardDelete', 'SendMeetingCancellations="SendToAllAndSaveCopy"'));
      assert.deepEqual(await counts(client, colleague, 'inbox'), [1]);
      const third = await organise();
      await done(deleteItem(/Id="([^"]+)"/.exec(third)?.[1] ?? '', 'HardDelete', 'SendMeetingCancellations="SendOnlyToAll"'));
      assert.equal((await latest(client, 'inbox', colleague)).name, 'MeetingCancellation');
    });

    it('an attendee who deletes his copy tells nobody', async () => {
      await organise();
      const [copy = ''] = await idsIn(client, 'calendar', colleague);
      await done(deleteItem(copy, 'HardDelete', 'SendMeetingCancellations="SendToAllAndSaveCopy"'), colleague);
      assert.deepEqual(await counts(client, owner, 'inbox'), [0]);
      assert.deepEqual(await counts(client, colleague, 'sentitems'), [0]);
    });

    it('RemoveItem removes the meeting and its cancellation', async () => {
      const id = await organise();
      await done(cancel(id));
      const message = await latest(client, 'inbox', colleague);
      await done(create(`<t:RemoveItem>${referenceTo(message)}</t:RemoveItem>`, 'SaveOnly'), colleague);
      assert.deepEqual(await counts(client, colleague, 'calendar', 'inbox'), [0, 1]);
      const request = await latest(client, 'inbox', colleague);
      assert.deepEqual(await codes(create(`<t:RemoveItem>${referenceTo(request)}</t:RemoveItem>`, 'SaveOnly'), colleague), [
        'ErrorInvalidItemForOperationRemoveItem',
      ]);
    });
  });

  it('shows an appointment without attendees as nobody’s meeting', async () => {
    const id = await organise(meeting('', ''));
    const item = itemOf(await done(getItem(/Id="([^"]+)"/.exec(id)?.[1] ?? '')));
    assert.deepEqual(texts(item, 'IsMeeting', 'AppointmentState', 'MeetingRequestWasSent', 'MyResponseType'), {
      IsMeeting: 'false',
      AppointmentState: '0',
      MeetingRequestWasSent: 'false',
      MyResponseType: 'Organizer',
    });
    assert.deepEqual(objects(item), ['ForwardItem']);
    assert.deepEqual(await counts(client, owner, 'sentitems'), [0]);
  });

  it('shows clients that synchronise the appointment and the kind of the request', async () => {
    const state = async () =>
      child(
        (
          await done(
            `<m:SyncFolderItems>${shape('IdOnly')}<m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId><m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>`,
            colleague,
          )
        ).messages[0],
        'Changes',
      );
    await organise();
    assert.equal((await state())?.children.length, 1);
    assert.equal(
      property(await latest(client, 'inbox', colleague, only('meetingRequest:MeetingRequestType')), 'MeetingRequestType'),
      'NewMeetingRequest',
    );
  });
});
