/** A column that the ERP's own update took away: the rows of its table say so and wait, all others go on, and it heals when it is back. */
import assert from 'node:assert/strict';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;

describe('a column that is missing while the sync runs', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'), { watched: ['sync-debug-list'] });
    const triggers = site.erp.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'appointment'").all();
    for (const { name } of triggers) site.erp.exec(`DROP TRIGGER "${String(name)}"`);
    site.erp.exec('ALTER TABLE appointment DROP COLUMN location');
  });
  after(() => site.stop());

  const tasks = () => site.simulator.items(anna, 'tasks').map(({ subject }) => subject);

  it('is noted at the rows of appointments, outbound and inbound; tasks go on both ways', async () => {
    const appointment = site.enter('of the ERP');
    site.erp.exec(
      `INSERT INTO sync_journal (direction, kind, operation, employee_id, erp_id) VALUES ('outbound', 'appointment', 'create', '1', '${appointment}')`,
    );
    site.erp.exec("INSERT INTO task (employee_id, subject) VALUES (1, 'task of the ERP')");
    site.simulator.create(anna, { kind: 'appointment', subject: 'of Exchange', start: '2026-12-04T09:00', end: '2026-12-04T10:00' });
    site.simulator.create(anna, { kind: 'task', subject: 'task of Exchange' });
    await until('the task is in the mailbox', () => tasks().includes('task of the ERP'));
    await until('the task is in the ERP', () => site.erp.prepare("SELECT 1 FROM task WHERE subject = 'task of Exchange'").get());
    const row = await until('its row is noted', () => {
      const now = site.rowOf(appointment);
      return now?.['note_code'] === 'erp-schema-missing' && now;
    });
    assert.equal(row['state'], 'open');
    assert.match(String(row['note']), /location/);
    assert.doesNotMatch(String(row['note']), /of the ERP/);
    const inbound = await until('the inbound row is noted', () =>
      site
        .journal()
        .find(({ direction, kind, noteCode }) => direction === 'inbound' && kind === 'appointment' && noteCode === 'erp-schema-missing'),
    );
    assert.equal(inbound.state, 'open');
  });

  it('heals when the column is back', async () => {
    site.erp.exec("ALTER TABLE appointment ADD COLUMN location TEXT NULL DEFAULT ''");
    const hurry = setInterval(() => {
      site.send('sync-control', { payload: { action: 'synchronise-now' } });
    }, 300);
    try {
      await until('it is in the mailbox', () => site.inMailbox('of the ERP')[0]);
      await until('it is in the ERP', () => site.inErp('of Exchange'));
    } finally {
      clearInterval(hurry);
    }
  });
});
