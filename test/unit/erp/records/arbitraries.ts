/** Random mappings and records for property tests. */
import fc from 'fast-check';
import { addMinutes } from '../../../../lib/erp/local-time';
import type { AppointmentMapping, SchemaMapping, TaskMapping } from '../../../../lib/erp/schema/mapping';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import type { ErpAppointment, ErpTask } from '../../../../lib/model/item';

const character = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Array.from('aäß€😀漢{}\\<>&;,|"\' \t')) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\u00A0', '\u200B', '&amp;', '<br>', '\\par', "'; DROP TABLE t; --") },
);
const text = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));
const words = fc.array(fc.constantFrom('Rot', 'Blau', 'A, B', 'x;y', 'ä/ö', '  '), { maxLength: 3 });

const digits = (value: number, length = 2): string => String(value).padStart(length, '0');
const day = fc
  .tuple(fc.integer({ min: 1990, max: 2090 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, date]) => `${year}-${digits(month)}-${digits(date)}`);
/** Days on which clocks change among them. */
const someDay = fc.oneof(day, fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-28', '2026-10-24'));
const time = fc
  .tuple(someDay, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map(([date, hour, minute, second]) => `${date}T${digits(hour)}:${digits(minute)}:${digits(second)}`);

const shared = {
  subject: text,
  body: text,
  bodyHtml: fc.constant(null),
  sensitivity: fc.constantFrom('normal', 'personal', 'private', 'confidential'),
  priority: fc.integer({ min: 1, max: 5 }),
  activityTypeId: fc.constantFrom(null, '1', 'A1'),
  categories: words,
} as const;

const period = fc.oneof(
  fc.record({ start: time, minutes: fc.integer({ min: 0, max: 5000 }) }).map(({ start, minutes }) => ({
    allDay: false,
    start,
    end: addMinutes(start, minutes),
  })),
  fc.record({ start: someDay, days: fc.integer({ min: 1, max: 5 }) }).map(({ start, days }) => ({
    allDay: true,
    start,
    end: addMinutes(`${start}T00:00:00`, days * 1440).slice(0, 10),
  })),
);

/** Appointments without recurrence; those of another zone among them. */
export const anyAppointment: fc.Arbitrary<ErpAppointment> = fc
  .record({
    ...shared,
    location: text,
    period,
    timeZone: fc.constantFrom(null, null, 'America/New_York', 'Asia/Kolkata'),
    reminderMinutes: fc.constantFrom(null, 0, 15, 1440),
    freeBusy: fc.constantFrom('free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'),
  })
  .map(({ period: when, ...record }) => ({ kind: 'appointment', ...record, ...when, recurrenceRule: null, exceptions: [], equipment: [] }));

/** Tasks. */
export const anyTask: fc.Arbitrary<ErpTask> = fc
  .record({
    ...shared,
    startDate: fc.option(someDay),
    dueDate: fc.option(someDay),
    status: fc.constantFrom('notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'),
    percentComplete: fc.integer({ min: 0, max: 100 }),
    reminderAt: fc.option(time),
  })
  .map((record) => ({ kind: 'task', ...record }));

const textColumn = (column: string) => fc.constantFrom('plain', 'html', 'rtf').map((format) => ({ column, format }) as const);
const flag = (column: string) =>
  fc
    .constantFrom<readonly [string | number | boolean, string | number | boolean]>([1, 0], ['J', 'N'], [true, false], [-1, 0], ['x', ' '])
    .map(([yes, no]) => ({ column, yes, no }));

const asTime = fc.constantFrom('local', 'utc', 'offset');
/** How a time may be held; `name`: of its columns. */
const timeColumn = (name: string) =>
  fc.oneof(
    asTime.map((as) => ({ column: name, as })),
    fc.constantFrom('local', 'utc').chain((as) =>
      fc.oneof(
        fc.constantFrom('yyyyMMddHHmm', 'dd.MM.yyyy HH:mm:ss', 'yyyy-MM-dd HH:mm').map((format) => ({ column: name, as, format })),
        fc.constant({ column: name, as, timeColumn: `${name}_t` }),
        fc
          .constantFrom('HHmm', 'HH:mm')
          .map((timeFormat) => ({ column: name, as, format: 'yyyyMMdd', timeColumn: `${name}_t`, timeFormat })),
      ),
    ),
    fc.constant({ column: name, as: 'offset' as const, format: "yyyy-MM-dd'T'HH:mm:ssZZ" }),
  );

const sharedFields = {
  subject: textColumn('subject'),
  body: fc.option(textColumn('body'), { nil: undefined }),
  sensitivity: fc.constantFrom(
    undefined,
    { column: 'sens', codes: [], otherwise: 'normal' } as const,
    {
      column: 'sens',
      codes: [
        { code: 'P', value: 'private' },
        { code: 1, value: 'normal' },
      ],
      otherwise: 'private',
    } as const,
  ),
  priority: fc.constantFrom(
    undefined,
    { column: 'prio', codes: [], otherwise: 3 },
    {
      column: 'prio',
      codes: [
        { code: 'A', value: 1 },
        { code: 'B', value: 3 },
        { code: 'C', value: 5 },
      ],
      otherwise: 3,
    },
  ),
  activityTypeId: fc.constantFrom(undefined, { column: 'type' }),
  categories: fc.option(
    fc.constantFrom(';', ',', '|', '\n', '; ').map((separator) => ({ column: 'tags', separator })),
    { nil: undefined },
  ),
};

/** What is undefined is left out, as `readMapping` would. */
const given = <T extends object>(fields: T): T => {
  const copy = { ...fields };
  for (const name in copy) if (copy[name] === undefined) Reflect.deleteProperty(copy, name);
  return copy;
};

const endColumn = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(timeColumn('ends'), fc.constantFrom('day-after', 'last-day'))
      .map(([end, allDayEnd]) => ({ ...end, allDayEnd }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ column: 'minutes', as: 'minutes' } as const) },
);

