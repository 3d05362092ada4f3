/** A raw SOAP client for the simulator: no EWS library in between, and every answer is checked against Microsoft's schema at the end. */
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../simulator/testing';
import { parseXml } from '../../../simulator/xml/parse';
import { child, descend, type XmlElement } from '../../../simulator/xml/element';
import { validateElement } from '../../../simulator/schema/validate';
import { isUndeclared, schemaAvailable, schemaFaults } from '../../support/ews-schema';
import assert from 'node:assert/strict';

export { child, descend, type XmlElement };

export const owner = { address: 'anna@x.test', password: 'secret:with colon', name: 'Anna Müller' };
export const colleague = { address: 'bob@x.test', password: 'bob' };
export const service = { address: 'sync@x.test', password: 'service' };

/** Header part that sets the zone of a request. */
export const inZone = (zone: string): string => `<t:TimeZoneContext><t:TimeZoneDefinition Id="${zone}"/></t:TimeZoneContext>`;

/** Header part that impersonates an address. */
export const impersonate = (address: string, kind = 'PrimarySmtpAddress'): string =>
  `<t:ExchangeImpersonation><t:ConnectingSID><t:${kind}>${address}</t:${kind}></t:ConnectingSID></t:ExchangeImpersonation>`;

export interface Sent {
  readonly header?: string;
  readonly as?: { readonly address: string; readonly password: string };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The response element, or the Fault. */
  readonly body: XmlElement;
  /** The response messages. */
  readonly messages: readonly XmlElement[];
  /** Response codes of the messages, or the one of the fault. */
  readonly codes: readonly string[];
}

export interface Client {
  readonly simulator: Simulator;
  readonly call: (body: string, sent?: Sent) => Promise<Answer>;
  readonly post: (text: string, sent?: Sent) => Promise<{ readonly status: number; readonly text: string }>;
  /** Call in an `after` hook: ends the simulator and fails where any answer was not valid. */
  readonly finish: (skip: () => void) => Promise<void>;
}

export const soap = (body: string, header = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/>${header}</soap:Header><soap:Body>${body}</soap:Body></soap:Envelope>`;

export const authorization = ({ address, password }: { readonly address: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${address}:${password}`).toString('base64')}`;

const read = (status: number, text: string): Answer => {
  const body = descend(parseXml(text), 'Body')?.children[0];
  assert.ok(body, text);
  if (isUndeclared(body.name)) validateElement(body);
  const messages = child(body, 'ResponseMessages')?.children ?? [];
  const fault = descend(body, 'detail', 'ResponseCode')?.text;
  return {
    status,
    text,
    body,
    messages,
    codes: fault === undefined ? messages.map((message) => child(message, 'ResponseCode')?.text ?? '') : [fault],
  };
};

/** Starts a simulator with two mailboxes and a service account, and a client of it. */
export async function startClient(options: SimulatorOptions = {}): Promise<Client> {
  const simulator = await startSimulator({ mailboxes: [owner, colleague], serviceAccounts: [service], ...options });
  const answers: string[] = [];
  const post: Client['post'] = async (text, sent = {}) => {
    const response = await fetch(simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(sent.as ?? owner), 'content-type': 'text/xml; charset=utf-8' },
      body: text,
    });
    const answer = await response.text();
    if (answer.startsWith('<?xml')) answers.push(answer);
    return { status: response.status, text: answer };
  };
  return {
    simulator,
    post,
    call: async (body, sent = {}) => {
      const { status, text } = await post(soap(body, sent.header), sent);
      return read(status, text);
    },
    finish: async (skip) => {
      await simulator.close();
      if (schemaAvailable) assert.deepEqual(await schemaFaults(answers), []);
      else skip();
    },
  };
}

/** The single item of the first response message. */
export const itemOf = (answer: Answer): XmlElement => {
  const item = child(answer.messages[0], 'Items')?.children[0];
  assert.ok(item, answer.text);
  return item;
};

export const idOf = (answer: Answer): { readonly id: string; readonly changeKey: string } => {
  const attributes = child(itemOf(answer), 'ItemId')?.attributes ?? {};
  return { id: attributes['Id'] ?? '', changeKey: attributes['ChangeKey'] ?? '' };
};

/** Creates an item, which must be accepted; its id and change key. */
export const created = async (client: Client, request: string, sent: Sent = {}): Promise<ReturnType<typeof idOf>> => {
  const answer = await client.call(request, sent);
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  return idOf(answer);
};

export const createItem = (item: string, attributes = 'SendMeetingInvitations="SendToNone"', folder = ''): string =>
  `<m:CreateItem MessageDisposition="SaveOnly" ${attributes}>${folder}<m:Items>${item}</m:Items></m:CreateItem>`;

export const appointment = (content: string): string => createItem(`<t:CalendarItem>${content}</t:CalendarItem>`);

export const task = (content: string): string => createItem(`<t:Task>${content}</t:Task>`);

export const shape = (base: string, additional = '', extra = ''): string =>
  `<m:ItemShape><t:BaseShape>${base}</t:BaseShape>${extra}${additional === '' ? '' : `<t:AdditionalProperties>${additional}</t:AdditionalProperties>`}</m:ItemShape>`;

export const getItem = (id: string, itemShape = shape('AllProperties')): string =>
  `<m:GetItem>${itemShape}<m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`;

export const updateItem = (
  id: { readonly id: string; readonly changeKey?: string },
  updates: string,
  attributes = 'ConflictResolution="AutoResolve"',
): string =>
  `<m:UpdateItem ${attributes} MessageDisposition="SaveOnly" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id.id}"${id.changeKey === undefined ? '' : ` ChangeKey="${id.changeKey}"`}/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`;

export const setField = (uri: string, element: string, value: string): string =>
  `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:${element}>${value}</t:${element}></t:SetItemField>`;

export const deleteItem = (
  id: string,
  type = 'HardDelete',
  attributes = 'SendMeetingCancellations="SendToNone" AffectedTaskOccurrences="AllOccurrences"',
): string => `<m:DeleteItem DeleteType="${type}" ${attributes}><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`;

export const folder = (name: string): string => `<t:DistinguishedFolderId Id="${name}"/>`;

export const findItem = (name: string, content: string, itemShape = shape('IdOnly'), view = ''): string =>
  `<m:FindItem Traversal="Shallow">${itemShape}${view}${content}<m:ParentFolderIds>${folder(name)}</m:ParentFolderIds></m:FindItem>`;

export const syncFolderItems = (name: string, state = '', most = 512, ignore = ''): string =>
  `<m:SyncFolderItems>${shape('IdOnly')}<m:SyncFolderId>${folder(name)}</m:SyncFolderId>${state === '' ? '' : `<m:SyncState>${state}</m:SyncState>`}${ignore}<m:MaxChangesReturned>${most}</m:MaxChangesReturned></m:SyncFolderItems>`;

/** Text of a property of an item. */
export const property = (item: XmlElement, name: string): string | undefined => child(item, name)?.text;
