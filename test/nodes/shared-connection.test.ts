import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node } from 'node-red';
import sinon from 'sinon';
import { SyncError } from '../../lib/model/error';
import { both, shareConnection, type SharedState } from '../../nodes/shared/shared-connection';
import { until } from '../../testing/wait';

const nodeOn = (tab: string): Node => Object.assign(new EventEmitter(), { z: tab }) as unknown as Node;

const listening = (tab = 'tab') => {
  const states: SharedState<string>[] = [];
  return { states, user: { node: nodeOn(tab), changed: (state: SharedState<string>) => states.push(state) } };
};
const names = (states: readonly SharedState<string>[]) => states.map(({ state }) => state);
const opening = () => {
  const close = sinon.fake.resolves(undefined);
  return { close, open: sinon.fake(() => Promise.resolve({ runtime: 'it', close })) };
};
const silent = () => undefined;

describe('a connection that nodes share', () => {
  it('opens with the first user and closes with the last', async () => {
    const { open, close } = opening();
    const shared = shareConnection(open, silent);
    const first = listening();
    const second = listening();
    const leaveFirst = shared.use(first.user);
    await until('open', () => names(first.states).includes('open'));
    const leaveSecond = shared.use(second.user);
    assert.deepEqual(names(second.states), ['open']);
    await leaveFirst();
    assert.equal(close.callCount, 0);
    await leaveSecond();
    assert.equal(close.callCount, 1);
    assert.equal(open.callCount, 1);
  });

  it('opens again for a user who comes after the last has left', async () => {
    const { open, close } = opening();
    const shared = shareConnection(open, silent);
    const leave = shared.use(listening().user);
    const left = leave();
    const later = listening();
    shared.use(later.user);
    await left;
    await until('open again', () => names(later.states).at(-1) === 'open');
    assert.ok(open.callCount - close.callCount === 1);
  });

  it('tries a refused login again after 50 minutes, so that the account is not locked', async () => {
    const shared = shareConnection<string>(() => Promise.reject(new SyncError('erp-login-refused', 'login', 'refused')), silent);
    const { states, user } = listening();
    shared.use(user);
    await until('failed', () => names(states).includes('failed'));
    const last = states.at(-1);
    assert.equal(last?.state === 'failed' && last.retryInMs, 50 * 60_000);
    await shared.end(0);
  });

  it('tells a failure to every user, and as an error once per tab and cause', async () => {
    const failed = sinon.fake<[SyncError, readonly Node[]], undefined>();
    const error = new SyncError('erp-schema-missing', 'configuration', 'no tables');
    const shared = shareConnection<string>(() => Promise.reject(error), failed);
    const users = [listening('a'), listening('a'), listening('b')];
    users.forEach(({ user }) => shared.use(user));
    await until('failed', () => users.every(({ states }) => names(states).includes('failed')));
    sinon.assert.calledOnce(failed);
    assert.equal(failed.firstCall.args[1].length, 2);
    await shared.end(0);
  });

  it('tries again by itself after an outage', async () => {
    const { open } = opening();
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let attempts = 0;
      const shared = shareConnection(() => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new SyncError('erp-locked', 'connection', 'locked')) : open();
      }, silent);
      const { states, user } = listening();
      shared.use(user);
      await clock.tickAsync(10);
      assert.equal(names(states).at(-1), 'failed');
      await clock.tickAsync(2_000);
      assert.equal(names(states).at(-1), 'open');
    } finally {
      clock.restore();
    }
  });

  it('does not try again what only a deploy can change', async () => {
    const shared = shareConnection<string>(() => Promise.reject(new SyncError('field-missing', 'configuration', 'URL is empty')), silent);
    const { states, user } = listening();
    shared.use(user);
    await until('failed', () => states.find(({ state }) => state === 'failed'));
    assert.deepEqual(states.at(-1), { ...states.at(-1), retryInMs: null });
  });

  it('ends for all when its config node is closed, after the users had their time', async () => {
    const { open, close } = opening();
    const shared = shareConnection(open, silent);
    const { states, user } = listening();
    shared.use(user);
    await until('open', () => names(states).includes('open'));
    await shared.end(30);
    assert.equal(close.callCount, 1);
    assert.equal(names(states).at(-1), 'closed');
  });

  it('counts as open together with another only when both are', async () => {
    const good = shareConnection(opening().open, silent);
    const bad = shareConnection<string>(() => Promise.reject(new SyncError('erp-locked', 'connection', 'locked')), silent);
    const states: string[] = [];
    const node = nodeOn('tab');
    const leave = both(good, bad).use({ node, changed: ({ state }) => states.push(state) });
    await until('failed', () => states.includes('failed'));
    assert.ok(!states.includes('open'));
    await leave();
  });
});
