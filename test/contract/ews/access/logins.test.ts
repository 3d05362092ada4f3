/** Basic and Bearer logins, and which are offered. */
import assert from 'node:assert/strict';
import { folder, owner, service, soap, startClient, type Client } from '../harness';

const body = soap(
  `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
);
const basic = (name: string, password = owner.password, encoding: BufferEncoding = 'utf8'): string =>
  `Basic ${Buffer.from(`${name}:${password}`, encoding).toString('base64')}`;

describe('EWS logins', () => {
  let client: Client;
  let time = new Date('2026-03-02T09:00:00Z');
  before(async () => {
    client = await startClient({
      now: () => time,
      mailboxes: [
        owner,
        { address: 'same@one.test', password: 'one' },
        { address: 'same@two.test', password: 'two' },
        { address: 'gone@x.test', password: 'gone', disabled: true },
        { address: 'latin@x.test', password: 'größe' },
      ],
      tokens: [
        { token: 'given-token', address: owner.address, expires: new Date('2026-03-02T10:00:00Z') },
        { token: 'token-of-nobody', address: 'nobody@x.test' },
        { token: 'token-of-gone', address: 'gone@x.test' },
      ],
    });
  });
  after(() => client.simulator.close());

  const send = (authorization: string): Promise<Response> =>
    fetch(client.simulator.url, { method: 'POST', headers: { authorization, 'content-type': 'text/xml' }, body });

  for (const name of ['anna@x.test', 'ANNA@X.TEST', 'X\\anna', 'x\\ANNA', 'x.test\\anna', 'anna'])
    it(`takes ${name} as the name of a Basic login`, async () => assert.equal((await send(basic(name))).status, 200));

  const refused: readonly (readonly [string, string])[] = [
    ['a wrong password', basic('anna@x.test', 'wrong')],
    ['an empty password', basic('anna@x.test', '')],
    ['another domain', basic('Y\\anna')],
    ['an unknown name', basic('nobody@x.test')],
    ['a bare name that two accounts have', basic('same', 'one')],
    ['a disabled account', basic('gone@x.test', 'gone')],
    ['no colon', `Basic ${Buffer.from('anna').toString('base64')}`],
    ['a wildcard', basic('X\\ann%')],
    ['no value', 'Basic'],
    ['a scheme nobody knows', 'Digest username="anna"'],
  ];
  for (const [name, authorization] of refused)
    it(`refuses ${name} with 401`, async () => {
      const answer = await send(authorization);
      assert.equal(answer.status, 401);
      assert.doesNotMatch(await answer.text(), /anna|wrong/);
    });

  it('tells the domains of a name apart', async () => {
    assert.equal((await send(basic('TWO\\same', 'two'))).status, 200);
    assert.equal((await send(basic('ONE\\same', 'two'))).status, 401);
  });

  it('reads passwords in UTF-8 and Latin-1', async () => {
    assert.equal((await send(basic('latin@x.test', 'größe'))).status, 200);
    assert.equal((await send(basic('latin@x.test', 'größe', 'latin1'))).status, 200);
  });

  it('tells clients of OAuth what to ask for', async () => {
    const challenges = (await send('')).headers.get('www-authenticate') ?? '';
    assert.match(challenges, /Bearer client_id="[^"]+", trusted_issuers="[^"]+", token_types="[^"]+", authorization_uri="[^"]+"(,|$)/);
  });

  it('accepts a token until it expires', async () => {
    assert.equal((await send('Bearer given-token')).status, 200);
    time = new Date('2026-03-02T10:00:00Z');
    const answer = await send('Bearer given-token');
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('x-ms-diagnostics') ?? '', /^\d{7};reason=".*expired.*";error_category="/);
    assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
  });

  it('issues tokens, for a service account too, and revokes them', async () => {
    const token = client.simulator.issueToken(service.address);
    assert.equal((await send(`bearer ${token}`)).status, 200);
    assert.equal(client.simulator.lastRequests()[0]?.caller, service.address);
    client.simulator.revokeToken(token);
    assert.equal((await send(`Bearer ${token}`)).status, 401);
    const short = client.simulator.issueToken(owner.address, 1000);
    assert.equal((await send(`Bearer ${short}`)).status, 200);
    time = new Date(time.getTime() + 1000);
    assert.equal((await send(`Bearer ${short}`)).status, 401);
  });

  for (const token of ['wrong', 'token-of-nobody', 'token-of-gone'])
    it(`refuses ${token}`, async () => {
      const answer = await send(`Bearer ${token}`);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('x-ms-diagnostics') ?? '', /error_category="invalid_token"/);
    });
});

describe('EWS with a choice of logins', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ loginSchemes: ['NTLM'], tokens: [{ token: 't', address: owner.address }] });
  });
  after(() => client.simulator.close());

  it('offers and accepts no other', async () => {
    for (const authorization of [basic(owner.address), 'Bearer t', 'Negotiate TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=']) {
      const answer = await fetch(client.simulator.url, { method: 'POST', headers: { authorization }, body });
      assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'NTLM']);
    }
  });
});
