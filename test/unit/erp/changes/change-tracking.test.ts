/** Change Tracking without a SQL Server: its functions are answered by a script, everything else by SQLite. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, type SqliteDatabase } from 'kysely';
import { trackingOff, trackingOn } from '../../../../lib/erp/changes/change-tracking';
import { erpDatabase } from '../../../../lib/erp/database';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect } from '../../../../lib/erp/schema/quote';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { createSqliteEngine } from '../../../../lib/erp/sqlite/engine';
import { nodeSqliteDialect, thinDatabase } from '../../../../lib/erp/sqlite/node-sqlite';
import { openSqliteDatabase } from '../../../../lib/erp/sqlite/open';
import type { ErpDatabase } from '../../../../lib/erp/store';
import type { Tables } from '../../../../lib/erp/tables';
import { toSyncError } from '../../../../lib/model/error';
import { link, newAppointment } from '../../../contract/erp/subject';

const mapping: SchemaMapping = {
  ...referenceMapping,
  appointment: referenceMapping.appointment && {
    ...referenceMapping.appointment,
    changes: { by: 'change-tracking', everySeconds: 10, deletionsEveryMinutes: 15, deletions: { count: 2, share: 0.1 } },
  },
};

/** What the server tracks. */
interface Tracking {
  version: number;
  /** Null: it tracks nothing. */
  oldest: number | null;
  changes: { readonly version: number; readonly key: string; readonly gone: boolean }[];
  readonly statements: string[];
  /** Runs after a list was answered. */
  listed: () => void;
}

const answer = (tracking: Tracking, text: string, parameters: readonly unknown[]): readonly object[] => {
  if (text.includes('AS [version]')) return [{ version: tracking.oldest === null ? null : String(tracking.version) }];
  if (text.includes('AS [known]')) {
    const { oldest, version } = tracking;
    const mark = Number(parameters[0]);
    return [{ known: oldest === null ? null : Number(oldest <= mark && mark <= version) }];
  }
  const [since, after] = [Number(parameters[0]), String(parameters[1])];
  const keys = new Map<string, boolean>();
  for (const change of tracking.changes) if (change.version > since && change.key > after) keys.set(change.key, change.gone);
  tracking.listed();
  return [...keys].sort().map(([key, gone]) => ({ key, gone: Number(gone) }));
};

const scripted = (inner: SqliteDatabase, tracking: Tracking): SqliteDatabase => ({
  close: () => inner.close(),
  prepare: (text) => {
    if (!/CHANGETABLE|CHANGE_TRACKING/.test(text)) return inner.prepare(text);
    tracking.statements.push(text);
    const all = (parameters: readonly unknown[]) => [...answer(tracking, text, parameters)];
    return { reader: true, all, run: () => ({ changes: 0, lastInsertRowid: 0 }), iterate: (parameters) => all(parameters).values() };
  },
});

