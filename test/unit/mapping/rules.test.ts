import { deepStrictEqual, rejects, strictEqual, throws } from 'node:assert';
import { util } from '@node-red/util';
import fc from 'fast-check';
import type { Conversion } from '../../../lib/mapping/conversion';
import { defaultRules, type FieldRule } from '../../../lib/mapping/field-rules';
import { createMapping, type Mapping } from '../../../lib/mapping/mapping';
import { SyncError } from '../../../lib/model/error';
import type { AnyItem, ExchangeAppointment, ExchangeOccurrenceFields } from '../../../lib/model/item';
import { jsonata } from '../../../nodes/shared/expressions';
import { mappingOptions } from '../../../nodes/shared/mapping-settings';
import { anyExchangeItem, erpAppointment, erpTask, exchangeAppointment, exchangeTask } from './items';

const context = {
  timeZone: 'Europe/Vienna',
  activityTypes: [
    { id: '50', no: '5', description: 'Task', colour: null },
    { id: '70', no: '7', description: 'Visit', colour: null },
  ],
};
const compile = jsonata({ util }, null);
const mappingOf = (...rules: readonly FieldRule[]): Mapping => createMapping({ rules }, compile);
const appointmentRule = (exchange: string, erp: string, rest: Partial<FieldRule> = {}): FieldRule => ({
  kind: 'appointment',
  exchange,
  erp,
  direction: 'both',
  ...rest,
});
const expression = (text: string): Conversion => ({ type: 'expression', expression: text });

describe('rules of item-map: any two fields that fit', () => {
  it('carry a text into another field and a list into a text, both ways', () => {
    const mapping = mappingOf(
      appointmentRule('location', 'location', { direction: 'off' }),
      appointmentRule('location', 'categories'),
      appointmentRule('categories', 'categories', { direction: 'off' }),
      appointmentRule('categories', 'activityTypeId', { direction: 'off' }),
    );
    deepStrictEqual(mapping.toErp(exchangeAppointment({ location: 'Graz, Wien' }), context).categories, ['Graz', 'Wien']);
    const item = mapping.toExchange(erpAppointment({ categories: ['Graz', 'Wien'] }), context);
    strictEqual(item.kind === 'appointment' && item.location, 'Graz, Wien');
    deepStrictEqual(mapping.affectedFields('outbound', erpAppointment(), erpAppointment({ categories: ['Graz'] }), context), ['location']);
  });

  it('let the lowest row that flows fill a field', () => {
    const mapping = mappingOf(
      appointmentRule('location', 'subject', { direction: 'inbound' }),
      appointmentRule('body', 'subject', { direction: 'outbound' }),
    );
    strictEqual(mapping.toErp(exchangeAppointment(), context).subject, 'Graz');
    strictEqual(mapping.toExchange(erpAppointment(), context).subject, 'Visit');
  });

  const conversions: readonly (readonly [what: string, conversion: Conversion, source: string, target: string])[] = [
    ['a code table', { type: 'codes', table: [['Graz', 'G']] }, 'Graz', 'G'],
    ['a code table without the value', { type: 'codes', table: [['Wien', 'W']] }, 'Graz', 'Graz'],
    ['a value for an empty field', { type: 'when-empty', value: 'office' }, '', 'office'],
    ['a value for an empty field that is not', { type: 'when-empty', value: 'office' }, 'Graz', 'Graz'],
    ['a single line', { type: 'single-line' }, ' Graz\r\n  Room 2\n', 'Graz Room 2'],
    ['a limit', { type: 'limit', length: 5 }, '  Graz, Room 2', 'Graz,'],
    ['a limit that would halve a character', { type: 'limit', length: 2 }, 'G😀', 'G'],
  ];
  for (const [what, conversion, source, target] of conversions) {
    it(`convert by ${what}`, () => {
      const mapping = mappingOf(appointmentRule('location', 'location', { toErp: { conversion }, toExchange: { conversion } }));
      const record = mapping.toErp(exchangeAppointment({ location: source }), context);
      strictEqual(record.kind === 'appointment' && record.location, target);
      const item = mapping.toExchange(erpAppointment({ location: source }), context);
      strictEqual(item.kind === 'appointment' && item.location, target);
    });
  }

  it('convert importance and priority by codes of their own, and what the table does not list as ever', () => {
    const mapping = mappingOf(
      appointmentRule('importance', 'priority', { toErp: { conversion: { type: 'codes', table: [['high', '1']] } } }),
    );
    strictEqual(mapping.toErp(exchangeAppointment({ importance: 'high' }), context).priority, 1);
    strictEqual(mapping.toErp(exchangeAppointment({ importance: 'low' }), context).priority, 4);
  });
});

