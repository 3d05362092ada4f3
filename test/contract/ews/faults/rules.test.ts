/** Which requests a fault strikes, and how often. */
import assert from 'node:assert/strict';
import type { FaultRule } from '../../../../simulator/testing';
import { colleague, impersonate, owner, service, type Client } from '../harness';
import { getFolder, startFaultClient, syncFolderItems, tasks } from './fault-client';

const failing = { kind: 'soapFault', code: 'ErrorInternalServerTransientError' } as const;

describe('which requests a fault strikes', () => {
  let client: Client;
  before(async () => {
    client = await startFaultClient();
  });
  afterEach(() => client.simulator.faults.clear());
  after(function () {
    return client.finish(() => this.skip());
  });

  /** Letters of the requests that failed (x) and went through (.). */
  const pattern = async (count: number, send = () => client.call(getFolder)): Promise<string> => {
    let letters = '';
    for (let index = 0; index < count; index += 1) letters += (await send()).codes[0] === 'NoError' ? '.' : 'x';
    return letters;
  };

  const rules: readonly (readonly [string, FaultRule, string])[] = [
    ['the next one', {}, 'x.....'],
    ['the n-th', { nth: 3 }, '..x...'],
    ['the next n', { times: 3 }, 'xxx...'],
    ['n from the m-th on', { nth: 2, times: 3 }, '.xxx..'],
    ['always', { always: true }, 'xxxxxx'],
    ['always from the n-th on', { nth: 4, always: true }, '...xxx'],
    ['at the rate 1', { rate: 1 }, 'xxxxxx'],
    ['at the rate 0', { rate: 0 }, '......'],
    ['at the rate 1 for n times', { rate: 1, times: 2 }, 'xx....'],
    ['one operation', { operation: 'SyncFolderItems', always: true }, '......'],
    ['one account', { account: 'ANNA@x.test', always: true }, 'xxxxxx'],
    ['another account', { account: 'bob@x.test', always: true }, '......'],
    ['one mailbox', { mailbox: 'ANNA@x.test', always: true }, 'xxxxxx'],
    ['another mailbox', { mailbox: 'bob@x.test', always: true }, '......'],
  ];
  for (const [name, rule, expected] of rules)
    it(`${name}: ${expected}`, async () => {
      client.simulator.faults.add({ ...rule, action: failing });
      assert.equal(await pattern(6), expected);
    });

  it('strikes about as often as its rate says, and the same requests each time', async () => {
    const run = async (seed: number): Promise<string> => {
      const other = await startFaultClient({ faultSeed: seed });
      other.simulator.faults.add({ rate: 0.5, action: failing });
      const letters = await pattern(40, () => other.call(getFolder));
      await other.simulator.close();
      return letters;
    };
    const [first, again, different] = [await run(1), await run(1), await run(2)];
    const struck = first.replaceAll('.', '').length;
    assert.ok(struck > 8 && struck < 32, first);
    assert.equal(again, first);
    assert.notEqual(different, first);
  });

  it('counts only the requests it concerns', async () => {
    client.simulator.faults.add({ operation: 'SyncFolderItems', nth: 2, action: failing });
    await client.call(getFolder);
    assert.deepEqual((await client.call(syncFolderItems('tasks'))).codes, ['NoError']);
    assert.deepEqual((await client.call(getFolder)).codes, ['NoError']);
    assert.deepEqual((await client.call(syncFolderItems('tasks'))).codes, ['ErrorInternalServerTransientError']);
  });

  it('knows the mailbox that is impersonated, and one that is opened by address', async () => {
    client.simulator.faults.add({ mailbox: colleague.address, always: true, action: failing });
    const opened = getFolder.replace(
      'Id="tasks"/>',
      `Id="tasks"><t:Mailbox><t:EmailAddress>${colleague.address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`,
    );
    const codes = async (body: string, header?: string) =>
      (await client.call(body, { as: service, ...(header === undefined ? {} : { header }) })).codes[0];
    assert.equal(await codes(getFolder, impersonate(colleague.address)), failing.code);
    assert.equal(await codes(opened), failing.code);
    assert.equal(await codes(getFolder, impersonate(owner.address)), 'NoError');
  });

  it('shows what is on and how often it struck, and switches one off', async () => {
    const { faults } = client.simulator;
    const end = faults.add({ always: true, action: failing });
    faults.add({ operation: 'CreateItem', nth: 2, action: { kind: 'quotaExceeded' } });
    await pattern(3);
    await client.call(tasks(1));
    assert.deepEqual(
      faults.list().map(({ fault, struck }) => [fault.action.kind, struck]),
      [
        ['soapFault', 4],
        ['quotaExceeded', 0],
      ],
    );
    assert.ok(faults.remove(faults.list()[1]?.id ?? 0));
    assert.ok(!faults.remove(0));
    end();
    assert.deepEqual(faults.list(), []);
    assert.equal(await pattern(2), '..');
  });
});
