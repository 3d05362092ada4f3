/** MS-NLMP over HTTP (MS-NTHT). */
import assert from 'node:assert/strict';
import { isProof, rc4, responseKey } from '../../../../simulator/login/ntlm-proof';
import { messageType } from '../../../../simulator/login/ntlm-message';
import { folder, owner, soap, startClient, type Client } from '../harness';
import { authenticateMessage, ntlmClient, type NtlmUser, type Variant } from './ntlm-client';

const body = soap(
  `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
);
const anna: NtlmUser = { user: 'anna', domain: 'X', password: owner.password };

describe('EWS login by NTLM', () => {
  let client: Client;
  let connection: ReturnType<typeof ntlmClient>;
  before(async () => {
    client = await startClient();
  });
  after(() => client.simulator.close());
  beforeEach(() => {
    connection = ntlmClient(client.simulator.url);
  });
  afterEach(() => connection.close());

  it('is offered, and inside Negotiate', async () => {
    const { status, challenges } = await connection.send(body);
    assert.equal(status, 401);
    assert.ok(['Negotiate', 'NTLM'].every((scheme) => challenges.includes(scheme)));
  });

  it('challenges with its names and the time', async () => {
    const challenge = await connection.challengeOf('NTLM');
    assert.equal(messageType(challenge), 2);
    const at = challenge.readUInt32LE(44);
    const kinds: number[] = [];
    for (let next = at; next < challenge.length; next += 4 + challenge.readUInt16LE(next + 2)) kinds.push(challenge.readUInt16LE(next));
    assert.deepEqual(kinds, [2, 1, 4, 3, 5, 7, 0]);
  });

  const accepted: readonly (readonly [string, NtlmUser, Variant])[] = [
    ['domain and user', anna, {}],
    ['the DNS name of the domain', { ...anna, domain: 'x.test' }, {}],
    ['a UPN', { ...anna, user: owner.address, domain: '' }, {}],
    ['another case', { ...anna, user: 'ANNA', domain: 'x' }, {}],
    ['no domain', { ...anna, domain: '' }, {}],
    ['an integrity code', anna, { withMic: true }],
    ['OEM text', anna, { oem: true }],
  ];
  for (const [name, who, variant] of accepted)
    for (const scheme of ['NTLM', 'Negotiate'])
      it(`accepts ${name} by ${scheme}`, async () => {
        const answer = await connection.login(body, who, variant, scheme);
        assert.equal(answer.status, 200);
        assert.match(answer.text, /NoError/);
      });

  const refused: readonly (readonly [string, NtlmUser, Variant])[] = [
    ['a wrong password', { ...anna, password: 'wrong' }, {}],
    ['an unknown user', { ...anna, user: 'nobody' }, {}],
    ['another domain', { ...anna, domain: 'Y' }, {}],
    ['nobody', { ...anna, user: '' }, {}],
    ['a changed response', anna, { spoil: 'proof' }],
    ['a changed message', anna, { withMic: true, spoil: 'mic' }],
    ['NTLMv1', anna, { version: 'v1' }],
    ['LM alone', anna, { version: 'lm' }],
  ];
  for (const [name, who, variant] of refused)
    it(`refuses ${name} with 401 and all challenges`, async () => {
      const answer = await connection.login(body, who, variant);
      assert.equal(answer.status, 401);
      assert.ok(answer.challenges.includes('NTLM'));
      assert.equal((await connection.send(body)).status, 401);
    });

  it('logs the connection in, and no other', async () => {
    await connection.login(body, anna);
    assert.equal((await connection.send(body)).status, 200);
    const second = ntlmClient(client.simulator.url);
    assert.equal((await second.send(body)).status, 401);
    second.close();
  });

  it('begins anew on a connection that is logged in', async () => {
    await connection.login(body, anna);
    assert.equal((await connection.login(body, { user: 'bob', domain: 'X', password: 'bob' })).status, 200);
    assert.equal(client.simulator.lastRequests()[0]?.caller, 'bob@x.test');
  });

  it('accepts an answer once, and only to the challenge of its own connection', async () => {
    const challenge = await connection.challengeOf('NTLM');
    const authorization = `NTLM ${(await authenticateMessage(challenge, anna, {})).toString('base64')}`;
    const other = ntlmClient(client.simulator.url);
    await other.challengeOf('NTLM');
    assert.equal((await other.send(body, authorization)).status, 401);
    other.close();
    assert.equal((await connection.send(body, authorization)).status, 200);
    await connection.challengeOf('NTLM');
    assert.equal((await connection.send(body, authorization)).status, 401);
  });

  it('answers rubbish with 401', async () => {
    const message = await authenticateMessage(await connection.challengeOf('NTLM'), anna, {});
    const outside = Buffer.from(message);
    outside.writeUInt32LE(0xffffffff, 24);
    const tokens = ['', '!!!', 'TlRMTVNTUAADAAAA', message.subarray(0, 70).toString('base64'), outside.toString('base64')];
    for (const token of tokens) {
      await connection.challengeOf('NTLM');
      assert.equal((await connection.send(body, `NTLM ${token}`)).status, 401, token);
    }
  });
});

describe('NTLMv2 arithmetic', () => {
  // MS-NLMP 4.2.1 and 4.2.4: the document's own example.
  const key = '0c868a403bfd7a93a3001ef22ef02e3f';
  const response = Buffer.from(
    '68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000' +
      '00000000',
    'hex',
  );

  it('makes the key of the example', async () => {
    assert.equal((await responseKey('Password', 'User', 'Domain')).toString('hex'), key);
  });

  it('accepts the response of the example, and no other', () => {
    const none = Buffer.alloc(0);
    const handshake = { challenge: Buffer.from('0123456789abcdef', 'hex'), negotiate: none, challengeMessage: none, authenticate: none };
    const given = { domain: 'Domain', user: 'User', sessionKey: none, flags: 0, mic: undefined };
    assert.ok(isProof(Buffer.from(key, 'hex'), { ...given, response }, handshake));
    assert.ok(!isProof(Buffer.from(key, 'hex'), { ...given, response: Buffer.concat([response, Buffer.alloc(1)]) }, handshake));
  });

  it('unwraps the session key of the example', () => {
    const wrapped = Buffer.from('c5dad2544fc9799094ce1ce90bc9d03e', 'hex');
    assert.equal(rc4(Buffer.from('8de40ccadbc14a82f15cb0ad0de95ca3', 'hex'), wrapped).toString('hex'), '55'.repeat(16));
  });

  it('keeps characters that have no single upper case', async () => {
    assert.notDeepEqual(await responseKey('p', 'straße', 'd'), await responseKey('p', 'strasse', 'd'));
    assert.deepEqual(await responseKey('p', 'müller', 'd'), await responseKey('p', 'MÜLLER', 'd'));
  });
});
