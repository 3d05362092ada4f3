import assert from 'node:assert/strict';
import { child, createItem, descend, folder, idOf, service, startClient, type Answer, type Client, type XmlElement } from '../harness';

const anna = {
  address: 'anna.mueller@x.test',
  password: 'a',
  name: 'Anna Müller',
  givenName: 'Anna',
  surname: 'Müller',
  alias: 'amu',
  jobTitle: 'Engineer',
  department: 'R & D',
  office: 'Graz',
  phone: '+43 1 23',
};
const people = [
  anna,
  { address: 'andrea@x.test', password: 'a', name: 'Andrea Müllner' },
  { address: 'bob@x.test', password: 'b', name: 'Bob' },
  ...Array.from({ length: 105 }, (_, index) => ({ address: `zed${index}@x.test`, password: 'z', name: `Zed ${index}` })),
];

const resolve = (entry: string, attributes = 'ReturnFullContactData="false"', folders = ''): string =>
  `<m:ResolveNames ${attributes}>${folders === '' ? '' : `<m:ParentFolderIds>${folders}</m:ParentFolderIds>`}<m:UnresolvedEntry>${entry}</m:UnresolvedEntry></m:ResolveNames>`;

const scope = (name: string, full = false): string => `ReturnFullContactData="${full}" SearchScope="${name}"`;

const set = (answer: Answer): XmlElement | undefined => child(answer.messages[0], 'ResolutionSet');
const found = (answer: Answer): readonly XmlElement[] => set(answer)?.children ?? [];
const names = (answer: Answer): readonly (string | undefined)[] => found(answer).map((one) => descend(one, 'Mailbox', 'Name')?.text);

const contact = (content: string): string => createItem(`<t:Contact>${content}</t:Contact>`);
const addresses = (...all: readonly string[]): string =>
  `<t:EmailAddresses>${all.map((address, index) => `<t:Entry Key="EmailAddress${index + 1}">${address}</t:Entry>`).join('')}</t:EmailAddresses>`;

