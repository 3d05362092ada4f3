/** Requests and content made to trip, stall or exhaust the server: each is answered as any other of its kind. */
import assert from 'node:assert/strict';
import {
  appointment,
  created,
  createItem,
  findItem,
  folder,
  getItem,
  idOf,
  itemOf,
  property,
  shape,
  startClient,
  task,
  type Answer,
  type Client,
} from '../harness';

/** Names that every JavaScript object has. */
const inherited = ['constructor', '__proto__', 'toString'];

/** So long that anything worse than linear would exceed the time of a test by far. */
const megabyte = 1_000_000;
const filled = (text: string): string => text.repeat(megabyte / text.length);

const encoded = (text: string): string => `<t:MimeContent>${Buffer.from(text).toString('base64')}</t:MimeContent>`;
const escaped = (html: string): string => html.replaceAll('<', '&lt;');

describe('EWS, hostile content', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = async (content: string): Promise<string> => (await created(client, createItem(`<t:Message>${content}</t:Message>`))).id;
  const read = async (id: string, itemShape: string): Promise<Answer> => {
    const answer = await client.call(getItem(id, itemShape));
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return answer;
  };
  const query = (words: string): Promise<Answer> =>
    client.call(findItem('tasks', '', shape('IdOnly')).replace('</m:FindItem>', `<m:QueryString>${words}</m:QueryString></m:FindItem>`));

  for (const name of inherited) {
    it(`finds ${name} as a word like any other`, async () => {
      await client.call(task(`<t:Subject>${name}</t:Subject>`));
      assert.match((await query(name)).text, /TotalItemsInView="1"/);
      for (const words of [`kind:${name}`, `received:${name}`, `isread:${name}`])
        assert.match((await query(words)).text, /TotalItemsInView="0"/);
    });

    it(`takes ${name} for no truth`, async () => {
      const restriction = `<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="message:IsRead"/><t:FieldURIOrConstant><t:Constant Value="${name}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
      assert.deepEqual((await client.call(findItem('inbox', restriction))).codes, ['ErrorInvalidValueForProperty']);
      const setting = (kind: string, value: string): string => `<t:${kind}><t:Type>Boolean</t:Type><t:Value>${value}</t:Value></t:${kind}>`;
      const configuration = `<m:CreateUserConfiguration><m:UserConfiguration><t:UserConfigurationName Name="x">${folder('drafts')}</t:UserConfigurationName><t:Dictionary><t:DictionaryEntry>${setting('DictionaryKey', 'true')}${setting('DictionaryValue', name)}</t:DictionaryEntry></t:Dictionary></m:UserConfiguration></m:CreateUserConfiguration>`;
      assert.deepEqual((await client.call(configuration)).codes, ['ErrorInvalidValueForProperty']);
    });

    it(`reads ${name} in MIME and iCalendar as a value it does not know`, async () => {
      const id = await create(encoded(`Importance: ${name}\r\nSensitivity: ${name}\r\n\r\nx`));
      const message = itemOf(await read(id, shape('AllProperties')));
      assert.deepEqual([property(message, 'Importance'), property(message, 'Sensitivity')], ['Normal', 'Normal']);
      const event = `BEGIN:VEVENT\r\nDTSTART:20260301T090000Z\r\nCLASS:${name}\r\nX-MICROSOFT-CDO-BUSYSTATUS:${name}\r\nEND:VEVENT`;
      const made = await client.call(appointment(encoded(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${event}\r\nEND:VCALENDAR\r\n`)));
      const shown = itemOf(await read(idOf(made).id, shape('AllProperties')));
      assert.deepEqual([property(shown, 'Sensitivity'), property(shown, 'LegacyFreeBusyStatus')], ['Normal', 'Busy']);
    });
  }

  it('refuses attributes that only every object has', async () => {
    const request = getItem('AAAA').replace('<t:ItemId ', '<t:ItemId constructor="x" ');
    assert.deepEqual((await client.call(request)).codes, ['ErrorSchemaValidation']);
  });

  const bodies: readonly (readonly [string, string, string])[] = [
    ['tags that never close', filled('<div '), shape('IdOnly', '<t:FieldURI FieldURI="item:UniqueBody"/>')],
    ['links of blanks', `<a href=${filled(' ')}x>`, shape('Default', '', '<t:FilterHtmlContent>true</t:FilterHtmlContent>')],
    ['deep nesting', '<div>'.repeat(20_000), shape('Default', '', '<t:BodyType>Text</t:BodyType>')],
  ];
  for (const [what, html, itemShape] of bodies)
    it(`shows a body with ${what}`, async () => {
      const id = await create(`<t:Body BodyType="HTML">${escaped(html)}</t:Body>`);
      await read(id, itemShape);
    });

  it('quotes a body that begins again and again', async () => {
    const id = await create(`<t:Body BodyType="HTML">${escaped(filled('<body>'))}</t:Body>`);
    const { changeKey } = idOf(await read(id, shape('IdOnly')));
    const reply = `<t:ReplyToItem><t:ReferenceItemId Id="${id}" ChangeKey="${changeKey}"/><t:NewBodyContent BodyType="HTML">x</t:NewBodyContent></t:ReplyToItem>`;
    assert.deepEqual((await client.call(createItem(reply))).codes, ['NoError']);
  });

  it('refuses long texts as times', async () => {
    const restriction = `<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:DateTimeReceived"/><t:FieldURIOrConstant><t:Constant Value="${filled('T')}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
    assert.deepEqual((await client.call(findItem('inbox', restriction))).codes, ['ErrorInvalidValueForProperty']);
  });

  it('refuses times of extended properties that no day has', async () => {
    const tag = '<t:ExtendedFieldURI PropertyTag="0x1234" PropertyType="SystemTime"/>';
    for (const time of ['2026-03-01T24:30:00Z', '12345-03-01T10:00:00Z']) {
      const given = `<t:ExtendedProperty>${tag}<t:Value>${time}</t:Value></t:ExtendedProperty>`;
      assert.deepEqual((await client.call(task(given))).codes, ['ErrorInvalidExtendedPropertyValue'], time);
    }
  });

  it('takes a message that holds a message that holds a message', async () => {
    const nested = 'Content-Type: message/rfc822\r\n\r\n'.repeat(3000);
    const message = itemOf(await read(await create(encoded(`Subject: outer\r\n${nested}Subject: inner\r\n\r\nx`)), shape('AllProperties')));
    assert.deepEqual([property(message, 'Subject'), property(message, 'HasAttachments')], ['outer', 'true']);
  });

  it('answers 400 to an address of Autodiscover that is not one', async () => {
    const { pageUrl } = client.simulator;
    assert.equal((await fetch(`${pageUrl}autodiscover/autodiscover.json/v1.0/%zz?Protocol=EWS`)).status, 400);
  });
});
