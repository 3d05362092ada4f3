import assert from 'node:assert/strict';
import { mappingOptions } from '../../nodes/shared/mapping-settings';
import { tickedKinds } from '../../nodes/shared/kinds';
import { numberBetween, oneOf, optionalText, requiredText, yesOrNo } from '../../nodes/shared/settings';

const limits = { min: 1, max: 10, or: 5 };

describe('settings of a node', () => {
  it('names the environment variable that is not set', () => {
    assert.throws(() => requiredText('${EWS_URL}', 'URL'), { code: 'variable-missing', params: { field: 'URL', variable: 'EWS_URL' } });
  });
  it('names the field that is empty', () =>
    assert.throws(() => requiredText(' ', 'URL'), { code: 'field-missing', params: { field: 'URL' } }));
  it('takes an unset variable of an optional field as empty', () => assert.equal(optionalText('${EWS_PLAIN_HTTP}'), ''));

  for (const [value, expected] of [
    ['', 5],
    [7, 7],
    ['0,5', null],
    ['many', null],
    ['${N}', 5],
  ] as const) {
    it(`reads the number ${JSON.stringify(value)} as ${expected ?? 'an error'}`, () => {
      if (expected === null) assert.throws(() => numberBetween(value, 'N', limits), { code: 'field-invalid' });
      else assert.equal(numberBetween(value, 'N', limits), expected);
    });
  }
  for (const [value, expected] of [
    [true, true],
    ['true', true],
    ['1', true],
    ['False', false],
    [undefined, false],
    ['${X}', false],
  ] as const) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => assert.equal(yesOrNo(value, 'F'), expected));
  }
  it('refuses a word that is neither yes nor no', () => assert.throws(() => yesOrNo('maybe', 'F'), { code: 'field-invalid' }));
  it('takes the first word where nothing is set', () => assert.equal(oneOf('', 'Rule', ['erp', 'exchange']), 'erp'));
  it('refuses an unknown word', () => assert.throws(() => oneOf('x', 'Rule', ['erp', 'exchange']), { code: 'field-invalid' }));

  it('ticks both kinds in a node that was never opened', () => assert.deepEqual(tickedKinds({}), ['appointment', 'task']));
  it('wants one kind at least', () => assert.throws(() => tickedKinds({ appointments: false, tasks: false }), { code: 'kinds-missing' }));

  it('keeps the standard mapping for an empty dialog', () =>
    assert.deepEqual(mappingOptions({ rules: [], categoryPattern: '', priorities: null }), { rules: [] }));
  it('names the rule that cannot be read', () =>
    assert.throws(() => mappingOptions({ rules: [{ kind: 'contact', exchange: 'a', erp: 'b', direction: 'both' }] }), {
      code: 'mapping-invalid',
    }));
});
