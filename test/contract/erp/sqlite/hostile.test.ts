/** What only SQLite lets a foreign program write: values that no type and, checks being off, no check has seen. */
import assert from 'node:assert/strict';
import { checkRecord } from '../../../../lib/erp/record-check';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';
import { addAppointment } from '../subject';

describe('a SQLite table with values of any kind in any column', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
    await subject.erp.run('PRAGMA ignore_check_constraints = ON');
  });
  afterEach(() => subject.close());

  for (const value of ['28.3.2026', 'secret', '', '2026-02-30T25:61', 17]) {
    it(`leaves out a record whose start is ${JSON.stringify(value)} and cannot be read, tells of it, and reads the others`, async () => {
      const [before, broken, after] = [
        await addAppointment(subject.erp),
        await addAppointment(subject.erp),
        await addAppointment(subject.erp),
      ];
      await subject.erp.run('UPDATE appointment SET start_at = ? WHERE id = ?', value, broken);
      const told: string[] = [];
      const { records } = subject.database;
      const tell = (id: string, error: Error & { readonly code: string; readonly scope: string }) =>
        told.push(`${id} ${error.code} ${error.scope} ${error.message}`);
      const read = await records.read('appointment', [before, broken, after], tell);
      assert.deepEqual(
        read.map(({ id }) => id),
        told.length === 0 ? [before, broken, after] : [before, after],
      );
      if (value === '2026-02-30T25:61') {
        assert.deepEqual(told, [], 'carried over, as SQLite does');
        return;
      }
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', new RegExp(`^${broken} erp-value-unreadable item .*start_at`));
      assert.doesNotMatch(told[0] ?? '', /secret/);
      await assert.rejects(records.read('appointment', [broken]), { code: 'erp-value-unreadable' });
    });
  }

  it('reads every record whatever stands in the columns that are no times', async () => {
    const columns = ['body', 'location', 'all_day', 'time_zone', 'reminder_minutes', 'free_busy', 'sensitivity', 'priority', 'categories'];
    const ids: string[] = [];
    for (const column of [...columns, 'recurrence_rule', 'subject']) {
      for (const value of ['nonsense', '', -1, 1e300]) {
        const id = await addAppointment(subject.erp);
        await subject.erp.run(`UPDATE appointment SET ${column} = ? WHERE id = ?`, value, id);
        ids.push(id);
      }
    }
    const told: string[] = [];
    const read = await subject.database.records.read('appointment', ids, (id) => told.push(id));
    assert.deepEqual([...read.map(({ id }) => id), ...told].sort(), [...ids].sort());
    for (const { record } of read) checkRecord(record);
  });
});
