/** Streams that are silent or cut, and limits of what may be at work. */
import assert from 'node:assert/strict';
import { authorization, child, colleague, owner, soap } from '../harness';
import { getFolder, startFaultClient, type FaultClient } from './fault-client';

const subscribe =
  '<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>';

describe('faults of streams', () => {
  let client: FaultClient;
  beforeEach(async () => {
    client = await startFaultClient({ throttling: { streams: 1, requests: 2 } });
  });
  afterEach(() => client.simulator.close());

  const open = async (signal?: AbortSignal): Promise<Response> => {
    const id = child((await client.call(subscribe)).messages[0], 'SubscriptionId')?.text ?? '';
    return fetch(client.simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(owner), 'content-type': 'text/xml' },
      body: soap(
        `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${id}</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>`,
      ),
      ...(signal ? { signal } : {}),
    });
  };

  it('cutStream ends a stream in the middle of its n-th envelope', async () => {
    client.simulator.faults.add({ operation: 'GetStreamingEvents', action: { kind: 'cutStream' } });
    const stream = await open();
    const reader = stream.body?.getReader();
    assert.ok(reader);
    let text = '';
    const read = async (): Promise<boolean> => {
      const { value, done } = await reader.read();
      text += Buffer.from(value ?? []).toString('utf8');
      return !done;
    };
    await read();
    assert.match(text, /ConnectionStatus>OK</);
    client.simulator.create(owner.address, { kind: 'task', subject: 'x' });
    await assert.rejects(async () => {
      while (await read());
    });
    assert.equal(text.match(/<Envelope/g)?.length, 2);
    assert.equal(text.match(/<\/Envelope>/g)?.length, 1);
  });

  it('silentStream opens and says nothing', async () => {
    client.simulator.faults.add({ operation: 'GetStreamingEvents', action: { kind: 'silentStream' } });
    const stream = await open();
    assert.equal(stream.status, 200);
    client.simulator.create(owner.address, { kind: 'task', subject: 'x' });
    client.simulator.dropConnections();
    await assert.rejects(stream.text());
  });

  it('answers ErrorExceededConnectionCount to one stream too many, and not once the other has gone', async () => {
    const gone = new AbortController();
    const first = await open(gone.signal);
    assert.equal(first.status, 200);
    const second = await open();
    assert.equal(second.status, 500);
    assert.match(await second.text(), /ErrorExceededConnectionCount/);
    gone.abort();
    let third = await open();
    while (third.status === 500) third = await open();
    assert.equal(third.status, 200);
  });

  it('keeps no place for a client that went before its stream began', async () => {
    const gone = new AbortController();
    const forget = client.simulator.onRequest(async ({ operation }) => {
      if (operation !== 'GetStreamingEvents') return;
      gone.abort();
      // By the time others are answered, the server has seen the connection end.
      for (let count = 0; count < 3; count += 1) await client.call(getFolder);
    });
    await assert.rejects(open(gone.signal));
    await client.call(getFolder);
    forget();
    assert.equal((await open()).status, 200);
  });

  it('answers ErrorExceededConnectionCount to one request too many of a mailbox', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrived = 0;
    const full = new Promise<void>((resolve) =>
      client.simulator.onResponse(() => {
        arrived += 1;
        if (arrived === 2) resolve();
        return held;
      }),
    );
    const waiting = [client.call(getFolder), client.call(getFolder)];
    await full;
    const refused = await client.call(getFolder);
    assert.deepEqual([refused.status, refused.codes], [500, ['ErrorExceededConnectionCount']]);
    const others = client.call(getFolder, { as: colleague });
    release();
    for (const answer of [...(await Promise.all(waiting)), await others, await client.call(getFolder)])
      assert.deepEqual(answer.codes, ['NoError']);
  });
});
