/** Once both sides agree, nothing is written any more, however often everything is looked through (complaint 10: ping-pong). */
import assert from 'node:assert/strict';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;
const sweeps = 5;

describe('an idle site', () => {
  let site: Site;
  before(async function () {
    this.timeout(60_000);
    // A sweep every three seconds instead of every quarter of an hour.
    site = await startSite(withChanges(shippedFlow('bidirectional-sync.json'), { 'sync-notify': { sweepMinutes: '0.05' } }), {
      prepare: ({ erp, simulator }) => {
        erp.exec(`INSERT INTO appointment (employee_id, subject, start_at, end_at, priority, activity_type_id) VALUES
          (1, 'single', '2026-12-01 09:00', '2026-12-01 10:00', 2, 1), (2, 'day', '2026-12-01', '2026-12-01', 5, NULL)`);
        erp.exec("INSERT INTO task (employee_id, subject, status) VALUES (1, 'done', 'completed')");
        simulator.create(anna, {
          kind: 'appointment',
          subject: 'series',
          start: '2026-12-01T09:00',
          end: '2026-12-01T10:00',
          body: 'a\r\nb\r\n',
          recurrence: { pattern: 'monthly' },
        });
        simulator.create(anna, { kind: 'task', subject: 'open', percentComplete: 30 });
      },
    });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await until(
      'everything is linked',
      () => site.erp.prepare("SELECT count(*) AS links FROM sync_link WHERE state = 'active'").get()?.['links'] === 5,
    );
    await until('nothing waits', () => site.journal().every((row) => row.state !== 'open' && row.state !== 'leased'));
  });
  after(() => site.stop());

  it('writes nothing on either side and no journal row, sweep after sweep', async function () {
    this.timeout(70_000);
    const contents = () => site.erp.prepare('SELECT id, updated_at FROM appointment UNION ALL SELECT -id, updated_at FROM task').all();
    const before = { rows: site.journal().length, writes: site.simulator.requests.writes(), contents: contents() };
    const reads = site.simulator.requests.count('SyncFolderItems');
    const folders = employees.length * 2;
    await until(`${sweeps} sweeps`, () => site.simulator.requests.count('SyncFolderItems') >= reads + sweeps * folders, 60_000);
    assert.deepEqual({ rows: site.journal().length, writes: site.simulator.requests.writes(), contents: contents() }, before);
    assert.deepEqual(site.errors, []);
  });
});
