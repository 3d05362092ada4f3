import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { OpenEngine } from '../../../../lib/erp/engine';
import { connectMssql } from '../../../../lib/erp/mssql/open';
import type { Engine, Row } from '../../../../lib/erp/engine';
import { createForwarder, type Forwarder } from '../../../support/forwarder';
import { freePort } from '../../../support/free-port';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../../../support/mssql-server';

/** Holds whoever comes until `count` are there. */
const meeting = (count: number): (() => Promise<void>) => {
  let missing = count;
  let go: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    go = resolve;
  });
  return () => {
    missing--;
    if (missing === 0) go();
    return all;
  };
};

describeOnMssql('the pool on SQL Server', () => {
  let own: OwnDatabase;
  let direct: OpenEngine;
  let way: Forwarder;
  let open: OpenEngine;
  let engine: Engine;
  let atStatement: ((statement: string) => void) | null = null;
  const port = () => own.connection.port ?? 1433;

  before(async () => {
    own = await createMssqlDatabase();
    direct = await connectMssql({ connection: own.connection, timeZone: 'Europe/Vienna' });
    await direct.engine.read((db) => sql.raw('CREATE TABLE dbo.counter (id int NOT NULL PRIMARY KEY, n int NOT NULL)').execute(db));
    const wayPort = await freePort();
    way = createForwarder(wayPort);
    await way.open(port());
    const connection = { ...own.connection, server: '127.0.0.1', port: wayPort, connectTimeoutMs: 2_000 };
    open = await connectMssql({ connection, timeZone: 'Europe/Vienna', beforeStatement: (statement) => atStatement?.(statement) });
    engine = open.engine;
  });
  after(async () => {
    await way.open(port()).catch(() => undefined);
    await open.close();
    await way.shut();
    await direct.close();
    await own.drop();
  });
  beforeEach(async () => {
    atStatement = null;
    await direct.engine.read((db) => sql.raw('DELETE FROM dbo.counter; INSERT INTO dbo.counter VALUES (1, 0), (2, 0)').execute(db));
  });

  const numbers = (): Promise<readonly unknown[]> =>
    direct.engine.read(async (db) => (await sql.raw<Row>('SELECT n FROM dbo.counter ORDER BY id').execute(db)).rows.map((row) => row['n']));
  const add = (id: number) => sql`UPDATE dbo.counter SET n = n + 1 WHERE id = ${id}`;
  const session = async (using: Engine): Promise<number> =>
    using.read(async (db) => (await sql<{ id: number }>`SELECT @@SPID AS id`.execute(db)).rows[0]?.id ?? 0);

  it('goes on after its connections were cut while nothing was under way', async () => {
    await Promise.all(Array.from({ length: 5 }, () => session(engine)));
    await way.shut();
    await way.open(port());
    await engine.write((trx) => add(1).execute(trx));
    assert.deepEqual(await numbers(), [1, 0]);
  });

  it('goes on after the server ended its sessions', async () => {
    const sessions = new Set(await Promise.all(Array.from({ length: 4 }, () => session(engine))));
    for (const id of sessions) await direct.engine.read((db) => sql.raw(`KILL ${id}`).execute(db));
    for (let round = 0; round < 6; round++) await engine.write((trx) => add(1).execute(trx));
    assert.deepEqual(await numbers(), [6, 0]);
  });

  it('repeats a write from its start when the connection is lost before the commit', async () => {
    let attempts = 0;
    await engine.write(async (trx) => {
      attempts++;
      await add(1).execute(trx);
      if (attempts === 1) {
        await way.shut();
        await way.open(port());
      }
      await add(2).execute(trx);
    });
    assert.equal(attempts, 2);
    assert.deepEqual(await numbers(), [1, 1]);
  });

  it('repeats nothing when the answer to COMMIT is lost, and says that the database is not reachable', async () => {
    let attempts = 0;
    const write = engine.write(async (trx) => {
      attempts++;
      await add(1).execute(trx);
      atStatement = (statement) => {
        if (statement !== 'commit') return;
        atStatement = null;
        // By the time of the next turn COMMIT is on its way.
        setImmediate(() => setImmediate(() => void way.shut()));
      };
    });
    await assert.rejects(write, { code: 'erp-unreachable', scope: 'connection' });
    assert.equal(attempts, 1);
    await way.open(port());
    const [first] = await numbers();
    assert.ok(first === 0 || first === 1);
  });

  it('says that nobody answers while the server is away, without ending the process, and goes on when it is back', async () => {
    await way.shut();
    const failures = await Promise.all(
      Array.from({ length: 3 }, () => engine.write((trx) => add(1).execute(trx)).catch((error: unknown) => error)),
    );
    for (const error of failures) {
      assert.ok(error instanceof Error && 'scope' in error && 'code' in error);
      assert.deepEqual([error.code, error.scope], ['erp-port-closed', 'connection']);
    }
    await way.open(port());
    await engine.write((trx) => add(1).execute(trx));
    assert.deepEqual(await numbers(), [1, 0]);
  });

  it('comes through a server that is away for a moment', async () => {
    await way.shut();
    let attempts = 0;
    let back: Promise<void> = Promise.resolve();
    atStatement = (statement) => {
      if (statement === 'begin' && ++attempts === 2) back = way.open(port());
    };
    await engine.write((trx) => add(1).execute(trx));
    await back;
    assert.deepEqual(await numbers(), [1, 0]);
  });

  it('solves a deadlock of two writes: both are carried out, each once', async () => {
    const met = meeting(2);
    let attempts = 0;
    const crossing = (first: number, second: number) => {
      let meets = true;
      return engine.write(async (trx) => {
        attempts++;
        await add(first).execute(trx);
        if (meets) await met();
        meets = false;
        await add(second).execute(trx);
      });
    };
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    assert.deepEqual(await numbers(), [2, 2]);
    assert.ok(attempts >= 3, 'there was no deadlock');
  });

  it('gives back every connection, whatever became of the statements', async () => {
    for (let round = 0; round < 30; round++) {
      await assert.rejects(engine.write((trx) => sql.raw("RAISERROR(N'no', 16, 1)").execute(trx)));
      await assert.rejects(engine.read((db) => sql.raw('SELECT nothing FROM dbo.counter').execute(db)));
    }
    await Promise.all(Array.from({ length: 30 }, () => engine.write((trx) => add(1).execute(trx))));
    assert.deepEqual(await numbers(), [30, 0]);
  });

  it('does not lend out a connection whose transaction nobody ended', async () => {
    const hasty = await connectMssql({
      connection: { ...own.connection, requestTimeoutMs: 300, poolSize: 1 },
      timeZone: 'Europe/Vienna',
    });
    try {
      await engine.write(async (trx) => {
        await add(1).execute(trx);
        await assert.rejects(
          hasty.engine.write(async (other) => {
            await add(2).execute(other);
            await add(1).execute(other);
          }),
          { code: 'erp-timeout', scope: 'connection' },
        );
      });
      await hasty.engine.write((trx) => add(2).execute(trx));
      assert.deepEqual(await numbers(), [1, 1]);
    } finally {
      await hasty.close();
    }
  });

  it('ends while statements are under way', async () => {
    const other = await connectMssql({ connection: own.connection, timeZone: 'Europe/Vienna' });
    const running = other.engine.write((trx) => add(1).execute(trx)).catch(() => undefined);
    await other.close();
    await running;
    await assert.rejects(session(other.engine), { code: 'erp-unreachable', scope: 'connection' });
  });
});
