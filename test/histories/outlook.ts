/** What a person does in the own mailbox that a form cannot say: requests of a mail program to the simulator, with the person's own login. */
import type { Simulator } from '../../simulator/testing';

/** A mail program of one person. */
export interface Outlook {
  /** Copies an item within its folder, as drag and drop with the control key does; answers the copy's id, null when the item is gone. */
  readonly copy: (id: string, folder: string) => Promise<string | null>;
  /** Moves an item, for instance out of the deleted items; answers the id that it has there, null when it is gone. */
  readonly move: (id: string, folder: string) => Promise<string | null>;
  /** Changes texts or times of the n-th occurrence of a series, from 1; answers whether there is one. */
  readonly changeOccurrence: (id: string, index: number, fields: Readonly<Record<string, string>>) => Promise<boolean>;
  readonly deleteOccurrence: (id: string, index: number) => Promise<boolean>;
  /** When the n-th occurrence of a series begins, as an instant; null when there is none. */
  readonly occurrenceStart: (id: string, index: number) => Promise<string | null>;
  /** Adds an attendee, and tells nobody. */
  readonly invite: (id: string, address: string) => Promise<boolean>;
  /** Creates a meeting on 2 December 2026 and sends the invitation. */
  readonly organise: (subject: string, attendee: string) => Promise<boolean>;
  /** Writes a named property that nobody else knows. */
  readonly setOwnProperty: (id: string, name: string, value: string) => Promise<boolean>;
  /** Everything the server tells of an item, as XML. */
  readonly read: (id: string) => Promise<string>;
}

const namespaces =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" ' +
  'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"';

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope ${namespaces}><soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/>` +
  `<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext></soap:Header>` +
  `<soap:Body>${body}</soap:Body></soap:Envelope>`;

const occurrenceId = (id: string, index: number): string => `<t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="${index}"/>`;

const fieldUri = (name: string): string => `${['Subject', 'Body', 'Categories'].includes(name) ? 'item' : 'calendar'}:${name}`;

const setField = ([name, value]: readonly [string, string]): string =>
  `<t:SetItemField><t:FieldURI FieldURI="${fieldUri(name)}"/><t:CalendarItem><t:${name}>${value}</t:${name}></t:CalendarItem></t:SetItemField>`;

/** The mail program of the mailbox with this address. */
export const openOutlook = (simulator: Simulator, address: string, password: string): Outlook => {
  const login = `Basic ${Buffer.from(`${address}:${password}`).toString('base64')}`;
  const request = async (body: string): Promise<string> => {
    const ask = () =>
      fetch(simulator.url, {
        method: 'POST',
        headers: { authorization: login, 'content-type': 'text/xml; charset=utf-8' },
        body: envelope(body),
      });
    // A connection that was cut while it lay idle says so only when it is used again.
    const answer = await ask().catch(ask);
    return answer.text();
  };
  const send = async (body: string): Promise<boolean> => (await request(body)).includes('ResponseClass="Success"');
  const update = (target: string, updates: string): Promise<boolean> =>
    send(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges>` +
        `<t:ItemChange>${target}<t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    );
  const into = async (operation: string, id: string, folder: string): Promise<string | null> => {
    const answer = await request(
      `<m:${operation}><m:ToFolderId><t:DistinguishedFolderId Id="${folder}"/></m:ToFolderId>` +
        `<m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:${operation}>`,
    );
    return /<t:ItemId [^>]*\bId="([^"]+)"/.exec(answer)?.[1] ?? null;
  };
  const getItem = (target: string): string =>
    `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>${target}</m:ItemIds></m:GetItem>`;
  return {
    copy: (id, folder) => into('CopyItem', id, folder),
    move: (id, folder) => into('MoveItem', id, folder),
    occurrenceStart: async (id, index) => /<t:Start>([^<]+)<\/t:Start>/.exec(await request(getItem(occurrenceId(id, index))))?.[1] ?? null,
    changeOccurrence: (id, index, fields) => update(occurrenceId(id, index), Object.entries(fields).map(setField).join('')),
    invite: (id, address) =>
      update(
        `<t:ItemId Id="${id}"/>`,
        `<t:SetItemField><t:FieldURI FieldURI="calendar:RequiredAttendees"/><t:CalendarItem><t:RequiredAttendees><t:Attendee><t:Mailbox>` +
          `<t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees></t:CalendarItem></t:SetItemField>`,
      ),
    organise: (subject, attendee) =>
      send(
        `<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem><t:Subject>${subject}</t:Subject>` +
          `<t:Start>2026-12-02T09:00:00Z</t:Start><t:End>2026-12-02T10:00:00Z</t:End><t:RequiredAttendees><t:Attendee><t:Mailbox>` +
          `<t:EmailAddress>${attendee}</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>`,
      ),
    setOwnProperty: (id, name, value) => {
      const uri = `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="${name}" PropertyType="String"/>`;
      const property = `<t:ExtendedProperty>${uri}<t:Value>${value}</t:Value></t:ExtendedProperty>`;
      return update(`<t:ItemId Id="${id}"/>`, `<t:SetItemField>${uri}<t:CalendarItem>${property}</t:CalendarItem></t:SetItemField>`);
    },
    read: (id) => request(getItem(`<t:ItemId Id="${id}"/>`)),
    deleteOccurrence: (id, index) =>
      send(
        `<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone" AffectedTaskOccurrences="AllOccurrences">` +
          `<m:ItemIds>${occurrenceId(id, index)}</m:ItemIds></m:DeleteItem>`,
      ),
  };
};
