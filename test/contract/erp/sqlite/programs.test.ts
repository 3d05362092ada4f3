import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { link, newAppointment, page } from '../subject';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';

const run = promisify(execFile);
const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const rows = async (subject: SqliteSubject): Promise<readonly string[]> =>
  (await subject.erp.all('SELECT operation, erp_id, employee_id FROM sync_journal ORDER BY id')).map(
    (row) => `${String(row['operation'])} ${String(row['erp_id'])}@${String(row['employee_id'])}`,
  );

describe('the SQLite file in the hands of other programs', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
  });
  afterEach(() => subject.close());

  it('queues what another process writes with node:sqlite', async () => {
    const script = `const { DatabaseSync } = require('node:sqlite'); new DatabaseSync(process.argv[1]).exec(process.argv[2])`;
    await run(process.execPath, ['-e', script, subject.file, newAppointment]);
    assert.deepEqual(await rows(subject), ['create 1@1']);
  });

  it('queues what the sqlite3 command line writes', async function () {
    if (!isInstalled('sqlite3')) this.skip();
    await run('sqlite3', [subject.file, `${newAppointment}; UPDATE appointment SET subject = 'x'; DELETE FROM appointment;`]);
    assert.deepEqual(await rows(subject), ['create 1@1', 'update 1@1', 'delete 1@1']);
  });

  it('queues what Python writes', async function () {
    if (!isInstalled('python3')) this.skip();
    const script = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()';
    await run('python3', ['-c', script, subject.file, newAppointment]);
    assert.deepEqual(await rows(subject), ['create 1@1']);
  });

  it('queues a deletion for participants even with foreign keys off', async () => {
    const other = new DatabaseSync(subject.file, { enableForeignKeyConstraints: false });
    other.exec(`${newAppointment}; INSERT INTO appointment_participant VALUES (1, 2); DELETE FROM sync_journal; DELETE FROM appointment`);
    other.close();
    assert.deepEqual(await rows(subject), ['delete 1@1', 'delete 1@2']);
  });

  it('queues participants that were written before their appointment', async () => {
    const other = new DatabaseSync(subject.file, { enableForeignKeyConstraints: false });
    other.exec(`INSERT INTO appointment_participant VALUES (1, 2); ${newAppointment}`);
    other.close();
    assert.deepEqual(await rows(subject), ['create 1@1', 'create 1@2']);
  });

  it('tells whoever held the record that INSERT OR REPLACE gave to another employee', async () => {
    await subject.erp.run(newAppointment);
    await subject.database.store.savePending([link()]);
    await subject.erp.run('DELETE FROM sync_journal');
    await subject.erp.run(
      "INSERT OR REPLACE INTO appointment (id, employee_id, subject, start_at, end_at) VALUES (1, 2, 'x', '2026-03-28 09:00', '2026-03-28 10:00')",
    );
    assert.deepEqual(await rows(subject), ['create 1@2', 'delete 1@1']);
  });

  it('writes one row per change with recursive triggers on', async () => {
    await subject.erp.run('PRAGMA recursive_triggers = ON');
    await subject.erp.run(newAppointment);
    await subject.erp.run("UPDATE appointment SET subject = 'x'");
    assert.deepEqual(await rows(subject), ['create 1@1', 'update 1@1']);
  });

  it('refuses times that nobody could read', async () => {
    for (const time of ['28.3.2026', 'tomorrow', '2026-99-01 10:00:00', '']) {
      await assert.rejects(
        subject.erp.run("INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, 'x', ?, '2026-03-28 10:00')", time),
        /CHECK/,
      );
    }
  });

  it('waits for a short lock without holding the event loop, and names a long one', async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const other = new DatabaseSync(subject.file);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 400);
    await subject.database.store.appendInbound(page(['X1']));
    assert.ok(ticks > 3, `the event loop turned ${ticks} times`);
    clearInterval(ticking);

    const impatient = await subject.open({ lockTimeoutMs: 200 });
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(impatient.store.appendInbound(page(['X2'])), { code: 'erp-locked', scope: 'connection' });
    assert.equal(await impatient.store.folderState('main', '1', 'appointment'), 'state-1', 'reading goes on');
    other.exec('ROLLBACK');
    other.close();
    await impatient.store.appendInbound(page(['X2']));
  });
});
