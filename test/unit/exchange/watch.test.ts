import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExchangeConnection, WatchEvent } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { splitEnvelopes } from '../../../lib/exchange/ews/soap/split-envelopes';
import { schemaAvailable, schemaFaults } from '../../support/ews-schema';
import { answerOf, envelope, failure, fault, sendXml, startServer, success } from './loopback-server';
import type { LoopbackServer, Seen } from './loopback-server';

const streamAnswer = (content: string): string => answerOf('GetStreamingEvents', success('GetStreamingEvents', content));
const alive = streamAnswer('<m:ConnectionStatus>OK</m:ConnectionStatus>');
const closed = streamAnswer('<m:ConnectionStatus>Closed</m:ConnectionStatus>');
const changedIn = (subscription: string, folder: string): string =>
  streamAnswer(
    `<m:Notifications><m:Notification><t:SubscriptionId>${subscription}</t:SubscriptionId><t:CreatedEvent><t:TimeStamp>2026-01-01T00:00:00Z</t:TimeStamp><t:ItemId Id="\u00e4" ChangeKey="k"/><t:ParentFolderId Id="${folder}"/></t:CreatedEvent></m:Notification></m:Notifications>`,
  );

const mailboxOf = (seen: Seen): string => /<t:PrimarySmtpAddress>([^<]+)/.exec(seen.body)?.[1] ?? '';

const folders = (mailbox: string): string =>
  answerOf(
    'GetFolder',
    ...['calendar', 'tasks', 'deleted'].map((name) =>
      success('GetFolder', `<m:Folders><t:Folder><t:FolderId Id="${name} of ${mailbox}"/></t:Folder></m:Folders>`),
    ),
  );

/** Answers everything but the stream; every mailbox gets the subscription `sub-<mailbox>`. */
const answerOrdinary = (seen: Seen, response: ServerResponse): boolean => {
  const mailbox = mailboxOf(seen);
  if (seen.body.includes('m:GetFolder')) sendXml(response, folders(mailbox));
  else if (seen.body.includes('m:Subscribe>'))
    sendXml(response, answerOf('Subscribe', success('Subscribe', `<m:SubscriptionId>sub-${mailbox}</m:SubscriptionId>`)));
  else if (seen.body.includes('m:Unsubscribe')) sendXml(response, answerOf('Unsubscribe', success('Unsubscribe', '')));
  else return false;
  return true;
};

const brief = (event: WatchEvent): string => {
  if (event.type === 'changed') return `changed ${event.kind} ${event.mailbox}`;
  if (event.type === 'connected') return `connected ${[...event.mailboxes].sort().join(' ')}`;
  return event.type === 'lost' ? `lost` : `failed ${event.mailbox}`;
};

const openStream = (response: ServerResponse): void => void response.writeHead(200, { 'content-type': 'text/xml' });

