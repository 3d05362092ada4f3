/** What looks like many deletions and may be something else: nothing is deleted, nothing is doubled, and changes go on (complaints 1 and 2). */
import assert from 'node:assert/strict';
import { until } from '../../testing/wait';
import { shippedFlow } from '../support/shipped-flow';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna, ben] = employees;
const count = 14;

describe('the guard in the shipped flow', () => {
  let site: Site;
  before(async function () {
    this.timeout(60_000);
    site = await startSite(shippedFlow('bidirectional-sync.json'), {
      prepare: ({ erp }) => {
        const insert = erp.prepare('INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (?, ?, ?, ?)');
        for (const employee of [1, 2])
          for (let at = 0; at < count; at += 1)
            insert.run(employee, `Besuch ${at}`, `2026-12-${10 + at} 09:00`, `2026-12-${10 + at} 09:30`);
      },
    });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await until('everything is linked', () => links() === 2 * count, 30_000);
    await site.quiet();
  });
  after(() => site.stop());

  const links = () => Number(site.erp.prepare("SELECT count(*) AS n FROM sync_link WHERE state = 'active'").get()?.['n']);
  const calendar = (mailbox: string) => site.simulator.items(mailbox, 'calendar');
  const records = (employee: number) =>
    site.erp.prepare('SELECT id, subject FROM appointment WHERE employee_id = ? ORDER BY id').all(employee);
  const held = () => site.journal().filter(({ state, noteCode }) => state === 'conflict' && noteCode === 'deletion-held');
  const notices = () => site.errors.filter(({ code }) => code === 'deletions-held').length;
  const control = (payload: object): void => site.send('sync-control', { payload });
  /** Looks through all folders at once, instead of at the next sweep. */
  const sweep = async (): Promise<void> => {
    const seen = site.simulator.requests.count('SyncFolderItems');
    control({ action: 'synchronise-now' });
    await until('all folders were read', () => site.simulator.requests.count('SyncFolderItems') >= seen + 2 * employees.length, 30_000);
    await site.quiet();
  };

  it('holds an emptied calendar, says so once, and carries out what a person releases', async () => {
    for (const { id } of calendar(anna)) site.simulator.delete(anna, id);
    await until('all are held', () => held().length === count, 30_000);
    await site.quiet();
    assert.equal(records(1).length, count);
    assert.equal(notices(), 1);
    const [first, ...others] = held();
    assert.ok(first);
    control({ action: 'finish', id: first.id, reason: 'bleibt' });
    control({ action: 'release', ids: others.map(({ id }) => id) });
    await until('the released ones are gone', () => records(1).length === 1, 30_000);
    await site.quiet();
    assert.deepEqual(held(), []);
    assert.equal(notices(), 1);
  }).timeout(60_000);

  it('makes a kept item anew where it was deleted when it changes where it stayed', async () => {
    site.erp.exec("UPDATE appointment SET subject = 'geblieben' WHERE employee_id = 1");
    await until('it is in the calendar again', () => calendar(anna).some(({ subject }) => subject === 'geblieben'), 30_000);
    await site.quiet();
    assert.equal(calendar(anna).length, 1);
  }).timeout(60_000);

  it('holds an emptied table of the ERP', async () => {
    site.erp.exec('DELETE FROM appointment WHERE employee_id = 2');
    await until('all are held', () => held().length === count, 30_000);
    await site.quiet();
    assert.equal(calendar(ben).length, count);
    assert.equal(notices(), 2);
    control({ action: 'release', employee: '2', kind: 'appointment' });
    await until('the calendar is empty', () => calendar(ben).length === 0, 30_000);
    await site.quiet();
  }).timeout(60_000);

  it('lets a single deletion through after all that', async () => {
    for (let at = 0; at < 3; at += 1)
      site.simulator.create(ben, { kind: 'appointment', subject: `neu ${at}`, start: '2026-12-03T09:00', end: '2026-12-03T10:00' });
    await until('they are in the ERP', () => records(2).length === 3, 30_000);
    const [first] = calendar(ben);
    assert.ok(first);
    await site.quiet();
    site.simulator.delete(ben, first.id);
    await until('it is gone from the ERP', () => records(2).length === 2, 30_000);
  }).timeout(60_000);

  it('takes a lost sync state for no deletion, and doubles nothing', async () => {
    const before = { links: links(), ben: records(2), calendar: calendar(ben).length };
    site.simulator.strike('loseSyncStates', ben);
    await sweep();
    assert.deepEqual({ links: links(), ben: records(2), calendar: calendar(ben).length }, before);
    const [item] = calendar(ben);
    assert.ok(item);
    site.simulator.update(ben, item.id, { kind: 'appointment', subject: 'danach' });
    await until('changes still come', () => records(2).some((row) => row['subject'] === 'danach'), 30_000);
  }).timeout(60_000);

  const subjects = (mailbox: string) =>
    calendar(mailbox)
      .map(({ subject }) => subject)
      .sort();

  // What came from Exchange carries no sync id before the ERP changes it for the first time.
  it('finds items again that have new ids, as after a migration, by the sync id that they carry', async () => {
    site.erp.exec("UPDATE appointment SET location = 'Wien' WHERE employee_id = 2");
    await until('the change has arrived', () => calendar(ben).every(({ location }) => location === 'Wien'), 30_000);
    await site.quiet();
    const before = { links: links(), records: records(2), subjects: subjects(ben) };
    site.simulator.strike('renewIds', ben);
    await sweep();
    assert.deepEqual({ links: links(), records: records(2), subjects: subjects(ben) }, before);
    const linked = site.erp.prepare('SELECT exchange_id AS id FROM sync_link WHERE employee_id = 2').all();
    assert.deepEqual(
      linked.map(({ id }) => String(id)).sort(),
      calendar(ben)
        .map(({ id }) => id)
        .sort(),
    );
    site.erp.exec("UPDATE appointment SET subject = 'nach dem Umzug' WHERE employee_id = 2 AND subject = 'danach'");
    await until('changes still go', () => subjects(ben).includes('nach dem Umzug'), 30_000);
    assert.equal(calendar(ben).length, before.subjects.length);
  }).timeout(60_000);
});
