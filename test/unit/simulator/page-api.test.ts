import assert from 'node:assert/strict';
import { request } from 'node:http';
import { startSimulator, type ItemView, type Simulator } from '../../../simulator/testing';

const address = 'anna@x.test';
const json = { 'content-type': 'application/json' };

describe('mailbox page', () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [{ address, password: 'x', name: 'Anna' }] });
  });
  after(() => simulator.close());

  const items = (rest = ''): string => `${simulator.pageUrl}api/mailboxes/${encodeURIComponent(address)}/${rest}`;
  const post = (form: unknown, headers: Record<string, string> = json): Promise<Response> =>
    fetch(items('items'), { method: 'POST', headers, body: JSON.stringify(form) });
  const read = async (response: Response): Promise<ItemView> => {
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    return body as ItemView;
  };

  it('is served with its files and without foreign addresses', async () => {
    for (const name of ['', 'style.css', 'elements.js', 'page.js', 'faults.js', 'texts.js']) {
      const response = await fetch(simulator.pageUrl + name);
      assert.equal(response.status, 200, name);
      assert.doesNotMatch(await response.text(), /https?:\/\//);
    }
  });

  it('has every text in both languages', async () => {
    const source = await (await fetch(`${simulator.pageUrl}texts.js`)).text();
    const module: unknown = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const { texts } = module as { texts: Record<string, Record<string, string>> };
    assert.deepEqual(Object.keys(texts['de'] ?? {}).sort(), Object.keys(texts['en'] ?? {}).sort());
  });

  it('creates, shows, changes and deletes an appointment in local time', async () => {
    const created = await read(
      await post({ kind: 'appointment', subject: '<b>', start: '2026-03-29T09:00:00', end: '2026-03-29T10:00:00', reminderMinutes: null }),
    );
    assert.deepEqual([created.start, created.reminderMinutes, created.zone], ['2026-03-29T09:00:00+02:00', null, created.zone]);
    const listed: unknown = await (await fetch(items('appointments?from=2026-03-23&to=2026-03-30'))).json();
    assert.equal((listed as { items: readonly ItemView[] }).items.length, 1);
    const path = items(`items/${encodeURIComponent(created.id)}`);
    const changed = await read(
      await fetch(path, { method: 'PUT', headers: json, body: JSON.stringify({ kind: 'appointment', location: 'Graz' }) }),
    );
    assert.deepEqual([changed.location, changed.subject], ['Graz', '<b>']);
    assert.equal((await fetch(path, { method: 'DELETE', headers: json, body: '{}' })).status, 200);
    assert.deepEqual(
      simulator.items(address, 'deleteditems').map(({ subject }) => subject),
      ['<b>'],
    );
  });

  it('completes a task and reopens it', async () => {
    const created = await read(await post({ kind: 'task', subject: 'x', dueDate: '2026-05-01' }));
    const path = items(`items/${encodeURIComponent(created.id)}`);
    const put = async (form: object): Promise<ItemView> =>
      read(await fetch(path, { method: 'PUT', headers: json, body: JSON.stringify({ kind: 'task', ...form }) }));
    assert.equal((await put({ status: 'Completed' })).percentComplete, 100);
    const reopened = await put({ status: 'NotStarted', dueDate: null });
    assert.deepEqual([reopened.percentComplete, reopened.completeDate, reopened.dueDate], [0, undefined, undefined]);
  });

  const form = { kind: 'task', subject: 'from elsewhere' };
  it('refuses posts of other sites, forms, and other names of this machine', async () => {
    assert.equal((await post(form, { ...json, origin: 'http://evil.example' })).status, 403);
    assert.equal((await post(form, { 'content-type': 'text/plain' })).status, 403);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${simulator.pageUrl}api/mailboxes`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, 403);
  });

  it('answers what it does not understand with an error, not a crash', async () => {
    assert.equal((await post({ kind: 'task', unknown: 1 })).status, 400);
    assert.equal((await post({ kind: 'appointment', start: 'yesterday' })).status, 400);
    assert.equal((await fetch(items('items'), { method: 'POST', headers: json, body: '{' })).status, 400);
    assert.equal((await fetch(`${simulator.pageUrl}api/nothing`)).status, 404);
    assert.equal((await fetch(`${simulator.pageUrl}api/mailboxes/%E0%A4%A/tasks`)).status, 400);
    assert.equal((await fetch(items(`items/${encodeURIComponent('bm8=')}`))).status, 400);
  });
});
