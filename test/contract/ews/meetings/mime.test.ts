import assert from 'node:assert/strict';
import PostalMime from 'postal-mime';
import { child, getItem, itemOf, shape, startClient, type Client } from '../harness';
import { at, change, colleague, create, idsIn, invite, itemId, latest, meeting, owner, referenceTo, respond, set } from './meetings';

const mimeShape = shape('IdOnly', '', '<t:IncludeMimeContent>true</t:IncludeMimeContent>');

const zone = '<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="W. Europe Standard Time"/>';

const fiveDays =
  '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-27</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';

describe('EWS messages about meetings: MIME', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient({ mailboxes: [owner, colleague], now: () => new Date('2026-03-20T08:00:00Z') });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const done = async (body: string, as: typeof colleague = owner) => {
    const answer = await client.call(body, { as });
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return answer;
  };
  const mimeOf = async (folder: string, as: typeof colleague): Promise<string> => {
    const [id = ''] = await idsIn(client, folder, as);
    return Buffer.from(child(itemOf(await client.call(getItem(id, mimeShape), { as })), 'MimeContent')?.text ?? '', 'base64').toString();
  };
  /** The type of the whole, the types of its parts, and the lines of its calendar. */
  const read = async (folder: string, as: typeof colleague) => {
    const mime = await mimeOf(folder, as);
    const types = [...mime.matchAll(/^Content-Type: ([^\r]*(?:\r\n [^\r]*)*)/gm)].map(([, type = '']) => type.replace(/;\s+/g, '; '));
    const part = /text\/calendar[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(mime)?.[1] ?? '';
    const text = Buffer.from(part, 'base64').toString();
    return { mime, types, lines: text.replace(/\r\n[ \t]/g, '').split('\r\n') };
  };
  const has = (lines: readonly string[], ...expected: readonly string[]): void => {
    for (const line of expected) assert.ok(lines.includes(line), `${line} is missing in\n${lines.join('\n')}`);
  };
  const uid = async (as: typeof colleague): Promise<string> => `UID:${child(await latest(client, 'calendar', as), 'UID')?.text ?? ''}`;
  const accept = async (element: string, body = ''): Promise<void> => {
    const request = await latest(client, 'inbox', colleague);
    await done(respond(element, referenceTo(request), 'SendAndSaveCopy', body), colleague);
  };

  it('of an invitation has the text and the meeting', async () => {
    await done(invite(meeting(zone)));
    const { mime, types, lines } = await read('inbox', colleague);
    assert.match(types[0] ?? '', /^multipart\/alternative; boundary=/);
    assert.deepEqual(types.slice(1), ['text/plain; charset=utf-8', 'text/calendar; charset=utf-8; method=REQUEST']);
    assert.equal((await PostalMime.parse(mime)).text?.trim(), 'Agenda');
    has(lines, 'METHOD:REQUEST', 'BEGIN:VTIMEZONE', 'TZID:W. Europe Standard Time', await uid(owner), 'SUMMARY:Plan', 'DESCRIPTION:Agenda');
    has(lines, 'DTSTART;TZID=W. Europe Standard Time:20260327T100000', 'DTEND;TZID=W. Europe Standard Time:20260327T110000');
    has(lines, `ORGANIZER;CN=Anna Müller:mailto:${owner.address}`, 'LOCATION:Room 1', 'SEQUENCE:0', 'STATUS:CONFIRMED');
    has(lines, 'X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE', 'X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY', 'X-MICROSOFT-CDO-INSTTYPE:0');
    has(lines, `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=bob:mailto:${colleague.address}`);
    assert.deepEqual((await read('sentitems', owner)).lines, lines);
  });

  it('has the formatted text between the plain one and the meeting', async () => {
    const html = meeting().replace('<t:Body BodyType="Text">Agenda', '<t:Body BodyType="HTML">&lt;p&gt;Agenda&lt;/p&gt;');
    await done(invite(html));
    const { types } = await read('inbox', colleague);
    assert.deepEqual(
      types.slice(1).map((type) => type.split(';')[0]),
      ['text/plain', 'text/html', 'text/calendar'],
    );
  });

  it('of an update has the next sequence, that of a cancellation the one behind it', async () => {
    const id = itemId(await done(invite(meeting())));
    await done(change(id, at(11)));
    has((await read('inbox', colleague)).lines, 'METHOD:REQUEST', 'SEQUENCE:1', 'DTSTART:20260327T110000Z', await uid(owner));
    const same = await uid(owner);
    await done(
      `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToAllAndSaveCopy"><m:ItemIds>${id}</m:ItemIds></m:DeleteItem>`,
    );
    const { types, lines } = await read('inbox', colleague);
    assert.equal(types.at(-1), 'text/calendar; charset=utf-8; method=CANCEL');
    has(lines, 'METHOD:CANCEL', 'SEQUENCE:2', 'STATUS:CANCELLED', 'SUMMARY:Canceled: Plan', 'TRANSP:TRANSPARENT', same);
  });

  const answers: readonly (readonly [string, string])[] = [
    ['AcceptItem', 'ACCEPTED'],
    ['TentativelyAcceptItem', 'TENTATIVE'],
    ['DeclineItem', 'DECLINED'],
  ];
  for (const [element, status] of answers)
    it(`of an answer names who answers and how: ${element}`, async () => {
      await done(invite(meeting()));
      await accept(element, '<t:Body BodyType="Text">As you like</t:Body>');
      const { types, lines } = await read('inbox', owner);
      assert.equal(types.at(-1), 'text/calendar; charset=utf-8; method=REPLY');
      has(lines, 'METHOD:REPLY', await uid(owner), `ATTENDEE;PARTSTAT=${status};CN=bob:mailto:${colleague.address}`, 'COMMENT:As you like');
      has(lines, `ORGANIZER;CN=Anna Müller:mailto:${owner.address}`, 'DTSTART:20260327T090000Z', 'DTEND:20260327T100000Z', 'SEQUENCE:0');
      assert.ok(!lines.some((line) => line.startsWith('DESCRIPTION')));
    });

  it('of a series has its rule and exceptions, of one occurrence only that', async () => {
    const series = itemId(await done(invite(meeting(fiveDays))));
    has((await read('inbox', colleague)).lines, 'RRULE:FREQ=DAILY;INTERVAL=1;COUNT=5', 'X-MICROSOFT-CDO-INSTTYPE:1');
    const second = series.replace('t:ItemId Id', 't:OccurrenceItemId InstanceIndex="2" RecurringMasterId');
    await done(change(second, set('calendar:Location', '<t:Location>Room 2</t:Location>')));
    const one = (await read('inbox', colleague)).lines;
    has(one, 'METHOD:REQUEST', 'RECURRENCE-ID:20260328T090000Z', 'LOCATION:Room 2', 'X-MICROSOFT-CDO-INSTTYPE:3', await uid(owner));
    assert.ok(!one.some((line) => line.startsWith('RRULE')));
    const master = child(await latest(client, 'calendar', colleague), 'ItemId')?.attributes['Id'] ?? '';
    const own = await done(
      `<m:GetItem>${shape('IdOnly')}<m:ItemIds><t:OccurrenceItemId RecurringMasterId="${master}" InstanceIndex="2"/></m:ItemIds></m:GetItem>`,
      colleague,
    );
    await done(respond('AcceptItem', referenceTo(itemOf(own))), colleague);
    has((await read('inbox', owner)).lines, 'METHOD:REPLY', 'RECURRENCE-ID:20260328T090000Z');
    await done(
      `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToAllAndSaveCopy"><m:ItemIds>${second}</m:ItemIds></m:DeleteItem>`,
    );
    has((await read('inbox', colleague)).lines, 'METHOD:CANCEL', 'RECURRENCE-ID:20260328T090000Z');
    await done(change(series, set('item:Subject', '<t:Subject>New</t:Subject>')));
    const whole = (await read('inbox', colleague)).lines;
    has(whole, 'SUMMARY:New', 'RRULE:FREQ=DAILY;INTERVAL=1;COUNT=5', 'EXDATE:20260328T090000Z');
  });

  it('of a message without a time is a plain one', async () => {
    await done(create('<t:MeetingRequest><t:Subject>Nothing</t:Subject></t:MeetingRequest>', 'SaveOnly'));
    assert.deepEqual((await read('drafts', owner)).types, ['text/plain; charset=utf-8']);
  });
});
