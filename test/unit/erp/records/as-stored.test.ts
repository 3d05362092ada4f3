import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { compiledKind, compileKinds } from '../../../../lib/erp/records/compile';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect, sqliteDialect } from '../../../../lib/erp/schema/quote';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { openSqliteDatabase } from '../../../../lib/erp/sqlite/open';
import type { ErpRecord } from '../../../../lib/model/item';
import { appointment, createWrite, task } from '../../../contract/erp/subject';
import { anyAppointment, anyMapping, anyTask, columnsOfFields } from './arbitraries';

const timeZone = 'Europe/Vienna';
const storedBy = (mapping: SchemaMapping, dialect = sqliteDialect) => {
  const kinds = compileKinds(mapping, { dialect, timeZone });
  return (record: ErpRecord): ErpRecord => compiledKind(kinds, record.kind).asStored(record);
};

describe('a record as the ERP would hold it', () => {
  for (const dialect of [sqliteDialect, mssqlDialect]) {
    it(`stays the same when it is stored again (${dialect.name})`, () => {
      fc.assert(
        fc.property(anyMapping, fc.oneof(anyAppointment, anyTask), (mapping, record) => {
          const once = storedBy(mapping, dialect)(record);
          assert.deepEqual(storedBy(mapping, dialect)(once), once);
        }),
        { numRuns: 500 },
      );
    });

    it(`is the record itself in the reference schema (${dialect.name})`, () => {
      const stored = storedBy(referenceMapping, dialect);
      for (const record of [
        appointment({ subject: 'Grüße {} \\ 😀', body: 'a\n\tb', location: 'Wien', reminderMinutes: 15, categories: ['Rot', 'A, B'] }),
        appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30', freeBusy: 'free', sensitivity: 'private', priority: 5 }),
        appointment({ timeZone: 'America/New_York', recurrenceRule: 'FREQ=DAILY;COUNT=3', activityTypeId: '7' }),
        task({ startDate: '2026-03-28', dueDate: '2026-03-29', status: 'inProgress', percentComplete: 30 }),
        task({ status: 'completed', percentComplete: 100, reminderAt: '2026-03-28T08:00:00' }),
      ]) {
        assert.deepEqual(stored(record), record);
      }
    });
  }

  it('is what reading gives after writing, whatever the mapping', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'records-'));
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        anyMapping,
        fc.array(fc.oneof(anyAppointment, anyTask), { minLength: 1, maxLength: 8 }),
        async (mapping, records) => {
          const file = path.join(folder, `${number++}.sqlite`);
          const erp = new DatabaseSync(file);
          for (const [table, fields] of [
            ['t', mapping.appointment?.fields],
            ['u', mapping.task?.fields],
          ] as const) {
            erp.exec(
              `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, who INTEGER, ${[...new Set(columnsOfFields(fields ?? {}))].join(', ')})`,
            );
          }
          erp.exec(`CREATE TABLE employee (id INTEGER PRIMARY KEY, name, email, active); CREATE TABLE activity_type (id, no, description, colour);
          INSERT INTO employee VALUES (1, 'Anna', 'anna@x.test', 1)`);
          erp.close();
          const database = await openSqliteDatabase({ file, timeZone, mapping });
          try {
            for (const [index, record] of records.entries()) {
              const entry = { direction: 'inbound', operation: 'create', employeeId: '1', connection: 'main', erpId: null } as const;
              const [row] = await database.store.appendLeased([{ ...entry, kind: record.kind, exchangeId: `X${index}` }], 'a', 60_000);
              const write = createWrite(row?.entry.id ?? 0, { kind: record.kind });
              if (write.action.type !== 'create') throw new Error('no create');
              const link = { ...write.action.link, kind: record.kind, exchangeId: `X${index}`, syncId: `s${index}` };
              const [result] = await database.store.commitInbound([{ ...write, action: { type: 'create', record, link } }]);
              assert.equal(result?.status, 'written', JSON.stringify(result));
              const [found] = await database.records.read(record.kind, [result.erpId]);
              assert.ok(found);
              assert.deepEqual(found.record, database.records.asStored(record));
              const [stored] = await database.store.linksBySyncId([`s${index}`]);
              assert.deepEqual(stored?.erpBase, found.record);
            }
          } finally {
            await database.close();
          }
        },
      ),
      { numRuns: 40 },
    );
    await rm(folder, { recursive: true, force: true });
  }).timeout(60_000);

  const reference = referenceMapping.appointment;
  assert.ok(reference);
  const without = (...names: readonly string[]): SchemaMapping => ({
    ...referenceMapping,
    appointment: {
      ...reference,
      fields: { ...reference.fields, ...Object.fromEntries(names.map((name) => [name, undefined])) },
    },
  });
  const weekly = appointment({ recurrenceRule: 'FREQ=WEEKLY;BYDAY=SA' });

  for (const [name, mapping, record] of [
    ['a series without a column for its rule', without('recurrenceRule'), weekly],
    ['a series of another zone without a column for the zone', without('timeZone'), { ...weekly, timeZone: 'America/New_York' }],
    [
      'an appointment over midnight with one date',
      {
        ...referenceMapping,
        appointment: {
          ...reference,
          fields: {
            ...reference.fields,
            start: { column: 'd', timeColumn: 'a', as: 'local' },
            end: { column: 'd', timeColumn: 'b', as: 'local', allDayEnd: 'last-day' },
          },
        },
      },
      appointment({ start: '2026-03-28T22:00:00', end: '2026-03-29T01:00:00' }),
    ],
  ] satisfies readonly (readonly [string, SchemaMapping, ErpRecord])[]) {
    it(`is refused, not flattened: ${name}`, () => {
      assert.throws(() => storedBy(mapping)(record), { code: 'erp-cannot-hold', scope: 'item' });
    });
  }

  it('is local in the tenant zone when the ERP has no place for another', () => {
    const stored = storedBy(without('timeZone'))(appointment({ timeZone: 'America/New_York', end: '2026-03-28T09:30:00' }));
    assert.deepEqual(stored, appointment({ start: '2026-03-28T14:00:00', end: '2026-03-28T14:30:00' }));
    const days = appointment({
      allDay: true,
      start: '2026-03-28',
      end: '2026-03-29',
      timeZone: 'America/New_York',
      recurrenceRule: 'FREQ=DAILY',
    });
    assert.deepEqual(storedBy(without('timeZone'))(days), { ...days, timeZone: null });
  });
});
