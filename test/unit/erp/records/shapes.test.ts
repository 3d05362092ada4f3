import assert from 'node:assert/strict';
import { compiledKind, compileKinds, type CompiledKind } from '../../../../lib/erp/records/compile';
import { aliasedRow } from '../../../../lib/erp/records/fields';
import { changeProgress, normalizeProgress } from '../../../../lib/model/task-progress';
import type { Row } from '../../../../lib/erp/engine';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { sqliteDialect } from '../../../../lib/erp/schema/quote';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import type { ErpRecord } from '../../../../lib/model/item';
import { appointment, task } from '../../../contract/erp/subject';

const compiled = (kind: 'appointment' | 'task', mapping: SchemaMapping = referenceMapping): CompiledKind =>
  compiledKind(compileKinds(mapping, { dialect: sqliteDialect, timeZone: 'Europe/Vienna' }), kind);

/** A record from columns by name. */
const readFrom = (kind: 'appointment' | 'task', row: Row): ErpRecord => {
  const { read, selection } = compiled(kind);
  const columns = [...selection.matchAll(/r\."(\w+)" AS c\d+/g)].map(([, column]) => column ?? '');
  return read(aliasedRow(columns, row));
};

const minimal: Row = { subject: 'a', start_at: '2026-03-28 09:00:00', end_at: '2026-03-28 10:00:00' };

describe('ERP rows as records', () => {
  it('fills in what the ERP left empty', () => {
    assert.deepEqual(readFrom('appointment', minimal), appointment({ subject: 'a' }));
    assert.deepEqual(readFrom('task', { subject: 'a' }), task({ subject: 'a' }));
  });

  it('reads a task with lines, dates and a status that agrees with its percentage', () => {
    const row = {
      subject: 'a',
      body: 'a\r\nb\rc\n',
      start_date: '2026-03-28 00:00:00',
      due_date: '',
      status: 'inProgress',
      percent_complete: 100,
    };
    assert.deepEqual(
      readFrom('task', { ...row, reminder_at: '2026-03-28T08:00' }),
      task({
        subject: 'a',
        body: 'a\nb\nc\n',
        startDate: '2026-03-28',
        status: 'completed',
        percentComplete: 100,
        reminderAt: '2026-03-28T08:00:00',
      }),
    );
  });

  for (const [start, end, expected] of [
    ['2026-03-28 00:00:00', '2026-03-29 00:00:00', ['2026-03-28', '2026-03-29']],
    ['2026-03-28', '2026-03-28', ['2026-03-28', '2026-03-29']],
    ['2026-03-28 08:00', '2026-03-29 17:00', ['2026-03-28', '2026-03-30']],
    ['2026-03-28 00:00:00', '2026-03-27 00:00:00', ['2026-03-28', '2026-03-29']],
    ['2026-03-28 00:00:00', '2026-03-28 23:59:59', ['2026-03-28', '2026-03-29']],
    ['2026-03-28 00:00:00', null, ['2026-03-28', '2026-03-29']],
  ] as const) {
    it(`reads all day from ${start} to ${String(end)}`, () => {
      const record = readFrom('appointment', { ...minimal, start_at: start, end_at: end, all_day: 1 });
      assert.deepEqual(record.kind === 'appointment' && [record.start, record.end], expected);
    });
  }

  it('ends an appointment whose end is not told as it begins', () => {
    const record = readFrom('appointment', { ...minimal, end_at: null });
    assert.equal(record.kind === 'appointment' && record.end, '2026-03-28T09:00:00');
    assert.throws(() => readFrom('appointment', { ...minimal, start_at: null }), { code: 'erp-value-unreadable' });
  });

  const own = referenceMapping.appointment;
  assert.ok(own);
  const endsBy = (end: NonNullable<SchemaMapping['appointment']>['fields']['end'], as: 'local' | 'utc' = 'local') =>
    compiled('appointment', { ...referenceMapping, appointment: { ...own, fields: { ...own.fields, start: { column: 's', as }, end } } });

  it('holds the end as minutes: by the clock on the wall, or in real time where the start is UTC', () => {
    const night = appointment({ start: '2026-03-29T01:00:00', end: '2026-03-29T04:00:00' });
    for (const [as, minutes] of [
      ['local', 180],
      ['utc', 120],
    ] as const) {
      const kind = endsBy({ column: 'm', as: 'minutes' }, as);
      assert.equal(kind.write(night)['m'], minutes);
      assert.deepEqual(kind.asStored(night), night);
      const days = appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30' });
      assert.equal(kind.write(days)['m'], 2880);
      assert.deepEqual(kind.asStored(days), days);
    }
  });

  it('holds the last day as the end of whole days where the ERP counts it', () => {
    const kind = endsBy({ column: 'e', as: 'local', allDayEnd: 'last-day' });
    const days = appointment({ allDay: true, start: '2026-03-28', end: '2026-03-30' });
    assert.equal(kind.write(days)['e'], '2026-03-29 00:00:00');
    assert.deepEqual(kind.asStored(days), days);
  });

  it('refuses a record of another kind', () => {
    assert.throws(() => compiled('task').write(appointment()), { code: 'erp-refused', params: { field: 'kind' } });
  });

  it('asks for a kind that the mapping has', () => {
    const kinds = compileKinds({ ...referenceMapping, task: null }, { dialect: sqliteDialect, timeZone: 'UTC' });
    assert.throws(() => compiledKind(kinds, 'task'), { code: 'kind-not-mapped', scope: 'configuration' });
  });
});
describe('progress of a task', () => {
  for (const [status, percent, expected] of [
    ['notStarted', 0, ['notStarted', 0]],
    ['notStarted', 30, ['inProgress', 30]],
    ['inProgress', 100, ['completed', 100]],
    ['completed', 40, ['completed', 100]],
    ['deferred', 40, ['deferred', 40]],
    ['inProgress', 0, ['inProgress', 0]],
    ['inProgress', 150, ['completed', 100]],
    ['inProgress', Number.NaN, ['inProgress', 0]],
  ] as const) {
    it(`${status} with ${percent} is ${expected.join(' with ')}`, () => {
      assert.deepEqual(normalizeProgress(status, percent), { status: expected[0], percentComplete: expected[1] });
    });
  }

  it('is reopened by either of the two', () => {
    const completed = { status: 'completed', percentComplete: 100 } as const;
    assert.deepEqual(changeProgress(completed, { status: 'inProgress' }), { status: 'inProgress', percentComplete: 0 });
    assert.deepEqual(changeProgress(completed, { percentComplete: 40 }), { status: 'inProgress', percentComplete: 40 });
    assert.deepEqual(changeProgress(completed, { percentComplete: 0 }), { status: 'notStarted', percentComplete: 0 });
    assert.deepEqual(changeProgress({ status: 'inProgress', percentComplete: 40 }, { status: 'notStarted' }), {
      status: 'notStarted',
      percentComplete: 0,
    });
  });
});
