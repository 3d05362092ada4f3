import assert from 'node:assert/strict';
import { startSimulator, type FaultAction, type Simulator } from '../../../simulator/testing';
import { authorization, folder, owner, soap, syncFolderItems, task } from '../../contract/ews/harness';

describe('simulator faults', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ mailboxes: [owner] });
  });
  afterEach(() => simulator.close());

  const send = (body: string): Promise<Response> =>
    fetch(simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(owner), 'content-type': 'text/xml' },
      body: soap(body),
    });
  const create = (): Promise<Response> => send(task('<t:Subject>x</t:Subject>'));
  const stored = (): number => simulator.items(owner.address, 'tasks').length;

  it('drops the connection before the change is made', async () => {
    simulator.faults.add({ operation: 'CreateItem', action: { kind: 'dropBefore' } });
    await assert.rejects(create());
    assert.equal(stored(), 0);
  });

  it('drops the connection after the change was made, and only then', async () => {
    simulator.faults.add({ operation: 'CreateItem', nth: 2, action: { kind: 'dropAfter' } });
    assert.equal((await create()).status, 200);
    await assert.rejects(create());
    assert.equal((await create()).status, 200);
    assert.equal(stored(), 3);
  });

  const answers: readonly (readonly [FaultAction, number, RegExp])[] = [
    [{ kind: 'html500' }, 500, /<html>/],
    [{ kind: 'busy', backOffMs: 250 }, 503, /ErrorServerBusy.*BackOffMilliseconds">250</],
    [{ kind: 'soapFault', code: 'ErrorTimeoutExpired' }, 500, /ErrorTimeoutExpired/],
    [{ kind: 'unauthorized' }, 401, /^$/],
    [{ kind: 'truncate' }, 200, /^<\?xml(?![^]*<\/s:Envelope>)/],
  ];
  for (const [action, status, text] of answers)
    it(`answers ${action.kind} once`, async () => {
      simulator.faults.add({ action });
      const answer = await create();
      assert.equal(answer.status, status);
      assert.match(await answer.text(), text);
      assert.equal((await create()).status, 200);
    });

  it('goes on for as long as it is switched on', async () => {
    const end = simulator.faults.add({ operation: 'SyncFolderItems', always: true, action: { kind: 'html500' } });
    for (const expected of [500, 500]) assert.equal((await send(syncFolderItems('tasks'))).status, expected);
    assert.equal((await create()).status, 200);
    end();
    assert.equal((await send(syncFolderItems('tasks'))).status, 200);
  });

  it('runs what a test wants at the n-th request', async () => {
    let ran = 0;
    simulator.faults.add({ operation: 'CreateItem', nth: 2, action: { kind: 'run', run: () => void (ran += 1) } });
    await create();
    assert.equal(ran, 0);
    await create();
    assert.equal(ran, 1);
  });

  it('counts requests by operation and writes', async () => {
    await create();
    await send(syncFolderItems('tasks'));
    assert.deepEqual(simulator.requests.byOperation(), { CreateItem: 1, SyncFolderItems: 1 });
    assert.deepEqual([simulator.requests.writes(), simulator.requests.total()], [1, 2]);
    simulator.requests.reset();
    assert.equal(simulator.requests.total(), 0);
  });

  it('turns an error inside into ErrorInternalServerError and goes on', async () => {
    const end = simulator.onRequest(() => Promise.reject(new Error('broken')));
    const answer = await create();
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /ErrorInternalServerError/);
    end();
    assert.equal(
      (
        await send(
          `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
        )
      ).status,
      200,
    );
  });
});
