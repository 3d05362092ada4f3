import { deepStrictEqual, strictEqual } from 'node:assert';
import { util } from '@node-red/util';
import type { FieldRule } from '../../../lib/mapping/field-rules';
import { preview } from '../../../lib/mapping/preview';
import { edited, samplesOf } from '../../../lib/mapping/samples';
import { jsonata } from '../../../nodes/shared/expressions';

const type = { id: '70', no: '7', description: 'Visit', colour: null };
const { exchange, erp } = samplesOf(type, 'ES_7_Visit').appointment;
const context = { timeZone: 'Europe/Vienna', activityTypes: [type] };
const compile = jsonata({ util }, null);
const rule = (erpField: string, expression: string): FieldRule => ({
  kind: 'appointment',
  exchange: erpField,
  erp: erpField,
  direction: 'both',
  toErp: { conversion: { type: 'expression', expression } },
});

describe('preview of item-map', () => {
  it('shows a sample on the other side and back, and what a change to it would write', async () => {
    const item = { ...exchange, subject: 'Other' };
    const { shown, faults } = await preview({ options: { rules: [] }, compile, context, item, before: exchange });
    deepStrictEqual(faults, []);
    deepStrictEqual(shown?.back, item);
    deepStrictEqual(shown.changed, ['subject']);
  });

  it('goes the other way as well', async () => {
    const { shown } = await preview({ options: { bodyBlock: { priority: 'Priority' } }, compile, context, item: erp, before: erp });
    strictEqual(shown?.target.body, `${erp.body}\n\n—— ERP ——\nPriority: 2`);
    deepStrictEqual(shown.back, erp);
  });

  it('names every rule that cannot work or fails, and shows what the others make', async () => {
    const rules = [rule('subject', '$number(subject)'), rule('location', '"at " & location'), rule('body', '(')];
    const { shown, faults } = await preview({ options: { rules }, compile, context, item: exchange, before: exchange });
    deepStrictEqual(
      faults.map(({ row, error }) => [row, error.code]),
      [
        [2, 'mapping-invalid'],
        [0, 'mapping-rule-failed'],
      ],
    );
    deepStrictEqual(shown?.target.subject, exchange.subject);
    deepStrictEqual(shown.target.kind === 'appointment' && shown.target.location, 'at Graz');
  });

  it('tells what is wrong with the rules as a whole', async () => {
    const options = { bodyBlock: { priority: ':' } };
    const { shown, faults } = await preview({ options, compile, context, item: exchange, before: exchange });
    deepStrictEqual([shown, faults.map(({ row }) => row)], [null, [null]]);
  });

  it('takes from a sample only what an item can hold', () => {
    deepStrictEqual(edited(exchange, 'exchange', { subject: 'x', strange: 1 }), { ok: true, item: { ...exchange, subject: 'x' } });
    for (const [field, value] of [
      ['subject', {}],
      ['importance', 'urgent'],
      ['start', null],
      ['recurrence', { pattern: 1 }],
    ] as const) {
      const result = edited(exchange, 'exchange', { [field]: value });
      deepStrictEqual(result, { ok: false, field });
    }
  });
});
