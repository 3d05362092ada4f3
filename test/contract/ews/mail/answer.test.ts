import assert from 'node:assert/strict';
import {
  child,
  colleague,
  descend,
  getItem,
  itemOf,
  owner,
  property,
  shape,
  startClient,
  updateItem,
  type Client,
  type XmlElement,
} from '../harness';
import { addresses, create, idsIn, latest, mailbox, message, only, referenceTo } from './mail';

const third = { address: 'cora@x.test', password: 'cora' };

describe('EWS messages: answers and conversations', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient({ mailboxes: [owner, colleague, third], now: () => new Date('2026-03-20T08:00:00Z') });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const said = (type: string, text: string): string => `<t:NewBodyContent BodyType="${type}">${text}</t:NewBodyContent>`;
  const receive = async (more = '', body?: string): Promise<XmlElement> => {
    await client.call(create(message('Plan', more, body)));
    return latest(client, 'inbox', colleague);
  };
  const answer = async (element: string, original: XmlElement, content: string, disposition = 'SendAndSaveCopy', before = '') => {
    const request = create(`<t:${element}>${before}${referenceTo(original)}${content}</t:${element}>`, disposition);
    const result = await client.call(request, { as: colleague });
    assert.deepEqual(result.codes, ['NoError'], result.text);
    return result;
  };
  const all = shape('AllProperties', '<t:FieldURI FieldURI="item:UniqueBody"/><t:FieldURI FieldURI="item:ConversationId"/>');

  it('replies to the sender, quoting the message', async () => {
    const original = await receive(`<t:CcRecipients>${mailbox(third.address)}</t:CcRecipients>`);
    await answer('ReplyToItem', original, said('Text', 'Fine.'));
    const reply = await latest(client, 'inbox', owner, all);
    assert.equal(property(reply, 'Subject'), 'RE: Plan');
    assert.deepEqual(addresses(reply, 'ToRecipients'), [owner.address]);
    assert.equal(child(reply, 'CcRecipients'), undefined);
    assert.match(
      child(reply, 'Body')?.text ?? '',
      /^Fine\.\r\n_+\r\nFrom: Anna Müller <anna@x\.test>\r\nSent: Friday, March 20, 2026 8:00:00 AM\r\nTo: bob <bob@x\.test>[\s\S]*Hello$/,
    );
    assert.equal(child(reply, 'UniqueBody')?.text.trim(), 'Fine.');
    assert.equal(property(reply, 'InReplyTo'), property(original, 'InternetMessageId'));
    assert.equal(property(reply, 'References'), property(original, 'InternetMessageId'));
  });

  it('replies to all but oneself, in HTML', async () => {
    const original = await receive(
      `<t:CcRecipients>${mailbox(third.address)}</t:CcRecipients>`,
      '<t:Body BodyType="HTML">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</t:Body>',
    );
    await answer('ReplyAllToItem', original, said('HTML', '&lt;p&gt;Yes&lt;/p&gt;'));
    const reply = await latest(client, 'inbox', third, all);
    assert.deepEqual(addresses(reply, 'ToRecipients'), [owner.address]);
    assert.deepEqual(addresses(reply, 'CcRecipients'), [third.address]);
    assert.match(
      child(reply, 'Body')?.text ?? '',
      /<p>Yes<\/p>[\s\S]*<b>From:<\/b> Anna Müller &lt;anna@x\.test&gt;[\s\S]*<p>a &amp; b<\/p>/,
    );
    assert.match(child(reply, 'UniqueBody')?.text ?? '', /<p>Yes<\/p>/);
    assert.doesNotMatch(child(reply, 'UniqueBody')?.text ?? '', /a &amp; b/);
  });

  it('answers where the sender wants answers', async () => {
    const original = await receive(`<t:ReplyTo>${mailbox(third.address)}</t:ReplyTo>`);
    await answer('ReplyToItem', original, said('Text', 'x'));
    assert.equal(property(await latest(client, 'inbox', third), 'Subject'), 'RE: Plan');
    assert.deepEqual(await idsIn(client, 'inbox', owner), []);
  });

  it('forwards with the attachments', async () => {
    const file = '<t:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>SGk=</t:Content></t:FileAttachment></t:Attachments>';
    const original = await receive('', `<t:Body BodyType="Text">x</t:Body>${file}`);
    await answer('ForwardItem', original, said('Text', 'See'), undefined, `<t:ToRecipients>${mailbox(third.address)}</t:ToRecipients>`);
    const forwarded = await latest(client, 'inbox', third);
    assert.equal(property(forwarded, 'Subject'), 'FW: Plan');
    assert.equal(descend(forwarded, 'Attachments', 'FileAttachment', 'Name')?.text, 'a.txt');
  });

  it('saves an answer as a draft, and marks what was answered only when it is sent', async () => {
    const original = await receive();
    const verb = shape('IdOnly', '<t:ExtendedFieldURI PropertyTag="0x1081" PropertyType="Integer"/>');
    const read = async () => descend(await latest(client, 'inbox', colleague, verb), 'ExtendedProperty', 'Value')?.text;
    const saved = await answer('ReplyToItem', original, said('Text', 'x'), 'SaveOnly');
    assert.equal(
      property(itemOf(await client.call(getItem(child(itemOf(saved), 'ItemId')?.attributes['Id'] ?? ''), { as: colleague })), 'IsDraft'),
      'true',
    );
    assert.equal(await read(), undefined);
    await answer('ReplyToItem', original, said('Text', 'x'));
    assert.equal(await read(), '102');
  });

  it('lets a client that knows the message before its answer mark it as read', async () => {
    const original = await receive();
    await answer('ReplyToItem', original, said('Text', 'Fine.'));
    const { Id: id = '', ChangeKey: changeKey = '' } = child(original, 'ItemId')?.attributes ?? {};
    const read = '<t:SetItemField><t:FieldURI FieldURI="message:IsRead"/><t:Message><t:IsRead>true</t:IsRead></t:Message></t:SetItemField>';
    assert.deepEqual((await client.call(updateItem({ id, changeKey }, read), { as: colleague })).codes, ['NoError']);
  });

  it('keeps an exchange of messages in one conversation of each mailbox', async () => {
    const original = await receive();
    const conversation = only('item:ConversationId', 'message:ConversationIndex', 'message:ConversationTopic');
    await answer('ReplyToItem', original, said('Text', 'x'));
    const started = await latest(client, 'sentitems', owner, conversation);
    const reply = await latest(client, 'inbox', owner, conversation);
    assert.equal(child(reply, 'ConversationId')?.attributes['Id'], child(started, 'ConversationId')?.attributes['Id']);
    assert.equal(property(reply, 'ConversationTopic'), 'Plan');
    assert.equal(Buffer.from(property(started, 'ConversationIndex') ?? '', 'base64').length, 22);
    assert.equal(Buffer.from(property(reply, 'ConversationIndex') ?? '', 'base64').length, 27);
    await client.call(create(message('Plan')));
    const another = await latest(client, 'sentitems', owner, conversation);
    assert.notEqual(child(another, 'ConversationId')?.attributes['Id'], child(started, 'ConversationId')?.attributes['Id']);
  });

  it('finds the conversation by message ids, and by the topic of an answer', async () => {
    const original = await receive();
    const id = (property(original, 'InternetMessageId') ?? '').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const conversationOf = async (request: string): Promise<string | undefined> => {
      assert.deepEqual((await client.call(request, { as: colleague })).codes, ['NoError']);
      return child(await latest(client, 'drafts', colleague, only('item:ConversationId')), 'ConversationId')?.attributes['Id'];
    };
    const expected = child(await latest(client, 'inbox', colleague, only('item:ConversationId')), 'ConversationId')?.attributes['Id'];
    const byId = `<t:Message><t:Subject>Something else</t:Subject><t:References>${id}</t:References></t:Message>`;
    assert.equal(await conversationOf(create(byId, 'SaveOnly')), expected);
    assert.equal(await conversationOf(create('<t:Message><t:Subject>AW: Plan</t:Subject></t:Message>', 'SaveOnly')), expected);
    assert.notEqual(await conversationOf(create('<t:Message><t:Subject>AW: Else</t:Subject></t:Message>', 'SaveOnly')), expected);
  });

  it('suppresses a read receipt that is pending', async () => {
    const original = await receive('<t:IsReadReceiptRequested>true</t:IsReadReceiptRequested>');
    assert.ok(child(original, 'ResponseObjects')?.children.some(({ name }) => name === 'SuppressReadReceipt'));
    const suppress = create(`<t:SuppressReadReceipt>${referenceTo(original)}</t:SuppressReadReceipt>`, '');
    assert.deepEqual((await client.call(suppress, { as: colleague })).codes, ['NoError']);
    assert.deepEqual((await client.call(suppress, { as: colleague })).codes, ['ErrorReadReceiptNotPending']);
  });

  it('refuses to answer what is not there, and contacts', async () => {
    const gone = (element: string, id: string): string => create(`<t:${element}><t:ReferenceItemId Id="${id}"/></t:${element}>`);
    assert.deepEqual((await client.call(gone('ReplyToItem', 'nonsense'))).codes, ['ErrorInvalidIdMalformed']);
    const saved = itemOf(await client.call(create('<t:Contact><t:GivenName>Z</t:GivenName></t:Contact>', 'SaveOnly')));
    assert.deepEqual((await client.call(gone('ReplyToItem', child(saved, 'ItemId')?.attributes['Id'] ?? ''))).codes, [
      'ErrorInvalidItemForOperationCreateItem',
    ]);
  });
});