describe('rules of item-map: defaults for new items', () => {
  const mapping = createMapping({
    rules: [
      appointmentRule('categories', 'activityTypeId', { toErp: { whenNew: '70' } }),
      { kind: 'task', exchange: 'categories', erp: 'activityTypeId', direction: 'both', toErp: { whenNew: '50' } },
    ],
  });

  it('give imported appointments one activity type and imported tasks another (D8)', () => {
    strictEqual(mapping.toErp(exchangeAppointment(), { ...context, isNew: true }).activityTypeId, '70');
    strictEqual(mapping.toErp(exchangeTask(), { ...context, isNew: true }).activityTypeId, '50');
    strictEqual(mapping.toErp(exchangeAppointment({ categories: ['ES_5_Task'] }), { ...context, isNew: true }).activityTypeId, '50');
  });

  it('leave a change alone: who takes the category away empties the field', () => {
    const [before, now] = [exchangeAppointment({ categories: ['ES_5_Task'] }), exchangeAppointment()];
    deepStrictEqual(mapping.affectedFields('inbound', before, now, context), ['activityTypeId']);
    strictEqual(mapping.toErp(now, context).activityTypeId, null);
  });

  it('are no difference to the item that they came from', () => {
    deepStrictEqual(mapping.differences(erpAppointment({ activityTypeId: '70' }), exchangeAppointment(), context), []);
    deepStrictEqual(mapping.differences(erpAppointment(), exchangeAppointment(), context), []);
    deepStrictEqual(mapping.differences(erpAppointment({ activityTypeId: '50' }), exchangeAppointment(), context), ['activityTypeId']);
  });

  it('name an activity type that the ERP does not have', () => {
    const wrong = mappingOf(appointmentRule('categories', 'activityTypeId', { toErp: { whenNew: '99' } }));
    throws(() => wrong.toErp(exchangeAppointment(), { ...context, isNew: true }), /activityTypeId.*key of an activity type/);
  });
});

describe('rules of item-map: conditions', () => {
  const mapping = mappingOf(
    appointmentRule('location', 'location', {
      toErp: { condition: 'sensitivity != "private"' },
      toExchange: { condition: 'sensitivity != "private"' },
    }),
  );
  const open = exchangeAppointment({ location: 'Wien' });
  const secret = exchangeAppointment({ location: 'Linz', sensitivity: 'private' });

  it('stop a field: neutral in a new item, untouched in another', async () => {
    const ready = await mapping.prepared([open, secret], context);
    const [shown, hidden] = [ready.toErp(open, context), ready.toErp(secret, context)];
    deepStrictEqual(
      [shown, hidden].map((record) => record.kind === 'appointment' && record.location),
      ['Wien', ''],
    );
  });

  it('that do not hold any more delete nothing; that hold again bring the value, changed or not', async () => {
    const ready = await mapping.prepared([open, secret, { ...open, location: 'Linz' }], context);
    deepStrictEqual(ready.affectedFields('inbound', open, secret, context), ['sensitivity']);
    deepStrictEqual(ready.affectedFields('inbound', secret, { ...open, location: 'Linz' }, context), ['location', 'sensitivity']);
    const empty = { ...open, location: '' };
    const again = await mapping.prepared([secret, empty], context);
    deepStrictEqual(again.affectedFields('inbound', secret, empty, context), ['location', 'sensitivity']);
  });

  it('that do not hold are no difference for the check', async () => {
    const record = erpAppointment({ location: 'somewhere', sensitivity: 'private' });
    const ready = await mapping.prepared([secret, record], context);
    deepStrictEqual(ready.differences(record, secret, context), []);
  });

  it('choose between rows for the same field', async () => {
    const choice = mappingOf(appointmentRule('location', 'subject', { direction: 'inbound', toErp: { condition: 'location != ""' } }));
    const items = [exchangeAppointment(), exchangeAppointment({ location: '' })];
    const ready = await choice.prepared(items, context);
    deepStrictEqual(
      items.map((item) => ready.toErp(item, context).subject),
      ['Graz', 'Visit'],
    );
  });
});