describe('ResolveNames and ExpandDL', () => {
  let client: Client;
  let list = { id: '', changeKey: '' };
  let annika = { id: '', changeKey: '' };
  before(async () => {
    client = await startClient({
      mailboxes: people,
      groups: [
        { address: 'team@x.test', name: 'Team', members: [anna.address, 'all@x.test', 'else@y.test'] },
        { address: 'all@x.test', name: 'All', members: [] },
      ],
      rooms: [{ address: 'graz@x.test', name: 'Rooms in Graz', members: ['bob@x.test', 'nowhere@x.test'] }],
    });
    annika = idOf(
      await client.call(
        contact(
          `<t:DisplayName>Annika Berg</t:DisplayName><t:GivenName>Annika</t:GivenName>${addresses('ab@y.test', 'berg@z.test')}<t:Surname>Berg</t:Surname>`,
        ),
        { as: anna },
      ),
    );
    await client.call(contact(`<t:DisplayName>Without address</t:DisplayName>`), { as: anna });
    list = idOf(
      await client.call(
        createItem(
          `<t:DistributionList><t:DisplayName>My friends</t:DisplayName><t:Members><t:Member><t:Mailbox><t:Name>Eve</t:Name><t:EmailAddress>eve@y.test</t:EmailAddress></t:Mailbox></t:Member></t:Members></t:DistributionList>`,
        ),
        { as: anna },
      ),
    );
  });
  after(async function () {
    await client.finish(() => this.skip());
  });
  const call = (body: string): Promise<Answer> => client.call(body, { as: anna });

  for (const entry of [
    'Anna Müller',
    'anna mü',
    'Müller, Anna',
    'müller a',
    'AMU',
    'graz',
    'anna.mueller@x.test',
    'smtp:anna.m',
    'SMTP:Anna.Mueller@x.test',
  ])
    it(`finds a person by "${entry}"`, async () => {
      const answer = await call(resolve(entry, scope('ActiveDirectory')));
      const own = found(answer).filter((one) => descend(one, 'Mailbox', 'EmailAddress')?.text === anna.address);
      assert.equal(own.length, 1, answer.text);
      assert.deepEqual(
        child(own[0], 'Mailbox')?.children.map(({ text }) => text),
        ['Anna Müller', anna.address, 'SMTP', 'Mailbox'],
      );
      assert.equal(child(own[0], 'Contact'), undefined);
    });

  it('says Success for one, and Warning with all of them for several', async () => {
    const one = await call(resolve('bob'));
    assert.equal(one.messages[0]?.attributes['ResponseClass'], 'Success');
    assert.deepEqual(set(one)?.attributes, { TotalItemsInView: '1', IncludesLastItemInRange: 'true' });
    const several = await call(resolve('Mül'));
    assert.equal(several.messages[0]?.attributes['ResponseClass'], 'Warning');
    assert.deepEqual(several.codes, ['ErrorNameResolutionMultipleResults']);
    assert.deepEqual(names(several), ['Andrea Müllner', 'Anna Müller']);
  });

  it('finds nothing inside of words, and with smtp: nothing by name', async () => {
    assert.deepEqual((await call(resolve('üller'))).codes, ['ErrorNameResolutionNoResults']);
    assert.deepEqual((await call(resolve('smtp:Müller'))).codes, ['ErrorNameResolutionNoResults']);
  });

  for (const entry of [' ', ',', '-', 'smtp:'])
    it(`refuses "${entry}" as a name`, async () => {
      assert.deepEqual((await call(resolve(entry))).codes, ['ErrorInvalidNameForNameResolution']);
    });

  it('gives a hundred candidates at most, and says that there are more', async () => {
    const answer = await call(resolve('Zed'));
    assert.equal(found(answer).length, 100);
    assert.deepEqual(set(answer)?.attributes, { TotalItemsInView: '100', IncludesLastItemInRange: 'false' });
  });

  it('tells what the directory says of a person, when asked', async () => {
    const person = child(found(await call(resolve('anna.m', scope('ActiveDirectory', true))))[0], 'Contact');
    const shown = Object.fromEntries(
      person?.children.map(({ name, text, children }) => [
        name,
        children.map((entry) => `${entry.attributes['Key'] ?? ''}=${entry.text}`).join() || text,
      ]) ?? [],
    );
    assert.deepEqual(shown, {
      DisplayName: 'Anna Müller',
      GivenName: 'Anna',
      EmailAddresses: 'EmailAddress1=SMTP:anna.mueller@x.test',
      PhoneNumbers: 'BusinessPhone=+43 1 23',
      ContactSource: 'ActiveDirectory',
      Department: 'R & D',
      JobTitle: 'Engineer',
      OfficeLocation: 'Graz',
      Surname: 'Müller',
      Alias: 'amu',
    });
  });

  it('finds groups as public lists', async () => {
    const answer = await call(resolve('team'));
    assert.equal(descend(found(answer)[0], 'Mailbox', 'MailboxType')?.text, 'PublicDL');
  });

  it('finds a contact once for each of its addresses, with its id', async () => {
    const answer = await call(resolve('Berg', scope('Contacts')));
    assert.deepEqual(
      found(answer).map((one) => child(one, 'Mailbox')?.children.map(({ text, attributes }) => attributes['Id'] ?? text)),
      [
        ['Annika Berg', 'ab@y.test', 'SMTP', 'Contact', annika.id],
        ['Annika Berg', 'berg@z.test', 'SMTP', 'Contact', annika.id],
      ],
    );
    assert.deepEqual((await call(resolve('Without', scope('Contacts')))).codes, ['ErrorNameResolutionNoResults']);
  });

  it('shows contacts in the shape that is asked for', async () => {
    const shaped = async (shape: string): Promise<readonly string[]> =>
      child(found(await call(resolve('ab@', `${scope('Contacts')} ContactDataShape="${shape}"`)))[0], 'Contact')?.children.map(
        ({ name }) => name,
      ) ?? [];
    assert.deepEqual(await shaped('IdOnly'), ['ItemId']);
    assert.ok((await shaped('Default')).includes('EmailAddresses'));
    assert.ok((await shaped('AllProperties')).includes('DateTimeCreated'));
  });

  it('searches in the order of the scope', async () => {
    assert.deepEqual(names(await call(resolve('ann', scope('ActiveDirectoryContacts')))), ['Anna Müller', 'Annika Berg', 'Annika Berg']);
    assert.deepEqual(names(await call(resolve('ann', scope('ContactsActiveDirectory')))), ['Annika Berg', 'Annika Berg', 'Anna Müller']);
    assert.deepEqual(names(await call(resolve('ann', scope('ActiveDirectory')))), ['Anna Müller']);
  });

  it('searches one contacts folder, nothing else', async () => {
    assert.deepEqual(names(await call(resolve('ab@', scope('Contacts'), folder('contacts')))), ['Annika Berg']);
    assert.deepEqual((await call(resolve('ab@', scope('Contacts'), folder('calendar')))).codes, ['ErrorResolveNamesInvalidFolderType']);
    assert.deepEqual((await call(resolve('ab@', scope('Contacts'), folder('contacts').repeat(2)))).codes, [
      'ErrorResolveNamesOnlyOneContactsFolderAllowed',
    ]);
  });

  it('serves an account without a mailbox from the directory only', async () => {
    assert.deepEqual((await client.call(resolve('bob', scope('ActiveDirectory')), { as: service })).codes, ['NoError']);
    assert.deepEqual((await client.call(resolve('bob'), { as: service })).codes, ['ErrorNameResolutionNoMailbox']);
  });

  const expand = (content: string): string => `<m:ExpandDL><m:Mailbox>${content}</m:Mailbox></m:ExpandDL>`;
  const byAddress = (address: string): string => expand(`<t:EmailAddress>${address}</t:EmailAddress>`);
  const members = (answer: Answer): readonly (readonly string[])[] =>
    child(answer.messages[0], 'DLExpansion')?.children.map((mailbox) => mailbox.children.map(({ text }) => text)) ?? [];

  it('expands a group by one level', async () => {
    const answer = await call(byAddress('Team@x.test'));
    assert.deepEqual(members(answer), [
      ['Anna Müller', anna.address, 'SMTP', 'Mailbox'],
      ['All', 'all@x.test', 'SMTP', 'PublicDL'],
      ['else@y.test', 'else@y.test', 'SMTP', 'OneOff'],
    ]);
    assert.deepEqual(child(answer.messages[0], 'DLExpansion')?.attributes, { TotalItemsInView: '3', IncludesLastItemInRange: 'true' });
    assert.deepEqual(members(await call(byAddress('all@x.test'))), []);
  });

  it('expands the personal list that ResolveNames found', async () => {
    const mailbox = child(found(await call(resolve('my fr', scope('Contacts'))))[0], 'Mailbox');
    assert.deepEqual(
      mailbox?.children.map(({ text, attributes }) => attributes['Id'] ?? text),
      ['My friends', 'MAPIPDL', 'PrivateDL', list.id],
    );
    assert.deepEqual(members(await call(expand(`<t:ItemId Id="${list.id}"/>`))), [['Eve', 'eve@y.test', 'SMTP', 'OneOff']]);
  });

  it('expands nothing else', async () => {
    assert.deepEqual((await call(byAddress('nobody@x.test'))).codes, ['ErrorNameResolutionNoResults']);
    assert.deepEqual((await call(byAddress('bob@x.test'))).codes, ['ErrorInvalidItemForOperationExpandDL']);
    assert.deepEqual((await call(expand(`<t:ItemId Id="${annika.id}"/>`))).codes, ['ErrorInvalidItemForOperationExpandDL']);
    assert.deepEqual((await call(expand('<t:Name>Team</t:Name>'))).codes, ['ErrorMissingInformationEmailAddress']);
    const asBob = await client.call(expand(`<t:ItemId Id="${list.id}"/>`), { as: { address: 'bob@x.test', password: 'b' } });
    assert.notDeepEqual(asBob.codes, ['NoError']);
  });

  it('lists rooms by their lists', async () => {
    const lists = await call('<m:GetRoomLists/>');
    assert.equal(lists.body.attributes['ResponseClass'], 'Success');
    assert.deepEqual(
      child(lists.body, 'RoomLists')?.children.map((one) => one.children.map(({ text }) => text)),
      [['Rooms in Graz', 'graz@x.test', 'SMTP', 'PublicDL']],
    );
    const rooms = (address: string): Promise<Answer> =>
      call(`<m:GetRooms><m:RoomList><t:EmailAddress>${address}</t:EmailAddress></m:RoomList></m:GetRooms>`);
    const inGraz = await rooms('graz@x.test');
    assert.deepEqual(
      child(inGraz.body, 'Rooms')?.children.map((room) => descend(room, 'Id', 'EmailAddress')?.text),
      ['bob@x.test'],
    );
    assert.equal(child((await rooms('team@x.test')).body, 'ResponseCode')?.text, 'ErrorNameResolutionNoResults');
  });
});
