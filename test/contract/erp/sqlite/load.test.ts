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

  it('finds what time brings into windows by its day, however much lies outside', async () => {
    const statements: string[] = [];
    const database = await subject.openSecond({ beforeStatement: (sql) => statements.push(sql) });
    await fill(10_000, 'skipped');
    await subject.erp.run("UPDATE sync_journal SET note_code = 'outside-window', not_before = '2999-01-01T00:00:00.000Z'");
    await subject.erp.run("UPDATE sync_journal SET not_before = '2020-01-01T00:00:00.000Z' WHERE id % 10 = 0");
    statements.length = 0;
    assert.equal(await database.store.reopenDue('outbound', kinds), 1_000);
    const queries = new Set(statements.filter((sql) => /^select/i.test(sql)));
    assert.equal(queries.size, 1);
    for (const sql of queries) {
      const plan = (await subject.erp.all(`EXPLAIN QUERY PLAN ${sql}`)).map((row) => String(row['detail'])).join('\n');
      assert.match(plan, /INDEX sync_journal_coming \(direction=\? AND kind=\? AND not_before>\? AND not_before<\?\)/);
    }
  });

  it('looks at the batch, not the table, in every statement of a claim: 100,000 open and 100,000 ended rows', async function () {
    this.timeout(60_000);
    await fill(100_000, 'done');
    await fill(100_000, 'open');
    await subject.erp.run("UPDATE sync_journal SET erp_id = 'r1' WHERE erp_id = 'r2'");
    await subject.erp.run('ANALYZE');
    const statements: string[] = [];
    const database = await subject.openSecond({ beforeStatement: (sql) => statements.push(sql) });
    statements.length = 0;
    assert.equal((await database.store.claim(claimOf('outbound', 'a', 20))).length, 20);
    const queries = statements.filter((sql) => /^\s*(select|update)/i.test(sql));
    assert.ok(queries.length >= 5, `only ${queries.length} statements were seen`);
    for (const sql of queries) {
      const plan = (await subject.erp.all(`EXPLAIN QUERY PLAN ${sql}`)).map((row) => String(row['detail'])).join('\n');
      assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/, `${sql}\n${plan}`);
    }
  });
});