describe('rules of item-map: JSONata', () => {
  it('makes a value of the whole item, each way', async () => {
    const mapping = mappingOf(
      appointmentRule('subject', 'subject', {
        toErp: { conversion: expression('subject & " (" & location & ")"') },
        toExchange: { conversion: expression('$replace(subject, / \\(.*\\)$/, "")') },
      }),
    );
    const [item, record] = [exchangeAppointment(), erpAppointment({ subject: 'Visit (Graz)' })];
    const ready = await mapping.prepared([item, record], context);
    strictEqual(ready.toErp(item, context).subject, 'Visit (Graz)');
    strictEqual(ready.toExchange(record, context).subject, 'Visit');
    deepStrictEqual(ready.differences(record, item, context), []);
  });

  const failing: readonly (readonly [what: string, text: string, detail: RegExp])[] = [
    ['fails', '$number(subject)', /JSONata D3030/],
    ['gives a value that does not fit', '{"a": subject}', /expected text/],
    ['never ends', '($f := function($n) { $f($n + 1) }; $f(0))', /JSONata U1001/],
    ['calls itself too deeply', '($f := function($n) { 1 + $f($n + 1) }; $f(0))', /JSONata U1001/],
    ['gives too much', '$pad("", 3000000, "x")', /JSONata U1001/],
  ];
  for (const [what, text, detail] of failing) {
    it(`names rule and field, not the content, when an expression ${what}`, async () => {
      const item = exchangeAppointment({ subject: 'Confidential matter' });
      const mapping = mappingOf(appointmentRule('subject', 'subject', { toErp: { conversion: expression(text) } }));
      const ready = await mapping.prepared([item], context);
      throws(
        () => ready.toErp(item, context),
        (error) =>
          error instanceof SyncError &&
          error.code === 'mapping-rule-failed' &&
          error.scope === 'item' &&
          error.params['rule'] === 'appointment subject – subject' &&
          detail.test(error.message) &&
          !/Confidential/.test(`${error.message} ${JSON.stringify(error.params)}`),
      );
    });
  }

  it('fails for its own direction and kind only', async () => {
    const mapping = mappingOf(appointmentRule('subject', 'subject', { toErp: { conversion: expression('$number(subject)') } }));
    const ready = await mapping.prepared([exchangeTask(), erpAppointment(), exchangeAppointment()], context);
    strictEqual(ready.toErp(exchangeTask(), context).subject, 'Offer');
    strictEqual(ready.toExchange(erpAppointment(), context).subject, 'Visit');
    await rejects(async () => Promise.resolve(ready.toErp(exchangeAppointment(), context)));
  });
});

describe('rules of item-map: exceptions of a series', () => {
  const originalStart = '2026-04-04T07:00:00Z';
  const series = (changes: Partial<ExchangeOccurrenceFields>) =>
    exchangeAppointment({
      recurrence: {
        pattern: { type: 'weekly', interval: 1, days: ['saturday'], firstDayOfWeek: 'monday' },
        range: { type: 'noEnd' },
      },
      exceptions: [{ originalStart, deleted: false, changes }],
    });
  const exceptionOf = async (mapping: Mapping, item: ExchangeAppointment) => {
    const record = (await mapping.prepared([item], context)).toErp(item, context);
    return record.kind === 'appointment' && record.exceptions;
  };

  it('obey expressions', async () => {
    const mapping = mappingOf(
      appointmentRule('subject', 'subject', { toErp: { conversion: expression('subject & " (" & location & ")"') } }),
    );
    deepStrictEqual(await exceptionOf(mapping, series({ location: 'Wien' })), [
      { originalStart: '2026-04-04T09:00:00', deleted: false, changes: { subject: 'Visit (Wien)', location: 'Wien' } },
    ]);
  });

  it('leave a field to the series where its condition does not hold for the occurrence', async () => {
    const mapping = mappingOf(appointmentRule('location', 'location', { toErp: { condition: 'subject != "secret"' } }));
    deepStrictEqual(await exceptionOf(mapping, series({ subject: 'secret', location: 'Wien' })), [
      { originalStart: '2026-04-04T09:00:00', deleted: false, changes: { subject: 'secret' } },
    ]);
  });
});

