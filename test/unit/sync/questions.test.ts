/** The number of questions that wait for a person is told at once and whenever it is looked for, and their looks end with the node. */
import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createTenantRuntime } from '../../../lib/sync/create-runtime';
import { watchQuestions, type QuestionsTold } from '../../../lib/sync/control/questions';
import { until } from '../../../testing/wait';
import { openSqliteSubject } from '../../contract/erp/sqlite-subject';

describe('questions that wait for a person', () => {
  it('are counted, whatever else waits, every ten seconds until nobody watches', async () => {
    const subject = await openSqliteSubject();
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const tenant = await createTenantRuntime(subject.database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
      await subject.erp.run("INSERT INTO task (employee_id, subject) VALUES (1, 'a'), (1, 'b'), (1, 'c')");
      const told: QuestionsTold[] = [];
      const watch = watchQuestions(tenant, (count) => told.push(count));
      await until('it is told at once', () => told.length === 1);
      await subject.erp.run("UPDATE sync_journal SET state = 'conflict' WHERE erp_id <> '3'");
      clock.tick(10_000);
      await until('it is told again', () => told.length === 2);
      assert.deepEqual(told, [0, 2]);
      watch.stop();
      clock.tick(60_000);
      await watch.look();
      assert.equal(told.length, 2);
    } finally {
      clock.restore();
      await subject.close();
    }
  });
});