const appointmentFields: fc.Arbitrary<AppointmentMapping['fields']> = fc
  .record({
    ...sharedFields,
    start: timeColumn('begins'),
    end: endColumn,
    allDay: fc.option(flag('whole'), { nil: undefined }),
    location: fc.option(textColumn('place'), { nil: undefined }),
    timeZone: fc.constantFrom(undefined, { column: 'zone' }),
    reminderMinutes: fc.constantFrom(undefined, { column: 'remind', none: null }, { column: 'remind', none: -1 }),
    freeBusy: fc.constantFrom(
      undefined,
      { column: 'busy', codes: [], otherwise: 'busy' } as const,
      {
        column: 'busy',
        codes: [{ code: 'F', value: 'free' }],
        otherwise: 'busy',
      } as const,
    ),
  })
  .map((fields) => given({ ...fields, recurrenceRule: { column: 'rule', prefix: true } }) as AppointmentMapping['fields']);

const taskFields: fc.Arbitrary<TaskMapping['fields']> = fc
  .record({
    ...sharedFields,
    startDate: fc.option(timeColumn('begins'), { nil: undefined }),
    dueDate: fc.option(timeColumn('due'), { nil: undefined }),
    status: fc.constantFrom(
      undefined,
      { column: 'state', codes: [], otherwise: 'notStarted' } as const,
      {
        column: 'state',
        codes: [
          { code: 10, value: 'notStarted' },
          { code: 90, value: 'completed' },
        ],
        otherwise: 'notStarted',
      } as const,
    ),
    percentComplete: fc.constantFrom(undefined, { column: 'percent', none: null }),
    reminderAt: fc.option(timeColumn('remind'), { nil: undefined }),
    completedAt: fc.option(timeColumn('done'), { nil: undefined }),
  })
  .map((fields) => given(fields) as TaskMapping['fields']);

/** The columns that hold fields. */
export const columnsOfFields = (fields: object): readonly string[] =>
  Object.values(fields).flatMap((field: unknown) => {
    if (typeof field !== 'object' || field === null) return [];
    const names = ['column' in field ? field.column : null, 'timeColumn' in field ? field.timeColumn : null];
    return names.filter((name) => typeof name === 'string');
  });

const { appointment, task } = referenceMapping;
if (appointment === null || task === null) throw new Error('the reference mapping has both kinds');
const bare = { insert: {}, update: {}, changeStamp: null, participants: null } as const;

/** Mappings whose tables `t` and `u` have the columns of their fields, an identity `id` and an employee `who`. */
export const anyMapping: fc.Arbitrary<SchemaMapping> = fc.tuple(appointmentFields, taskFields).map(([ofAppointment, ofTask]) => ({
  ...referenceMapping,
  appointment: { ...appointment, ...bare, table: 't', employee: 'who', fields: ofAppointment, exceptions: null, equipment: null },
  task: { ...task, ...bare, table: 'u', employee: 'who', fields: ofTask },
}));
