import assert from 'node:assert/strict';
import { schemaAvailable, schemaFaults } from '../../../support/ews-schema';
import { authorization, child, descend, folder, getItem, owner, soap, startClient, type Client } from '../harness';

const subscribe = (content: string, attributes = ''): string =>
  `<m:Subscribe><m:StreamingSubscriptionRequest${attributes}>${content}<t:EventTypes>${['Created', 'Modified', 'Deleted', 'Moved'].map((kind) => `<t:EventType>${kind}Event</t:EventType>`).join('')}</t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>`;
const stream = (ids: readonly string[], minutes = 1): string =>
  `<m:GetStreamingEvents><m:SubscriptionIds>${ids.map((id) => `<t:SubscriptionId>${id}</t:SubscriptionId>`).join('')}</m:SubscriptionIds><m:ConnectionTimeout>${minutes}</m:ConnectionTimeout></m:GetStreamingEvents>`;

const envelopes = (text: string): readonly string[] => text.split(/(?=<\?xml)/).filter((part) => part.includes('</Envelope>'));

describe('EWS streaming notifications', () => {
  let client: Client;
  const streamed: string[] = [];
  before(async () => {
    client = await startClient({ statusInterval: 100 });
  });
  after(async function () {
    if (schemaAvailable) assert.deepEqual(await schemaFaults(streamed), []);
    await client.finish(() => this.skip());
  });

  const open = async (content: string, attributes?: string): Promise<string> => {
    const answer = await client.call(subscribe(content, attributes));
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return child(answer.messages[0], 'SubscriptionId')?.text ?? '';
  };

  /** Reads the stream until the text so far satisfies the caller. */
  const listen = async (
    ids: readonly string[],
    isEnough: (text: string) => boolean,
    act: () => void = () => undefined,
  ): Promise<string> => {
    const stop = new AbortController();
    const response = await fetch(client.simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(owner) },
      body: soap(stream(ids)),
      signal: stop.signal,
    });
    assert.ok(response.body);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body) {
      const isFirst = text === '';
      text += decoder.decode(chunk, { stream: true });
      if (isFirst) act();
      if (isEnough(text)) break;
    }
    stop.abort();
    streamed.push(...envelopes(text));
    return text;
  };

  it('says OK at once and then tells of creations, changes, moves and deletions', async () => {
    const id = await open(`<t:FolderIds>${folder('tasks')}</t:FolderIds>`);
    const text = await listen(
      [id],
      (so) => so.includes('MovedEvent>'),
      () => {
        const item = client.simulator.create(owner.address, { kind: 'task', subject: 'x' });
        client.simulator.update(owner.address, item, { kind: 'task', subject: 'y' });
        client.simulator.delete(owner.address, client.simulator.create(owner.address, { kind: 'task' }), true);
        client.simulator.delete(owner.address, item);
      },
    );
    assert.match(envelopes(text)[0] ?? '', /<m:ConnectionStatus>OK</);
    const kinds = [...text.matchAll(/<t:(\w+Event)>/g)].map(([, kind]) => kind).filter((kind) => kind !== 'StatusEvent');
    assert.deepEqual(kinds, ['CreatedEvent', 'ModifiedEvent', 'CreatedEvent', 'DeletedEvent', 'MovedEvent']);
  });

  it('keeps events for a client that is not connected', async () => {
    const id = await open('', ' SubscribeToAllFolders="true"');
    const item = client.simulator.create(owner.address, { kind: 'appointment', start: '2026-03-28T09:00', end: '2026-03-28T09:30' });
    const text = await listen([id], (so) => so.includes('CreatedEvent'));
    assert.ok(text.includes(item));
  });

  it('sends status events while nothing happens, and nothing of other folders', async () => {
    const id = await open(`<t:FolderIds>${folder('calendar')}</t:FolderIds>`);
    const text = await listen(
      [id],
      (so) => so.split('<t:StatusEvent>').length > 2,
      () => void client.simulator.create(owner.address, { kind: 'task' }),
    );
    assert.ok(!text.includes('CreatedEvent'));
  });

  it('names the subscriptions it does not know', async () => {
    const answer = await client.call(stream(['bm8=']));
    assert.deepEqual(answer.codes, ['ErrorSubscriptionNotFound']);
    assert.equal(descend(answer.messages[0], 'ErrorSubscriptionIds', 'SubscriptionId')?.text, 'bm8=');
  });

  it('ends a stream whose subscription is closed', async () => {
    const id = await open(`<t:FolderIds>${folder('tasks')}</t:FolderIds>`);
    const text = await listen(
      [id],
      (so) => so.includes('ErrorSubscriptionNotFound'),
      () => client.simulator.dropSubscriptions(),
    );
    assert.ok(text.includes(id));
  });

  it('unsubscribes once', async () => {
    const id = await open(`<t:FolderIds>${folder('tasks')}</t:FolderIds>`);
    const unsubscribe = `<m:Unsubscribe><m:SubscriptionId>${id}</m:SubscriptionId></m:Unsubscribe>`;
    assert.deepEqual((await client.call(unsubscribe)).codes, ['NoError']);
    assert.deepEqual((await client.call(unsubscribe)).codes, ['ErrorSubscriptionNotFound']);
  });

  it('refuses a subscription without folders, and bad connection times', async () => {
    assert.deepEqual((await client.call(subscribe(''))).codes, ['ErrorInvalidSubscriptionRequest']);
    assert.deepEqual((await client.call(stream(['bm8='], 31))).codes, ['ErrorSchemaValidation']);
    assert.deepEqual((await client.call(getItem('bm8='))).codes, ['ErrorInvalidIdMalformed']);
  });
});
