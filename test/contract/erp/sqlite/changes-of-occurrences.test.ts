/** An ERP that knows neither series nor triggers: what its programs do to the row of one occurrence is told as a change of the series. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import omit from 'lodash/omit';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { openSqliteDatabase } from '../../../../lib/erp/sqlite/open';
import type { ErpDatabase } from '../../../../lib/erp/store';
import { pollingMapping } from '../changes-contract';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';
import { appointment, createWrite, leaseInbound } from '../subject';

const lookMs = 10_000;
const compareMs = 60 * 60_000;

describe('rows of occurrences without triggers', () => {
  const { appointment: own } = pollingMapping();
  assert.ok(own);
  const fields = { ...omit(own.fields, 'timeZone'), recurrenceRule: { occurrencesOf: 'head_id', days: 30 } };
  const mapping = { ...referenceMapping, appointment: { ...own, fields, exceptions: null } };
  let subject: SqliteSubject;
  let database: ErpDatabase;
  let erp: DatabaseSync;
  /** The record, which stands for the first occurrence, and the rows of the further ones. */
  let id: string;
  let further: readonly number[];

  beforeEach(async () => {
    subject = await openSqliteSubject();
    erp = new DatabaseSync(subject.file);
    erp.exec('ALTER TABLE appointment ADD COLUMN head_id INTEGER NULL');
    erp.exec("INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (2, 'a', '2026-03-28 09:00', '2026-03-28 10:00')");
    database = await openSqliteDatabase({ file: subject.file, timeZone: 'Europe/Vienna', tenant: 'test', now: subject.now, mapping });
    await collect();
    const day = subject.now().toISOString().slice(0, 10);
    const record = appointment({ recurrenceRule: 'FREQ=DAILY;COUNT=6', start: `${day}T09:00:00`, end: `${day}T10:00:00` });
    const write = createWrite(await leaseInbound(database));
    if (write.action.type !== 'create') throw new Error('no creation');
    const [result] = await database.store.commitInbound([{ ...write, action: { ...write.action, record } }]);
    assert.equal(result?.status, 'written');
    id = result.erpId;
    // The link holds what was read back; nothing of it is news.
    const rows = erp.prepare('SELECT id FROM appointment WHERE head_id = ? ORDER BY start_at').all(id);
    further = rows.map((row) => Number(row['id']));
    assert.equal(further.length, 5);
    await collect(compareMs);
    assert.deepEqual(news(), []);
  });
  afterEach(async () => {
    await database.close();
    erp.close();
    await subject.close();
  });

  const collect = async (ms = lookMs) => {
    subject.pass(ms);
    return database.store.collectChanges();
  };
  const news = () =>
    erp
      .prepare("SELECT operation, erp_id, state FROM sync_journal WHERE direction = 'outbound' AND employee_id = '1' ORDER BY id")
      .all()
      .map((row) => `${String(row['operation'])} ${String(row['erp_id'])} ${String(row['state'])}`);
  const told = (operation: string) => `${operation} ${id} open`;
  const endRows = () => erp.exec("UPDATE sync_journal SET state = 'done' WHERE direction = 'outbound' AND employee_id = '1'");
  const change = (row: number, text: string): void => {
    erp.prepare('UPDATE appointment SET subject = ? WHERE id = ?').run(text, row);
    erp.prepare('UPDATE appointment SET updated_at = ? WHERE id = ?').run(subject.now().toISOString().slice(0, -1), row);
  };
  const remove = (...rows: readonly (number | string)[]): void => {
    for (const row of rows) erp.prepare('DELETE FROM appointment WHERE id = ?').run(row);
  };
  const exceptions = async () => {
    const [entry] = await database.records.read('appointment', [id]);
    assert.ok(entry?.record.kind === 'appointment');
    return entry.record.exceptions.map(({ deleted }) => (deleted ? 'deleted' : 'changed'));
  };

  it('one that is changed is told once, as an update of its series', async () => {
    change(further[1] ?? 0, 'Neu');
    await collect();
    assert.deepEqual(news(), [told('update')]);
    assert.deepEqual(await exceptions(), ['changed']);
    endRows();
    for (let look = 0; look < 3; look++) assert.equal((await collect()).queued, 0);
    assert.equal((await collect(compareMs)).queued, 0);
  });

  it('several that are changed at once are one change of the series, and the record with them', async () => {
    for (const row of [Number(id), ...further.slice(0, 3)]) change(row, 'Neu');
    await collect();
    assert.deepEqual(news(), [told('update')]);
  });

  it('one that is deleted is found by comparison, and told once', async () => {
    remove(further[1] ?? 0);
    assert.equal((await collect()).queued, 0);
    assert.equal((await collect(compareMs)).queued, 1);
    assert.deepEqual(news(), [told('update')]);
    assert.deepEqual(await exceptions(), ['deleted']);
    endRows();
    for (let look = 0; look < 3; look++) assert.equal((await collect(compareMs)).queued, 0);
  });

  it('one that comes back is told, too', async () => {
    const row = further[1] ?? 0;
    erp.exec(`CREATE TABLE kept AS SELECT * FROM appointment WHERE id = ${row}`);
    remove(row);
    await collect(compareMs);
    endRows();
    // As if the deletion had been carried out: what the link holds is not what the series is with the row.
    erp.exec("UPDATE sync_link SET erp_base = json_set(erp_base, '$.subject', 'anders')");
    erp.exec('INSERT INTO appointment SELECT * FROM kept');
    await collect(compareMs);
    assert.equal(news().at(-1), told('update'));
    assert.deepEqual(await exceptions(), []);
    endRows();
    assert.equal((await collect(compareMs)).queued, 0);
  });

  it('the first, whose row is the record, leaves the series when it is deleted; the series goes when nothing is left', async () => {
    remove(id);
    await collect(compareMs);
    assert.deepEqual(news(), [told('update')]);
    assert.deepEqual(await exceptions(), ['deleted']);
    endRows();
    assert.equal((await collect(compareMs)).queued, 0);
    remove(...further);
    await collect(compareMs);
    assert.equal(news().at(-1), told('delete'));
    endRows();
    assert.equal((await collect(compareMs)).queued, 0);
  });

  it('all that are gone at once are the deletion of the record, and nothing else', async () => {
    remove(id, ...further);
    await collect(compareMs);
    assert.deepEqual(news(), [told('delete')]);
  });
});
