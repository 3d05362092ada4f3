/** An ERP that knows no series: rows of occurrences beside the record. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import omit from 'lodash/omit';
import { firstOccurrence, furtherOccurrences } from '../../../../lib/erp/records/occurrences';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { referenceSchema } from '../../../../lib/erp/schema/reference';
import { sqliteDialect } from '../../../../lib/erp/schema/quote';
import { openSqliteDatabase } from '../../../../lib/erp/sqlite/open';
import type { ErpDatabase, InboundWrite } from '../../../../lib/erp/store';
import type { ErpAppointment, ErpException, Fields } from '../../../../lib/model/item';
import { appointment, createWrite, done, exchangeAppointment } from '../../../contract/erp/subject';

const zone = 'Europe/Vienna';

describe('occurrences of a series', () => {
  const starts = (fields: Partial<ErpAppointment>, from: string, until: string) =>
    furtherOccurrences(appointment(fields), zone, { from: `${from}T00:00:00`, until: `${until}T00:00:00` }).map(
      ({ record }) => record.start,
    );

  it('are those after the first, up to the horizon', () => {
    const weekly = { recurrenceRule: 'FREQ=WEEKLY;BYDAY=SA' };
    assert.deepEqual(starts(weekly, '2026-01-01', '2026-04-18'), ['2026-04-04T09:00:00', '2026-04-11T09:00:00']);
    assert.deepEqual(starts(weekly, '2026-04-05', '2026-04-18'), ['2026-04-11T09:00:00']);
    assert.deepEqual(starts({ recurrenceRule: 'FREQ=DAILY;COUNT=3' }, '2026-01-01', '2027-01-01'), [
      '2026-03-29T09:00:00',
      '2026-03-30T09:00:00',
    ]);
    assert.deepEqual(starts({ recurrenceRule: 'FREQ=DAILY;UNTIL=20260330T070000Z' }, '2026-01-01', '2027-01-01').length, 2);
    assert.deepEqual(starts({ recurrenceRule: 'FREQ=DAILY;UNTIL=20260330' }, '2026-01-01', '2027-01-01').length, 2);
  });

  it('keep the clock of their own zone, and are told in the tenant zone', () => {
    const series = {
      recurrenceRule: 'FREQ=WEEKLY',
      timeZone: 'America/New_York',
      start: '2026-03-14T09:00:00',
      end: '2026-03-14T09:30:00',
    };
    // Clocks change in New York on 8 March, in Vienna on 29 March.
    assert.equal(firstOccurrence(appointment(series), zone).start, '2026-03-14T14:00:00');
    assert.deepEqual(starts(series, '2026-01-01', '2026-04-05'), ['2026-03-21T14:00:00', '2026-03-28T14:00:00', '2026-04-04T15:00:00']);
  });

  it('of whole days are days', () => {
    const series = appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30', recurrenceRule: 'FREQ=DAILY;INTERVAL=7' });
    const [first] = furtherOccurrences(series, zone, { from: '2026-01-01T00:00:00', until: '2026-04-10T00:00:00' });
    assert.deepEqual([first?.originalStart, first?.record.start, first?.record.end], ['2026-04-04', '2026-04-04', '2026-04-06']);
  });

  it('end after many: nobody needs a row per second', () => {
    assert.ok(starts({ recurrenceRule: 'FREQ=SECONDLY' }, '2026-01-01', '2027-01-01').length < 2000);
  });

  it('of a rule that is none are refused', () => {
    assert.throws(() => starts({ recurrenceRule: 'FREQ=SOMETIMES' }, '2026-01-01', '2027-01-01'), { code: 'erp-cannot-hold' });
  });
});

describe('an ERP with rows of occurrences', () => {
  const own = referenceMapping.appointment;
  assert.ok(own);
  const fields = omit(own.fields, 'recurrenceRule', 'timeZone');
  const mapping = {
    ...referenceMapping,
    appointment: { ...own, fields: { ...fields, recurrenceRule: { occurrencesOf: 'head_id', days: 30 } } },
  };
  let folder: string;
  let erp: DatabaseSync;
  let database: ErpDatabase;
  let now: Date;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'series-'));
    const file = path.join(folder, 'erp.sqlite');
    erp = new DatabaseSync(file);
    for (const statement of referenceSchema(sqliteDialect)) erp.exec(statement);
    erp.exec(
      "ALTER TABLE appointment ADD COLUMN head_id INTEGER NULL; INSERT INTO employee (id, name, email) VALUES (1, 'Anna', 'a@x.test')",
    );
    now = new Date('2026-03-20T12:00:00Z');
    database = await openSqliteDatabase({ file, timeZone: zone, mapping, now: () => now });
  });
  afterEach(async () => {
    await database.close();
    erp.close();
    await rm(folder, { recursive: true, force: true });
  });

  const weekly = appointment({
    recurrenceRule: 'FREQ=WEEKLY',
    timeZone: 'America/New_York',
    start: '2026-03-14T09:00:00',
    end: '2026-03-14T10:00:00',
  });

  const lease = async (operation: 'create' | 'update' | 'delete'): Promise<number> => {
    const entry = {
      direction: 'inbound',
      kind: 'appointment',
      employeeId: '1',
      connection: 'main',
      erpId: null,
      exchangeId: 'X1',
    } as const;
    const [row] = await database.store.appendLeased([{ ...entry, operation }], 'a', 60_000);
    assert.ok(row);
    return row.entry.id;
  };
  const commit = async (write: InboundWrite): Promise<string> => {
    const [result] = await database.store.commitInbound([write]);
    assert.equal(result?.status, 'written', JSON.stringify(result));
    return result.erpId;
  };
  const create = async (record: ErpAppointment): Promise<string> => {
    const write = createWrite(await lease('create'));
    if (write.action.type !== 'create') throw new Error('no create');
    return commit({ ...write, action: { ...write.action, record } });
  };
  const read = async (id: string): Promise<ErpAppointment> => {
    const [entry] = await database.records.read('appointment', [id]);
    assert.ok(entry?.record.kind === 'appointment');
    return entry.record;
  };
  const change = async (erpId: string, changes: Fields): Promise<void> => {
    const [link] = await database.store.linksBySyncId(['s1']);
    assert.ok(link);
    const next = {
      id: link.id,
      version: link.version,
      erpBase: link.erpBase,
      exchangeBase: exchangeAppointment,
      exchangeId: 'X1',
      changeKey: 'k2',
    };
    const action = { type: 'update', erpId, changes, expected: await read(erpId), link: next } as const;
    await commit({ journalId: await lease('update'), instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action });
  };
  const rows = () =>
    erp
      .prepare('SELECT head_id, start_at, subject FROM appointment ORDER BY start_at')
      .all()
      .map((row) => `${String(row['head_id'])} ${String(row['start_at'])} ${String(row['subject'])}`);
  const queued = () => erp.prepare("SELECT count(*) AS n FROM sync_journal WHERE direction = 'outbound'").get()?.['n'];

  it('gets a row per occurrence, and the series comes back as it was', async () => {
    const id = await create(weekly);
    assert.deepEqual(rows(), [
      'null 2026-03-14 14:00:00 Besuch',
      `${id} 2026-03-21 14:00:00 Besuch`,
      `${id} 2026-03-28 14:00:00 Besuch`,
      `${id} 2026-04-04 15:00:00 Besuch`,
      `${id} 2026-04-11 15:00:00 Besuch`,
      `${id} 2026-04-18 15:00:00 Besuch`,
    ]);
    assert.deepEqual(await read(id), weekly);
    assert.deepEqual(database.records.asStored(weekly), weekly);
    assert.equal(queued(), 0);
  });

  it('shows occurrences neither as records nor in a window', async () => {
    const id = await create(weekly);
    const found = await database.records.listWindow('appointment', '1', '2026-04-18T00:00:00', '2026-04-19T00:00:00');
    assert.deepEqual(
      found.map((entry) => entry.id),
      [id],
    );
    assert.deepEqual(await database.records.read('appointment', [String(Number(id) + 1)]), []);
  });

  it('follows a change of the series, and leaves the past as it was', async () => {
    const id = await create(weekly);
    now = new Date('2026-04-02T12:00:00Z');
    await change(id, { subject: 'Neu', recurrenceRule: 'FREQ=WEEKLY;COUNT=5' });
    assert.deepEqual(rows(), [
      'null 2026-03-14 14:00:00 Neu',
      `${id} 2026-03-21 14:00:00 Besuch`,
      `${id} 2026-03-28 14:00:00 Besuch`,
      `${id} 2026-04-04 15:00:00 Neu`,
      `${id} 2026-04-11 15:00:00 Neu`,
    ]);
    assert.equal((await read(id)).recurrenceRule, 'FREQ=WEEKLY;COUNT=5');
    await change(id, { recurrenceRule: null, timeZone: null, start: '2026-04-04T15:00:00', end: '2026-04-04T16:00:00' });
    assert.equal((await read(id)).recurrenceRule, null);
    assert.equal(rows().filter((row) => row.includes('2026-04')).length, 1);
  });

  it('is extended as time goes on, once', async () => {
    const id = await create(weekly);
    const before = rows().length;
    now = new Date('2026-04-02T12:00:00Z');
    await Promise.all([database.store.collectChanges(), database.store.collectChanges()]);
    assert.deepEqual(rows().slice(before), [`${id} 2026-04-25 15:00:00 Besuch`]);
    await database.store.collectChanges();
    assert.equal(rows().length, before + 1);
    assert.deepEqual(await read(id), weekly);
    assert.equal(queued(), 0);
  });

  it('is extended although the ERP refuses the rows of another series', async () => {
    const id = await create(weekly);
    erp.exec("INSERT INTO sync_series VALUES ('appointment', '0', 'FREQ=DAILY', NULL, '2026-04-19T00:00:00')");
    erp.exec(
      "INSERT INTO appointment (id, employee_id, subject, start_at, end_at) VALUES (0, 1, 'bad', '2026-03-28 09:00', '2026-03-28 10:00')",
    );
    erp.exec("CREATE TRIGGER no BEFORE INSERT ON appointment WHEN NEW.subject = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END");
    now = new Date('2026-04-02T12:00:00Z');
    await database.store.collectChanges();
    assert.ok(rows().includes(`${id} 2026-04-25 15:00:00 Besuch`));
    assert.equal(rows().filter((row) => row.endsWith('bad')).length, 1);
  });

  it('forgets the rule of a series that the ERP deleted', async () => {
    const id = await create(weekly);
    erp.prepare('DELETE FROM appointment WHERE id = ? OR head_id = ?').run(id, id);
    now = new Date('2026-04-02T12:00:00Z');
    await database.store.collectChanges();
    assert.equal(erp.prepare('SELECT count(*) AS n FROM sync_occurrence').get()?.['n'], 0);
    assert.equal(erp.prepare('SELECT count(*) AS n FROM sync_series').get()?.['n'], 0);
  });

  it('loses the occurrences with the series', async () => {
    const id = await create(weekly);
    const [link] = await database.store.linksBySyncId(['s1']);
    assert.ok(link);
    const action = { type: 'delete', erpId: id, expected: weekly, linkId: link.id, version: link.version } as const;
    await commit({ journalId: await lease('delete'), instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action });
    assert.deepEqual(rows(), []);
    assert.equal(erp.prepare('SELECT count(*) AS n FROM sync_series').get()?.['n'], 0);
  });

  const at = (day: string): string => `2026-${day}T09:00:00`;
  const changed = (day: string, changes: (ErpException & { deleted: false })['changes']): ErpException => ({
    originalStart: at(day),
    deleted: false,
    changes,
  });
  const gone = (day: string): ErpException => ({ originalStart: at(day), deleted: true });
  const keyOf = (start: string): number => Number(erp.prepare('SELECT id FROM appointment WHERE start_at = ?').get(start)?.['id']);
  const exceptions: readonly ErpException[] = [
    changed('03-28', { subject: 'anders' }),
    gone('04-04'),
    changed('04-11', { start: '2026-04-12T10:00:00', end: '2026-04-12T12:00:00' }),
  ];

  it('takes exceptions as changes of single rows, and leaves the other rows alone', async () => {
    const id = await create(weekly);
    const kept = keyOf('2026-03-28 14:00:00');
    await change(id, { exceptions });
    assert.deepEqual((await read(id)).exceptions, exceptions);
    assert.deepEqual(database.records.asStored({ ...weekly, exceptions }), { ...weekly, exceptions });
    assert.deepEqual(rows(), [
      'null 2026-03-14 14:00:00 Besuch',
      `${id} 2026-03-21 14:00:00 Besuch`,
      `${id} 2026-03-28 14:00:00 anders`,
      `${id} 2026-04-12 16:00:00 Besuch`,
      `${id} 2026-04-18 15:00:00 Besuch`,
    ]);
    assert.equal(keyOf('2026-03-28 14:00:00'), kept);
    await change(id, { exceptions: [] });
    assert.deepEqual(await read(id), weekly);
    assert.equal(rows().length, 6);
    assert.equal(queued(), 0);
  });

  it('takes a new series with exceptions, also of the first occurrence and beyond what is written ahead', async () => {
    const all = [
      changed('03-14', { subject: 'erster' }),
      ...exceptions,
      changed('06-06', { subject: 'weit weg' }),
      changed('06-13', { start: '2026-04-13T09:00:00', end: '2026-04-13T10:00:00' }),
    ];
    const id = await create({ ...weekly, exceptions: all });
    assert.deepEqual((await read(id)).exceptions, all);
    assert.ok(rows().includes('null 2026-03-14 14:00:00 erster'));
    assert.ok(rows().includes(`${id} 2026-04-13 15:00:00 Besuch`));
    now = new Date('2026-05-20T12:00:00Z');
    await database.store.collectChanges();
    assert.ok(rows().includes(`${id} 2026-06-06 15:00:00 weit weg`));
    assert.equal(rows().filter((row) => row.includes('2026-06-13')).length, 0);
    assert.deepEqual((await read(id)).exceptions, all);
    assert.equal(queued(), 0);
  });

  it('lets the record stand for the next occurrence when the first is deleted', async () => {
    const id = await create(weekly);
    await change(id, { exceptions: [gone('03-14')] });
    assert.equal(rows()[0], 'null 2026-03-21 14:00:00 Besuch');
    assert.equal(rows().length, 5);
    assert.deepEqual((await read(id)).exceptions, [gone('03-14')]);
    await change(id, { exceptions: [] });
    assert.deepEqual(await read(id), weekly);
    assert.deepEqual(
      rows().filter((row) => row.startsWith('null')),
      ['null 2026-03-14 14:00:00 Besuch'],
    );
  });

  it('tells a row that the ERP changed, moved or deleted as an exception, and queues the series', async () => {
    const id = await create(weekly);
    erp.prepare("UPDATE appointment SET subject = 'anders' WHERE id = ?").run(keyOf('2026-03-28 14:00:00'));
    erp.prepare('DELETE FROM appointment WHERE id = ?').run(keyOf('2026-04-04 15:00:00'));
    erp
      .prepare("UPDATE appointment SET start_at = '2026-04-12 16:00:00', end_at = '2026-04-12 18:00:00' WHERE id = ?")
      .run(keyOf('2026-04-11 15:00:00'));
    assert.deepEqual(await read(id), { ...weekly, exceptions });
    erp.prepare("UPDATE appointment SET subject = 'erster' WHERE id = ?").run(id);
    assert.deepEqual(await read(id), { ...weekly, exceptions: [changed('03-14', { subject: 'erster' }), ...exceptions] });
    const told = erp.prepare("SELECT DISTINCT operation, erp_id FROM sync_journal WHERE direction = 'outbound'").all();
    assert.deepEqual(
      told.map((row) => [row['operation'], row['erp_id']]),
      [['update', id]],
    );
  });

  it('keeps the series while rows are there when the ERP deletes the record', async () => {
    const id = await create(weekly);
    erp.prepare('DELETE FROM appointment WHERE id = ?').run(id);
    assert.deepEqual(await read(id), { ...weekly, exceptions: [gone('03-14')] });
    await change(id, { exceptions: [gone('03-14'), gone('03-28')] });
    assert.deepEqual((await read(id)).exceptions, [gone('03-14'), gone('03-28')]);
    assert.equal(rows().length, 4);
    erp.prepare('DELETE FROM appointment').run();
    assert.deepEqual(await database.records.read('appointment', [id]), []);
  });

  it('keeps the exceptions of the past when the series changes', async () => {
    const id = await create({ ...weekly, exceptions: [gone('03-21'), changed('03-28', { subject: 'anders' })] });
    now = new Date('2026-04-02T12:00:00Z');
    await change(id, { location: 'Wien' });
    assert.deepEqual(await read(id), { ...weekly, location: 'Wien', exceptions: [gone('03-21'), changed('03-28', { subject: 'anders' })] });
    assert.ok(rows().includes(`${id} 2026-03-28 14:00:00 anders`));
    assert.equal(rows().filter((row) => row.includes('2026-03-21')).length, 0);
  });

  it('loses no occurrence when the series changes whose record the ERP has deleted', async () => {
    const id = await create(weekly);
    erp.prepare('DELETE FROM appointment WHERE id = ?').run(id);
    await change(id, { location: 'Wien' });
    assert.deepEqual(await read(id), { ...weekly, location: 'Wien', exceptions: [gone('03-14')] });
    assert.equal(rows().length, 5);
  });
});
