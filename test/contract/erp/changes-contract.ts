/** Contract: an ERP without triggers. What its programs change reaches the journal by the change stamp, once; what is gone goes through the guard. */
import assert from 'node:assert/strict';
import type { RecordMapping, SchemaMapping } from '../../../lib/erp/schema/mapping';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import type { Collected, ErpDatabase } from '../../../lib/erp/store';
import {
  addParticipant,
  claimOf,
  createWrite,
  done,
  leaseInbound,
  link,
  type ErpSubject,
  type OpenSubject,
  type Statements,
} from './subject';

const everyMs = 10_000;
const compareMs = 60 * 60_000;

/** The reference schema without triggers on appointments. */
export const pollingMapping = (appointments: Partial<RecordMapping> = {}): SchemaMapping => ({
  ...referenceMapping,
  appointment: referenceMapping.appointment && {
    ...referenceMapping.appointment,
    changes: {
      by: 'polling',
      everySeconds: everyMs / 1000,
      deletionsEveryMinutes: compareMs / 60_000,
      deletions: { count: 2, share: 0.1 },
    },
    ...appointments,
  },
});

export const changesContract = (open: OpenSubject): void => {
  describe('changes without triggers', () => {
    let subject: ErpSubject;
    afterEach(() => subject.close());

    /** A change stamp, as seconds from the adapter's time. */
    const stamp = (seconds = 0): string => new Date(subject.now().getTime() + seconds * 1000).toISOString().slice(0, -1);

    const add = async (erp: Statements, fields: { employee?: number; text?: string; at?: string } = {}): Promise<string> => {
      const { employee = 1, text = 'Besuch', at = stamp() } = fields;
      await erp.run(
        `INSERT INTO appointment (employee_id, subject, start_at, end_at, created_at, updated_at)
        VALUES (?, ?, '2026-03-28 09:00:00', '2026-03-28 10:00:00', ?, ?)`,
        employee,
        text,
        at,
        at,
      );
      const [row] = await erp.all('SELECT MAX(id) AS id FROM appointment');
      return String(row?.['id']);
    };
    /** The reference schema stamps by itself what is written with the stamp that it has; so the stamp is written alone. */
    const change = async (erp: Statements, id: string, text: string, at = stamp()): Promise<void> => {
      await erp.run('UPDATE appointment SET subject = ? WHERE id = ?', text, id);
      await erp.run('UPDATE appointment SET updated_at = ? WHERE id = ?', at, id);
    };
    const remove = (id: string) => subject.erp.run('DELETE FROM appointment WHERE id = ?', id);

    const collect = async (database: ErpDatabase = subject.database, ms = everyMs): Promise<Collected> => {
      subject.pass(ms);
      return database.store.collectChanges();
    };
    /** Outbound rows since the last answer, as `operation key@employee`. */
    let told = 0;
    const news = async (): Promise<readonly string[]> => {
      const rows = (await subject.database.store.list({ direction: 'outbound', limit: 1000 })).filter(({ id }) => id > told).reverse();
      told = rows.at(-1)?.id ?? told;
      return rows.map(
        ({ operation, erpId, employeeId, state }) => `${operation} ${erpId}@${employeeId}${state === 'open' ? '' : ` ${state}`}`,
      );
    };
    const linkOf = (erpId: string, fields: Parameters<typeof link>[0] = {}) =>
      subject.database.store.savePending([
        link({ erpId, syncId: `s${erpId}-${fields.employeeId ?? '1'}`, exchangeId: `X${erpId}-${fields.employeeId ?? '1'}`, ...fields }),
      ]);
    /** Appointments of employee 1 that are in step, and a mark. */
    const inStep = async (count: number): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (let n = 0; n < count; n++) ids.push(await add(subject.erp, { at: stamp(-3600) }));
      for (const id of ids) await linkOf(id);
      await collect();
      return ids;
    };
    const start = async (mapping = pollingMapping()): Promise<void> => {
      subject = await open({ mapping });
      told = 0;
    };
    const stateOf = async (id: number) => {
      const row = await subject.database.store.entry(id);
      return `${row?.entry.state} ${row?.entry.noteCode}`;
    };
    const endAll = async (): Promise<void> => {
      for (;;) {
        const claimed = await subject.database.store.claim(claimOf('outbound', 'a', 100));
        if (claimed.length === 0) return;
        await subject.database.store.close(
          claimed.map(({ entry }) => ({ journalId: entry.id, instance: 'a', outcome: done, link: { type: 'keep' as const } })),
        );
      }
    };

    describe('by the change stamp', () => {
      it('begins with what changes from now on', async () => {
        await start();
        await add(subject.erp, { at: stamp(-3600) });
        assert.deepEqual(await collect(), { queued: 0, notices: [] });
        assert.deepEqual(await collect(), { queued: 0, notices: [] });
        assert.deepEqual(await news(), []);
      });

      it('queues a new record, and a changed one of which there is a link', async () => {
        await start();
        const [known] = await inStep(1);
        assert.ok(known);
        const id = await add(subject.erp);
        await change(subject.erp, known, 'neu');
        assert.equal((await collect()).queued, 2);
        assert.deepEqual((await news()).toSorted(), [`create ${id}@1`, `update ${known}@1`].toSorted());
      });

      it('looks again only after its interval', async () => {
        await start();
        await collect();
        await collect();
        await add(subject.erp);
        assert.equal((await collect(subject.database, everyMs - 1)).queued, 0);
        assert.equal((await collect(subject.database, 1)).queued, 1);
      });

      it('queues a change once, whatever became of its row', async () => {
        await start();
        const [known] = await inStep(1);
        await collect();
        await change(subject.erp, known ?? '', 'neu');
        await collect();
        await endAll();
        for (let look = 0; look < 5; look++) assert.equal((await collect()).queued, 0);
        assert.equal((await news()).length, 1);
      });

      it('does not queue again what waits already, and does when its row may have been read', async () => {
        await start();
        await collect();
        const id = await add(subject.erp);
        await collect();
        await change(subject.erp, id, 'zweimal');
        assert.equal((await collect()).queued, 0);
        await subject.database.store.claim(claimOf('outbound'));
        await change(subject.erp, id, 'dreimal');
        assert.equal((await collect()).queued, 1);
      });

      it('tells two changes of one stamp apart', async () => {
        await start();
        const [known] = await inStep(1);
        const at = stamp();
        await change(subject.erp, known ?? '', 'neu', at);
        await collect();
        await endAll();
        await change(subject.erp, known ?? '', 'noch einmal', at);
        assert.equal((await collect()).queued, 1);
      });

      it('queues nothing when no synchronised column changed', async () => {
        await start();
        const [known] = await inStep(1);
        await subject.erp.run("UPDATE appointment SET updated_by = 'x', updated_at = ? WHERE id = ?", stamp(), known ?? '');
        assert.equal((await collect()).queued, 0);
      });

      it('does not queue our own write, but tells the other employees of it', async () => {
        await start();
        await collect();
        const journalId = await leaseInbound(subject.database);
        const [written] = await subject.database.store.commitInbound([createWrite(journalId)]);
        assert.ok(written?.status === 'written');
        const id = written.erpId;
        assert.equal((await collect()).queued, 0);
        await addParticipant(subject.erp, id, 2);
        await subject.erp.run('UPDATE appointment SET updated_at = ? WHERE id = ?', stamp(), id);
        await collect();
        assert.deepEqual(await news(), [`create ${id}@2`]);
      });

      it('tells of participants who joined and who left', async () => {
        await start();
        const [known] = await inStep(1);
        assert.ok(known);
        await addParticipant(subject.erp, known, 2);
        await change(subject.erp, known, 'Besuch');
        await collect();
        assert.deepEqual(await news(), [`create ${known}@2`]);
        await endAll();
        await linkOf(known, { employeeId: '2' });
        await subject.erp.run('DELETE FROM appointment_participant');
        await change(subject.erp, known, 'Besuch');
        await collect();
        assert.deepEqual(await news(), [`delete ${known}@2`]);
      });

      it('finds a change whose transaction was committed after a later one was seen', async () => {
        await start();
        const [known] = await inStep(1);
        const late = stamp();
        subject.pass(60_000);
        await add(subject.erp);
        await collect();
        await endAll();
        await change(subject.erp, known ?? '', 'spät', late);
        assert.equal((await collect()).queued, 1);
      });

      it('remembers what it saw only as long as it may see it again', async () => {
        await start();
        await collect();
        await add(subject.erp);
        await collect();
        const remembered = async () => (await subject.erp.all('SELECT erp_id FROM sync_change_seen')).length;
        assert.equal(await remembered(), 1);
        for (let minute = 0; minute < 7; minute++) await collect(subject.database, 60_000);
        assert.equal(await remembered(), 0);
        assert.equal((await news()).length, 1);
      });

      it('reads all of many records with one stamp', async () => {
        await start();
        await collect();
        const at = stamp();
        const rows = Array.from({ length: 250 }, () => `(1, 'a', '2026-03-28 09:00:00', '2026-03-28 10:00:00', '${at}')`).join(', ');
        for (let part = 0; part < 21; part++) {
          await subject.erp.run(`INSERT INTO appointment (employee_id, subject, start_at, end_at, updated_at) VALUES ${rows}`);
        }
        assert.equal((await collect()).queued, 5250);
        const [distinct] = await subject.erp.all('SELECT COUNT(DISTINCT erp_id) AS n FROM sync_journal');
        assert.equal(distinct?.['n'], 5250);
        assert.equal((await collect()).queued, 0);
      }).timeout(300_000);

      it('goes on when the clock is set back', async () => {
        await start();
        const [known] = await inStep(1);
        await collect();
        await change(subject.erp, known ?? '', 'jetzt');
        await collect();
        await endAll();
        subject.pass(-3_600_000);
        await collect();
        await change(subject.erp, known ?? '', 'eine Stunde früher');
        assert.equal((await collect()).queued, 1);
      });

      it('is not misled by a stamp of the far future', async () => {
        await start();
        await collect();
        await add(subject.erp, { at: '2099-01-01T00:00:00.000' });
        assert.equal((await collect()).queued, 1);
        await endAll();
        assert.equal((await collect()).queued, 0);
        await add(subject.erp);
        assert.equal((await collect()).queued, 1);
      });

      it('leaves out employees who are not active or have no mailbox', async () => {
        await start();
        await collect();
        await subject.erp.run('UPDATE employee SET active = 0 WHERE id = 2');
        await add(subject.erp, { employee: 2 });
        await add(subject.erp, { employee: 3 });
        assert.equal((await collect()).queued, 0);
      });

      it('goes on from where another life of the service stopped', async () => {
        await start();
        const [known] = await inStep(1);
        await change(subject.erp, known ?? '', 'während niemand hinsah');
        subject.pass(24 * 3_600_000);
        const second = await subject.openSecond();
        assert.equal((await second.store.collectChanges()).queued, 1);
      });

      it('is done once when two instances look at once', async () => {
        await start();
        await collect();
        for (let n = 0; n < 30; n++) await add(subject.erp);
        const second = await subject.openSecond();
        subject.pass(everyMs);
        const looks = await Promise.all([subject.database.store.collectChanges(), second.store.collectChanges()]);
        assert.equal(
          looks.reduce((sum, { queued }) => sum + queued, 0),
          30,
        );
        assert.equal((await news()).length, 30);
      });

      it('keeps a record that is outside of the filter away until it is linked', async () => {
        await start(pollingMapping({ filter: [{ column: 'location', notIn: ['intern'] }] }));
        const [known] = await inStep(1);
        await subject.erp.run("UPDATE appointment SET location = 'intern', updated_at = ? WHERE id = ?", stamp(), known ?? '');
        const id = await add(subject.erp);
        await subject.erp.run("UPDATE appointment SET location = 'intern' WHERE id = ?", id);
        await collect();
        assert.deepEqual(await news(), [`update ${known}@1`]);
      });

      it('takes a record that the ERP has marked as deleted for deleted', async () => {
        await start(pollingMapping({ deleted: { column: 'updated_by', deleted: 'gelöscht', present: null } }));
        const [known] = await inStep(1);
        await subject.erp.run("UPDATE appointment SET updated_by = 'gelöscht', updated_at = ? WHERE id = ?", stamp(), known ?? '');
        await collect();
        assert.deepEqual(await news(), [`delete ${known}@1`]);
      });

      it('compares all records once when the mapping names another stamp', async () => {
        await start();
        const ids = await inStep(3);
        await subject.erp.run("UPDATE appointment SET subject = 'unbemerkt' WHERE id = ?", ids[1] ?? '');
        await subject.erp.run('UPDATE appointment SET updated_at = created_at');
        await subject.erp.run("UPDATE sync_change_mark SET source = 'another'");
        const { notices, queued } = await collect();
        assert.equal(queued, 1);
        assert.deepEqual(
          notices.map(({ code }) => code),
          ['erp-history-cut'],
        );
        assert.equal((await collect()).notices.length, 0);
      });
    });

    describe('deletions', () => {
      it('are found by comparing keys, after their interval', async () => {
        await start();
        const ids = await inStep(30);
        await remove(ids[3] ?? '');
        await collect();
        assert.deepEqual(await news(), []);
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), [`delete ${ids[3]}@1`]);
        await endAll();
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), []);
      });

      it('of many are held for a person and told once; reopening carries one out, finishing drops one', async () => {
        await start();
        const ids = await inStep(20);
        for (const id of ids.slice(0, 3)) await remove(id);
        const { queued, notices } = await collect(subject.database, compareMs);
        assert.equal(queued, 0);
        assert.deepEqual(
          notices.map(({ code, params }) => [code, params['count'], params['employees']]),
          [['deletions-held', 3, 1]],
        );
        assert.deepEqual(
          await news(),
          ids.slice(0, 3).map((id) => `delete ${id}@1 conflict`),
        );
        const [third, second, first] = await subject.database.store.list({ states: ['conflict'] });
        assert.match(third?.note ?? '', /^3 of 20 /);
        assert.deepEqual(await subject.database.store.claim(claimOf('outbound')), []);
        assert.equal(await subject.database.store.reopen(first?.id ?? 0), true);
        assert.equal(await subject.database.store.finish(second?.id ?? 0, 'skipped', 'bleibt'), true);
        const claimed = await subject.database.store.claim(claimOf('outbound'));
        assert.deepEqual(
          claimed.map(({ entry }) => `${entry.operation} ${entry.erpId}`),
          [`delete ${ids[0]}`],
        );
        assert.deepEqual(await collect(subject.database, compareMs), { queued: 0, notices: [] });
        assert.deepEqual(await news(), []);
      });

      it('that follow held ones are held with them', async () => {
        await start();
        const ids = await inStep(20);
        for (const id of ids.slice(0, 3)) await remove(id);
        await collect(subject.database, compareMs);
        await remove(ids[3] ?? '');
        await collect(subject.database, compareMs);
        assert.deepEqual((await news()).at(-1), `delete ${ids[3]}@1 conflict`);
      });

      it('are all held when the table is empty, however few they are', async () => {
        await start();
        const [known] = await inStep(1);
        await remove(known ?? '');
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), [`delete ${known}@1 conflict`]);
      });

      it('end by themselves when the record is back, and are held anew when it goes again', async () => {
        await start();
        const ids = await inStep(20);
        const gone = ids.slice(0, 3);
        const give = async (id: string, employee: number) =>
          subject.erp.run('UPDATE appointment SET employee_id = ?, updated_at = ? WHERE id = ?', employee, stamp(-7200), id);
        for (const id of gone) await give(id, 2);
        await collect(subject.database, compareMs);
        const held = (await subject.database.store.list({ states: ['conflict'] })).find(({ erpId }) => erpId === gone[0]);
        await give(gone[0] ?? '', 1);
        await collect(subject.database, compareMs);
        assert.equal(await stateOf(held?.id ?? 0), 'skipped record-back');
        await give(gone[0] ?? '', 2);
        await collect(subject.database, compareMs);
        const again = (await subject.database.store.list({ states: ['conflict'] })).filter(({ erpId }) => erpId === gone[0]);
        assert.equal(again.length, 1);
      });

      it('of an employee who no longer takes part are found, too', async () => {
        await start();
        const ids = await inStep(30);
        await subject.erp.run('UPDATE appointment SET employee_id = 2 WHERE id = ?', ids[0] ?? '');
        await subject.erp.run('UPDATE appointment SET updated_at = ? WHERE id = ?', stamp(-7200), ids[0] ?? '');
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), [`delete ${ids[0]}@1`]);
      });

      it('are none of what left the filter', async () => {
        await start(pollingMapping({ filter: [{ column: 'location', notIn: ['intern'] }] }));
        const ids = await inStep(30);
        await subject.erp.run("UPDATE appointment SET location = 'intern', updated_at = ? WHERE id = ?", stamp(-7200), ids[0] ?? '');
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), []);
      });

      it('leave alone what is in work', async () => {
        await start();
        const ids = await inStep(30);
        await change(subject.erp, ids[0] ?? '', 'neu');
        await collect();
        await remove(ids[0] ?? '');
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), [`update ${ids[0]}@1`]);
        const [leased] = await subject.database.store.claim(claimOf('outbound'));
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), []);
        await subject.database.store.close([{ journalId: leased?.entry.id ?? 0, instance: 'a', outcome: done, link: { type: 'keep' } }]);
        await collect(subject.database, compareMs);
        assert.deepEqual(await news(), [`delete ${ids[0]}@1`]);
      });
    });

    it('writes no row by a trigger', async () => {
      await start();
      await add(subject.erp);
      assert.deepEqual(await news(), []);
    });
  });
};
