import assert from 'node:assert/strict';
import { child, colleague, descend, owner, service, startClient, type Answer, type Client } from '../harness';

const mailbox = (address: string): string => `<t:Mailbox><t:Address>${address}</t:Address></t:Mailbox>`;
const get = (address = owner.address): string => `<m:GetUserOofSettingsRequest>${mailbox(address)}</m:GetUserOofSettingsRequest>`;
const during = (start: string, end: string): string =>
  `<t:Duration><t:StartTime>${start}</t:StartTime><t:EndTime>${end}</t:EndTime></t:Duration>`;
const reply = (name: string, text: string): string => `<t:${name}><t:Message>${text}</t:Message></t:${name}>`;
const replies = reply('InternalReply', 'Back on &amp; off') + reply('ExternalReply', 'Away');

const set = (state: string, content: string, audience = 'Known', address = owner.address): string =>
  `<m:SetUserOofSettingsRequest>${mailbox(address)}<t:UserOofSettings><t:OofState>${state}</t:OofState><t:ExternalAudience>${audience}</t:ExternalAudience>${content}</t:UserOofSettings></m:SetUserOofSettingsRequest>`;

const code = (answer: Answer): string | undefined => descend(answer.body, 'ResponseMessage', 'ResponseCode')?.text;
const settings = (answer: Answer): readonly string[] =>
  child(answer.body, 'OofSettings')?.children.map(({ children, text }) =>
    children.length > 0 ? children.map((inner) => inner.text).join(' ') : text,
  ) ?? [];

describe('Out of office', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-11-20T10:20:00Z') });
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  it('is off from the start', async () => {
    const answer = await client.call(get(colleague.address), { as: colleague });
    assert.deepEqual(settings(answer), ['Disabled', 'All', '2026-11-20T11:00:00Z 2026-11-21T11:00:00Z', '', '']);
    assert.equal(child(answer.body, 'AllowExternalOof')?.text, 'All');
  });

  it('keeps what is set', async () => {
    const content = during('2026-12-24T00:00:00+01:00', '2027-01-01T00:00:00Z') + replies;
    assert.equal(code(await client.call(set('Scheduled', content))), 'NoError');
    assert.deepEqual(settings(await client.call(get('ANNA@x.test'))), [
      'Scheduled',
      'Known',
      '2026-12-23T23:00:00Z 2027-01-01T00:00:00Z',
      'Back on & off',
      'Away',
    ]);
  });

  it('asks for no external reply where nobody outside gets one', async () => {
    assert.equal(code(await client.call(set('Enabled', reply('InternalReply', 'x'), 'None'))), 'NoError');
  });

  for (const [why, request, expected] of [
    [
      'a time that is over',
      set('Scheduled', during('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z') + replies),
      'ErrorInvalidScheduledOofDuration',
    ],
    [
      'a time that ends before it begins',
      set('Scheduled', during('2026-12-02T00:00:00Z', '2026-12-01T00:00:00Z') + replies),
      'ErrorInvalidScheduledOofDuration',
    ],
    ['a schedule without a time', set('Scheduled', replies), 'ErrorInvalidScheduledOofDuration'],
    ['no reply for those outside', set('Enabled', reply('InternalReply', 'x'), 'All'), 'ErrorInvalidUserOofSettings'],
    ['no reply at all', set('Enabled', ''), 'ErrorInvalidUserOofSettings'],
  ] as const)
    it(`refuses ${why}, and changes nothing`, async () => {
      const before = settings(await client.call(get()));
      assert.equal(code(await client.call(request)), expected);
      assert.deepEqual(settings(await client.call(get())), before);
    });

  it("is nobody else's business but the service account's", async () => {
    assert.deepEqual((await client.call(get(), { as: colleague })).codes, ['ErrorAccessDenied']);
    assert.deepEqual((await client.call(set('Disabled', '', 'All'), { as: colleague })).codes, ['ErrorAccessDenied']);
    assert.equal(code(await client.call(get(), { as: service })), 'NoError');
    assert.deepEqual((await client.call(get('nobody@x.test'))).codes, ['ErrorNonExistentMailbox']);
  });
});
