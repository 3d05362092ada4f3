/** Change Tracking and rowversion, which SQL Server has and not everything that speaks TDS: the server is asked. */
import assert from 'node:assert/strict';
import { trackingOff, trackingOn } from '../../../../lib/erp/changes/change-tracking';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect } from '../../../../lib/erp/schema/quote';
import { describeOnMssql } from '../../../support/mssql-server';
import { pollingMapping } from '../changes-contract';
import { dropMssqlSubjects, openMssqlSubject, type MssqlSubject } from '../mssql-subject';
import { addAppointment, addParticipant, claimOf, createWrite, done, leaseInbound, link, newAppointment } from '../subject';

const everyMs = 10_000;

interface Means {
  /** What only a server that has it knows. */
  readonly expression: string;
  readonly mapping: SchemaMapping;
  /** What has to be there before the database is opened with the mapping. */
  readonly before: readonly string[];
}

/** Declares tests that run when the server knows a function. */
const whereServerHas = (
  what: string,
  { expression, mapping, before: prepared }: Means,
  declare: (subject: () => MssqlSubject) => void,
): void => {
  describe(what, () => {
    let subject: MssqlSubject | null = null;
    beforeEach(async function () {
      const plain = await openMssqlSubject();
      const has = await plain.erp.all(`SELECT ${expression} AS answer`).then(
        () => true,
        () => false,
      );
      // Visible in the report: this server cannot.
      if (!has) this.skip();
      await plain.batch(...prepared);
      await plain.close();
      subject = await openMssqlSubject({ mapping });
    });
    afterEach(() => subject?.close());
    declare(() => {
      assert.ok(subject);
      return subject;
    });
  });
};

const collect = ({ database, pass }: MssqlSubject) => {
  pass(everyMs);
  return database.store.collectChanges();
};

const rows = async ({ database }: MssqlSubject): Promise<readonly string[]> =>
  (await database.store.list({ direction: 'outbound' }))
    .map(({ operation, erpId, employeeId }) => `${operation} ${erpId}@${employeeId}`)
    .reverse();

const endAll = async ({ database: { store } }: MssqlSubject): Promise<void> => {
  const claimed = await store.claim(claimOf('outbound', 'a', 100));
  await store.close(claimed.map(({ entry }) => ({ journalId: entry.id, instance: 'a', outcome: done, link: { type: 'keep' as const } })));
};

const tracked = pollingMapping({
  changes: { by: 'change-tracking', everySeconds: everyMs / 1000, deletionsEveryMinutes: 60, deletions: { count: 2, share: 0.1 } },
});
const byRowVersion = pollingMapping({ changeStamp: { column: 'row_stamp', as: 'rowversion' } });

describeOnMssql('changes without triggers on SQL Server', () => {
  after(dropMssqlSubjects);

  const tracking = {
    expression: 'CHANGE_TRACKING_CURRENT_VERSION()',
    mapping: tracked,
    before: trackingOn(tracked, mssqlDialect).map(({ sql }) => sql),
  };
  whereServerHas('by Change Tracking', tracking, (subject) => {
    const batch = async (statements: ReturnType<typeof trackingOn>) => subject().batch(...statements.map(({ sql }) => sql));
    let isOn = false;
    beforeEach(async () => {
      isOn = true;
      await collect(subject());
    });
    afterEach(async () => {
      if (isOn) await batch(trackingOff(tracked, mssqlDialect));
    });

    it('queues what is created, changed and deleted, and who joined', async () => {
      const { erp, database } = subject();
      const id = await addAppointment(erp);
      await collect(subject());
      await endAll(subject());
      await database.store.savePending([link({ erpId: id })]);
      await erp.run("UPDATE appointment SET subject = 'neu' WHERE id = ?", id);
      await collect(subject());
      await endAll(subject());
      await addParticipant(erp, id, 2);
      await collect(subject());
      await erp.run('DELETE FROM appointment_participant');
      await erp.run('DELETE FROM appointment WHERE id = ?', id);
      await collect(subject());
      const found = await rows(subject());
      assert.deepEqual(found.slice(0, 2), [`create ${id}@1`, `update ${id}@1`]);
      assert.ok(found.includes(`create ${id}@2`));
      assert.equal(found.at(-1), `delete ${id}@1`);
    });

    it('does not queue our own write', async () => {
      const { database } = subject();
      const [written] = await database.store.commitInbound([createWrite(await leaseInbound(database))]);
      assert.equal(written?.status, 'written');
      assert.equal((await collect(subject())).queued, 0);
    });

    it('finds what a transaction has written that was open when another change was looked for', async () => {
      const { erp } = subject();
      const looking = await erp.transaction(async (open) => {
        await open.run(newAppointment);
        await erp.run(newAppointment);
        return { look: collect(subject()) };
      });
      await looking.look;
      await collect(subject());
      assert.equal((await rows(subject())).length, 2);
    });

    it('compares all records once after the history was cut', async () => {
      const { erp } = subject();
      await addAppointment(erp);
      await batch(trackingOff(tracked, mssqlDialect));
      await addAppointment(erp);
      await batch(trackingOn(tracked, mssqlDialect));
      const { notices, queued } = await collect(subject());
      assert.deepEqual(
        notices.map(({ code }) => code),
        ['erp-history-cut'],
      );
      assert.equal(queued, 2);
      assert.deepEqual(await collect(subject()), { queued: 0, notices: [] });
    });

    it('is gone without a trace when the script has taken it away', async () => {
      await batch(trackingOff(tracked, mssqlDialect));
      const [left] = await subject().erp.all(`SELECT (SELECT COUNT(*) FROM sys.change_tracking_tables)
        + (SELECT COUNT(*) FROM sys.extended_properties WHERE name LIKE 'exchange_erp%')
        + (SELECT COUNT(*) FROM sys.change_tracking_databases WHERE database_id = DB_ID()) AS n`);
      assert.equal(left?.['n'], 0);
    });
  });

  const versioned = {
    expression: 'MIN_ACTIVE_ROWVERSION()',
    mapping: byRowVersion,
    before: ["IF COL_LENGTH('dbo.appointment', 'row_stamp') IS NULL ALTER TABLE dbo.appointment ADD row_stamp rowversion"],
  };
  whereServerHas('by rowversion', versioned, (subject) => {
    beforeEach(async () => {
      await collect(subject());
    });

    it('queues a change once', async () => {
      const { erp } = subject();
      const id = await addAppointment(erp);
      await collect(subject());
      await endAll(subject());
      assert.equal((await collect(subject())).queued, 0);
      assert.deepEqual(await rows(subject()), [`create ${id}@1`]);
    });

    it('finds what a transaction has written that was open when another change was looked for', async () => {
      const { erp } = subject();
      // Whether the look waits for the open transaction or does not see it is the server's setting.
      const looking = await erp.transaction(async (open) => {
        await open.run(newAppointment);
        await erp.run(newAppointment);
        return { look: collect(subject()) };
      });
      await looking.look;
      await collect(subject());
      assert.equal((await rows(subject())).length, 2);
      await endAll(subject());
      assert.equal((await collect(subject())).queued, 0);
    });
  });
});
