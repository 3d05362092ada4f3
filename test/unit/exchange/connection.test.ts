import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { EwsSettings } from '../../../lib/exchange/ews';
import { SyncError } from '../../../lib/model/error';
import { schemaAvailable, schemaFaults } from '../../support/ews-schema';
import { appointment, task } from './builders';
import { answerOf, failure, fault, sendXml, startServer, success } from './loopback-server';
import type { LoopbackServer, Seen } from './loopback-server';

const mailbox = 'anna@example.com';

let server: LoopbackServer;
let connection: ExchangeConnection;
const requests: string[] = [];

const start = async (answer: (seen: Seen, response: ServerResponse) => void, settings: Partial<EwsSettings> = {}): Promise<void> => {
  server = await startServer((seen, response) => {
    requests.push(seen.body);
    answer(seen, response);
  });
  connection = createEwsConnection({
    url: server.url,
    user: 'service',
    password: 's3cret',
    allowPlainHttp: true,
    retryBaseMs: 10,
    ...settings,
  });
};

const folders = answerOf(
  'GetFolder',
  ...['calendar-id', 'tasks-id', 'deleted-id'].map((id) =>
    success('GetFolder', `<m:Folders><t:Folder><t:FolderId Id="${id}"/></t:Folder></m:Folders>`),
  ),
);

const idsIn = (body: string): readonly string[] => [...body.matchAll(/<t:ItemId Id="([^"]+)"/g)].map(([, id = '']) => id);

const itemMessage = (id: string): string =>
  success(
    'GetItem',
    `<m:Items><t:CalendarItem><t:ItemId Id="${id}" ChangeKey="c"/><t:LastModifiedTime>2026-01-01T00:00:00Z</t:LastModifiedTime><t:Start>2026-01-01T08:00:00Z</t:Start><t:End>2026-01-01T09:00:00Z</t:End></t:CalendarItem></m:Items>`,
  );

const rejection = async (promise: Promise<unknown>): Promise<SyncError> => {
  try {
    await promise;
  } catch (thrown) {
    assert.ok(thrown instanceof SyncError, String(thrown));
    assert.doesNotMatch(`${thrown.message} ${JSON.stringify(thrown.params)}`, /s3cret|c2VydmljZTpzM2NyZXQ/);
    return thrown;
  }
  throw new Error('did not reject');
};

