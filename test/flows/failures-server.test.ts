/** What happens on the way to Exchange: each failure is seen, told, noted, and heals by itself. */
import assert from 'node:assert/strict';
import type { FaultAction } from '../../simulator/testing';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna, ben] = employees;

const writer = 'sync-write-ews';
const notify = 'sync-notify';

describe('failures of the server', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'));
  });
  beforeEach(() => {
    site.errors.splice(0);
  });
  afterEach(() => {
    site.simulator.faults.clear();
    assert.deepEqual(site.leaks(), []);
  });
  after(() => site.stop());

  const arrives = (subject: string, address: string = anna) =>
    until(`${subject} is in the mailbox`, () => site.inMailbox(subject, address)[0]);

  describe('while an item is written', () => {
    const cases: readonly { readonly action: FaultAction; readonly name: string; readonly code: string; readonly status: string }[] = [
      { name: 'a 500 page', action: { kind: 'html500' }, code: 'not-xml', status: 'yellow ring not Exchange' },
      { name: 'a page with 200', action: { kind: 'html200' }, code: 'not-xml', status: 'yellow ring not Exchange' },
      { name: 'a refused login', action: { kind: 'unauthorized' }, code: 'login-refused', status: 'red dot login refused' },
      { name: 'a broken connection', action: { kind: 'dropBefore' }, code: 'server-unreachable', status: 'yellow ring Exchange not there' },
    ];
    for (const { name, action, code, status } of cases) {
      it(`${name}: the row waits with ${code} as its note, and goes on afterwards`, async () => {
        const end = site.simulator.faults.add({ operation: 'CreateItem', always: true, action });
        const appointment = site.enter(name);
        const row = await until('the row has its note', () => {
          const now = site.rowOf(appointment);
          return now?.['note_code'] === code && now;
        });
        assert.equal(row['state'], 'open');
        assert.notEqual(row['note'], '');
        const error = await until('the error is caught', () => site.errorOf(code));
        assert.equal(error.source, 'ews-write');
        await until(`the status "${status}" was shown`, () => site.shown(writer).includes(status));
        end();
        // A refused login waits 50 minutes, so that no account is locked; a person who corrected it need not.
        if (code === 'login-refused') site.send('sync-control', { payload: { action: 'synchronise-now' } });
        await arrives(name);
        await until('the row is done', () => site.rowOf(appointment)?.['state'] === 'done');
        assert.equal(site.inMailbox(name).length, 1);
      });
    }

    it('a busy server is asked again later without bothering anybody', async () => {
      site.simulator.faults.add({ operation: 'CreateItem', action: { kind: 'busy', backOffMs: 300 } });
      const appointment = site.enter('busy with back-off');
      await arrives('busy with back-off');
      await until('the row is done', () => site.rowOf(appointment)?.['state'] === 'done');
      assert.deepEqual(site.errors, []);
    });

    it('a server that stays busy and names no time is told once, and the item arrives afterwards', async () => {
      const end = site.simulator.faults.add({ operation: 'CreateItem', always: true, action: { kind: 'busy' } });
      const appointment = site.enter('busy');
      await until('the row has its note', () => site.rowOf(appointment)?.['note_code'] === 'server-busy', 30_000);
      await until('the error is caught', () => site.errorOf('server-busy'));
      await until('the status was shown', () => site.shown(writer).includes('yellow ring Exchange is busy'));
      end();
      await arrives('busy');
      assert.equal(site.errors.length, 1);
    }).timeout(40_000);
  });

  describe('while a mailbox is read', () => {
    const cases: readonly { readonly action: FaultAction; readonly code: string }[] = [
      { action: { kind: 'html500' }, code: 'not-xml' },
      { action: { kind: 'html200' }, code: 'not-xml' },
      { action: { kind: 'truncate' }, code: 'not-xml' },
      { action: { kind: 'dropAfter' }, code: 'server-unreachable' },
    ];
    for (const { action, code } of cases) {
      it(`${action.kind}: the mailbox is shown as failed with ${code}, and caught up afterwards`, async () => {
        const before = site.problems().length;
        const end = site.simulator.faults.add({ operation: 'SyncFolderItems', always: true, action });
        const subject = `read ${action.kind}`;
        site.simulator.create(anna, { kind: 'appointment', subject, start: '2026-12-02T09:00', end: '2026-12-02T10:00' });
        await until('the problem is noted', () => site.problems().slice(before)[0] === `${code} open`);
        assert.equal((await until('the error is caught', () => site.errorOf(code))).source, 'ews-notify-in');
        await until('the status shows it', () => site.shown(notify).includes('yellow ring failing: 1'));
        assert.equal(site.inErp(subject), undefined);
        end();
        await until('it is in the ERP', () => site.inErp(subject));
        await until('the problem is over', () =>
          site
            .problems()
            .slice(before)
            .every((problem) => problem === `${code} done`),
        );
        await until('the status is well', () => site.statusOf(notify)?.fill === 'green');
      });
    }
  });

  describe('with notifications', () => {
    /** Something that a person does meanwhile is not lost. */
    const caughtUp = async (subject: string) => {
      site.simulator.create(ben, { kind: 'appointment', subject, start: '2026-12-03T09:00', end: '2026-12-03T10:00' });
      await until(`${subject} is in the ERP`, () => site.inErp(subject));
    };

    it('cut connections: told, noted, opened again and caught up', async () => {
      const streams = site.simulator.requests.count('GetStreamingEvents');
      site.simulator.dropConnections();
      await until('the error is caught', () => site.errorOf('server-unreachable'));
      await caughtUp('while the connections are cut');
      await until('the stream is open again', () => site.simulator.requests.count('GetStreamingEvents') > streams);
      await until('the status is well', () => site.statusOf(notify)?.fill === 'green');
      await until('the note is closed', () => site.problems().at(-1) === 'server-unreachable done');
      await until('the status was shown', () => site.shown(notify).includes('yellow ring Exchange not there'));
    });

    it('lost subscriptions are replaced and caught up', async () => {
      const subscriptions = site.simulator.requests.count('Subscribe');
      site.simulator.dropSubscriptions();
      site.simulator.dropConnections();
      await until('they are replaced', () => site.simulator.requests.count('Subscribe') >= subscriptions + employees.length);
      await caughtUp('while the subscriptions are lost');
    });

    it('a login that is refused while the stream is opened is noted, and nobody is locked out by trying', async () => {
      const end = site.simulator.faults.add({ operation: 'GetStreamingEvents', always: true, action: { kind: 'unauthorized' } });
      const streams = site.simulator.requests.count('GetStreamingEvents');
      site.simulator.dropConnections();
      await until('the note is there', () => site.problems().includes('login-refused open'));
      await until('the error is caught', () => site.errorOf('login-refused'));
      await until('the status shows it', () => site.statusOf(notify)?.text === 'login refused');
      assert.equal(site.simulator.requests.count('GetStreamingEvents'), streams + 1);
      end();
    });
  });
});
