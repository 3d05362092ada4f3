import assert from 'node:assert/strict';
import { SyncError } from '../../../lib/model/error';
import { fail, ok } from '../../../lib/model/result';
import { createBatcher } from '../../../lib/sync/batcher';
import { matchesAddress } from '../../../lib/sync/create-runtime';
import { createHealth } from '../../../lib/sync/health';
import { createMailboxLocks } from '../../../lib/sync/mailbox-locks';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('batcher', () => {
  it('puts a burst into one batch per key and gives every member its own result', async () => {
    const batches: (readonly number[])[] = [];
    const batcher = createBatcher<number, string>({
      keyOf: (member) => (member % 2 === 0 ? 'even' : 'odd'),
      size: 10,
      run: (members) => {
        batches.push(members);
        return Promise.resolve(members.map((member) => (member === 3 ? fail(new SyncError('bad', 'item', 'three')) : ok(`n${member}`))));
      },
    });
    const results = await Promise.allSettled([1, 2, 3, 4].map((member) => batcher.add(member)));
    assert.deepEqual(batches.toSorted(), [
      [1, 3],
      [2, 4],
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : 'rejected')),
      ['n1', 'n2', 'rejected', 'n4'],
    );
  });

  it('never makes a batch larger than its size, and gathers while one runs', async () => {
    const sizes: number[] = [];
    const batcher = createBatcher<number, null>({
      keyOf: () => 'one',
      size: 3,
      run: async (members) => {
        sizes.push(members.length);
        await tick();
        return members.map(() => ok(null));
      },
    });
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((member) => batcher.add(member)));
    await batcher.idle();
    assert.deepEqual(sizes, [3, 3, 1]);
  });

  it('a batch that fails as a whole fails its members, and the next batch runs', async () => {
    let runs = 0;
    const batcher = createBatcher<number, null>({
      keyOf: () => 'one',
      size: 2,
      run: (members) => {
        runs += 1;
        return runs === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(members.map(() => ok(null)));
      },
    });
    const results = await Promise.allSettled([1, 2, 3].map((member) => batcher.add(member)));
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'rejected', 'fulfilled'],
    );
  });
});

describe('mailbox locks', () => {
  it('one holder per mailbox, in order, whatever the case of the address; others go on', async () => {
    const locks = createMailboxLocks();
    const seen: string[] = [];
    const hold = (mailbox: string, name: string) =>
      locks.hold(mailbox, async () => {
        seen.push(`${name} in`);
        await tick();
        seen.push(`${name} out`);
      });
    await Promise.all([hold('a@x.test', 'first'), hold('A@X.test', 'second'), hold('b@x.test', 'other')]);
    assert.ok(seen.indexOf('first out') < seen.indexOf('second in'));
    assert.ok(seen.indexOf('other in') < seen.indexOf('first out'));
  });

  it('a holder that fails lets the next one in', async () => {
    const locks = createMailboxLocks();
    const failing = locks.hold('a@x.test', () => Promise.reject(new Error('no')));
    const next = locks.hold('a@x.test', () => Promise.resolve('in'));
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'in');
  });
});

describe('health', () => {
  const unreachable = new SyncError('server-unreachable', 'connection', 'down');
  const setUp = () => {
    let at = 0;
    return { health: createHealth(() => at), advance: (ms: number) => (at += ms) };
  };

  it('waits longer with every outage, at most a minute, and tells a cause once', () => {
    const { health, advance } = setUp();
    const verdicts = Array.from({ length: 10 }, () => {
      advance(1_000);
      return health.fail('a', unreachable);
    });
    assert.deepEqual(
      verdicts.map(({ waitMs }) => waitMs),
      [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000],
    );
    assert.deepEqual(
      verdicts.map(({ tell }) => tell),
      [true, ...Array.from({ length: 9 }, () => false)],
    );
  });

  it('tells again after a recovery, and after an hour', () => {
    const { health, advance } = setUp();
    health.fail('a', unreachable);
    advance(60 * 60_000);
    assert.equal(health.fail('a', unreachable).tell, true);
    health.succeed('a');
    advance(1_000);
    assert.deepEqual(health.fail('a', unreachable), { waitMs: 1_000, tell: true });
  });

  it('failures of parallel batches are one outage', () => {
    const { health } = setUp();
    assert.equal(health.fail('a', unreachable).waitMs, 1_000);
    assert.equal(health.fail('a', unreachable).waitMs, 1_000);
  });

  it('waits 50 minutes after a refused login (A6) and as long as a busy server asks', () => {
    const { health } = setUp();
    assert.equal(health.fail('a', new SyncError('login-refused', 'login', 'no')).waitMs, 50 * 60_000);
    assert.equal(health.fail('b', new SyncError('server-busy', 'connection', 'busy', {}, { backOffMs: 90_000 })).waitMs, 90_000);
  });
});

describe('employees of a connection', () => {
  for (const [patterns, address, expected] of [
    ['', 'a@x.test', true],
    ['*', 'a@x.test', true],
    ['*@x.test', 'A@X.TEST', true],
    ['*@x.test', 'a@xxtest', false],
    ['a@x.test, *@y.test', 'b@y.test', true],
    ['a@x.test', 'aa@x.test', false],
  ] as const) {
    it(`"${patterns}" ${expected ? 'serves' : 'leaves out'} ${address}`, () => assert.equal(matchesAddress(patterns, address), expected));
  }
});