describe('watching mailboxes', () => {
  let server: LoopbackServer;
  let connection: ExchangeConnection;
  const requests: string[] = [];
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);

  before(() => void process.on('unhandledRejection', onRejection));
  after(() => {
    process.off('unhandledRejection', onRejection);
    assert.deepEqual(rejections, []);
  });
  afterEach(async () => {
    await connection.close();
    await server.close();
  });

  const start = async (answer: (seen: Seen, response: ServerResponse) => void, settings = {}): Promise<void> => {
    server = await startServer((seen, response) => {
      requests.push(seen.body);
      answer(seen, response);
    });
    connection = createEwsConnection({
      url: server.url,
      user: 'u',
      password: 'p',
      allowPlainHttp: true,
      retryBaseMs: 20,
      streamSilenceMs: 5000,
      ...settings,
    });
  };

  /** Events until there are `count`, then aborts; fails after a while. */
  const collect = async (mailboxes: readonly string[], count: number): Promise<readonly string[]> => {
    const ending = new AbortController();
    const events: string[] = [];
    const timer = setTimeout(() => ending.abort(), 5000);
    for await (const event of connection.watch(mailboxes, ending.signal)) {
      if (events.length < count) events.push(brief(event));
      if (events.length === count) ending.abort();
    }
    clearTimeout(timer);
    return events;
  };

  const streams = () => server.seen.filter(({ body }) => body.includes('m:GetStreamingEvents'));

  it('tells mailbox and kind of a change, whatever the chunks', async () => {
    await start((seen, response) => {
      if (answerOrdinary(seen, response)) return;
      openStream(response);
      const bytes = Buffer.from(alive + changedIn('sub-a@x', 'calendar of a@x') + changedIn('sub-b@x', 'tasks of b@x'), 'utf8');
      void (async () => {
        for (let at = 0; at < bytes.length; at += 101) {
          response.write(bytes.subarray(at, at + 101));
          await wait(1);
        }
      })();
    });
    assert.deepEqual(await collect(['a@x', 'b@x'], 3), ['connected a@x b@x', 'changed appointment a@x', 'changed task b@x']);
    assert.equal(streams().length, 1, 'both mailboxes share a stream');
  });

  it('reads several envelopes of one chunk', async () => {
    await start((seen, response) => {
      if (answerOrdinary(seen, response)) return;
      openStream(response);
      response.write(
        `${alive}\r\n${changedIn('sub-a@x', 'calendar of a@x')}${changedIn('sub-a@x', 'tasks of a@x')}${changedIn('sub-a@x', 'unknown')}`,
      );
    });
    const events = await collect(['a@x'], 3);
    assert.deepEqual(events, ['connected a@x', 'changed appointment a@x', 'changed task a@x']);
  });

  it('opens a stream anew that went silent', async () => {
    await start(
      (seen, response) => {
        if (answerOrdinary(seen, response)) return;
        openStream(response);
        response.write(alive);
      },
      { streamSilenceMs: 100 },
    );
    assert.deepEqual(await collect(['a@x'], 3), ['connected a@x', 'lost', 'connected a@x']);
  });

  it('opens a stream anew that broke, and without a word when its time was up', async () => {
    let count = 0;
    await start((seen, response) => {
      if (answerOrdinary(seen, response)) return;
      count += 1;
      openStream(response);
      response.write(alive);
      if (count === 1) setTimeout(() => response.destroy(), 30);
      if (count === 2) response.end(closed);
    });
    assert.deepEqual(await collect(['a@x'], 4), ['connected a@x', 'lost', 'connected a@x', 'connected a@x']);
    assert.equal(server.seen.filter(({ body }) => body.includes('m:Subscribe>')).length, 1, 'the subscription is kept');
  });

  const notStreams: Record<string, (response: ServerResponse) => void> = {
    'a proxy page': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><br>'),
    'a busy server': (response) => response.writeHead(503).end(),
    'a fault': (response) => sendXml(response, fault('ErrorInternalServerError'), 500),
    rubbish: (response) => {
      openStream(response);
      response.end('rubbish');
    },
    'an ordinary envelope of something else': (response) => {
      openStream(response);
      response.write(envelope('<m:FindItemResponse/>'));
    },
  };
  for (const [name, answer] of Object.entries(notStreams)) {
    it(`tries again after ${name} instead of a stream`, async () => {
      let count = 0;
      await start((seen, response) => {
        if (answerOrdinary(seen, response)) return;
        count += 1;
        if (count === 1) {
          answer(response);
          return;
        }
        openStream(response);
        response.write(alive);
      });
      assert.deepEqual(await collect(['a@x'], 2), ['lost', 'connected a@x']);
    });
  }

  it('replaces lost subscriptions and leaves the others', async () => {
    let count = 0;
    await start((seen, response) => {
      if (answerOrdinary(seen, response)) return;
      count += 1;
      openStream(response);
      response.write(alive);
      if (count === 1) {
        response.end(
          answerOf(
            'GetStreamingEvents',
            failure(
              'GetStreamingEvents',
              'ErrorSubscriptionNotFound',
              '<m:ErrorSubscriptionIds><t:SubscriptionId>sub-a@x</t:SubscriptionId></m:ErrorSubscriptionIds>',
            ),
          ),
        );
      }
    });
    assert.deepEqual(await collect(['a@x', 'b@x'], 2), ['connected a@x b@x', 'connected a@x b@x']);
    assert.deepEqual(
      server.seen
        .filter(({ body }) => body.includes('m:Subscribe>'))
        .map(mailboxOf)
        .sort(),
      ['a@x', 'a@x', 'b@x'],
    );
  });

  it('watches the others when one mailbox fails, and tries it again', async () => {
    let fails = true;
    await start(
      (seen, response) => {
        if (fails && mailboxOf(seen) === 'a@x') {
          sendXml(response, fault('ErrorNonExistentMailbox'), 500);
          return;
        }
        if (answerOrdinary(seen, response)) return;
        openStream(response);
        const beat = setInterval(() => response.write(alive), 20);
        response.on('close', () => clearInterval(beat));
        setTimeout(() => (fails = false), 40);
      },
      { mailboxRetryMs: 150 },
    );
    assert.deepEqual(await collect(['a@x', 'b@x'], 3), ['failed a@x', 'connected b@x', 'connected a@x b@x']);
  });

  it('tries again when the server cannot be reached at all', async () => {
    let count = 0;
    await start((seen, response) => {
      count += 1;
      // Twice each: a broken reading request is repeated once by itself.
      if (count <= 4) {
        response.destroy();
        return;
      }
      if (answerOrdinary(seen, response)) return;
      openStream(response);
      response.write(alive);
    });
    assert.deepEqual(await collect(['a@x'], 3), ['lost', 'lost', 'connected a@x']);
  });

  it('unsubscribes and ends when it is aborted, even when the server no longer answers', async () => {
    await start((seen, response) => {
      if (seen.body.includes('m:Unsubscribe')) return;
      if (answerOrdinary(seen, response)) return;
      openStream(response);
      response.write(alive);
    });
    const startedAt = Date.now();
    assert.deepEqual(await collect(['a@x'], 1), ['connected a@x']);
    assert.ok(Date.now() - startedAt < 5000);
    assert.ok(server.seen.some(({ body }) => body.includes('m:Unsubscribe')));
  });

  it('ends at once when there is nobody to watch or nobody listens', async () => {
    await start((seen, response) => {
      if (!answerOrdinary(seen, response)) openStream(response);
    });
    assert.deepEqual(await collect([], 1), []);
    for await (const event of connection.watch(['a@x'], AbortSignal.abort())) assert.fail(brief(event));
  });

  it('puts 200 mailboxes on one stream', async () => {
    await start((seen, response) => {
      if (answerOrdinary(seen, response)) return;
      openStream(response);
      response.write(alive);
    });
    const mailboxes = Array.from({ length: 250 }, (_, index) => `m${index}@x`);
    const events = await collect(mailboxes, 2);
    assert.deepEqual(events.map((event) => event.split(' ').length - 1).sort(), [200, 50].sort());
    assert.equal(streams().length, 2);
  });

  it('composes only what Microsoft\u2019s schema allows', async function () {
    await start(() => undefined);
    if (!schemaAvailable) this.skip();
    const some = requests.filter((body, index) => index < 20 || !/m:GetFolder|m:Subscribe>/.test(body)).slice(0, 60);
    assert.deepEqual(await schemaFaults(some), []);
    assert.notDeepEqual(
      await schemaFaults([some[0]!.replace(/<t:BaseShape>/, '<t:BaseShap>').replace('</t:BaseShape>', '</t:BaseShap>')]),
      [],
      'the schema does refuse',
    );
  });
});

describe('splitting a stream', () => {
  it('gives the same envelopes for every size of chunk, also where a character is cut', async () => {
    const bytes = Buffer.from(
      envelope('<m:A>\u00e4\u{1f600}</m:A>') + '\n' + envelope('<m:B/>') + envelope('<m:C/>').replace('</s:Envelope>', '</s:Envelope  >'),
      'utf8',
    );
    for (let size = 1; size < 400; size += size < 20 ? 1 : 37) {
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
      };
      const names = [];
      for await (const { children } of splitEnvelopes(chunks(), 10_000))
        names.push(`${children[0]?.children[0]?.name} ${children[0]?.children[0]?.text}`);
      assert.deepEqual(names, ['A \u00e4\u{1f600}', 'B ', 'C '], `chunks of ${size}`);
    }
  });
});