describe('an EWS connection', () => {
  afterEach(async () => {
    await connection.close();
    await server.close();
  });

  const refusals: Record<string, readonly [(response: ServerResponse) => void, string, string]> = {
    'a refused login': [(response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end(), 'login-refused', 'login'],
    'a proxy page in a 200': [
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><br></html>'),
      'not-xml',
      'connection',
    ],
    'a proxy page in a 500': [
      (response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<html><br></html>'),
      'not-xml',
      'connection',
    ],
    'text without a type': [(response) => response.writeHead(200).end('OK'), 'not-xml', 'connection'],
    'XML of something else': [(response) => sendXml(response, '<feed/>'), 'not-xml', 'connection'],
    'a redirect to a login page': [(response) => response.writeHead(302, { location: '/owa' }).end(), 'not-xml', 'connection'],
    'a dropped connection': [(response) => response.destroy(), 'server-unreachable', 'connection'],
    'an answer that breaks off': [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/xml', 'content-length': '1000' }).write('<s:Envelope');
        setTimeout(() => response.destroy(), 20);
      },
      'server-unreachable',
      'connection',
    ],
    silence: [() => undefined, 'server-unreachable', 'connection'],
    'a busy server, again and again': [(response) => response.writeHead(503).end(), 'server-busy', 'connection'],
    'a fault for an unknown mailbox': [
      (response) => sendXml(response, fault('ErrorNonExistentMailbox'), 500),
      'mailbox-not-found',
      'configuration',
    ],
    'a fault for impersonation': [
      (response) => sendXml(response, fault('ErrorImpersonateUserDenied'), 500),
      'impersonation-denied',
      'configuration',
    ],
    'an access that is forbidden': [(response) => response.writeHead(403).end(), 'access-forbidden', 'configuration'],
    'an answer for another number of items': [(response) => sendXml(response, answerOf('GetItem')), 'answer-incomplete', 'connection'],
    'an answer that is too long': [(response) => sendXml(response, `<a>${'x'.repeat(5000)}</a>`), 'not-xml', 'connection'],
  };
  for (const [name, [answer, code, scope]] of Object.entries(refusals)) {
    it(`names ${name}`, async () => {
      await start((_, response) => answer(response), { timeoutMs: 300, maxAnswerBytes: 4096 });
      const error = await rejection(connection.getMany(mailbox, ['a']));
      assert.deepEqual([error.code, error.scope], [code, scope]);
    });
  }

  it('says a refused login only once, so that no account is locked', async () => {
    await start((_, response) => response.writeHead(401).end());
    await rejection(connection.getMany(mailbox, ['a']));
    assert.equal(server.seen.length, 1);
  });

  it('names a server that is not there', async () => {
    await start(() => undefined);
    await server.close();
    const error = await rejection(connection.getMany(mailbox, ['a']));
    assert.deepEqual([error.code, error.scope, error.params['reason']], ['server-unreachable', 'connection', 'ECONNREFUSED']);
  });

  it('ends open requests when it is closed', async () => {
    await start(() => undefined);
    const open = rejection(connection.getMany(mailbox, ['a']));
    setTimeout(() => void connection.close(), 50);
    assert.equal((await open).code, 'connection-closed');
  });

  const busy: Record<string, (response: ServerResponse) => void> = {
    'as HTTP 503': (response) => response.writeHead(503, { 'retry-after': '0' }).end(),
    'as a fault in a 500': (response) => sendXml(response, fault('ErrorServerBusy', 30), 500),
    'inside a 200': (response) => sendXml(response, answerOf('GetItem', failure('GetItem', 'ErrorServerBusy'))),
  };
  for (const [name, refuse] of Object.entries(busy)) {
    it(`waits and tries again when the server is busy ${name}`, async () => {
      let count = 0;
      const times: number[] = [];
      await start(
        (_, response) => {
          times.push(Date.now());
          count += 1;
          if (count < 3) refuse(response);
          else sendXml(response, answerOf('GetItem', itemMessage('a')));
        },
        { retryBaseMs: 40, random: () => 1 },
      );
      const [result] = await connection.getMany(mailbox, ['a']);
      assert.ok(result?.ok);
      assert.ok(
        times[1]! - times[0]! >= 38 && times[2]! - times[1]! >= 78,
        `pauses double: ${times.map((time) => time - times[0]!).join(' ')}`,
      );
    });
  }

  it('does not wait longer than a request may take, but tells how long the server asked', async () => {
    await start((_, response) => sendXml(response, fault('ErrorServerBusy', 60_000), 500), { timeoutMs: 500 });
    const error = await rejection(connection.getMany(mailbox, ['a']));
    assert.equal(error.code, 'server-busy');
    assert.ok((error.backOffMs ?? 0) > 50_000);
    assert.equal(server.seen.length, 1);
  });

  it('repeats a reading request once when a kept-alive connection breaks, and never a creating one', async () => {
    await start((seen, response) => {
      if (server.seen.length === 1 || seen.body.includes('CreateItem')) response.destroy();
      else sendXml(response, answerOf('GetItem', itemMessage('a')));
    });
    assert.ok((await connection.getMany(mailbox, ['a']))[0]?.ok);
    await rejection(connection.createMany(mailbox, [{ item: appointment(), syncId: 's' }]));
    assert.equal(server.seen.filter(({ body }) => body.includes('CreateItem')).length, 1);
  });

  it('asks for 10,000 items in 200 requests, at most 8 at a time, and keeps their order', async () => {
    let under = 0;
    let most = 0;
    await start((seen, response) => {
      under += 1;
      most = Math.max(most, under);
      setTimeout(() => {
        under -= 1;
        sendXml(response, answerOf('GetItem', ...idsIn(seen.body).map(itemMessage)));
      }, 2);
    });
    const ids = Array.from({ length: 10_000 }, (_, index) => `id-${index}`);
    const results = await connection.getMany(mailbox, ids);
    assert.deepEqual(
      results.map((result) => (result.ok ? result.value.id : 'failed')),
      ids,
    );
    assert.equal(server.seen.length, 200);
    assert.ok(most <= 8, `${most} at a time`);
    requests.length = 0;
  });

  it('lets one bad item of a batch fail alone', async () => {
    await start((_, response) =>
      sendXml(
        response,
        answerOf('GetItem', itemMessage('a'), failure('GetItem', 'ErrorItemNotFound'), success('GetItem', '<m:Items/>'), itemMessage('d')),
      ),
    );
    const results = await connection.getMany(mailbox, ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      results.map((result) => (result.ok ? 'ok' : result.error.code)),
      ['ok', 'item-not-found', 'item-not-readable', 'ok'],
    );
  });

  for (const how of ['one item', 'the whole request']) {
    it(`asks for all properties, from then on, when the server refuses the exact ones for ${how}`, async () => {
      await start((seen, response) => {
        const ids = idsIn(seen.body);
        if (seen.body.includes('AllProperties')) sendXml(response, answerOf('GetItem', ...ids.map(itemMessage)));
        else if (how === 'one item')
          sendXml(response, answerOf('GetItem', itemMessage('a'), failure('GetItem', 'ErrorInvalidPropertyRequest')));
        else sendXml(response, fault('ErrorInvalidPropertyRequest'), 500);
      });
      for (let times = 0; times < 2; times += 1) {
        const results = await connection.getMany(mailbox, ['a', 'b']);
        assert.deepEqual(
          results.map((result) => (result.ok ? result.value.id : result.error.code)),
          ['a', 'b'],
        );
      }
      assert.equal(server.seen.length, 3);
    });
  }

  it('halves a batch when Exchange runs out of time, and looks for what it created before it creates again', async () => {
    await start((seen, response) => {
      const creates = seen.body.match(/<t:CalendarItem>/g)?.length ?? 0;
      if (seen.body.includes('m:FindItem')) {
        const found = seen.body.includes('"s-0"') && seen.body.includes('Id="calendar"');
        const item =
          '<t:CalendarItem><t:ItemId Id="old" ChangeKey="k"/><t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="7F2B6C1E-9D0A-4C53-8B6E-2F4A1D5E9C37" PropertyName="ErpSyncId" PropertyType="String"/><t:Value>s-0</t:Value></t:ExtendedProperty></t:CalendarItem>';
        sendXml(
          response,
          answerOf(
            'FindItem',
            success(
              'FindItem',
              `<m:RootFolder TotalItemsInView="${found ? 1 : 0}" IncludesLastItemInRange="true"><t:Items>${found ? item : ''}</t:Items></m:RootFolder>`,
            ),
          ),
        );
      } else if (creates > 2) sendXml(response, fault('ErrorTimeoutExpired'), 500);
      else
        sendXml(
          response,
          answerOf(
            'CreateItem',
            ...Array.from({ length: creates }, () =>
              success('CreateItem', '<m:Items><t:CalendarItem><t:ItemId Id="new" ChangeKey="k"/></t:CalendarItem></m:Items>'),
            ),
          ),
        );
    });
    const results = await connection.createMany(
      mailbox,
      [0, 1, 2, 3].map((index) => ({ item: appointment(), syncId: `s-${index}` })),
    );
    assert.deepEqual(
      results.map((result) => (result.ok ? result.value.id : result.error.code)),
      ['old', 'new', 'new', 'new'],
    );
  });

  it('creates the others when one item cannot be written', async () => {
    await start((_, response) =>
      sendXml(
        response,
        answerOf(
          'CreateItem',
          success('CreateItem', '<m:Items><t:CalendarItem><t:ItemId Id="new" ChangeKey="k"/></t:CalendarItem></m:Items>'),
        ),
      ),
    );
    const results = await connection.createMany(mailbox, [
      { item: appointment({ subject: 'bell \u0007' }), syncId: 's-1' },
      { item: appointment(), syncId: 's-2' },
    ]);
    assert.deepEqual(
      results.map((result) => (result.ok ? result.value.id : result.error.code)),
      ['text-not-representable', 'new'],
    );
  });

  it('counts the deletion of what is gone as done, and a changed item as changed', async () => {
    await start((seen, response) =>
      seen.body.includes('DeleteItem')
        ? sendXml(response, answerOf('DeleteItem', failure('DeleteItem', 'ErrorItemNotFound'), success('DeleteItem', '')))
        : sendXml(response, answerOf('UpdateItem', failure('UpdateItem', 'ErrorIrresolvableConflict'))),
    );
    assert.deepEqual(
      (await connection.deleteMany(mailbox, 'task', [{ id: 'a' }, { id: 'b' }])).map((result) => result.ok),
      [true, true],
    );
    const [updated] = await connection.updateMany(mailbox, [
      { id: 'a', changeKey: 'k', item: task(), changes: { subject: 'x' }, syncId: 's' },
    ]);
    assert.ok(updated?.ok === false && updated.error.code === 'item-changed' && updated.error.scope === 'retry');
  });

  it('reads a series again whose occurrence a person deleted while it was written', async () => {
    const failed = failure('UpdateItem', 'ErrorCalendarOccurrenceIsDeletedFromRecurrence');
    await start((_seen, response) => sendXml(response, answerOf('UpdateItem', failed)));
    const [updated] = await connection.updateMany(mailbox, [
      { id: 'a', changeKey: 'k', item: task(), changes: { subject: 'x' }, syncId: 's' },
    ]);
    assert.ok(updated?.ok === false && updated.error.code === 'item-changed' && updated.error.scope === 'retry');
  });

  it('tells changes in their order, a move to Deleted Items as a deletion', async () => {
    const item = (id: string, parent: string): string =>
      `<t:CalendarItem><t:ItemId Id="${id}" ChangeKey="k"/><t:ParentFolderId Id="${parent}"/></t:CalendarItem>`;
    await start((seen, response) =>
      seen.body.includes('m:GetFolder')
        ? sendXml(response, folders)
        : sendXml(
            response,
            answerOf(
              'SyncFolderItems',
              success(
                'SyncFolderItems',
                `<m:SyncState>s2</m:SyncState><m:IncludesLastItemInRange>false</m:IncludesLastItemInRange><m:Changes><t:Update>${item('a', 'calendar-id')}</t:Update><t:Delete><t:ItemId Id="b"/></t:Delete><t:Create>${item('c', 'calendar-id')}</t:Create><t:Update>${item('d', 'deleted-id')}</t:Update><t:ReadFlagChange><t:ItemId Id="e"/><t:IsRead>true</t:IsRead></t:ReadFlagChange></m:Changes>`,
              ),
            ),
          ),
    );
    const page = await connection.changesSince(mailbox, 'appointment', 's1');
    assert.deepEqual(
      page.changes.map(({ type, id }) => `${type} ${id}`),
      ['update a', 'delete b', 'create c', 'delete d'],
    );
    assert.deepEqual([page.syncState, page.more], ['s2', true]);
  });

  it('says so when the sync state is no longer valid', async () => {
    await start((seen, response) =>
      sendXml(
        response,
        seen.body.includes('m:GetFolder') ? folders : answerOf('SyncFolderItems', failure('SyncFolderItems', 'ErrorInvalidSyncStateData')),
      ),
    );
    const error = await rejection(connection.changesSince(mailbox, 'task', 'old'));
    assert.deepEqual([error.code, error.scope], ['sync-state-invalid', 'retry']);
  });

  it('carries cookies back, each mailbox its own', async () => {
    await start((seen, response) => {
      response.setHeader('set-cookie', `X-BackEndOverrideCookie=${String(seen.headers['x-anchormailbox'])}; path=/; secure`);
      sendXml(response, answerOf('GetItem', itemMessage('a')));
    });
    for (const one of ['a@x', 'b@x', 'a@x']) await connection.getMany(one, ['a']);
    assert.deepEqual(
      server.seen.map(({ headers }) => headers.cookie),
      [undefined, undefined, 'X-BackEndOverrideCookie=a@x'],
    );
  });

  it('lists again when the folder changed between two pages, and fails rather than leave an item out', async () => {
    let lists = 0;
    await start((seen, response) => {
      if (seen.body.includes('GetItem')) {
        sendXml(response, answerOf('GetItem', ...idsIn(seen.body).map(itemMessage)));
        return;
      }
      const first = seen.body.includes('Offset="0"');
      if (first) lists += 1;
      const total = lists === 1 && !first ? 1 : 2;
      const rows = `<t:Items><t:CalendarItem><t:ItemId Id="${first ? 'a' : 'b'}" ChangeKey="k"/></t:CalendarItem></t:Items>`;
      sendXml(
        response,
        answerOf(
          'FindItem',
          success(
            'FindItem',
            `<m:RootFolder IndexedPagingOffset="${first ? 1 : 2}" TotalItemsInView="${total}" IncludesLastItemInRange="${String(!first)}">${rows}</m:RootFolder>`,
          ),
        ),
      );
    });
    const entries = await connection.listWindow(mailbox, 'appointment', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
    assert.deepEqual(
      entries.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.equal(lists, 2);
  });

  it('checks step by step and ends with the first failure', async () => {
    await start((seen, response) => {
      if (seen.body === '') response.writeHead(401).end();
      else if (seen.body.includes('ExchangeImpersonation')) sendXml(response, fault('ErrorImpersonateUserDenied'), 500);
      else
        sendXml(
          response,
          folders.replace(/<m:GetFolderResponseMessage.*<\/m:GetFolderResponseMessage>/, failure('GetFolder', 'ErrorNonExistentMailbox')),
        );
    });
    const steps = [];
    for await (const step of connection.check(mailbox)) steps.push(`${step.step} ${step.ok}`);
    assert.deepEqual(steps, ['address true', 'connect true', 'login true', 'mailbox false']);
  });

  it('names the mailbox of each folder where it has full access instead of impersonation', async () => {
    await start(
      (seen, response) =>
        sendXml(
          response,
          seen.body.includes('m:GetFolder') ? folders : answerOf('SyncFolderItems', failure('SyncFolderItems', 'ErrorItemNotFound')),
        ),
      { impersonation: false },
    );
    await rejection(connection.changesSince(mailbox, 'task', null));
    for (const { body } of server.seen) {
      assert.doesNotMatch(body, /ExchangeImpersonation/);
      assert.match(body, /<t:Mailbox><t:EmailAddress>anna@example.com<\/t:EmailAddress><\/t:Mailbox>/);
    }
  });

  it('composes only what Microsoft\u2019s schema allows', async function () {
    if (!schemaAvailable) this.skip();
    await start((_, response) => sendXml(response, fault('ErrorInternalServerError'), 500));
    const recurrence = {
      pattern: { type: 'relativeYearly', month: 3, day: 'weekendDay', index: 'first' },
      range: { type: 'endDate', until: '2027-01-01' },
    } as const;
    const items = [
      appointment(),
      appointment({ recurrence }),
      appointment({ allDay: true, start: '2026-03-28', end: '2026-03-29' }),
      task(),
      task({ startDate: null, reminderAt: null }),
    ];
    const all = {
      subject: 1,
      body: 1,
      location: 1,
      start: 1,
      recurrence: 1,
      reminderMinutes: 1,
      freeBusy: 1,
      sensitivity: 1,
      importance: 1,
      categories: 1,
      dueDate: 1,
      reminderAt: 1,
      status: 1,
    };
    await connection.createMany(
      mailbox,
      items.map((item) => ({ item, syncId: 's' })),
    );
    await connection.updateMany(
      mailbox,
      [...items, appointment({ location: '', categories: [] })].map((item) => ({
        id: 'i',
        changeKey: 'c',
        item,
        changes: all,
        syncId: 's',
      })),
    );
    for (const kind of ['appointment', 'task'] as const) {
      await connection.deleteMany(mailbox, kind, [{ id: 'a' }]);
      await rejection(connection.listWindow(mailbox, kind, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'));
    }
    assert.ok(requests.length > 20, 'the requests of all tests above are looked at too');
    assert.deepEqual(await schemaFaults(requests.filter((body) => body !== '')), []);
  });
});

describe('the settings of an EWS connection', () => {
  const good: EwsSettings = { url: 'https://mail.example.com/EWS/Exchange.asmx', user: 'service', password: 'p' };
  const bad: Record<string, Partial<EwsSettings>> = {
    'url (no address)': { url: 'mail.example.com' },
    'url (plain http not allowed)': { url: 'http://mail.example.com/EWS' },
    'url (other protocol)': { url: 'ftp://mail.example.com/' },
    'url (password in it)': { url: 'https://a:b@mail.example.com/' },
    'user (empty)': { user: '' },
    'batchSize (too large)': { batchSize: 51 },
    'concurrency (none)': { concurrency: 0 },
    'timeZone (unknown)': { timeZone: 'Europe/Atlantis' },
  };
  for (const [name, change] of Object.entries(bad)) {
    it(`refuse ${name}`, () =>
      assert.throws(
        () => createEwsConnection({ ...good, ...change }),
        (error) => error instanceof SyncError && error.scope === 'configuration' && error.params['setting'] === name.split(' ')[0],
      ));
  }
});
