/** The admin calls of the simulator: what the page and curl switch faults on and off with. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { startSimulator, type Simulator } from '../../../simulator/testing';
import { authorization, owner, soap, task } from '../../contract/ews/harness';

const json = { 'content-type': 'application/json' };

describe('simulator admin calls', () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [owner] });
  });
  afterEach(() => simulator.faults.clear());
  after(() => simulator.close());

  const call = async (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = json) => {
    const response = await fetch(`${simulator.pageUrl}admin/${path}`, {
      method,
      headers: method === 'GET' ? {} : headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  };
  const create = (headers: Record<string, string> = { authorization: authorization(owner) }): Promise<Response> =>
    fetch(simulator.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', ...headers },
      body: soap(task('<t:Subject>secret subject</t:Subject>')),
    });

  it('switch a fault on, show it and how often it struck, and switch it off', async () => {
    const fault = { operation: 'CreateItem', always: true, action: { kind: 'busy', backOffMs: 100 } };
    const { answer } = await call('faults', 'POST', fault);
    assert.equal((await create()).status, 503);
    assert.deepEqual((await call('faults')).answer, { faults: [{ ...(answer as object), struck: 1, fault }] });
    const { id } = answer as { id: number };
    assert.equal((await call(`faults/${id}`, 'DELETE', {})).status, 200);
    assert.equal((await call(`faults/${id}`, 'DELETE', {})).status, 404);
    assert.equal((await create()).status, 200);
  });

  it('switch all off, those of tests too', async () => {
    simulator.faults.add({ always: true, action: { kind: 'run', run: () => undefined } });
    assert.match(JSON.stringify((await call('faults')).answer), /"kind":"run"/);
    await call('faults', 'DELETE', {});
    assert.deepEqual((await call('faults')).answer, { faults: [] });
  });

  const wrong: readonly unknown[] = [
    {},
    [],
    'busy',
    null,
    { action: { kind: 'explode' } },
    { action: { kind: 'run' } },
    { action: { kind: 'busy', as: 'page' } },
    { action: { kind: 'delay' } },
    { action: { kind: 'delay', ms: -1 } },
    { action: { kind: 'delay', ms: 1e12 } },
    { action: { kind: 'responseCode', code: 'ErrorInvented' } },
    { action: { kind: 'itemErrors', code: 'ErrorItemSave', share: 2 } },
    { action: { kind: 'html500', text: 'x' } },
    { action: { kind: 'html500' }, rate: 'often' },
    { action: { kind: 'html500' }, nth: 0 },
    { action: { kind: 'html500' }, unknown: 1 },
    JSON.parse('{"action":{"kind":"html500"},"constructor":1}'),
    { action: { kind: 'constructor' } },
    { action: { kind: 'redirect', location: '/x\r\nset-cookie: a=b' } },
  ];
  for (const fault of wrong)
    it(`refuse ${JSON.stringify(fault)}`, async () => {
      assert.equal((await call('faults', 'POST', fault)).status, 400);
      assert.deepEqual(simulator.faults.list(), []);
    });

  it('issue tokens', async () => {
    const { answer } = await call('tokens', 'POST', { address: owner.address, seconds: 60 });
    const { token } = answer as { token: string };
    assert.equal((await create({ authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await call('tokens', 'POST', { address: 1 })).status, 400);
  });

  it('show the last 50 requests without content or secrets', async () => {
    for (let index = 0; index < 51; index += 1) await create();
    const { requests } = (await call('requests')).answer as { requests: { operation: string; caller: string; code: string }[] };
    assert.equal(requests.length, 50);
    assert.deepEqual([requests[0]?.operation, requests[0]?.caller, requests[0]?.code], ['CreateItem', owner.address, 'NoError']);
    assert.doesNotMatch(JSON.stringify(requests), /secret/);
  });

  it('show what went wrong in a request', async () => {
    await fetch(simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(owner), 'content-type': 'text/xml' },
      body: soap('<m:GetFolder/>'),
    });
    const [seen] = simulator.lastRequests();
    assert.deepEqual([seen?.operation, seen?.status, seen?.code], ['GetFolder', 500, 'ErrorSchemaValidation']);
  });

  it('are for the own page on this machine only', async () => {
    const body = { action: { kind: 'html500' } };
    assert.equal((await call('faults', 'POST', body, { 'content-type': 'text/plain' })).status, 403);
    assert.equal((await call('faults', 'POST', body, { ...json, origin: 'http://evil.test' })).status, 403);
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${simulator.pageUrl}admin/faults`, { headers: { host: 'evil.test' } }, (response) =>
        resolve(response.statusCode),
      );
      sent.on('error', reject);
      sent.end();
    });
    assert.equal(status, 403);
    assert.deepEqual(simulator.faults.list(), []);
  });

  it('answer 404 to anything else', async () => {
    for (const [path, method] of [
      ['nothing', 'GET'],
      ['faults/1', 'GET'],
      ['faults/1/2', 'DELETE'],
      ['requests', 'DELETE'],
    ] as const)
      assert.equal((await call(path, method, method === 'GET' ? undefined : {})).status, 404, path);
  });
});
