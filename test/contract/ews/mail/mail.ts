/** Requests and readings that the tests of messages share. */
import assert from 'node:assert/strict';
import {
  child,
  colleague,
  createItem,
  descend,
  findItem,
  folder,
  getItem,
  itemOf,
  owner,
  shape,
  type Answer,
  type Client,
  type XmlElement,
} from '../harness';

/** A mailbox element of a request. */
export const mailbox = (address: string, name?: string): string =>
  `<t:Mailbox>${name === undefined ? '' : `<t:Name>${name}</t:Name>`}<t:EmailAddress>${address}</t:EmailAddress></t:Mailbox>`;

/** A message to Bob with a subject and text; `more` are elements behind the recipients. */
export const message = (
  subject: string,
  more = '',
  body = '<t:Body BodyType="Text">Hello</t:Body>',
  to = mailbox(colleague.address),
): string => `<t:Message><t:Subject>${subject}</t:Subject>${body}<t:ToRecipients>${to}</t:ToRecipients>${more}</t:Message>`;

/** A CreateItem request for something that is sent, or saved. */
export const create = (item: string, disposition = 'SendAndSaveCopy', target = ''): string =>
  createItem(item, '', target === '' ? '' : `<m:SavedItemFolderId>${folder(target)}</m:SavedItemFolderId>`).replace(
    'MessageDisposition="SaveOnly"',
    disposition === '' ? '' : `MessageDisposition="${disposition}"`,
  );

/** Ids of what a folder holds, the latest first. */
export async function idsIn(client: Client, name: string, as: typeof colleague = owner): Promise<readonly string[]> {
  const answer = await client.call(findItem(name, ''), { as });
  return (descend(answer.messages[0], 'RootFolder', 'Items')?.children ?? []).map((item) => child(item, 'ItemId')?.attributes['Id'] ?? '');
}

/** The only (or the latest) item of a folder with all its properties. */
export async function latest(
  client: Client,
  name: string,
  as: typeof colleague = owner,
  itemShape = shape('AllProperties'),
): Promise<XmlElement> {
  const [id] = await idsIn(client, name, as);
  assert.ok(id, `nothing in ${name}`);
  return itemOf(await client.call(getItem(id, itemShape), { as }));
}

/** Asks for properties by their field URIs. */
export const only = (...uris: readonly string[]): string => shape('IdOnly', uris.map((uri) => `<t:FieldURI FieldURI="${uri}"/>`).join(''));

/** Addresses of a list of recipients. */
export const addresses = (item: XmlElement, list: string): readonly string[] =>
  (child(item, list)?.children ?? []).map((entry) => child(entry, 'EmailAddress')?.text ?? '');

/** Id and change key of the item of an answer, as a reference element. */
export function reference(answer: Answer, name = 'ReferenceItemId'): string {
  const { Id, ChangeKey } = child(itemOf(answer), 'ItemId')?.attributes ?? {};
  return `<t:${name} Id="${Id ?? ''}" ChangeKey="${ChangeKey ?? ''}"/>`;
}

/** The same of an item that was read. */
export function referenceTo(item: XmlElement, name = 'ReferenceItemId'): string {
  const { Id, ChangeKey } = child(item, 'ItemId')?.attributes ?? {};
  return `<t:${name} Id="${Id ?? ''}" ChangeKey="${ChangeKey ?? ''}"/>`;
}
