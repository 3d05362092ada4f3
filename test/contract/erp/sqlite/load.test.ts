import assert from 'node:assert/strict';
import type { RawBuilder } from 'kysely';
import { Kysely } from 'kysely';
import { DatabaseSync } from 'node:sqlite';
import { candidateQuery } from '../../../../lib/erp/sqlite/lease';
import { nodeSqliteDialect, thinDatabase } from '../../../../lib/erp/sqlite/node-sqlite';
import { kinds } from '../../../../lib/model/kind';
import { claimOf } from '../subject';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';

const request = {
  direction: 'outbound',
  kinds,
  connection: 'main',
  owner: 'a',
  until: '',
  now: '2030-01-01T00:00:00.000Z',
  limit: 50,
} as const;

const planOf = (file: string, query: (db: Kysely<object>) => RawBuilder<unknown>): string => {
  const database = new DatabaseSync(file);
  const db = new Kysely<object>({ dialect: nodeSqliteDialect(thinDatabase(database, null)) });
  const { sql, parameters } = query(db).compile(db);
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters.map(String));
  database.close();
  return plan.map((row) => String(row['detail'])).join('\n');
};

describe('claiming from a long journal', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
  });
  afterEach(() => subject.close());

  const fill = (count: number, state: string) =>
    subject.erp.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO sync_journal (direction, kind, operation, employee_id, erp_id, state) SELECT 'outbound', 'task', 'update', '1', 'r' || i, ? FROM n`,
      count,
      state,
    );
  const medianClaim = async (): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 15; round++) {
      const start = performance.now();
      assert.equal((await subject.database.store.claim(claimOf('outbound', 'a', 20))).length, 20);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[7] ?? 0;
  };

  it('searches indexes only', () => {
    for (const direction of ['inbound', 'outbound'] as const) {
      for (const part of ['fresh', 'retried'] as const) {
        const stretch = { part, kind: 'task' } as const;
        const plan = planOf(subject.file, () => candidateQuery({ ...request, direction }, stretch, 50));
        assert.match(plan, new RegExp(`SEARCH j USING (COVERING )?INDEX sync_journal_${direction}_waiting`));
        assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/, plan);
        assert.match(plan, new RegExp(`SEARCH b USING (COVERING )?INDEX sync_journal_${direction}_item`));
      }
    }
  });

  it('costs the batch, not the table: 100,000 open and 100,000 ended rows', async function () {
    this.timeout(60_000);
    await fill(500, 'open');
    const few = await medianClaim();
    await fill(100_000, 'done');
    await fill(100_000, 'open');
    const many = await medianClaim();
    // A scan of the table would be some hundred times slower.
    assert.ok(many < few * 5 + 20, `${many.toFixed(1)} ms against ${few.toFixed(1)} ms`);
  });
});
