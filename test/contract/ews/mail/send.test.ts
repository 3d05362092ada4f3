import assert from 'node:assert/strict';
import {
  child,
  colleague,
  descend,
  getItem,
  itemOf,
  owner,
  property,
  setField,
  shape,
  startClient,
  updateItem,
  type Client,
} from '../harness';
import { addresses, create, idsIn, latest, mailbox, message, only, reference } from './mail';

const third = { address: 'cora@x.test', password: 'cora' };

describe('EWS messages: saving and sending', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient({ mailboxes: [owner, colleague, third], now: () => new Date('2026-03-20T08:00:00Z') });
  });
  afterEach(function () {
    return client.finish(() => this.skip());
  });

  const send = (ids: string, attributes = 'SaveItemToFolder="true"', target = ''): string =>
    `<m:SendItem ${attributes}><m:ItemIds>${ids}</m:ItemIds>${target}</m:SendItem>`;
  const counts = async (...folders: readonly string[]): Promise<readonly number[]> =>
    Promise.all(folders.map(async (name) => (await idsIn(client, name)).length));

  it('saves a draft, which has not been sent', async () => {
    const saved = await client.call(
      create(
        message('Plan', '<t:BccRecipients><t:Mailbox><t:EmailAddress>x@far.test</t:EmailAddress></t:Mailbox></t:BccRecipients>'),
        'SaveOnly',
      ),
    );
    assert.deepEqual(saved.codes, ['NoError']);
    const draft = await latest(client, 'drafts');
    assert.equal(property(draft, 'IsDraft'), 'true');
    assert.equal(property(draft, 'IsRead'), 'true');
    assert.equal(property(draft, 'ItemClass'), 'IPM.Note');
    assert.deepEqual(addresses(draft, 'ToRecipients'), [colleague.address]);
    assert.equal(descend(draft, 'ToRecipients', 'Mailbox', 'Name')?.text, 'bob');
    assert.equal(descend(draft, 'ToRecipients', 'Mailbox', 'MailboxType')?.text, 'Mailbox');
    assert.equal(descend(draft, 'BccRecipients', 'Mailbox', 'MailboxType')?.text, 'OneOff');
    assert.equal(property(draft, 'DisplayTo'), 'bob');
    assert.match(property(draft, 'InternetMessageId') ?? '', /^<.+@x\.test>$/);
    assert.deepEqual(
      child(draft, 'ResponseObjects')?.children.map(({ name }) => name),
      ['ForwardItem'],
    );
    assert.deepEqual(await idsIn(client, 'inbox', colleague), []);
  });

  it('delivers the extended properties of sets, and keeps those of tags to the sender', async () => {
    const named = '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="project" PropertyType="String"/>';
    const tag = '<t:ExtendedFieldURI PropertyTag="0x1234" PropertyType="String"/>';
    const given = [named, tag].map((uri) => `<t:ExtendedProperty>${uri}<t:Value>x</t:Value></t:ExtendedProperty>`).join('');
    await client.call(create(message('Plan', '', `<t:Body BodyType="Text">Hello</t:Body>${given}`)));
    const shown = async (name: string, as: typeof colleague) =>
      (await latest(client, name, as, shape('IdOnly', named + tag))).children.filter(({ name: element }) => element === 'ExtendedProperty')
        .length;
    assert.deepEqual([await shown('sentitems', owner), await shown('inbox', colleague)], [2, 1]);
  });

  it('delivers as new mail, without blind copies, and keeps a copy', async () => {
    const more = `<t:CcRecipients>${mailbox(third.address)}</t:CcRecipients><t:BccRecipients>${mailbox('x@far.test')}</t:BccRecipients>`;
    const sent = await client.call(create(message('Plan &amp; more', more)));
    assert.deepEqual(sent.codes, ['NoError']);
    assert.deepEqual(child(sent.messages[0], 'Items')?.children, []);
    assert.deepEqual(await counts('drafts', 'sentitems', 'outbox', 'deleteditems'), [0, 1, 0, 0]);
    const copy = await latest(client, 'sentitems');
    assert.deepEqual(addresses(copy, 'BccRecipients'), ['x@far.test']);
    assert.equal(property(copy, 'IsDraft'), 'false');
    for (const person of [colleague, third]) {
      const arrived = await latest(client, 'inbox', person);
      const expected = {
        Subject: 'Plan & more',
        IsRead: 'false',
        IsDraft: 'false',
        IsFromMe: 'false',
        IsSubmitted: 'false',
        DateTimeReceived: '2026-03-20T08:00:00Z',
        DateTimeSent: '2026-03-20T08:00:00Z',
        DisplayTo: 'bob',
        DisplayCc: 'cora',
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(property(arrived, name), value, name);
      assert.equal(descend(arrived, 'From', 'Mailbox', 'EmailAddress')?.text, owner.address);
      assert.equal(descend(arrived, 'Sender', 'Mailbox', 'Name')?.text, owner.name);
      assert.equal(descend(arrived, 'ReceivedBy', 'Mailbox', 'EmailAddress')?.text, person.address);
      assert.equal(child(arrived, 'BccRecipients'), undefined);
      assert.equal(property(arrived, 'InternetMessageId'), property(copy, 'InternetMessageId'));
      const headers = new Map(
        child(arrived, 'InternetMessageHeaders')?.children.map((header) => [header.attributes['HeaderName'], header.text]),
      );
      assert.equal(headers.get('Message-ID'), property(copy, 'InternetMessageId'));
      assert.equal(headers.get('Subject'), 'Plan & more');
      assert.ok(!headers.has('Bcc'));
      assert.deepEqual(
        child(arrived, 'ResponseObjects')?.children.map(({ name }) => name),
        ['ReplyToItem', 'ReplyAllToItem', 'ForwardItem'],
      );
    }
  });

  it('keeps no copy with SendOnly, and another folder for the copy where one is named', async () => {
    await client.call(create(message('One'), 'SendOnly'));
    assert.deepEqual(await counts('drafts', 'sentitems', 'deleteditems'), [0, 0, 0]);
    await client.call(create(message('Two'), 'SendAndSaveCopy', 'junkemail'));
    assert.deepEqual(await counts('sentitems', 'junkemail'), [0, 1]);
    assert.equal((await idsIn(client, 'inbox', colleague)).length, 2);
  });

  it('marks mail to oneself', async () => {
    await client.call(create(message('Note', '', undefined, mailbox(owner.address))));
    assert.equal(property(await latest(client, 'inbox'), 'IsFromMe'), 'true');
  });

  it('sends file attachments along', async () => {
    const file = '<t:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>SGk=</t:Content></t:FileAttachment></t:Attachments>';
    await client.call(create(message('File', '', `<t:Body BodyType="Text">x</t:Body>${file}`)));
    const arrived = await latest(client, 'inbox', colleague);
    assert.equal(property(arrived, 'HasAttachments'), 'true');
    assert.equal(descend(arrived, 'Attachments', 'FileAttachment', 'Name')?.text, 'a.txt');
  });

  it('requires a disposition for messages', async () => {
    assert.deepEqual((await client.call(create(message('x'), ''))).codes, ['ErrorMessageDispositionRequired']);
  });

  it('refuses to send to nobody, or to what is no address', async () => {
    const nobody = '<t:Message><t:Subject>x</t:Subject></t:Message>';
    assert.deepEqual((await client.call(create(nobody))).codes, ['ErrorInvalidRecipients']);
    assert.deepEqual((await client.call(create(message('x', '', undefined, mailbox('not an address'))))).codes, ['ErrorInvalidRecipients']);
    assert.deepEqual(await counts('drafts', 'sentitems'), [0, 0]);
  });

  it('refuses another sender', async () => {
    const from = `<t:From>${mailbox(colleague.address)}</t:From>`;
    assert.deepEqual((await client.call(create(message('x', from)))).codes, ['ErrorSendAsDenied']);
    assert.deepEqual((await client.call(create(message('x', `<t:From>${mailbox(owner.address)}</t:From>`)))).codes, ['NoError']);
  });

  it('lets delegates send in the name of their principal', async () => {
    const from = `<t:From>${mailbox(colleague.address)}</t:From>`;
    const added = await client.call(
      `<m:AddDelegate>${mailbox(colleague.address).replace(/t:Mailbox>/g, 'm:Mailbox>')}<m:DelegateUsers><t:DelegateUser><t:UserId><t:PrimarySmtpAddress>${owner.address}</t:PrimarySmtpAddress></t:UserId></t:DelegateUser></m:DelegateUsers></m:AddDelegate>`,
      { as: colleague },
    );
    assert.deepEqual(added.codes, ['NoError'], added.text);
    assert.deepEqual((await client.call(create(message('For Bob', from, undefined, mailbox(third.address))))).codes, ['NoError']);
    const arrived = await latest(client, 'inbox', third);
    assert.equal(descend(arrived, 'From', 'Mailbox', 'EmailAddress')?.text, colleague.address);
    assert.equal(descend(arrived, 'Sender', 'Mailbox', 'EmailAddress')?.text, owner.address);
  });

  it('notifies of new mail', async () => {
    const subscribed = await client.call(
      '<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="inbox"/></t:FolderIds><t:EventTypes><t:EventType>NewMailEvent</t:EventType><t:EventType>CreatedEvent</t:EventType></t:EventTypes><t:Timeout>10</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>',
      { as: colleague },
    );
    const [id, watermark] = ['SubscriptionId', 'Watermark'].map((name) => child(subscribed.messages[0], name)?.text ?? '');
    await client.call(create(message('New')));
    const events = await client.call(
      `<m:GetEvents><m:SubscriptionId>${id}</m:SubscriptionId><m:Watermark>${watermark}</m:Watermark></m:GetEvents>`,
      { as: colleague },
    );
    const kinds = (child(events.messages[0], 'Notification')?.children ?? [])
      .map(({ name }) => name)
      .filter((name) => name.endsWith('Event'));
    assert.deepEqual(kinds.sort(), ['CreatedEvent', 'NewMailEvent']);
  });

  it('reports what nobody here has the address of, and lets foreign mail leave', async () => {
    await client.call(create(message('Lost', '', undefined, mailbox('nobody@x.test') + mailbox('someone@far.test'))));
    const ids = await idsIn(client, 'inbox');
    assert.equal(ids.length, 1);
    const report = await latest(client, 'inbox');
    assert.equal(property(report, 'ItemClass'), 'REPORT.IPM.Note.NDR');
    assert.equal(property(report, 'Subject'), 'Undeliverable: Lost');
    assert.match(child(report, 'Body')?.text ?? '', /nobody@x\.test/);
    assert.doesNotMatch(child(report, 'Body')?.text ?? '', /far\.test/);
  });

  it('refuses to write what only the server knows', async () => {
    const answer = await client.call(create(message('x', `<t:ReceivedBy>${mailbox(owner.address)}</t:ReceivedBy>`), 'SaveOnly'));
    assert.deepEqual(answer.codes, ['ErrorInvalidPropertySet']);
  });

  describe('SendItem', () => {
    it('sends a draft and moves it to Sent Items', async () => {
      const saved = await client.call(create(message('Later'), 'SaveOnly'));
      const sent = await client.call(send(reference(saved, 'ItemId')));
      assert.deepEqual(sent.codes, ['NoError']);
      assert.deepEqual(await counts('drafts', 'sentitems'), [0, 1]);
      assert.equal(property(await latest(client, 'inbox', colleague), 'Subject'), 'Later');
    });

    it('saves elsewhere, or not at all', async () => {
      const one = await client.call(create(message('One'), 'SaveOnly'));
      await client.call(
        send(reference(one, 'ItemId'), undefined, '<m:SavedItemFolderId><t:DistinguishedFolderId Id="junkemail"/></m:SavedItemFolderId>'),
      );
      const two = await client.call(create(message('Two'), 'SaveOnly'));
      await client.call(send(reference(two, 'ItemId'), 'SaveItemToFolder="false"'));
      assert.deepEqual(await counts('drafts', 'sentitems', 'junkemail', 'deleteditems'), [0, 0, 1, 0]);
    });

    it('refuses a folder for what is not to be saved', async () => {
      const saved = await client.call(create(message('x'), 'SaveOnly'));
      const answer = await client.call(
        send(
          reference(saved, 'ItemId'),
          'SaveItemToFolder="false"',
          '<m:SavedItemFolderId><t:DistinguishedFolderId Id="sentitems"/></m:SavedItemFolderId>',
        ),
      );
      assert.deepEqual(answer.codes, ['ErrorInvalidSendItemSaveSettings']);
    });

    it('needs the current change key, recipients, and a message', async () => {
      const saved = await client.call(create(message('x'), 'SaveOnly'));
      const id = reference(saved, 'ItemId');
      assert.deepEqual((await client.call(send(id.replace(/ ChangeKey="[^"]*"/, '')))).codes, ['ErrorChangeKeyRequiredForWriteOperations']);
      const changed = await client.call(
        updateItem(
          { id: /Id="([^"]+)"/.exec(id)?.[1] ?? '' },
          setField('item:Subject', 'Message', '<t:Subject>y</t:Subject>'),
          'ConflictResolution="AlwaysOverwrite"',
        ),
      );
      assert.deepEqual(changed.codes, ['NoError']);
      assert.deepEqual((await client.call(send(id))).codes, ['ErrorStaleObject']);
      const nobody = await client.call(create('<t:Message><t:Subject>x</t:Subject></t:Message>', 'SaveOnly'));
      assert.deepEqual((await client.call(send(reference(nobody, 'ItemId')))).codes, ['ErrorInvalidRecipients']);
      const task = await client.call(create('<t:Task><t:Subject>x</t:Subject></t:Task>', 'SaveOnly'));
      assert.deepEqual((await client.call(send(reference(task, 'ItemId')))).codes, ['ErrorInvalidItemForOperationSendItem']);
    });
  });

  describe('UpdateItem', () => {
    const update = (id: string, disposition: string): string =>
      updateItem({ id }, setField('item:Subject', 'Message', '<t:Subject>New</t:Subject>'), 'ConflictResolution="AlwaysOverwrite"').replace(
        'MessageDisposition="SaveOnly"',
        disposition,
      );

    it('sends what it changed where it is told to', async () => {
      const saved = itemOf(await client.call(create(message('Old'), 'SaveOnly')));
      const id = child(saved, 'ItemId')?.attributes['Id'] ?? '';
      assert.deepEqual((await client.call(update(id, ''))).codes, ['ErrorMessageDispositionRequired']);
      assert.deepEqual((await client.call(update(id, 'MessageDisposition="SendAndSaveCopy"'))).codes, ['NoError']);
      assert.deepEqual(await counts('drafts', 'sentitems'), [0, 1]);
      assert.equal(property(await latest(client, 'inbox', colleague), 'Subject'), 'New');
    });

    it('leaves the recipients of what was sent alone, but not its flag and read mark', async () => {
      await client.call(create(message('Sent')));
      const [id = ''] = await idsIn(client, 'sentitems');
      const set = (uri: string, value: string): Promise<{ readonly codes: readonly string[] }> =>
        client.call(updateItem({ id }, setField(uri, 'Message', value), 'ConflictResolution="AlwaysOverwrite"'));
      assert.deepEqual((await set('message:ToRecipients', `<t:ToRecipients>${mailbox('z@x.test')}</t:ToRecipients>`)).codes, [
        'ErrorInvalidPropertyUpdateSentMessage',
      ]);
      assert.deepEqual((await set('message:IsRead', '<t:IsRead>false</t:IsRead>')).codes, ['NoError']);
      assert.deepEqual((await set('item:Flag', '<t:Flag><t:FlagStatus>Complete</t:FlagStatus></t:Flag>')).codes, ['NoError']);
      const item = itemOf(await client.call(getItem(id, shape('AllProperties'))));
      assert.equal(property(item, 'IsRead'), 'false');
      assert.equal(descend(item, 'Flag', 'CompleteDate')?.text, '2026-03-20T08:00:00Z');
    });

    it('refuses flags whose dates do not suit their status', async () => {
      const dated = (status: string, dates: string): string =>
        create(
          `<t:Message><t:Subject>x</t:Subject><t:Flag><t:FlagStatus>${status}</t:FlagStatus>${dates}</t:Flag></t:Message>`,
          'SaveOnly',
        );
      const start = '<t:StartDate>2026-03-21T00:00:00Z</t:StartDate>';
      const due = '<t:DueDate>2026-03-22T00:00:00Z</t:DueDate>';
      const complete = '<t:CompleteDate>2026-03-22T00:00:00Z</t:CompleteDate>';
      const refused = [
        dated('Flagged', start),
        dated('Flagged', complete),
        dated('NotFlagged', start + due),
        dated('Complete', start + due),
      ];
      for (const request of refused) assert.deepEqual((await client.call(request)).codes, ['ErrorInvalidArgument'], request);
      for (const request of [dated('Flagged', start + due), dated('Complete', complete), dated('NotFlagged', '')])
        assert.deepEqual((await client.call(request)).codes, ['NoError'], request);
    });
  });

  it('shows no flag, a preview and the text where nothing else was said', async () => {
    const html =
      '<t:Body BodyType="HTML">&lt;html&gt;&lt;body&gt;&lt;p&gt;One  two&lt;/p&gt;&lt;p&gt;three&lt;/p&gt;&lt;/body&gt;&lt;/html&gt;</t:Body>';
    await client.call(create(message('x', '', html)));
    const item = await latest(client, 'inbox', colleague, only('item:Flag', 'item:Preview', 'item:TextBody', 'message:ConversationTopic'));
    assert.equal(descend(item, 'Flag', 'FlagStatus')?.text, 'NotFlagged');
    assert.match(property(item, 'Preview') ?? '', /^One two\s+three$/);
    assert.equal(child(item, 'TextBody')?.attributes['BodyType'], 'Text');
    assert.equal(property(item, 'ConversationTopic'), 'x');
  });

  it('marks a folder as read, and moves junk', async () => {
    await client.call(create(message('One')));
    await client.call(create(message('Two')));
    const read = await client.call(
      '<m:MarkAllItemsAsRead><m:ReadFlag>true</m:ReadFlag><m:SuppressReadReceipts>true</m:SuppressReadReceipts><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:MarkAllItemsAsRead>',
      { as: colleague },
    );
    assert.deepEqual(read.codes, ['NoError']);
    const [id = ''] = await idsIn(client, 'inbox', colleague);
    assert.equal(property(itemOf(await client.call(getItem(id), { as: colleague })), 'IsRead'), 'true');
    const junk = await client.call(
      `<m:MarkAsJunk IsJunk="true" MoveItem="true"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:MarkAsJunk>`,
      { as: colleague },
    );
    assert.deepEqual(junk.codes, ['NoError']);
    assert.equal((await idsIn(client, 'junkemail', colleague)).length, 1);
    assert.equal(child(junk.messages[0], 'MovedItemId')?.attributes['Id'], (await idsIn(client, 'junkemail', colleague))[0]);
  });
});