describe('Change Tracking', () => {
  let folder: string;
  let erp: DatabaseSync;
  let database: ErpDatabase;
  let tracking: Tracking;
  let now: number;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'erp-'));
    const file = path.join(folder, 'erp.sqlite');
    const options = { file, timeZone: 'Europe/Vienna', mapping, createReferenceSchema: true };
    await (await openSqliteDatabase(options)).close();
    now = Date.now();
    tracking = { version: 5, oldest: 0, changes: [], statements: [], listed: () => undefined };
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(scripted(thinDatabase(new DatabaseSync(file), null), tracking)) });
    const engine = createSqliteEngine({ db, file, timeZone: 'Europe/Vienna', lockTimeoutMs: 1000, now: () => new Date(now) });
    database = { ...erpDatabase(engine, mapping), close: () => db.destroy() };
    erp = new DatabaseSync(file);
    erp.exec("INSERT INTO employee (id, name, email) VALUES (1, 'Anna', 'anna@x.test')");
  });
  afterEach(async () => {
    erp.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const collect = () => {
    now += 10_000;
    return database.store.collectChanges();
  };
  const add = (): string => String(erp.prepare(newAppointment).run().lastInsertRowid);
  const track = (key: string, gone = false): void => {
    tracking.version += 1;
    tracking.changes.push({ version: tracking.version, key, gone });
  };
  const rows = async (): Promise<readonly string[]> =>
    (await database.store.list({ direction: 'outbound' })).map(({ operation, erpId, state }) => `${operation} ${erpId} ${state}`).reverse();

  it('queues what is told of as new, and nothing twice', async () => {
    add();
    await collect();
    const id = add();
    track(id);
    assert.equal((await collect()).queued, 1);
    assert.equal((await collect()).queued, 0);
    assert.deepEqual(await rows(), [`create ${id} open`]);
  });

  it('asks for nothing while the version stays', async () => {
    await collect();
    tracking.statements.length = 0;
    await collect();
    assert.equal(tracking.statements.filter((text) => text.includes('CHANGETABLE(')).length, 0);
  });

  it('lists again what was committed while it listed', async () => {
    await collect();
    const first = add();
    track(first);
    tracking.listed = () => {
      tracking.listed = () => undefined;
      track(add());
    };
    await collect();
    await collect();
    assert.equal((await rows()).length, 2);
  });

  it('takes a told deletion for one, however many there are', async () => {
    const ids = Array.from({ length: 5 }, add);
    await database.store.savePending(ids.map((erpId) => link({ erpId, syncId: `s${erpId}`, exchangeId: `X${erpId}` })));
    await collect();
    erp.exec('DELETE FROM appointment');
    for (const id of ids) track(id, true);
    await collect();
    assert.deepEqual(
      await rows(),
      ids.map((id) => `delete ${id} open`),
    );
  });

  it('does not take our own write, or one that was undone, for a change', async () => {
    const id = add();
    const [entry] = await database.records.read('appointment', [id]);
    assert.ok(entry);
    await database.store.savePending([link({ erpId: id, erpBase: entry.record })]);
    await collect();
    track(id);
    assert.equal((await collect()).queued, 0);
  });

  const cuts: readonly (readonly [string, () => void])[] = [
    ['was cut', () => (tracking.oldest = 100)],
    ['is of before a restored backup', () => (tracking.version = 2)],
    ['is cut while it is listed', () => (track('999'), (tracking.listed = () => (tracking.oldest = 100)))],
  ];
  for (const [what, cut] of cuts) {
    it(`compares everything once when the history ${what}, and says so; what is missing goes through the guard`, async () => {
      const ids = Array.from({ length: 6 }, add);
      const entries = await database.records.read('appointment', ids);
      await database.store.savePending(
        entries.map(({ id: erpId, record: erpBase }) => link({ erpId, erpBase, syncId: `s${erpId}`, exchangeId: `X${erpId}` })),
      );
      await collect();
      erp.exec("DELETE FROM appointment WHERE id IN (1, 2, 3); UPDATE appointment SET subject = 'neu' WHERE id = 4");
      cut();
      if (tracking.oldest === 100) tracking.version = 200;
      const { notices } = await collect();
      assert.deepEqual(
        notices.map(({ code }) => code),
        ['erp-history-cut', 'deletions-held'],
      );
      assert.deepEqual(await rows(), ['update 4 open', 'delete 1 conflict', 'delete 2 conflict', 'delete 3 conflict']);
      tracking.oldest = 0;
      tracking.listed = () => undefined;
      assert.deepEqual(await collect(), { queued: 0, notices: [] });
    });
  }

  it('says what to do when it is off', async () => {
    tracking.oldest = null;
    await assert.rejects(collect(), (thrown) => toSyncError(thrown).code === 'erp-change-tracking-off');
  });

  it('asks CHANGETABLE with a variable, for records, participants, exceptions and equipment', async () => {
    await collect();
    track('1');
    await collect();
    const [list = ''] = tracking.statements.filter((text) => text.includes('CHANGETABLE('));
    assert.match(list, /^DECLARE @since bigint = CONVERT\(bigint, \?\);/);
    assert.equal(list.match(/CHANGETABLE\(CHANGES \S+, @since\)/g)?.length, 4);
  });

  describe('in the scripts', () => {
    const on = trackingOn(mapping, mssqlDialect);
    const off = trackingOff(mapping, mssqlDialect);

    it('is switched on for the database and the tables where it is off, each in an optional step', () => {
      assert.equal(on.length, 5);
      assert.ok(on.every(({ optional }) => optional));
      assert.match(on[0]?.sql ?? '', /^IF NOT EXISTS .*change_tracking_databases[^]*ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON/);
      assert.match(on[1]?.sql ?? '', /^IF NOT EXISTS .*change_tracking_tables[^]*ALTER TABLE \[appointment\] ENABLE CHANGE_TRACKING/);
      assert.match(on[2]?.sql ?? '', /ALTER TABLE \[appointment_participant\] ENABLE CHANGE_TRACKING/);
      assert.match(on[3]?.sql ?? '', /ALTER TABLE \[appointment_exception\] ENABLE CHANGE_TRACKING/);
      assert.match(on[4]?.sql ?? '', /ALTER TABLE \[appointment_equipment\] ENABLE CHANGE_TRACKING/);
    });

    it('is switched off again where the sync has switched it on, the tables first', () => {
      assert.match(off[0]?.sql ?? '', /^IF EXISTS .*extended_properties[^]*ALTER TABLE \[appointment\] DISABLE CHANGE_TRACKING/);
      assert.match(off.at(-1)?.sql ?? '', /^IF EXISTS .*extended_properties[^]*ALTER DATABASE CURRENT SET CHANGE_TRACKING = OFF/);
    });

    it('is not mentioned when the mapping does not want it', () => {
      assert.deepEqual([...trackingOn(referenceMapping, mssqlDialect), ...trackingOff(referenceMapping, mssqlDialect)], []);
    });
  });
});
