/** A flow that drops messages, and an ERP that is locked: visible, told, and nothing is lost. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees } from '../support/site';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna, ben] = employees;

/** The shipped flow, in which somebody put a switch before the writer that lets nothing of Ben through. */
const droppingFlow = () => [
  ...withChanges(shippedFlow('bidirectional-sync.json'), {
    'sync-erp': { leaseSeconds: '5', maxAttempts: '2' },
    'sync-resolve-out': { wires: [['not-ben'], [], []] },
  }),
  {
    id: 'not-ben',
    type: 'switch',
    z: 'sync-tab',
    name: 'not Ben',
    property: 'sync.employee.email',
    propertyType: 'msg',
    rules: [{ t: 'neq', v: ben, vt: 'str' }],
    checkall: 'true',
    repair: false,
    outputs: 1,
    x: 500,
    y: 800,
    wires: [['sync-write-ews']],
  },
];

describe('failures of the flow and of the ERP', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(droppingFlow());
  });
  beforeEach(() => {
    site.errors.splice(0);
  });
  afterEach(() => assert.deepEqual(site.leaks(), []));
  after(() => site.stop());

  it('a message that the flow drops comes back, and fails after the last attempt; other items do not wait', async () => {
    const dropped = site.enter('dropped', { employee_id: 2 });
    const other = site.enter('of Anna');
    await until('the other is there', () => site.rowOf(other)?.['state'] === 'done');
    assert.equal(site.rowOf(dropped)?.['state'], 'leased');
    const row = await until(
      'the row has failed',
      () => {
        const now = site.rowOf(dropped);
        return now?.['state'] === 'failed' && now;
      },
      30_000,
    );
    assert.equal(row['note_code'], 'lease-expired');
    assert.match(String(row['note']), /drops/);
    assert.equal(row['attempt'], 2);
    assert.ok(await until('the error is caught', () => site.errorOf('lease-expired')));
    assert.deepEqual(site.inMailbox('dropped', ben), []);
    const later = site.enter('after the dropped one');
    await until('the next is there', () => site.rowOf(later)?.['state'] === 'done');
  }).timeout(40_000);

  it('a locked ERP is told, shown and waited for; afterwards everything arrives and a note is in the journal', async () => {
    const program = new DatabaseSync(site.database);
    try {
      const appointment = site.enter('before the lock');
      await until('it is there', () => site.rowOf(appointment)?.['state'] === 'done');
      program.exec('BEGIN IMMEDIATE');
      site.simulator.create(anna, { kind: 'appointment', subject: 'during the lock', start: '2026-12-02T09:00', end: '2026-12-02T10:00' });
      await until('the error is caught', () => site.errorOf('erp-locked'), 20_000);
      for (const node of ['sync-outbox', 'sync-notify']) {
        await until(`${node} shows it`, () => site.shown(node).includes('yellow ring ERP is locked'), 20_000);
      }
      assert.equal(site.inErp('during the lock'), undefined);
      program.exec('COMMIT');
      await until('it is in the ERP', () => site.inErp('during the lock'), 20_000);
      const later = site.enter('after the lock');
      await until('the next is in the mailbox', () => site.inMailbox('after the lock')[0], 20_000);
      await until('its row is done', () => site.rowOf(later)?.['state'] === 'done');
      await until('the note is there', () => site.problems().includes('erp-locked done'), 20_000);
      await until('the status is well', () => site.statusOf('sync-outbox')?.fill === 'green', 20_000);
      assert.equal(site.journal().filter(({ state }) => state === 'open' || state === 'leased').length, 0);
    } finally {
      program.close();
    }
  }).timeout(90_000);

  it('a lock that begins while Exchange is being written to: the item is made once, and its row ends', async () => {
    const program = new DatabaseSync(site.database);
    const locks = (): number => site.errors.filter(({ code, source }) => code === 'erp-locked' && source === 'ews-write').length;
    const before = locks();
    const unlisten = site.simulator.onRequest(({ operation }) => {
      if (operation !== 'CreateItem') return;
      program.exec('BEGIN IMMEDIATE');
      unlisten();
    });
    try {
      const appointment = site.enter('written during a lock');
      // The status comes before the error that a catch node hears of.
      await until('the writer shows it', () => site.shown('sync-write-ews').includes('yellow ring ERP is locked'), 20_000);
      await until('the error is caught', () => locks() > before, 20_000);
      assert.equal(site.rowOf(appointment)?.['state'], 'leased');
      program.exec('COMMIT');
      await until('its row has ended', () => ['done', 'skipped'].includes(String(site.rowOf(appointment)?.['state'])), 20_000);
      await site.quiet();
      assert.equal(site.inMailbox('written during a lock').length, 1);
    } finally {
      program.close();
    }
  }).timeout(60_000);
});
