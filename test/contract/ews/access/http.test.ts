/** What IIS and the service do with HTTP before a request is read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startSimulator, type Simulator } from '../../../../simulator/testing';
import { authorization, folder, owner, shape, soap } from '../harness';

const body = soap(
  `<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
);
const type = { 'content-type': 'text/xml; charset=utf-8' };

describe('EWS over HTTP', () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner], largestRequest: 10_000, requestTimeout: 200 });
  });
  after(() => simulator.close());

  interface Answered {
    readonly response: IncomingMessage;
    readonly bytes: Buffer;
    readonly isReused: boolean;
  }
  const send = async (options: RequestOptions, content: Buffer | string = body, path = '/EWS/Exchange.asmx'): Promise<Answered> => {
    const { headers = {}, ...others } = options;
    const sent = request({ method: 'POST', agent: false, host: '127.0.0.1', port: simulator.port, path, ...others });
    for (const [name, value] of Object.entries({ authorization: authorization(owner), ...type, ...(headers as OutgoingHttpHeaders) }))
      if (value !== undefined) sent.setHeader(name, value);
    sent.end(content);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { response, bytes: Buffer.concat(chunks), isReused: sent.reusedSocket };
  };
  const statusOf = async (...given: Parameters<typeof send>): Promise<number | undefined> => (await send(...given)).response.statusCode;

  it('takes its address in any case, and no SOAPAction or a wrong one', async () => {
    for (const path of ['/ews/exchange.asmx', '/EWS/EXCHANGE.ASMX?x=1']) assert.equal(await statusOf({}, body, path), 200);
    assert.equal(await statusOf({ headers: { soapaction: '"wrong"' } }), 200);
  });

  it('shows a page to GET, and answers 405 to other methods', async () => {
    assert.match((await send({ method: 'GET' }, '')).bytes.toString(), /<h1>Service/);
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
      const { response } = await send({ method }, '');
      assert.deepEqual([response.statusCode, response.headers.allow], [405, 'GET, POST'], method);
    }
  });

  const refused = [
    'application/soap+xml; charset=utf-8',
    'application/json',
    'text/plain',
    'text/xml; charset=iso-8859-1',
    'text/xml; charset=constructor',
    '',
    ';',
  ];
  for (const given of refused)
    it(`answers 415 to the content type ${JSON.stringify(given)}`, async () =>
      assert.equal(await statusOf({ headers: { 'content-type': given } }), 415));

  const accepted: readonly (readonly [string, Buffer])[] = [
    ['text/xml', Buffer.from(body)],
    ['TEXT/XML;charset="UTF-8"', Buffer.from(`\ufeff${body}`)],
    ['text/xml; charset=utf-16', Buffer.from(body.replace('utf-8', 'utf-16'), 'utf16le')],
    ['text/xml; charset=utf-16', Buffer.from(`\ufeff${body}`, 'utf16le').swap16()],
    ['text/xml; action="x"; charset=utf-16BE', Buffer.from(body, 'utf16le').swap16()],
  ];
  for (const [given, content] of accepted)
    it(`reads ${given}, ${content.subarray(0, 2).toString('hex')} first`, async () =>
      assert.equal(await statusOf({ headers: { 'content-type': given } }, content), 200));

  it('does not unpack compressed requests', async () =>
    assert.equal(await statusOf({ headers: { 'content-encoding': 'gzip' } }, gzipSync(body)), 415));

  it('compresses answers for who can read that', async () => {
    const packed = await send({ headers: { 'accept-encoding': 'deflate, gzip;q=0.5' } });
    assert.equal(packed.response.headers['content-encoding'], 'gzip');
    assert.match(gunzipSync(packed.bytes).toString(), /NoError/);
    for (const given of ['identity', 'gzip;q=0', 'br']) {
      const plain = await send({ headers: { 'accept-encoding': given } });
      assert.equal(plain.response.headers['content-encoding'], undefined, given);
      assert.match(plain.bytes.toString(), /NoError/);
    }
  });

  it('answers 413 to a request that is too large, declared or not', async () => {
    const large = body + ' '.repeat(10_000);
    assert.equal(await statusOf({}, large), 413);
    assert.equal(await statusOf({ headers: { 'transfer-encoding': 'chunked' } }, large).catch(() => 413), 413);
    assert.equal(await statusOf({}), 200);
  });

  it('reads requests that come in chunks', async () => assert.equal(await statusOf({ headers: { 'transfer-encoding': 'chunked' } }), 200));

  it('tells who asks first to go on', async () => {
    const headers = { authorization: authorization(owner), ...type, expect: '100-continue', 'content-length': Buffer.byteLength(body) };
    const sent = request({ method: 'POST', agent: false, port: simulator.port, path: '/EWS/Exchange.asmx', headers });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    assert.equal(response.resume().statusCode, 200);
  });

  it('keeps connections open', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers = [await send({ agent }), await send({ agent })];
    agent.destroy();
    assert.deepEqual(
      answers.map(({ isReused }) => isReused),
      [false, true],
    );
  });

  it('does not wait for ever for the rest of a request', async () => {
    for (const part of [
      'POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\n',
      `POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization(owner)}\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<`,
    ]) {
      const socket = connect(simulator.port, '127.0.0.1');
      socket.write(part);
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      socket.on('error', () => undefined);
      await once(socket, 'close');
      assert.match(text, /^(HTTP\/1\.1 408 |$)/);
    }
    assert.equal(await statusOf({}), 200);
  });

  it('survives addresses and headers that are none', async () => {
    for (const path of ['//', '/%', '/api/mailboxes/%', '*', 'http://['])
      assert.ok([400, 404].includes((await statusOf({ method: 'GET', path }, '')) ?? 0), path);
  });

  it('shows the headers of its front end', async () => {
    const { headers } = (await send({ headers: { 'client-request-id': 'mine', 'return-client-request-id': 'true' } })).response;
    assert.match(String(headers['request-id']), /^[0-9a-f-]{36}$/);
    assert.ok(['x-feserver', 'x-beserver', 'x-diaginfo', 'x-calculatedbetarget'].every((name) => headers[name] === 'EX01'));
    assert.equal(headers['client-request-id'], 'mine');
    assert.match(String(headers['set-cookie']), /^exchangecookie=[0-9a-f]{32}; path=\//);
    const again = await send({ headers: { cookie: 'a=b; exchangecookie=1' } });
    assert.deepEqual([again.response.headers['set-cookie'], again.response.headers['client-request-id']], [undefined, undefined]);
  });

  it('does not compress streams', async () => {
    const subscribe = `<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>`;
    const [, id = ''] = /SubscriptionId>([^<]+)</.exec((await send({}, soap(subscribe))).bytes.toString()) ?? [];
    const stream = soap(
      `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${id}</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>`,
    );
    const headers = { authorization: authorization(owner), ...type, 'accept-encoding': 'gzip' };
    const sent = request({ method: 'POST', agent: false, port: simulator.port, path: '/EWS/Exchange.asmx', headers });
    sent.on('error', () => undefined);
    sent.end(stream);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const [first] = (await once(response, 'data')) as [Buffer];
    sent.destroy();
    assert.equal(response.headers['content-encoding'], undefined);
    assert.match(first.toString(), /^<\?xml/);
  });
});

describe('hostile XML', () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner] });
  });
  after(() => simulator.close());

  const million = 1_000_000;
  const documents: readonly (readonly [string, string])[] = [
    ['a million siblings', soap(`<m:GetItem>${'<a/>'.repeat(million)}</m:GetItem>`)],
    ['a million attributes', soap(`<m:GetItem ${Array.from({ length: million }, (_, index) => `a${index}=""`).join(' ')}/>`)],
    ['nesting without end', soap('<m:GetItem>'.repeat(million))],
    ['an endless attribute', soap(`<m:GetItem a="${'x'.repeat(2 * million)}"/>`)],
    ['endless text', soap(`<m:GetItem>${'x'.repeat(2 * million)}</m:GetItem>`)],
    [
      'an endless time',
      soap(
        `<m:FindItem Traversal="Shallow">${shape('IdOnly')}<m:CalendarView StartDate="${'1'.repeat(2 * million)}" EndDate="x"/></m:FindItem>`,
      ),
    ],
    ['endless blanks', ' '.repeat(2 * million)],
    ['endless beginnings of a body', '<Body '.repeat(million)],
    ['entities in entities', `<!DOCTYPE a [${'<!ENTITY a "&b;&b;">'.repeat(million / 10)}]>${soap('<m:GetItem/>').slice(38)}`],
    ['an entity of another place', `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`],
  ];
  for (const [name, text] of documents)
    it(`answers ErrorSchemaValidation to ${name}, shortly`, async () => {
      const response = await fetch(simulator.url, {
        method: 'POST',
        headers: { authorization: authorization(owner), ...type },
        body: text,
      });
      const answer = await response.text();
      assert.equal(response.status, 500);
      assert.match(answer, /ErrorSchemaValidation/);
      assert.ok(answer.length < 4000, String(answer.length));
    });

  it('answers ErrorInvalidRequest to an endless name, shortly', async () => {
    const text = soap(`<m:${'x'.repeat(2 * million)}/>`);
    const response = await fetch(simulator.url, { method: 'POST', headers: { authorization: authorization(owner), ...type }, body: text });
    const answer = await response.text();
    assert.match(answer, /ErrorInvalidRequest/);
    assert.ok(answer.length < 4000);
  });
});
