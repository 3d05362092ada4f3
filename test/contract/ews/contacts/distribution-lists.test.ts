import assert from 'node:assert/strict';
import {
  child,
  colleague,
  created,
  createItem,
  descend,
  getItem,
  idOf,
  itemOf,
  property,
  startClient,
  updateItem,
  type Client,
} from '../harness';

const member = (address: string, name = ''): string =>
  `<t:Member><t:Mailbox>${name === '' ? '' : `<t:Name>${name}</t:Name>`}<t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:Member>`;

const list = (members: string): string =>
  createItem(`<t:DistributionList><t:DisplayName>Team</t:DisplayName><t:Members>${members}</t:Members></t:DistributionList>`);

const changeMembers = (change: string, members: string): string =>
  `<t:${change}><t:FieldURI FieldURI="distributionlist:Members"/><t:DistributionList><t:Members>${members}</t:Members></t:DistributionList></t:${change}>`;

describe('EWS distribution lists', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = (members: string): Promise<{ id: string; changeKey: string }> => created(client, list(members));
  const members = async (id: string) => child(itemOf(await client.call(getItem(id))), 'Members')?.children ?? [];
  const addresses = async (id: string) => (await members(id)).map((one) => descend(one, 'Mailbox', 'EmailAddress')?.text);

  it('complete their members', async () => {
    const { id } = await create(member(colleague.address) + member('eve@elsewhere.test', 'Eve'));
    const found = await members(id);
    assert.deepEqual(
      found.map((one) => child(one, 'Mailbox')?.children.map(({ text }) => text)),
      [
        ['bob', colleague.address, 'SMTP', 'Mailbox'],
        ['Eve', 'eve@elsewhere.test', 'SMTP', 'OneOff'],
      ],
    );
    assert.deepEqual(
      found.map((one) => property(one, 'Status')),
      ['Normal', 'Normal'],
    );
    assert.equal(new Set(found.map((one) => one.attributes['Key'])).size, 2);
    const item = itemOf(await client.call(getItem(id)));
    assert.deepEqual([property(item, 'FileAs'), property(item, 'ItemClass')], ['Team', 'IPM.DistList']);
  });

  it('hold a contact of the mailbox by its id', async () => {
    const contact = idOf(await client.call(createItem('<t:Contact><t:DisplayName>C</t:DisplayName></t:Contact>')));
    const { id } = await create(`<t:Member><t:Mailbox><t:Name>C</t:Name><t:ItemId Id="${contact.id}"/></t:Mailbox></t:Member>`);
    const [only] = await members(id);
    assert.deepEqual(
      [descend(only, 'Mailbox', 'MailboxType')?.text, descend(only, 'Mailbox', 'ItemId')?.attributes['Id']],
      ['Contact', contact.id],
    );
  });

  it('gain members, each once, and lose one by its key', async () => {
    const created = await create(member('a@x.test'));
    const appended = await client.call(updateItem(created, changeMembers('AppendToItemField', member('b@x.test') + member('a@x.test'))));
    assert.deepEqual(appended.codes, ['NoError']);
    assert.deepEqual(await addresses(created.id), ['a@x.test', 'b@x.test']);
    const key = (await members(created.id))[0]?.attributes['Key'] ?? '';
    const remove = `<t:DeleteItemField><t:IndexedFieldURI FieldURI="distributionlist:Members:Member" FieldIndex="${key}"/></t:DeleteItemField>`;
    const removed = await client.call(updateItem(idOf(appended), remove));
    assert.deepEqual(removed.codes, ['NoError']);
    assert.deepEqual(await addresses(created.id), ['b@x.test']);
    assert.deepEqual((await client.call(updateItem(idOf(removed), remove))).codes, ['ErrorDistributionListMemberNotExist']);
  });

  it('are replaced and emptied', async () => {
    const created = await create(member('a@x.test'));
    const replaced = await client.call(updateItem(created, changeMembers('SetItemField', member('c@x.test'))));
    assert.deepEqual(await addresses(created.id), ['c@x.test']);
    const empty = '<t:DeleteItemField><t:FieldURI FieldURI="distributionlist:Members"/></t:DeleteItemField>';
    assert.deepEqual((await client.call(updateItem(idOf(replaced), empty))).codes, ['NoError']);
    assert.deepEqual(await addresses(created.id), []);
  });

  it('refuse a member that is nobody', async () =>
    assert.deepEqual((await client.call(list('<t:Member><t:Mailbox><t:Name>x</t:Name></t:Mailbox></t:Member>'))).codes, [
      'ErrorInvalidMailbox',
    ]));
});
