/** What a fault answers, and what it leaves done. */
import assert from 'node:assert/strict';
import type { FaultAction } from '../../../../simulator/testing';
import { child, descend, folder, getItem, shape } from '../harness';
import { getFolder, startFaultClient, syncFolderItems, tasks, type FaultClient } from './fault-client';

describe('what faults answer', () => {
  let client: FaultClient;
  before(async () => {
    client = await startFaultClient();
  });
  afterEach(() => client.simulator.faults.clear());
  after(function () {
    return client.finish(() => this.skip());
  });

  const strike = (action: FaultAction): void => void client.simulator.faults.add({ action });

  const pages: readonly (readonly [FaultAction, number, RegExp, string, string])[] = [
    [{ kind: 'html500' }, 500, /<html>/, 'content-type', 'text/html'],
    [{ kind: 'html200' }, 200, /<html>/, 'content-type', 'text/html'],
    [{ kind: 'redirect' }, 302, /<html>/, 'location', '/owa/auth/logon.aspx'],
    [{ kind: 'redirect', location: 'http://127.0.0.1:1/x' }, 302, /<html>/, 'location', 'http://127.0.0.1:1/x'],
    [{ kind: 'unauthorized' }, 401, /^$/, 'www-authenticate', 'Basic realm="simulator"'],
  ];
  for (const [action, status, text, header, value] of pages)
    it(`${JSON.stringify(action)}: HTTP ${status}, nothing done`, async () => {
      const before = client.stored();
      strike(action);
      const answer = await client.create();
      assert.deepEqual([answer.status, answer.headers.get(header)], [status, value]);
      assert.match(await answer.text(), text);
      assert.equal(client.stored(), before);
      assert.equal((await client.create()).status, 200);
    });

  for (const kind of ['dropBefore', 'dropAfter'] as const)
    it(`${kind} drops the connection`, async () => {
      const before = client.stored();
      strike({ kind });
      await assert.rejects(client.create());
      assert.equal(client.stored(), before + (kind === 'dropAfter' ? 1 : 0));
    });

  it('truncate cuts the answer of what was done', async () => {
    const before = client.stored();
    strike({ kind: 'truncate' });
    const text = await (await client.create()).text();
    assert.match(text, /^<\?xml/);
    assert.doesNotMatch(text, /<\/s:Envelope>/);
    assert.equal(client.stored(), before + 1);
  });

  it('noAnswer says nothing until the client goes', async () => {
    strike({ kind: 'noAnswer' });
    const gone = new AbortController();
    let isAnswered = false;
    const waiting = fetch(client.simulator.url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('anna@x.test:secret:with colon').toString('base64')}`, 'content-type': 'text/xml' },
      body: 'x',
      signal: gone.signal,
    }).then(() => (isAnswered = true));
    assert.equal((await client.create()).status, 200);
    assert.ok(!isAnswered);
    gone.abort();
    await assert.rejects(waiting);
  });

  for (const backOffMs of [undefined, 250]) {
    const action = { kind: 'busy', ...(backOffMs === undefined ? {} : { backOffMs }) } as const;
    const value = (element: Parameters<typeof descend>[0]) =>
      element && [child(element, 'Value')?.attributes['Name'], child(element, 'Value')?.text];
    const expected = backOffMs === undefined ? undefined : ['BackOffMilliseconds', '250'];

    for (const [as, status] of [
      ['status', 503],
      ['fault', 500],
    ] as const)
      it(`busy as ${as}, back-off ${backOffMs ?? 'none'}`, async () => {
        strike({ ...action, as });
        const answer = await client.call(tasks(2));
        assert.deepEqual([answer.status, answer.codes], [status, ['ErrorServerBusy']]);
        assert.deepEqual(value(descend(answer.body, 'detail', 'MessageXml')), expected);
      });

    it(`busy in every message of a 200, back-off ${backOffMs ?? 'none'}`, async () => {
      const before = client.stored();
      strike({ ...action, as: 'messages' });
      const answer = await client.call(tasks(3));
      assert.deepEqual([answer.status, answer.codes], [200, ['ErrorServerBusy', 'ErrorServerBusy', 'ErrorServerBusy']]);
      assert.deepEqual(value(child(answer.messages[0], 'MessageXml')), expected);
      assert.equal(client.stored(), before);
    });
  }

  const operations: readonly (readonly [string, string])[] = [
    ['CreateItem', tasks(1)],
    ['GetItem', getItem('x')],
    ['GetFolder', getFolder],
    ['SyncFolderItems', syncFolderItems('tasks')],
    [
      'FindItem',
      `<m:FindItem Traversal="Shallow">${shape('IdOnly')}<m:ParentFolderIds>${folder('tasks')}</m:ParentFolderIds></m:FindItem>`,
    ],
    [
      'Subscribe',
      '<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>',
    ],
    ['DeleteItem', '<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:DeleteItem>'],
  ];
  for (const [name, body] of operations)
    it(`responseCode answers ${name} with a message that failed`, async () => {
      strike({ kind: 'responseCode', code: 'ErrorMailboxStoreUnavailable' });
      const answer = await client.call(body);
      assert.deepEqual([answer.status, answer.codes], [200, ['ErrorMailboxStoreUnavailable']]);
    });

  it('responseCode is a SOAP fault where an operation has no messages, and where the request was none', async () => {
    strike({ kind: 'responseCode', code: 'ErrorMailboxMoveInProgress' });
    const zones = '<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>anna@x.test</t:Address></t:Mailbox></m:GetUserOofSettingsRequest>';
    assert.deepEqual((await client.call(zones)).codes, ['ErrorMailboxMoveInProgress']);
    strike({ kind: 'responseCode', code: 'ErrorMailboxMoveInProgress' });
    assert.deepEqual((await client.call('<m:GetFolder/>')).codes, ['ErrorMailboxMoveInProgress']);
  });

  it('quotaExceeded refuses what needs room, and nothing else', async () => {
    client.simulator.faults.add({ always: true, action: { kind: 'quotaExceeded' } });
    assert.deepEqual((await client.call(tasks(2))).codes, ['ErrorQuotaExceeded', 'ErrorQuotaExceeded']);
    assert.deepEqual((await client.call(getFolder)).codes, ['NoError']);
  });

  it('itemErrors fails some items and does the others', async () => {
    const before = client.stored();
    strike({ kind: 'itemErrors', code: 'ErrorItemSave', share: 0.5 });
    const { codes } = await client.call(tasks(40));
    const failed = codes.filter((code) => code === 'ErrorItemSave').length;
    assert.ok(failed > 8 && failed < 32, String(failed));
    assert.equal(client.stored(), before + 40 - failed);
  });

  it('largeBatch ends requests with more items in ErrorTimeoutExpired', async () => {
    client.simulator.faults.add({ always: true, action: { kind: 'largeBatch', items: 2 } });
    assert.deepEqual((await client.call(tasks(2))).codes, ['NoError', 'NoError']);
    assert.deepEqual((await client.call(tasks(3))).codes, ['ErrorTimeoutExpired']);
  });

  it('delay holds back the answer of what is done, and no other', async () => {
    const before = client.stored();
    strike({ kind: 'delay', ms: 50, perItemMs: 50 });
    let isAnswered = false;
    const carriedOut = new Promise<void>((resolve) => client.simulator.onResponse(() => resolve()));
    const delayed = client.call(tasks(3)).then((answer) => {
      isAnswered = true;
      return answer.codes;
    });
    await carriedOut;
    assert.equal(client.stored(), before + 3);
    assert.deepEqual((await client.call(getFolder)).codes, ['NoError']);
    assert.ok(!isAnswered);
    assert.deepEqual(await delayed, ['NoError', 'NoError', 'NoError']);
  });
});
