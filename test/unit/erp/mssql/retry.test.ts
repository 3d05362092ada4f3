import assert from 'node:assert/strict';
import sql from 'mssql';
import { createLoginPause } from '../../../../lib/erp/mssql/pool';
import { retryPassing } from '../../../../lib/erp/mssql/retry';
import { SyncError } from '../../../../lib/model/error';
import { driverError, loginError, serverError } from './scripted';

/** Runs a task that fails as scripted and then answers; tells the answer or error, how often it ran, and the pauses. */
const run = async (...failures: readonly Error[]) => {
  const left = [...failures];
  const pauses: number[] = [];
  let runs = 0;
  const task = (): Promise<string> => {
    runs++;
    const failure = left.shift();
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
  };
  const outcome = await retryPassing(task, (ms) => Promise.resolve(pauses.push(ms))).catch((error: unknown) => error);
  return { outcome, runs, pauses };
};

const lost = driverError('ESOCKET', 'Connection lost', 'ECONNRESET');

describe('trying again', () => {
  const passing: readonly (readonly [string, Error])[] = [
    ['a deadlock', serverError(1205, 'deadlock victim')],
    ['a lock timeout', serverError(1222, 'Lock request time out')],
    ['a snapshot conflict', serverError(3960, 'Snapshot isolation')],
    ['a failover', serverError(40613, 'not currently available')],
    ['a killed session', serverError(596, 'kill state', { class: 21 })],
    ['a lost connection', lost],
    ['a closed connection', new sql.RequestError(Object.assign(new Error('closed'), { code: 'ECLOSE' }))],
    ['a closed port', driverError('ESOCKET', 'connect', 'ECONNREFUSED')],
    ['a deadlock on Babelfish', serverError(33557097, 'deadlock detected')],
  ];
  for (const [name, failure] of passing) {
    it(`follows ${name}`, async () => {
      assert.deepEqual(await run(failure, failure).then(({ outcome, runs }) => [outcome, runs]), ['done', 3]);
    });
  }

  it('ends after five attempts and two seconds with the last error', async () => {
    const { outcome, runs, pauses } = await run(lost, lost, lost, lost, lost, lost);
    assert.deepEqual([outcome, runs], [lost, 5]);
    assert.ok(pauses.reduce((sum, ms) => sum + ms, 0) <= 2_100);
  });

  const final: readonly (readonly [string, Error])[] = [
    ['a refused login', loginError([18456, 'Login failed'])],
    ['a missing database', loginError([4060, 'Cannot open'], [18456, 'Login failed'])],
    ['a certificate', driverError('ESOCKET', 'self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['a refused record', serverError(547, 'conflicted')],
    ['a time-out, which has waited long already', new sql.RequestError(Object.assign(new Error('Timeout'), { code: 'ETIMEOUT' }))],
    ['a lost answer to COMMIT', new SyncError('erp-unreachable', 'connection', 'lost', {}, { cause: lost })],
    ['a fault of the program', new TypeError('x')],
  ];
  for (const [name, failure] of final) {
    it(`does not follow ${name}`, async () => {
      assert.deepEqual(await run(failure).then(({ outcome, runs }) => [outcome, runs]), [failure, 1]);
    });
  }
});

describe('a refused login', () => {
  const refused = new SyncError('erp-login-refused', 'login', 'refused');

  it('is not repeated with every statement: after a minute once more, then after 50 minutes', async () => {
    let now = 0;
    let asked = 0;
    const pause = createLoginPause(() => now);
    const ask = () =>
      assert.rejects(
        pause(() => {
          asked++;
          return Promise.reject(refused);
        }),
        refused,
      );
    const seen: number[] = [];
    for (const minutes of [0, 0.5, 1, 2, 50, 51, 60, 101]) {
      now = minutes * 60_000;
      await ask();
      seen.push(asked);
    }
    assert.deepEqual(seen, [1, 1, 2, 2, 2, 3, 3, 4]);
  });

  it('is over as soon as the server takes it', async () => {
    let now = 0;
    const pause = createLoginPause(() => now);
    await assert.rejects(
      pause(() => Promise.reject(refused)),
      refused,
    );
    now = 60_000;
    assert.equal(await pause(() => Promise.resolve(1)), 1);
    assert.equal(await pause(() => Promise.resolve(2)), 2);
  });
});
