/** An ERP appointment of several employees where each of them may change it from his mailbox (setting `conferences` = sync), through the shipped flow. */
import assert from 'node:assert/strict';
import { until } from '../../testing/wait';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna, ben] = employees;
const flow = withChanges(shippedFlow('bidirectional-sync.json'), {
  'sync-resolve-in': { conferences: 'sync' },
  'sync-resolve-out': { conferences: 'sync' },
});

describe('a conference that every participant may change', () => {
  let site: Site;
  const record = (subject: string) => site.erp.prepare('SELECT id, location, body FROM appointment WHERE subject = ?').get(subject);
  const item = (mailbox: string, subject: string) => site.simulator.items(mailbox, 'calendar').find((one) => one.subject === subject);
  const locations = (subject: string) => [record(subject)?.['location'], item(anna, subject)?.location, item(ben, subject)?.location];
  const participants = (subject: string) =>
    site.erp.prepare('SELECT employee_id FROM appointment_participant WHERE appointment_id = ?').all(record(subject)?.['id'] ?? 0);
  const inBoth = async (subject: string) => {
    const { lastInsertRowid: id } = site.erp
      .prepare(
        "INSERT INTO appointment (employee_id, subject, location, start_at, end_at) VALUES (1, ?, 'before', '2026-12-01 09:00:00', '2026-12-01 10:00:00')",
      )
      .run(subject);
    site.erp.prepare('INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (?, 2)').run(id);
    await until('both have it', () => item(anna, subject) !== undefined && item(ben, subject) !== undefined);
    await site.quiet();
  };
  before(async function () {
    this.timeout(60_000);
    site = await startSite(flow);
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
  });
  after(() => site.stop());

  it('reaches the ERP and all others from any mailbox', async () => {
    await inBoth('moved');
    site.simulator.update(ben, item(ben, 'moved')?.id ?? '', { kind: 'appointment', location: 'Exchange' });
    await until('everybody knows', () => locations('moved').every((location) => location === 'Exchange'));
    await site.quiet();
    assert.equal(site.simulator.items(anna, 'calendar').filter(({ subject }) => subject === 'moved').length, 1);
  });

  it('merges what two participants change at once', async () => {
    await inBoth('merged');
    site.simulator.update(ben, item(ben, 'merged')?.id ?? '', { kind: 'appointment', location: 'Room 2' });
    site.simulator.update(anna, item(anna, 'merged')?.id ?? '', { kind: 'appointment', body: 'Agenda' });
    await until('all have the place', () => locations('merged').every((location) => location === 'Room 2'));
    await until('all have the text', () =>
      [record('merged')?.['body'], item(anna, 'merged')?.body, item(ben, 'merged')?.body].every((body) => String(body).trim() === 'Agenda'),
    );
    await site.quiet();
  });

  it('is left by a participant who deletes it, and gone for all when the one in charge does', async () => {
    await inBoth('left');
    site.simulator.delete(ben, item(ben, 'left')?.id ?? '');
    await until('he takes part no more', () => participants('left').length === 0);
    await site.quiet();
    assert.deepEqual(locations('left'), ['before', 'before', undefined]);
    await inBoth('called off');
    site.simulator.delete(anna, item(anna, 'called off')?.id ?? '');
    await until('it is gone everywhere', () => locations('called off').every((location) => location === undefined));
    await site.quiet();
    assert.deepEqual(site.errors, []);
  });
});
