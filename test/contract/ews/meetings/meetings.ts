/** Requests and readings that the tests of meetings share. */
import assert from 'node:assert/strict';
import {
  child,
  colleague,
  createItem,
  descend,
  folder,
  itemOf,
  owner,
  setField,
  type Answer,
  type Client,
  type XmlElement,
} from '../harness';
import { mailbox } from '../mail/mail';

export { create, idsIn, latest, mailbox, only, reference, referenceTo } from '../mail/mail';

/** A list of attendees. */
export const attendees = (list: string, ...addresses: readonly string[]): string =>
  `<t:${list}>${addresses.map((address) => `<t:Attendee>${mailbox(address)}</t:Attendee>`).join('')}</t:${list}>`;

/** A meeting on the 27th at nine, with Bob unless others are named. */
export const meeting = (
  more = '',
  required = attendees('RequiredAttendees', colleague.address),
  start = '2026-03-27T09:00:00Z',
  end = '2026-03-27T10:00:00Z',
): string =>
  `<t:CalendarItem><t:Subject>Plan</t:Subject><t:Body BodyType="Text">Agenda</t:Body><t:Start>${start}</t:Start><t:End>${end}</t:End><t:Location>Room 1</t:Location>${required}${more}</t:CalendarItem>`;

/** CreateItem of a meeting with its invitations. */
export const invite = (item: string, send = 'SendToAllAndSaveCopy'): string => createItem(item, `SendMeetingInvitations="${send}"`);

/** An answer to an invitation. */
export const respond = (element: string, reference: string, disposition = 'SendAndSaveCopy', body = ''): string =>
  `<m:CreateItem MessageDisposition="${disposition}"><m:Items><t:${element}>${body}${reference}</t:${element}></m:Items></m:CreateItem>`;

/** UpdateItem of an appointment. */
export const change = (id: string, updates: string, send = 'SendToAllAndSaveCopy'): string =>
  `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="${send}"><m:ItemChanges><t:ItemChange>${id}<t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`;

/** Sets one property of an appointment. */
export const set = (uri: string, value: string): string => setField(uri, 'CalendarItem', value);

/** Moves a meeting by hours on its day. */
export const at = (hour: number): string =>
  set('calendar:Start', `<t:Start>2026-03-27T${String(hour).padStart(2, '0')}:00:00Z</t:Start>`) +
  set('calendar:End', `<t:End>2026-03-27T${String(hour + 1).padStart(2, '0')}:00:00Z</t:End>`);

/** ItemId element of the item of an answer. */
export const itemId = (answer: Answer): string => {
  const id = child(itemOf(answer), 'ItemId')?.attributes['Id'];
  assert.ok(id, answer.text);
  return `<t:ItemId Id="${id}"/>`;
};

/** The attendees of a list with their answers. */
export const answersOf = (item: XmlElement, list = 'RequiredAttendees'): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (child(item, list)?.children ?? []).map((attendee) => [
      descend(attendee, 'Mailbox', 'EmailAddress')?.text ?? '',
      child(attendee, 'ResponseType')?.text ?? '',
    ]),
  );

/** How many items folders of a mailbox hold. */
export async function counts(
  client: Client,
  as: { readonly address: string; readonly password: string },
  ...names: readonly string[]
): Promise<readonly number[]> {
  const answer = await client.call(
    `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>${names.map(folder).join('')}</m:FolderIds></m:GetFolder>`,
    { as },
  );
  return answer.messages.map((message) => Number(child(child(message, 'Folders')?.children[0], 'TotalCount')?.text));
}

export { owner, colleague };
