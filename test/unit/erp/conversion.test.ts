import assert from 'node:assert/strict';
import { appointmentFromRow, changedAppointmentColumns, taskFromRow, type AppointmentRow, type TaskRow } from '../../../lib/erp/conversion';
import { readLocalTime } from '../../../lib/erp/local-time';
import { changeProgress, normalizeProgress } from '../../../lib/model/task-progress';

const zone = 'Europe/Vienna';
const row: AppointmentRow = {
  id: 1,
  employee_id: 1,
  subject: 'a',
  body: null,
  location: null,
  start_at: '2026-03-28 09:00:00',
  end_at: '2026-03-28 10:00:00',
  all_day: null,
  time_zone: '',
  reminder_minutes: null,
  free_busy: null,
  sensitivity: null,
  priority: null,
  activity_type_id: 7,
  categories: ' Rot;Blau ;; ',
  recurrence_rule: 'RRULE:FREQ=DAILY',
  updated_at: null,
};
const taskRow: TaskRow = {
  id: 1,
  employee_id: 1,
  subject: 'a',
  body: 'a\r\nb\rc\n',
  start_date: '2026-03-28 00:00:00',
  due_date: '',
  status: 'inProgress',
  percent_complete: 100,
  reminder_at: '2026-03-28T08:00',
  sensitivity: null,
  priority: null,
  activity_type_id: null,
  categories: null,
  updated_at: null,
};

describe('ERP rows as records', () => {
  it('fills in what the ERP left empty', () => {
    const record = appointmentFromRow(row, zone);
    assert.equal(record.freeBusy, 'busy');
    assert.equal(record.priority, 3);
    assert.equal(record.timeZone, null);
    assert.equal(record.activityTypeId, '7');
    assert.deepEqual(record.categories, ['Rot', 'Blau']);
    assert.equal(record.recurrenceRule, 'FREQ=DAILY');
  });

  it('reads a task with lines, dates and a status that agrees with its percentage', () => {
    const record = taskFromRow(taskRow, zone);
    assert.equal(record.body, 'a\nb\nc\n');
    assert.equal(record.startDate, '2026-03-28');
    assert.equal(record.dueDate, null);
    assert.equal(record.status, 'completed');
    assert.equal(record.reminderAt, '2026-03-28T08:00:00');
  });

  for (const [text, expected] of [
    ['2026-03-28 09:00:00', '2026-03-28T09:00:00'],
    ['2026-03-28T09:00', '2026-03-28T09:00:00'],
    ['2026-03-28', '2026-03-28T00:00:00'],
    [' 2026-03-28 09:00:00.123 ', '2026-03-28T09:00:00'],
    ['2026-03-28 24:00', '2026-03-29T00:00:00'],
    ['2026-02-30', '2026-03-02T00:00:00'],
    ['2026-07-01T08:00:00Z', '2026-07-01T10:00:00'],
    ['2026-01-01T08:00:00+00:00', '2026-01-01T09:00:00'],
  ] as const) {
    it(`reads the time ${text}`, () => assert.equal(readLocalTime(text, 'start_at', zone), expected));
  }

  it('refuses a text that is no time, without repeating it', () => {
    assert.throws(() => readLocalTime('geheim', 'start_at', zone), { code: 'erp-value-unreadable', message: /^(?!.*geheim)/ });
  });

  for (const [start, end, expected] of [
    ['2026-03-28 00:00:00', '2026-03-29 00:00:00', ['2026-03-28', '2026-03-29']],
    ['2026-03-28', '2026-03-28', ['2026-03-28', '2026-03-29']],
    ['2026-03-28 08:00', '2026-03-29 17:00', ['2026-03-28', '2026-03-30']],
    ['2026-03-28 00:00:00', '2026-03-27 00:00:00', ['2026-03-28', '2026-03-29']],
    ['2026-03-28 00:00:00', '2026-03-28 23:59:59', ['2026-03-28', '2026-03-29']],
  ] as const) {
    it(`reads all day from ${start} to ${end}`, () => {
      const record = appointmentFromRow({ ...row, start_at: start, end_at: end, all_day: 1 }, zone);
      assert.deepEqual([record.start, record.end], expected);
    });
  }

  it('writes only the columns of what changed', () => {
    const record = appointmentFromRow(row, zone);
    assert.deepEqual(changedAppointmentColumns(record, { ...record, start: '2026-03-28T08:00:00', categories: ['Rot'] }), {
      start_at: '2026-03-28 08:00:00',
      categories: 'Rot',
    });
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
