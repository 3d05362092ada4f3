/** An ERP without triggers, while it changes under our eyes and after failures at every statement. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { pollingMapping } from '../changes-contract';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';
import { link, newAppointment } from '../subject';

const everyMs = 10_000;
const compareMs = 60 * 60_000;

describe('changes without triggers on SQLite, disturbed', () => {
  let subject: SqliteSubject;
  /** Sees every statement of the service. */
  let before: (sql: string) => void;
  /** Another program, whose writes are through at once. */
  let erp: DatabaseSync;
  beforeEach(async () => {
    before = () => undefined;
    subject = await openSqliteSubject({ mapping: pollingMapping(), beforeStatement: (sql) => before(sql) });
    erp = new DatabaseSync(subject.file);
  });
  afterEach(async () => {
    erp.close();
    await subject.close();
  });

  const old = '2020-01-01T00:00:00.000';
  /** Appointments 1 to `count` of employee 1 that are in step. */
  const inStep = async (count: number): Promise<void> => {
    for (let id = 1; id <= count; id++) {
      await subject.erp.run(newAppointment);
      await subject.database.store.savePending([link({ erpId: String(id), syncId: `s${id}`, exchangeId: `X${id}` })]);
    }
    await subject.erp.run('UPDATE appointment SET updated_at = ?', old);
    await collect(everyMs);
  };
  const collect = (ms: number) => {
    subject.pass(ms);
    return subject.database.store.collectChanges();
  };
  const rows = async (): Promise<readonly string[]> =>
    (await subject.database.store.list({ direction: 'outbound' }))
      .map(({ operation, erpId, state }) => `${operation} ${erpId} ${state}`)
      .reverse();
  /** Runs once, before a statement like this. */
  const once = (pattern: RegExp, act: () => void): void => {
    before = (sql) => {
      if (!pattern.test(sql)) return;
      before = () => undefined;
      act();
    };
  };
  const presence = /AS there,/;
  /** Of the one record that is missing. */
  const secondLook = /AS there,[^]*"id" = \?/;

  it('does not take a record for deleted that was missing only while its page was read', async () => {
    await inStep(30);
    erp.exec("UPDATE appointment SET employee_id = 2, updated_at = '2019-01-02T00:00:00.000' WHERE id = 7");
    once(secondLook, () => erp.exec("UPDATE appointment SET employee_id = 1, updated_at = '2019-01-03T00:00:00.000' WHERE id = 7"));
    await collect(compareMs);
    assert.deepEqual(await rows(), []);
  });

  it('queues nothing of a look that another instance took over, and loses nothing', async () => {
    await inStep(1);
    await subject.erp.run("UPDATE appointment SET subject = 'neu', updated_at = ? WHERE id = 1", subject.now().toISOString());
    once(presence, () => erp.exec('UPDATE sync_change_mark SET version = version + 1'));
    assert.equal((await collect(everyMs)).queued, 0);
    assert.deepEqual(await rows(), []);
    before = () => undefined;
    assert.equal((await collect(everyMs)).queued, 1);
  });

  const looks: readonly (readonly [string, number, string])[] = [
    ['a look', compareMs, 'stamp'],
    ['a look at everything', everyMs, 'another'],
  ];
  for (const [what, ms, source] of looks) {
    it(`ends up with the same rows when ${what} fails at any statement and is made again`, async () => {
      await inStep(25);
      const change = async (): Promise<void> => {
        await subject.erp.run('DELETE FROM sync_journal');
        await subject.erp.run('DELETE FROM sync_change_seen');
        await subject.erp.run('UPDATE sync_link SET gone_at = NULL');
        if (source !== 'stamp') await subject.erp.run('UPDATE sync_change_mark SET source = ?', source);
        await subject.erp.run('DELETE FROM appointment WHERE id <= 3');
        await subject.erp.run("UPDATE appointment SET subject = 'neu', updated_at = ? WHERE id = 10", subject.now().toISOString());
      };
      const expected = ['update 10 open', 'delete 1 conflict', 'delete 2 conflict', 'delete 3 conflict'];
      for (let statement = 1; ; statement++) {
        await change();
        let count = 0;
        before = () => {
          if (++count === statement) throw new Error('the service died here');
        };
        const failed = await collect(ms).then(
          () => false,
          () => true,
        );
        before = () => undefined;
        if (failed) {
          assert.ok(
            (await rows()).every((row) => expected.includes(row)),
            String(await rows()),
          );
          await collect(ms);
        }
        assert.deepEqual((await rows()).toSorted(), expected.toSorted(), `statement ${statement}`);
        if (!failed) break;
        assert.ok(statement < 100);
      }
    }).timeout(60_000);
  }
});
