import assert from 'node:assert/strict';
import PostalMime from 'postal-mime';
import { child, colleague, descend, getItem, idOf, itemOf, owner, property, shape, startClient, updateItem, type Client } from '../harness';
import { addresses, create, idsIn, latest, only } from './mail';

const mimeShape = shape('IdOnly', '', '<t:IncludeMimeContent>true</t:IncludeMimeContent>');

const lines = (...text: readonly string[]): string => text.join('\r\n');

const letter = lines(
  'From: "Anna" <anna@x.test>',
  'To: "Bob B." <bob@x.test>, far@y.test',
  'Cc: =?utf-8?Q?Zo=C3=AB?= <zoe@y.test>',
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  'Date: Tue, 10 Mar 2026 07:30:00 +0100',
  'Message-ID: <one@y.test>',
  'In-Reply-To: <zero@y.test>',
  'References: <zero@y.test>',
  'Importance: high',
  'X-Mailer: Test 1.0',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  '--b',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<html><body><p>Sch=F6n</p></body></html>',
  '--b',
  'Content-Type: text/plain; name="a.txt"',
  'Content-Disposition: attachment; filename="a.txt"',
  'Content-Transfer-Encoding: base64',
  '',
  'SGVsbG8=',
  '--b',
  'Content-Type: message/rfc822',
  'Content-Disposition: attachment',
  '',
  'Subject: Inner',
  'Content-Type: text/plain',
  '',
  'inside',
  '--b--',
  '',
);

const encoded = (text: string): string => `<t:MimeContent CharacterSet="UTF-8">${Buffer.from(text).toString('base64')}</t:MimeContent>`;

