/** Our search for the address of EWS, against the simulator's Autodiscover under the names a company has. */
import assert from 'node:assert/strict';
import { Agent, buildConnector } from 'undici';
import { findExchangeUrl } from '../../../lib/exchange/autodiscover';
import { SyncError } from '../../../lib/model/error';
import { startSimulator, type Simulator } from '../../../simulator/testing';

const anna = { address: 'anna@x.test', password: 'secret' };

describe('Autodiscover against the simulator', () => {
  let simulator: Simulator;
  let dispatcher: Agent;
  before(async () => {
    simulator = await startSimulator({ mailboxes: [anna], https: true, autodiscoverRedirects: { 'moved@x.test': 'anna@x.test' } });
    const { port } = new URL(simulator.secureUrl ?? '');
    const secure = buildConnector({ ca: simulator.certificate ?? '' });
    // Names of the company lead to this machine; nothing else is there.
    dispatcher = new Agent({
      connect: (options, callback) => {
        if (options.protocol === 'https:' && ['autodiscover.x.test', '127.0.0.1'].includes(options.hostname))
          secure(
            { ...options, hostname: '127.0.0.1', port, servername: options.hostname === '127.0.0.1' ? '' : options.hostname },
            callback,
          );
        else callback(new Error(`nobody is at ${options.hostname}`), null);
      },
    });
  });
  after(async () => {
    await dispatcher.destroy();
    await simulator.close();
  });

  const find = (mailbox: string, password = anna.password): Promise<string> =>
    findExchangeUrl({ mailbox, user: anna.address, password, dispatcher });

  it('finds the address', async () => assert.equal(await find(anna.address), simulator.secureUrl));
  it('follows a redirect to another address', async () => assert.equal(await find('moved@x.test'), simulator.secureUrl));
  it('says that the login was refused', () =>
    assert.rejects(find(anna.address, 'wrong'), (error) => error instanceof SyncError && error.code === 'login-refused'));
  it('says that nothing was found', () =>
    assert.rejects(find('anna@y.test'), (error) => error instanceof SyncError && error.code === 'autodiscover-failed'));
});
