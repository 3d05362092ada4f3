import assert from 'node:assert/strict';
import { child, colleague, descend, owner, startClient, type Answer, type Client, type XmlElement } from '../harness';

const mailbox = (address: string): string => `<t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox>`;
const ask = (tips: string, ...addresses: readonly string[]): string =>
  `<m:GetMailTips><m:SendingAs><t:EmailAddress>${owner.address}</t:EmailAddress></m:SendingAs><m:Recipients>${addresses.map(mailbox).join('')}</m:Recipients><m:MailTipsRequested>${tips}</m:MailTipsRequested></m:GetMailTips>`;
const tipsIn = (answer: Answer): readonly (XmlElement | undefined)[] => answer.messages.map((message) => child(message, 'MailTips'));

describe('GetMailTips and GetServiceConfiguration', () => {
  let client: Client;
  before(async () => {
    client = await startClient({
      now: () => new Date('2026-11-20T10:00:00Z'),
      groups: [{ address: 'team@x.test', name: 'Team', members: [owner.address, 'else@y.test'] }],
    });
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  it('counts members, and tells addresses that do not exist', async () => {
    const answer = await client.call(
      ask('TotalMemberCount ExternalMemberCount InvalidRecipient', 'team@x.test', 'nobody@x.test', 'else@y.test'),
    );
    assert.deepEqual(
      tipsIn(answer).map((tips) => ['TotalMemberCount', 'ExternalMemberCount', 'InvalidRecipient'].map((name) => child(tips, name)?.text)),
      [
        ['2', '1', 'false'],
        ['1', '0', 'true'],
        ['1', '1', 'false'],
      ],
    );
    assert.equal(child(tipsIn(answer)[0], 'MailboxFull'), undefined);
  });

  it('shows who is away, while he is', async () => {
    const set = (start: string): string =>
      `<m:SetUserOofSettingsRequest><t:Mailbox><t:Address>${colleague.address}</t:Address></t:Mailbox><t:UserOofSettings><t:OofState>Scheduled</t:OofState><t:ExternalAudience>None</t:ExternalAudience><t:Duration><t:StartTime>${start}</t:StartTime><t:EndTime>2026-11-22T00:00:00Z</t:EndTime></t:Duration><t:InternalReply><t:Message>Away</t:Message></t:InternalReply></t:UserOofSettings></m:SetUserOofSettingsRequest>`;
    const reply = async (): Promise<string | undefined> =>
      descend(tipsIn(await client.call(ask('All', colleague.address)))[0], 'OutOfOffice', 'ReplyBody', 'Message')?.text;
    assert.equal(await reply(), '');
    await client.call(set('2026-11-21T00:00:00Z'), { as: colleague });
    assert.equal(await reply(), '');
    await client.call(set('2026-11-19T00:00:00Z'), { as: colleague });
    assert.equal(await reply(), 'Away');
  });

  it('is asked about fifty recipients at most', async () => {
    assert.deepEqual((await client.call(ask('All', ...Array.from({ length: 51 }, () => 'a@y.test')))).codes, ['ErrorInvalidArgument']);
  });

  it('tells the configuration of mail tips and that there is no voice mail', async () => {
    const answer = await client.call(
      '<m:GetServiceConfiguration><m:RequestedConfiguration><m:ConfigurationName>MailTips</m:ConfigurationName><m:ConfigurationName>UnifiedMessagingConfiguration</m:ConfigurationName></m:RequestedConfiguration></m:GetServiceConfiguration>',
    );
    assert.equal(descend(answer.messages[0], 'MailTipsConfiguration', 'MaxRecipientsPerGetMailTipsRequest')?.text, '50');
    assert.equal(descend(answer.messages[0], 'MailTipsConfiguration', 'InternalDomains', 'Domain')?.attributes['Name'], 'x.test');
    assert.equal(descend(answer.messages[1], 'UnifiedMessagingConfiguration', 'UmEnabled')?.text, 'false');
  });
});