describe('EWS messages: MIME', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const mimeOf = async (id: string, as = owner) => {
    const content = child(itemOf(await client.call(getItem(id, mimeShape), { as })), 'MimeContent');
    assert.equal(content?.attributes['CharacterSet'], 'UTF-8');
    return PostalMime.parse(Buffer.from(content.text, 'base64'), { forceRfc822Attachments: true });
  };

  it('reads what a message says of itself', async () => {
    assert.deepEqual((await client.call(create(`<t:Message>${encoded(letter)}</t:Message>`, 'SaveOnly'))).codes, ['NoError']);
    const item = await latest(client, 'drafts');
    const expected = {
      Subject: 'Grüße',
      Importance: 'High',
      InternetMessageId: '<one@y.test>',
      InReplyTo: '<zero@y.test>',
      References: '<zero@y.test>',
      DateTimeSent: '2026-03-10T06:30:00Z',
      HasAttachments: 'true',
      DisplayTo: 'bob; far@y.test',
      DisplayCc: 'Zoë',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(property(item, name), value, name);
    assert.equal(child(item, 'Body')?.attributes['BodyType'], 'HTML');
    assert.match(child(item, 'Body')?.text ?? '', /Schön/);
    assert.deepEqual(addresses(item, 'CcRecipients'), ['zoe@y.test']);
    assert.equal(descend(item, 'From', 'Mailbox', 'EmailAddress')?.text, owner.address);
    const headers = child(item, 'InternetMessageHeaders')?.children.map((header) => `${header.attributes['HeaderName']}: ${header.text}`);
    assert.ok(headers?.includes('X-Mailer: Test 1.0'));
    assert.deepEqual(
      child(item, 'Attachments')?.children.map(({ name, children }) => [name, children.find((part) => part.name === 'Name')?.text]),
      [
        ['FileAttachment', 'a.txt'],
        ['ItemAttachment', 'Inner'],
      ],
    );
  });

  it('takes who wrote a message for who sent it where it does not tell them apart', async () => {
    const letters = { 'x@y.test': '', 'office@y.test': 'Sender: office@y.test\r\n' };
    for (const [sender, line] of Object.entries(letters)) {
      await client.call(create(`<t:Message>${encoded(`From: x@y.test\r\n${line}Subject: s\r\n\r\nText`)}</t:Message>`, 'SaveOnly'));
      const item = await latest(client, 'drafts');
      assert.deepEqual([addresses(item, 'From'), addresses(item, 'Sender')], [['x@y.test'], [sender]]);
    }
  });

  it('sends MIME, and lets what stands beside it go before it', async () => {
    const sent = await client.call(create(`<t:Message>${encoded(letter)}<t:Subject>Other</t:Subject></t:Message>`));
    assert.deepEqual(sent.codes, ['NoError']);
    const arrived = await latest(client, 'inbox', colleague);
    assert.equal(property(arrived, 'Subject'), 'Other');
    assert.equal(property(arrived, 'HasAttachments'), 'true');
  });

  it('writes MIME with texts in both forms, attachments, and the headers it came with', async () => {
    await client.call(create(`<t:Message>${encoded(letter)}</t:Message>`, 'SaveOnly'));
    const [id = ''] = await idsIn(client, 'drafts');
    const email = await mimeOf(id);
    assert.equal(email.subject, 'Grüße');
    assert.match(email.html ?? '', /Schön/);
    assert.match(email.text ?? '', /Schön/);
    assert.deepEqual(
      email.to?.map(({ address }) => address),
      ['bob@x.test', 'far@y.test'],
    );
    assert.equal(email.cc?.[0]?.name, 'Zoë');
    assert.equal(email.messageId, '<one@y.test>');
    assert.equal(email.references, '<zero@y.test>');
    assert.equal(email.date, '2026-03-10T06:30:00.000Z');
    assert.equal(email.headers.find(({ key }) => key === 'x-mailer')?.value, 'Test 1.0');
    assert.deepEqual(
      email.attachments.map(({ filename, mimeType }) => [filename, mimeType]),
      [
        ['a.txt', 'text/plain'],
        [null, 'message/rfc822'],
      ],
    );
    const [file, inner] = email.attachments;
    assert.ok(file?.content instanceof ArrayBuffer && inner?.content instanceof ArrayBuffer);
    assert.equal(Buffer.from(file.content).toString(), 'Hello');
    assert.equal((await PostalMime.parse(inner.content)).subject, 'Inner');
  });

  it('writes long lines, inline pictures and names with signs so that they can be read again', async () => {
    const long = 'ä'.repeat(5000);
    const picture =
      '<t:Attachments><t:FileAttachment><t:Name>grün &amp; "gut".png</t:Name><t:ContentType>image/png</t:ContentType><t:ContentId>pic@1</t:ContentId><t:IsInline>true</t:IsInline><t:Content>iVBORw==</t:Content></t:FileAttachment></t:Attachments>';
    const saved = await client.call(
      create(
        `<t:Message><t:Subject>${'s'.repeat(200)}</t:Subject><t:Body BodyType="HTML">&lt;p&gt;${long}&lt;img src="cid:pic@1"&gt;&lt;/p&gt;</t:Body>${picture}</t:Message>`,
        'SaveOnly',
      ),
    );
    const content = child(itemOf(await client.call(getItem(idOf(saved).id, mimeShape))), 'MimeContent')?.text ?? '';
    const raw = Buffer.from(content, 'base64').toString();
    assert.ok(raw.split('\r\n').every((line) => line.length <= 998));
    const email = await PostalMime.parse(raw);
    assert.equal(email.subject, 's'.repeat(200));
    assert.ok(email.html?.includes(long));
    assert.equal(email.attachments[0]?.contentId, '<pic@1>');
    assert.equal(email.attachments[0].filename, 'grün & "gut".png');
  });

  it('replaces a draft by the MIME it is updated with, attachments too', async () => {
    const id = idOf(await client.call(create(`<t:Message>${encoded(letter)}</t:Message>`, 'SaveOnly')));
    const shorter = lines('Subject: New', 'To: bob@x.test', 'Content-Type: text/plain', '', 'Text');
    const update = `<t:SetItemField><t:FieldURI FieldURI="item:MimeContent"/><t:Message>${encoded(letter.replace(/--b\r\nContent-Type: message[\s\S]*--b--/, '--b--'))}</t:Message></t:SetItemField>`;
    assert.deepEqual((await client.call(updateItem(id, update, 'ConflictResolution="AlwaysOverwrite"'))).codes, ['NoError']);
    assert.equal(child(await latest(client, 'drafts'), 'Attachments')?.children.length, 1);
    await client.call(
      updateItem(
        { id: id.id },
        update.replace(/<t:MimeContent.*<\/t:MimeContent>/, encoded(shorter)),
        'ConflictResolution="AlwaysOverwrite"',
      ),
    );
    const item = await latest(client, 'drafts');
    assert.equal(property(item, 'Subject'), 'New');
    assert.equal(child(item, 'Body')?.text.trim(), 'Text');
  });

  it('takes a message for sent, read and of its own time where its MAPI flags and times say so', async () => {
    const tag = (number: string, type: string, value: string): string =>
      `<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="${number}" PropertyType="${type}"/><t:Value>${value}</t:Value></t:ExtendedProperty>`;
    const imported = `<t:Message>${encoded(letter)}${tag('0x0E07', 'Integer', '0')}${tag('0x0E06', 'SystemTime', '2026-03-10T06:31:00Z')}</t:Message>`;
    assert.deepEqual((await client.call(create(imported, 'SaveOnly', 'inbox'))).codes, ['NoError']);
    const item = await latest(client, 'inbox');
    assert.equal(property(item, 'IsDraft'), 'false');
    assert.equal(property(item, 'IsRead'), 'false');
    assert.equal(property(item, 'DateTimeReceived'), '2026-03-10T06:31:00Z');
    assert.equal(property(item, 'DateTimeSent'), '2026-03-10T06:30:00Z');
  });

  it('refuses what is not base64, and MIME of kinds that have none', async () => {
    const bad = '<t:Message><t:MimeContent>%%%</t:MimeContent></t:Message>';
    assert.deepEqual((await client.call(create(bad, 'SaveOnly'))).codes, ['ErrorMimeContentInvalidBase64String']);
    assert.deepEqual((await client.call(create(`<t:Task>${encoded(letter)}</t:Task>`, 'SaveOnly'))).codes, [
      'ErrorUnsupportedMimeConversion',
    ]);
    const deep = Array.from({ length: 300 }, (_, index) =>
      lines(`Content-Type: multipart/mixed; boundary="b${index}"`, '', `--b${index}`),
    ).join('\r\n');
    assert.deepEqual((await client.call(create(`<t:Message>${encoded(deep)}</t:Message>`, 'SaveOnly'))).codes, ['ErrorMimeContentInvalid']);
    assert.deepEqual(await idsIn(client, 'drafts'), []);
  });

  it('shows MIME of what arrived, where it is asked for by name, too', async () => {
    await client.call(create(`<t:Message>${encoded(letter)}</t:Message>`));
    const item = await latest(client, 'inbox', colleague, only('item:MimeContent'));
    const email = await PostalMime.parse(Buffer.from(child(item, 'MimeContent')?.text ?? '', 'base64'));
    assert.equal(email.from?.address, owner.address);
    assert.equal(email.bcc, undefined);
  });
});
