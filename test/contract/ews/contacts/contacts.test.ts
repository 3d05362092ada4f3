import assert from 'node:assert/strict';
import {
  child,
  created,
  createItem,
  descend,
  folder,
  getItem,
  itemOf,
  property,
  setField,
  shape,
  startClient,
  updateItem,
  type Client,
} from '../harness';

const contact = (content: string): string => createItem(`<t:Contact>${content}</t:Contact>`);
const indexed = (uri: string, key: string): string => `<t:IndexedFieldURI FieldURI="contacts:${uri}" FieldIndex="${key}"/>`;
const setEntry = (path: string, content: string): string => `<t:SetItemField>${path}<t:Contact>${content}</t:Contact></t:SetItemField>`;
const deleteEntry = (path: string): string => `<t:DeleteItemField>${path}</t:DeleteItemField>`;

const anna =
  '<t:GivenName>Anna</t:GivenName><t:MiddleName>Maria</t:MiddleName><t:CompanyName>Holz AG</t:CompanyName><t:Generation>II</t:Generation><t:Surname>Müller</t:Surname>';

describe('EWS contacts', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = (content: string): Promise<{ id: string; changeKey: string }> => created(client, contact(content));
  const read = async (id: string, itemShape?: string) => itemOf(await client.call(getItem(id, itemShape)));
  const change = async (id: { id: string; changeKey: string }, ...changes: readonly string[]) =>
    (await client.call(updateItem(id, changes.join('')))).codes;
  const entries = async (id: string, name: string): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries((child(await read(id), name)?.children ?? []).map((entry) => [entry.attributes['Key'] ?? '', entry.text]));

  it('keep what is written and puts together the complete name', async () => {
    const { id } = await create(
      `<t:Subject>s</t:Subject><t:FileAs>f</t:FileAs><t:DisplayName>Anna M</t:DisplayName>${anna.replace('</t:MiddleName>', '</t:MiddleName><t:Nickname>Anni</t:Nickname>').replace('</t:CompanyName>', '</t:CompanyName><t:Birthday>1980-02-03T00:00:00Z</t:Birthday><t:BusinessHomePage>https://x.test/</t:BusinessHomePage><t:Children><t:String>Kim</t:String></t:Children><t:Department>d</t:Department>')}<t:WeddingAnniversary>2005-05-06T00:00:00Z</t:WeddingAnniversary>`,
    );
    const item = await read(id);
    const expected = { FileAs: 'f', DisplayName: 'Anna M', Birthday: '1980-02-03T00:00:00Z', WeddingAnniversary: '2005-05-06T00:00:00Z' };
    for (const [name, value] of Object.entries(expected)) assert.equal(property(item, name), value, name);
    assert.deepEqual(
      child(item, 'CompleteName')?.children.map(({ name, text }) => `${name}=${text}`),
      ['FirstName=Anna', 'MiddleName=Maria', 'LastName=Müller', 'Suffix=II', 'FullName=Anna M', 'Nickname=Anni'],
    );
    assert.deepEqual(
      [property(item, 'ItemClass'), property(item, 'ContactSource'), property(item, 'HasPicture')],
      ['IPM.Contact', 'Store', 'false'],
    );
  });

  const mappings: readonly (readonly [string, string])[] = [
    ['LastCommaFirst', 'Müller, Anna Maria'],
    ['FirstSpaceLast', 'Anna Maria Müller II'],
    ['Company', 'Holz AG'],
    ['LastCommaFirstCompany', 'Müller, Anna Maria (Holz AG)'],
    ['CompanyLastFirst', 'Holz AG (MüllerAnna Maria)'],
    ['LastFirst', 'MüllerAnna Maria'],
    ['LastFirstCompany', 'MüllerAnna Maria (Holz AG)'],
    ['CompanyLastCommaFirst', 'Holz AG (Müller, Anna Maria)'],
    ['LastFirstSuffix', 'MüllerAnna II'],
    ['LastSpaceFirstCompany', 'Müller Anna Maria (Holz AG)'],
    ['CompanyLastSpaceFirst', 'Holz AG (Müller Anna Maria)'],
    ['LastSpaceFirst', 'Müller Anna Maria'],
    ['DisplayName', 'D'],
    ['FirstName', 'Anna'],
    ['LastFirstMiddleSuffix', 'Müller Anna Maria II'],
    ['LastName', 'Müller'],
    ['Empty', ''],
  ];
  for (const [mapping, expected] of mappings)
    it(`are filed as ${expected} by ${mapping}`, async () => {
      const { id } = await create(`<t:FileAsMapping>${mapping}</t:FileAsMapping><t:DisplayName>D</t:DisplayName>${anna}`);
      assert.equal(property(await read(id), 'FileAs'), expected);
    });

  it('are filed anew when a name changes, until FileAs itself is written', async () => {
    const created = await create(`<t:FileAsMapping>LastCommaFirst</t:FileAsMapping>${anna}`);
    assert.deepEqual(await change(created, setField('contacts:Surname', 'Contact', '<t:Surname>Maier</t:Surname>')), ['NoError']);
    const renamed = await read(created.id);
    assert.equal(property(renamed, 'FileAs'), 'Maier, Anna Maria');
    const changeKey = child(renamed, 'ItemId')?.attributes['ChangeKey'] ?? '';
    await change({ id: created.id, changeKey }, setField('contacts:FileAs', 'Contact', '<t:FileAs>mine</t:FileAs>'));
    const written = await read(created.id);
    assert.deepEqual([property(written, 'FileAs'), property(written, 'FileAsMapping')], ['mine', 'None']);
  });

  it('change, gain and lose single entries of their dictionaries', async () => {
    const created = await create(
      '<t:EmailAddresses><t:Entry Key="EmailAddress1">a@x.test</t:Entry><t:Entry Key="EmailAddress2">b@x.test</t:Entry></t:EmailAddresses><t:PhoneNumbers><t:Entry Key="HomePhone">1</t:Entry></t:PhoneNumbers>',
    );
    const codes = await change(
      created,
      deleteEntry(indexed('EmailAddress', 'EmailAddress1')),
      setEntry(
        indexed('EmailAddress', 'EmailAddress3'),
        '<t:EmailAddresses><t:Entry Key="EmailAddress3">c@x.test</t:Entry></t:EmailAddresses>',
      ),
      setEntry(indexed('PhoneNumber', 'HomePhone'), '<t:PhoneNumbers><t:Entry Key="HomePhone">2</t:Entry></t:PhoneNumbers>'),
    );
    assert.deepEqual(codes, ['NoError']);
    assert.deepEqual(await entries(created.id, 'EmailAddresses'), { EmailAddress2: 'b@x.test', EmailAddress3: 'c@x.test' });
    assert.deepEqual(await entries(created.id, 'PhoneNumbers'), { HomePhone: '2' });
    const first = descend(await read(created.id), 'EmailAddresses')?.children[0]?.attributes;
    assert.deepEqual([first?.['Name'], first?.['RoutingType']], ['b@x.test', 'SMTP']);
  });

  it('change, gain and lose single parts of an address', async () => {
    const created = await create(
      '<t:PhysicalAddresses><t:Entry Key="Home"><t:Street>Ring 1</t:Street><t:City>Wien</t:City></t:Entry></t:PhysicalAddresses>',
    );
    const path = (part: string): string => indexed(`PhysicalAddress:${part}`, 'Home');
    const address = (content: string): string => `<t:PhysicalAddresses><t:Entry Key="Home">${content}</t:Entry></t:PhysicalAddresses>`;
    const codes = await change(
      created,
      setEntry(path('City'), address('<t:City>Graz</t:City>')),
      setEntry(path('PostalCode'), address('<t:PostalCode>8010</t:PostalCode>')),
      deleteEntry(path('Street')),
    );
    assert.deepEqual(codes, ['NoError']);
    const parts = descend(await read(created.id), 'PhysicalAddresses', 'Entry')?.children.map(({ name, text }) => `${name}=${text}`);
    assert.deepEqual(parts, ['City=Graz', 'PostalCode=8010']);
  });

  it('show parts of an address in the order of the schema, however they were written', async () => {
    const created = await create('<t:PhysicalAddresses><t:Entry Key="Home"><t:PostalCode>1</t:PostalCode></t:Entry></t:PhysicalAddresses>');
    const path = indexed('PhysicalAddress:Street', 'Home');
    await change(
      created,
      setEntry(path, '<t:PhysicalAddresses><t:Entry Key="Home"><t:Street>s</t:Street></t:Entry></t:PhysicalAddresses>'),
    );
    const parts = descend(await read(created.id), 'PhysicalAddresses', 'Entry')?.children.map(({ name }) => name);
    assert.deepEqual(parts, ['Street', 'PostalCode']);
  });

  const one = '<t:PhoneNumbers><t:Entry Key="Pager">1</t:Entry></t:PhoneNumbers>';
  const refused: readonly (readonly [string, string, string])[] = [
    ['an entry of another key', setEntry(indexed('PhoneNumber', 'HomePhone'), one), 'ErrorUpdatePropertyMismatch'],
    [
      'two entries at once',
      setEntry(indexed('PhoneNumber', 'Pager'), one.replace('</t:Phone', '<t:Entry Key="Isdn">2</t:Entry></t:Phone')),
      'ErrorIncorrectUpdatePropertyCount',
    ],
    [
      'appending to a dictionary',
      setEntry(indexed('PhoneNumber', 'Pager'), one).replaceAll('Set', 'AppendTo'),
      'ErrorInvalidPropertyAppend',
    ],
    ['the complete name', setField('contacts:CompleteName', 'Contact', '<t:CompleteName/>'), 'ErrorInvalidPropertySet'],
  ];
  for (const [name, changes, code] of refused)
    it(`answer ${code} to ${name}`, async () => assert.deepEqual(await change(await create(anna), changes), [code]));

  it('belong into folders for contacts', async () => {
    const body = createItem(`<t:Contact>${anna}</t:Contact>`, '', `<m:SavedItemFolderId>${folder('tasks')}</m:SavedItemFolderId>`);
    assert.deepEqual((await client.call(body)).codes, ['ErrorCannotCreateContactInNonContactFolder']);
  });

  it('have a picture where a photo is attached', async () => {
    const { id } = await create(anna);
    const photo =
      '<t:FileAttachment><t:Name>ContactPicture.jpg</t:Name><t:IsContactPhoto>true</t:IsContactPhoto><t:Content>AQID</t:Content></t:FileAttachment>';
    await client.call(`<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments>${photo}</m:Attachments></m:CreateAttachment>`);
    assert.equal(property(await read(id), 'HasPicture'), 'true');
  });

  it('are vCards as MIME content', async () => {
    const { id } = await create(
      `<t:Body BodyType="Text">one, two\nthree ${'long '.repeat(20)}</t:Body><t:DisplayName>Anna; Müller</t:DisplayName>${anna.replace('</t:CompanyName>', '</t:CompanyName><t:EmailAddresses><t:Entry Key="EmailAddress1">a@x.test</t:Entry></t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Business"><t:City>Wien</t:City></t:Entry></t:PhysicalAddresses><t:PhoneNumbers><t:Entry Key="MobilePhone">+43 1</t:Entry></t:PhoneNumbers>')}`,
    );
    const content = property(await read(id, shape('IdOnly', '', '<t:IncludeMimeContent>true</t:IncludeMimeContent>')), 'MimeContent');
    const lines = Buffer.from(content ?? '', 'base64')
      .toString()
      .split('\r\n');
    for (const line of lines) assert.ok(line.length <= 75, line);
    const unfolded = lines.join('\r\n').replaceAll('\r\n ', '').split('\r\n');
    for (const line of [
      'BEGIN:VCARD',
      'FN:Anna\\; Müller',
      'N:Müller;Anna;Maria;;II',
      'ORG:Holz AG;',
      'EMAIL;TYPE=INTERNET:a@x.test',
      'TEL;TYPE=CELL,VOICE:+43 1',
      'ADR;TYPE=WORK:;;;Wien;;;',
      `NOTE:one\\, two\\nthree ${'long '.repeat(20)}`,
      'END:VCARD',
    ])
      assert.ok(unfolded.includes(line), `${line} in ${unfolded.join('|')}`);
  });
});
