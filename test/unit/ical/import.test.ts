import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openErpTarget } from '../../../demo/import/erp-target';
import { importFiles } from '../../../demo/import/run-import';
import { openSqliteDatabase } from '../../../lib/erp/sqlite/open';

const zone = 'Europe/Vienna';

describe('import into the ERP', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'import-'));
    file = path.join(folder, 'erp.sqlite');
    const database = await openSqliteDatabase({ file, timeZone: zone, createReferenceSchema: true });
    await database.close();
    const sql = new DatabaseSync(file);
    sql.exec(
      "INSERT INTO employee (id, name, email) VALUES (1, 'Anna', 'anna@demo.example'); INSERT INTO activity_type (id, no, description) VALUES (50, '5', 'Task')",
    );
    sql.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, ...lines: readonly string[]): string => {
    const written = path.join(folder, name);
    writeFileSync(written, ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n'));
    return written;
  };

  it('writes rows as the ERP does, queues them for Exchange, and lists what it skips', async () => {
    const good = write(
      'good.ics',
      ...[
        'BEGIN:VEVENT',
        'UID:a',
        'SUMMARY:Visit',
        'DTSTART:20260328T080000Z',
        'RRULE:FREQ=WEEKLY',
        'CATEGORIES:ES_5_Task,A,B',
        'END:VEVENT',
      ],
      ...['BEGIN:VTODO', 'UID:b', 'SUMMARY:Offer', 'DUE;VALUE=DATE:20260330', 'END:VTODO'],
      ...['BEGIN:VEVENT', 'UID:c', 'END:VEVENT'],
    );
    const missing = path.join(folder, 'missing.ics');
    const target = openErpTarget('ANNA@demo.example', file, zone);
    const told: string[] = [];
    const report = await importFiles([missing, good], target, zone, ({ what }) => told.push(what));
    await target.close();
    strictEqual(report.imported, 2);
    deepStrictEqual(told, ['file', 'c']);
    deepStrictEqual(
      report.skipped.map((entry) => entry.file),
      [missing, good],
    );
    const sql = new DatabaseSync(file);
    deepStrictEqual(
      {
        ...sql
          .prepare('SELECT employee_id, subject, start_at, time_zone, activity_type_id, categories, recurrence_rule FROM appointment')
          .get(),
      },
      {
        employee_id: 1,
        subject: 'Visit',
        start_at: '2026-03-28T08:00:00',
        time_zone: 'UTC',
        activity_type_id: 50,
        categories: 'A; B',
        recurrence_rule: 'FREQ=WEEKLY;BYDAY=SA',
      },
    );
    strictEqual(sql.prepare("SELECT count(*) AS rows FROM sync_journal WHERE direction = 'outbound'").get()?.['rows'], 2);
    sql.close();
  });

  it('writes the exceptions of a series beside it: NULL where the occurrence is as the series', async () => {
    const series = write(
      'series.ics',
      ...['BEGIN:VEVENT', 'UID:a', 'SUMMARY:Visit', 'DTSTART;TZID=Europe/Vienna:20260328T090000', 'DURATION:PT1H'],
      ...['RRULE:FREQ=DAILY', 'EXDATE;VALUE=DATE:20260329', 'BEGIN:VALARM', 'TRIGGER:-PT15M', 'END:VALARM', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'UID:a', 'SUMMARY:Visit', 'DTSTART;TZID=Europe/Vienna:20260330T110000', 'DURATION:PT1H'],
      ...['RECURRENCE-ID;TZID=Europe/Vienna:20260330T090000', 'END:VEVENT'],
    );
    const target = openErpTarget('anna@demo.example', file, zone);
    const report = await importFiles([series], target, zone, () => undefined);
    await target.close();
    deepStrictEqual(report, { imported: 1, exceptions: 1, skipped: [] });
    const database = await openSqliteDatabase({ file, timeZone: zone, createReferenceSchema: true });
    const [entry] = await database.records.read('appointment', ['1']);
    await database.close();
    deepStrictEqual(entry?.record.kind === 'appointment' && entry.record.exceptions, [
      { originalStart: '2026-03-29T09:00:00', deleted: true },
      {
        originalStart: '2026-03-30T09:00:00',
        deleted: false,
        changes: { start: '2026-03-30T11:00:00', end: '2026-03-30T12:00:00', reminderMinutes: null },
      },
    ]);
  });

  it('ends with a cause when file or employee is unknown', () => {
    throws(() => openErpTarget('anna@demo.example', path.join(folder, 'none.sqlite'), zone), /npm start/);
    throws(() => openErpTarget('nobody@demo.example', file, zone), /nobody@demo\.example/);
  });
});
