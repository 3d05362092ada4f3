/** What concerns one item or one employee fails alone; answers that are lost after the work was done double nothing. */
import assert from 'node:assert/strict';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna, ben, cora] = employees;

describe('failures of items and employees', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'), {
      watched: ['sync-debug-list'],
      erpBefore: "INSERT INTO employee (id, name, email) VALUES (7, 'Nobody', 'nobody@x.test')",
    });
  });
  afterEach(() => {
    site.errors.splice(0);
    site.simulator.faults.clear();
    assert.deepEqual(site.leaks(), []);
  });
  after(() => site.stop());

  const arrives = (subject: string, address: string = anna) =>
    until(`${subject} is in the mailbox`, () => site.inMailbox(subject, address)[0]);
  const ends = (appointment: number, state: string) =>
    until(`the row is ${state}`, () => {
      const row = site.rowOf(appointment);
      return row?.['state'] === state && row;
    });
  /** The row came to its end; when the notification was faster than the second attempt, nothing was left to do for it. */
  const settled = async (appointment: number) => {
    await until('the row has ended', () => ['done', 'skipped'].includes(String(site.rowOf(appointment)?.['state'])));
    await site.quiet();
  };
  const changedInErp = (): number =>
    site.journal().filter(({ direction, noteCode }) => direction === 'inbound' && noteCode === 'update').length;
  const answerTo = async (request: object) => {
    const before = site.messagesAt('sync-debug-list').length;
    site.send('sync-control', { payload: request });
    const message = await until('sync-control answers', () => site.messagesAt('sync-debug-list')[before]);
    return message['payload'];
  };

  describe('an unknown employee', () => {
    it('whose mailbox does not exist is shown, noted and told; everyone else goes on', async () => {
      await until('the problem is noted', () => site.problems().includes('mailbox-not-found open'));
      await until('the error is caught', () => site.errorOf('mailbox-not-found'));
      await until('the status shows it', () => site.shown('sync-notify').includes('red dot failing: 1'));
      const appointment = site.enter('for nobody', { employee_id: 7 });
      const row = await until('its row has the note', () => {
        const now = site.rowOf(appointment);
        return now?.['note_code'] === 'mailbox-not-found' && now;
      });
      assert.equal(row['state'], 'open');
      site.enter('for somebody');
      await arrives('for somebody');
      site.simulator.create(cora, { kind: 'appointment', subject: 'of somebody', start: '2026-12-04T09:00', end: '2026-12-04T10:00' });
      await until('it is in the ERP', () => site.inErp('of somebody'));
    });

    it('arrives as soon as the mailbox is there', async () => {
      site.simulator.addMailbox({ address: 'nobody@x.test', password: 'demo' });
      await answerTo({ action: 'synchronise-now', employee: '7' });
      await arrives('for nobody', 'nobody@x.test');
      await until('the problem is over', () => site.problems().includes('mailbox-not-found done'));
    });

    it('who is not in the employee table fails with a note, alone, and can be reopened', async () => {
      site.erp.exec('PRAGMA foreign_keys = OFF');
      const appointment = site.enter('of a stranger', { employee_id: 99 });
      const other = site.enter('of anna');
      const row = await ends(appointment, 'failed');
      assert.equal(row['note_code'], 'employee-unknown');
      assert.match(String(row['note']), /99/);
      await until('the error is caught', () => site.errorOf('employee-unknown'));
      await ends(other, 'done');
      site.erp.exec("INSERT INTO employee (id, name, email) VALUES (99, 'Stranger', 'stranger@x.test')");
      site.simulator.addMailbox({ address: 'stranger@x.test', password: 'demo' });
      await until('the employee is known', async () => {
        assert.deepEqual(await answerTo({ action: 'reopen', id: Number(site.rowOf(appointment)?.['id']) }), { reopened: 1 });
        await until('the row ended', () => ['failed', 'done'].includes(String(site.rowOf(appointment)?.['state'])));
        return site.rowOf(appointment)?.['state'] === 'done';
      });
      await arrives('of a stranger', 'stranger@x.test');
    });
  });

  describe('the answer is lost', () => {
    const moments = [
      { kind: 'dropBefore', name: 'before the change was made' },
      { kind: 'dropAfter', name: 'after the change was made' },
      { kind: 'truncate', name: 'half way, after the change was made' },
    ] as const;
    for (const { kind, name } of moments) {
      describe(name, () => {
        const subject = `lost ${kind}`;
        let appointment = 0;

        it('a create makes exactly one item', async () => {
          site.simulator.faults.add({ operation: 'CreateItem', action: { kind } });
          appointment = site.enter(subject);
          await settled(appointment);
          const [item, ...others] = site.inMailbox(subject);
          assert.deepEqual(others, []);
          const link = site.erp.prepare('SELECT * FROM sync_link WHERE erp_id = ?').get(String(appointment));
          assert.equal(item?.extended['ErpSyncId'], link?.['sync_id']);
          assert.equal(item?.id, link?.['exchange_id']);
        });

        it('an update arrives, and is no change of the other side', async () => {
          const before = changedInErp();
          site.simulator.faults.add({ operation: 'UpdateItem', action: { kind } });
          site.erp.prepare("UPDATE appointment SET location = 'Wien' WHERE id = ?").run(appointment);
          await until('it is in the mailbox', () => site.inMailbox(subject)[0]?.location === 'Wien');
          await settled(appointment);
          assert.equal(site.inErp(subject)?.['location'], 'Wien');
          assert.equal(changedInErp(), before);
        });

        it('a deletion arrives, and takes nothing else with it', async () => {
          site.simulator.faults.add({ operation: 'DeleteItem', action: { kind } });
          site.erp.prepare('DELETE FROM appointment WHERE id = ?').run(appointment);
          await until('it is gone', () => site.inMailbox(subject).length === 0);
          await settled(appointment);
          assert.equal(site.erp.prepare('SELECT * FROM sync_link WHERE erp_id = ?').get(String(appointment)), undefined);
        });
      });
    }
  });

  describe('the sync state is lost', () => {
    it('nothing is deleted and nothing doubled', async () => {
      const kept = site.enter('kept');
      await ends(kept, 'done');
      site.simulator.create(anna, { kind: 'appointment', subject: 'kept too', start: '2026-12-04T09:00', end: '2026-12-04T10:00' });
      await until('it is in the ERP', () => site.inErp('kept too'));
      await site.quiet();
      const count = () => site.erp.prepare('SELECT count(*) AS n FROM appointment').get()?.['n'];
      const [items, records, writes] = [site.simulator.items(anna, 'calendar').length, count(), site.simulator.requests.writes()];
      site.simulator.faults.add({ operation: 'SyncFolderItems', action: { kind: 'soapFault', code: 'ErrorInvalidSyncStateData' } });
      const reads = site.simulator.requests.count('SyncFolderItems');
      await answerTo({ action: 'synchronise-now', employee: '1' });
      // Two folders, and one of them once more from the beginning.
      await until('it is read from the beginning', () => site.simulator.requests.count('SyncFolderItems') >= reads + 3);
      await site.quiet();
      assert.equal(site.simulator.items(anna, 'calendar').length, items);
      assert.equal(count(), records);
      assert.equal(site.simulator.requests.writes(), writes);
      assert.deepEqual(site.errors, []);
    });
  });

  describe('a poison item', () => {
    const poison = [
      { subject: 'every hour', more: { recurrence_rule: 'FREQ=HOURLY' }, code: 'recurrence-not-expressible' },
      { subject: 'a bell \u0007', more: {}, code: 'text-not-representable' },
    ] as const;
    for (const { subject, more, code } of poison) {
      it(`(${code}) fails alone, with a note, a status and an error`, async () => {
        const appointment = site.enter(subject, more);
        const other = site.enter(`after ${code}`);
        const row = await ends(appointment, 'failed');
        assert.equal(row['note_code'], code);
        assert.notEqual(row['note'], '');
        await ends(other, 'done');
        await until('the error is caught', () => site.errorOf(code));
      });
    }

    it('that Exchange refuses fails alone', async () => {
      const appointment = site.enter('ends before it starts', { start_at: '2026-12-01 10:00:00', end_at: '2026-12-01 09:00:00' });
      const other = site.enter('after the refused one');
      const row = await ends(appointment, 'failed');
      assert.equal(row['note_code'], 'item-refused');
      await until('the error is caught', () => site.errorOf('item-refused'));
      await until('the status was shown', () => site.shown('sync-write-ews').some((shown) => shown.startsWith('red dot')));
      await ends(other, 'done');
    });
  });

  describe('a conflict', () => {
    it('ends equal on both sides, and the lost version is in the journal', async () => {
      const appointment = site.enter('both', { location: 'before' });
      const item = await arrives('both');
      await ends(appointment, 'done');
      await site.quiet();
      site.erp.prepare("UPDATE appointment SET location = 'by the ERP' WHERE id = ?").run(appointment);
      site.simulator.update(anna, item.id, { kind: 'appointment', location: 'by the person' });
      await until('both sides are equal', () => {
        const [there, here] = [site.inMailbox('both')[0]?.location, site.inErp('both')?.['location']];
        return there === here && here !== 'before';
      });
      await site.quiet();
      assert.equal(site.inErp('both')?.['location'], 'by the ERP');
      assert.equal(site.inMailbox('both')[0]?.location, 'by the ERP');
      const details = site.erp
        .prepare('SELECT details FROM sync_journal WHERE details IS NOT NULL')
        .all()
        .map((row) => String(row['details']));
      assert.ok(details.some((text) => text.includes('by the person')));
    });
  });

  describe('sync-control', () => {
    it('lists what failed, with the name of the employee and without contents', async () => {
      const rows = await answerTo({ action: 'list', states: ['failed'], employee: '1' });
      assert.ok(Array.isArray(rows) && rows.length >= 3);
      assert.deepEqual([...new Set(rows.map((row: Readonly<Record<string, unknown>>) => row['employee']))], ['anna']);
      assert.equal(JSON.stringify(rows).includes('every hour'), false);
    });

    it('finishes an open row with a reason, and reopens it', async () => {
      const end = site.simulator.faults.add({ operation: 'CreateItem', always: true, action: { kind: 'html500' } });
      const appointment = site.enter('not now');
      const row = await until('the row waits', () => {
        const now = site.rowOf(appointment);
        return now?.['note_code'] === 'not-xml' && now['state'] === 'open' && now;
      });
      const id = Number(row['id']);
      assert.deepEqual(await answerTo({ action: 'finish', id, reason: 'not needed' }), { finished: 1 });
      assert.deepEqual([site.rowOf(appointment)?.['state'], site.rowOf(appointment)?.['note']], ['skipped', 'not needed']);
      end();
      assert.deepEqual(await answerTo({ action: 'reopen', id }), { reopened: 1 });
      await arrives('not now');
      await ends(appointment, 'done');
    });

    it('synchronises at once what waits', async () => {
      const end = site.simulator.faults.add({ operation: 'CreateItem', always: true, action: { kind: 'unauthorized' } });
      const appointment = site.enter('at once', { employee_id: 2 });
      await until('the row waits', () => site.rowOf(appointment)?.['note_code'] === 'login-refused');
      end();
      await answerTo({ action: 'synchronise-now', employee: '2' });
      await arrives('at once', ben);
    });

    it('tells counts and the state of the in-nodes', async () => {
      const answer = JSON.stringify(await answerTo({ action: 'status' }));
      assert.match(answer, /"feeds":\[/);
      assert.match(answer, /"state":"running"/);
      assert.match(answer, /"oldestOpenMs"/);
    });

    it('refuses what it does not know with a code that a catch node sees', async () => {
      site.send('sync-control', { payload: { action: 'explode' } });
      assert.equal((await until('the error is caught', () => site.errorOf('request-invalid'))).source, 'sync-control');
    });
  });
});
