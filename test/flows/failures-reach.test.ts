/** A server that is not there when the service starts, comes, goes, and comes back on the same port. */
import assert from 'node:assert/strict';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { createForwarder } from '../support/forwarder';
import type { Forwarder } from '../support/forwarder';
import { freePort } from '../support/free-port';
import { employees } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;

describe('an unreachable server', () => {
  let site: FailingSite;
  let way: Forwarder;
  before(async function () {
    this.timeout(60_000);
    const port = await freePort();
    way = createForwarder(port);
    const environment = { EWS_URL: `http://127.0.0.1:${port}/EWS/Exchange.asmx` };
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'), { environment, unreachable: true });
  });
  afterEach(() => assert.deepEqual(site.leaks(), []));
  after(async () => {
    await way.shut();
    await site.stop();
  });

  const unreachable = async () => {
    const problem = until('the problem is noted', () => site.problems().at(-1) === 'server-unreachable open');
    const error = await until('the error is caught', () => site.errorOf('server-unreachable'));
    assert.equal(error.source, 'ews-notify-in');
    await problem;
    await until('the status shows it', () => site.statusOf('sync-notify')?.text === 'Exchange not there');
    assert.deepEqual([site.statusOf('sync-notify')?.fill, site.statusOf('sync-notify')?.shape], ['yellow', 'ring']);
  };
  const waits = (appointment: number) =>
    until('the row waits with its note', () => {
      const row = site.rowOf(appointment);
      return row?.['state'] === 'open' && row['note_code'] === 'server-unreachable';
    });
  const healed = async (written: string, made: string) => {
    await until(`${written} is in the mailbox`, () => site.inMailbox(written)[0], 30_000);
    await until(`${made} is in the ERP`, () => site.inErp(made), 30_000);
    await until('the note is closed', () => site.problems().every((problem) => problem === 'server-unreachable done'));
    await until('the status is well', () => site.statusOf('sync-notify')?.fill === 'green');
    await site.quiet();
    assert.deepEqual([site.inMailbox(written).length, site.inMailbox(made).length], [1, 1]);
  };
  const makes = (subject: string) =>
    site.simulator.create(anna, { kind: 'appointment', subject, start: '2026-12-02T09:00', end: '2026-12-02T10:00' });

  it('at the start: shown, told, noted, while the ERP side works', async () => {
    await unreachable();
    await waits(site.enter('entered before'));
    makes('made before');
  });

  it('begins when the server comes', async () => {
    await way.open(site.simulator.port);
    await healed('entered before', 'made before');
  }).timeout(60_000);

  it('in the middle: shown, told, noted; nothing that happens meanwhile is lost', async () => {
    site.errors.splice(0);
    await way.shut();
    await unreachable();
    await waits(site.enter('entered meanwhile'));
    makes('made meanwhile');
    await way.open(site.simulator.port);
    await healed('entered meanwhile', 'made meanwhile');
  }).timeout(60_000);
});
