/** What a claim costs in a long journal against a short one: the batch should decide, not the table. SQL Server when `MSSQL_URL` is set. */
import { dropMssqlSubjects, openMssqlSubject } from '../test/contract/erp/mssql-subject';
import { openSqliteSubject } from '../test/contract/erp/sqlite-subject';
import { claimOf, fillJournal, type ErpSubject } from '../test/contract/erp/subject';
import { mssqlUrl } from '../test/support/mssql-server';

/** Medians of a claim of 50 rows, ms. */
export interface ClaimCost {
  readonly engine: string;
  /** With 100,000 open rows. */
  readonly many: number;
  /** With 2,000 open rows. */
  readonly few: number;
}

const rounds = 15;

const medianClaim = async ({ database: { store } }: ErpSubject): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    const claimed = await store.claim(claimOf('outbound', 'a', 50));
    times.push(performance.now() - from);
    if (claimed.length !== 50) throw new Error(`only ${claimed.length} rows were left to claim`);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
};

const measure = async (engine: string, subject: ErpSubject): Promise<ClaimCost> => {
  await fillJournal(subject.erp, 2_000);
  // The first claims of a connection word and plan their statements.
  await medianClaim(subject);
  const few = await medianClaim(subject);
  await subject.erp.run('DELETE FROM sync_journal');
  await fillJournal(subject.erp, 100_000);
  const many = await medianClaim(subject);
  await subject.close();
  return { engine, many, few };
};

/** Measures each engine. */
export const claimCosts = async (): Promise<readonly ClaimCost[]> => {
  const costs = [await measure('SQLite', await openSqliteSubject())];
  if (mssqlUrl === '') return costs;
  try {
    return [...costs, await measure('SQL Server', await openMssqlSubject())];
  } finally {
    await dropMssqlSubjects();
  }
};