describe('rules of item-map: what a dialog stored', () => {
  const wrong: readonly (readonly [what: string, rule: FieldRule, message: RegExp])[] = [
    ['an unknown field', appointmentRule('colour', 'subject'), /rule appointment colour – subject.*no field "colour"/],
    ['half a rich text', appointmentRule('bodyHtml', 'bodyHtml', { direction: 'inbound' }), /bodyHtml.*direction of body/],
    ['a time that comes from a text', appointmentRule('subject', 'start', { direction: 'inbound' }), /start can only come from/],
    ['a change of equipment', appointmentRule('location', 'equipment', { direction: 'both' }), /equipment is only read/],
    ['a condition on a time', appointmentRule('start', 'start', { toErp: { condition: 'true' } }), /belongs to other fields/],
    [
      'a code that the field cannot hold',
      appointmentRule('freeBusy', 'freeBusy', { toErp: { conversion: { type: 'codes', table: [['busy', 'occupied']] } } }),
      /cannot take/,
    ],
    [
      'a default that the field cannot hold',
      appointmentRule('importance', 'priority', { toErp: { whenNew: 'high' } }),
      /number from 1 to 5/,
    ],
    [
      'a limit without length',
      appointmentRule('subject', 'subject', { toErp: { conversion: { type: 'limit', length: 0 } } }),
      /whole number/,
    ],
    [
      'an expression with a mistake',
      appointmentRule('subject', 'subject', { toErp: { conversion: expression('subject & (') } }),
      /rule appointment subject – subject.*JSONata S0203/,
    ],
  ];
  for (const [what, rule, message] of wrong) {
    it(`refuses ${what} by the name of the row`, () => {
      throws(
        () => mappingOf(rule),
        (error) => error instanceof SyncError && error.code === 'mapping-invalid' && message.test(error.message),
      );
    });
  }

  it('is read as it was stored, the rows of the first version included', () => {
    const stored: readonly FieldRule[] = [
      { kind: 'task', exchange: 'body', erp: 'body', direction: 'outbound' },
      appointmentRule('location', 'categories', {
        toErp: { conversion: { type: 'codes', table: [['a', 'b']] }, condition: 'true', whenNew: 'x' },
      }),
      appointmentRule('subject', 'subject', { toExchange: { conversion: { type: 'limit', length: 80 } } }),
    ];
    deepStrictEqual(mappingOptions({ rules: stored, priorityLabel: 'Priorität' }), { rules: stored, bodyBlock: { priority: 'Priorität' } });
    deepStrictEqual(createMapping(mappingOptions({ rules: [], priorities: null })).toErp(exchangeTask(), context), erpTask());
    throws(() => mappingOptions({ rules: [{ ...stored[0], toErp: { conversion: { type: 'upper' } } }] }), /rule 1/);
  });
});

describe('rules of item-map: what no rule names stays as it is', () => {
  it('a change affects only fields that rules fill, whatever else differs', () => {
    const both: readonly FieldRule[] = defaultRules.map((rule) => ({ ...rule, direction: rule.erp === 'subject' ? 'both' : 'off' }));
    const onlySubjects = createMapping({ rules: both });
    fc.assert(
      fc.property(anyExchangeItem, anyExchangeItem, (before: AnyItem, now: AnyItem) => {
        if (before.kind !== now.kind) return;
        const affected = onlySubjects.affectedFields('inbound', before, now, context);
        deepStrictEqual(affected, before.subject === now.subject ? [] : ['subject']);
      }),
      { numRuns: 200 },
    );
  });
});
