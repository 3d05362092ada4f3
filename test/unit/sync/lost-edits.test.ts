/** The service dies after it deleted an item that a person had changed in the moment before: whichever side tells next, the edit is kept. */
import assert from 'node:assert/strict';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { liveOn } from './life';
import { memoryMailbox } from './memory-mailbox';

describe('an edit that a deletion took, of which nobody heard the end', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
  });
  afterEach(() => subject.close());

  for (const edited of [true, false]) {
    it(`is ${edited ? 'kept' : 'not made up'} by the row that comes again`, async () => {
      const mailbox = memoryMailbox();
      await subject.erp.run("INSERT INTO task (employee_id, subject) VALUES (1, 'Angebot')");
      await (await liveOn(subject.database, mailbox.connection)).outbound();
      await subject.erp.run('DELETE FROM task');
      const { store } = subject.database;
      const dead = () => Promise.reject(new Error('dead'));
      const dying = await liveOn(
        {
          ...subject.database,
          store: { ...store, release: dead, close: (closings) => (closings.length === 0 ? store.close(closings) : dead()) },
        },
        {
          ...mailbox.connection,
          deleteMany: async (...given) => {
            if (edited) mailbox.edit('item 1', (item) => ({ ...item, body: 'noch zu klären' }));
            await mailbox.connection.deleteMany(...given);
            throw new Error('the line is cut');
          },
        },
      );
      await assert.rejects(() => dying.outbound(), /dead/);
      assert.equal(mailbox.items.size, 0);
      const next = await liveOn(subject.database, mailbox.connection);
      while ((await next.outbound()) > 0);
      const [row] = await store.list({ states: ['skipped'] });
      assert.ok(row);
      assert.equal(row.noteCode, edited ? 'conflict-lost' : 'no-change');
      const kept = await store.entry(row.id);
      assert.deepEqual(Reflect.get(Object(kept?.details), 'lost'), edited ? { body: 'noch zu klären' } : undefined);
    });
  }
});
