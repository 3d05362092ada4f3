import assert from 'node:assert/strict';
import { createLoginGate } from '../../../lib/exchange/ews/transport/login-gate';
import { SyncError } from '../../../lib/model/error';

const refusal = () => new SyncError('login-refused', 'login', 'no');

describe('login gate (A6)', () => {
  const setUp = () => {
    let at = 0;
    let sent = 0;
    const gate = createLoginGate(() => at);
    const send = (answer: 'yes' | 'no' | 'down') =>
      gate.pass(async () => {
        sent += 1;
        await Promise.resolve();
        if (answer === 'no') throw refusal();
        if (answer === 'down') throw new SyncError('server-unreachable', 'connection', 'down');
        return answer;
      });
    return { gate, send, sent: () => sent, advance: (ms: number) => (at += ms) };
  };

  it('one refusal for any number of requests at once', async () => {
    const { send, sent } = setUp();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => send('no')));
    assert.ok(results.every((result) => result.status === 'rejected'));
    assert.equal(sent(), 1);
  });

  it('asks again after 50 minutes, not before', async () => {
    const { send, sent, advance } = setUp();
    await assert.rejects(send('no'), { code: 'login-refused' });
    advance(50 * 60_000 - 1);
    await assert.rejects(send('yes'), { code: 'login-refused' });
    assert.equal(sent(), 1);
    advance(1);
    assert.equal(await send('yes'), 'yes');
  });

  it('asks again at once when a person wants it', async () => {
    const { gate, send } = setUp();
    await assert.rejects(send('no'), { code: 'login-refused' });
    gate.tryAgain();
    assert.equal(await send('yes'), 'yes');
  });

  it('lets all pass once the login was taken', async () => {
    const { send, sent } = setUp();
    await send('yes');
    await Promise.all([send('yes'), send('yes'), send('yes')]);
    assert.equal(sent(), 4);
  });

  it('an unreachable server says nothing about the login', async () => {
    const { send, sent } = setUp();
    await assert.rejects(send('down'), { code: 'server-unreachable' });
    assert.equal(await send('yes'), 'yes');
    assert.equal(sent(), 2);
  });

  it('a login that was taken before is asked for once more after a minute, then after 50', async () => {
    const { send, sent, advance } = setUp();
    await send('yes');
    await Promise.allSettled([send('no'), send('no'), send('no')]);
    await assert.rejects(send('yes'), { code: 'login-refused' });
    assert.equal(sent(), 4);
    advance(60_000);
    await assert.rejects(send('no'), { code: 'login-refused' });
    advance(60_000);
    await assert.rejects(send('yes'), { code: 'login-refused' });
    assert.equal(sent(), 5);
    advance(49 * 60_000);
    assert.equal(await send('yes'), 'yes');
  });
});
