import assert from 'node:assert/strict';
import { digestOf, newsOf, type KnownLink, type Sight } from '../../../../lib/erp/changes/news';
import type { ErpRecord } from '../../../../lib/model/item';
import { appointment } from '../../../contract/erp/subject';

const record: ErpRecord = appointment();
const link = (fields: Partial<KnownLink> = {}): KnownLink => ({
  id: 1,
  employeeId: '1',
  erpId: '7',
  state: 'active',
  erpBase: record,
  ...fields,
});
const sight = (fields: Partial<Extract<Sight, { state: 'there' }>> = {}): Sight => ({
  state: 'there',
  erpId: '7',
  employeeIds: ['1'],
  inFilter: true,
  record,
  ...fields,
});
const rows = (seen: Sight, links: readonly KnownLink[]) =>
  newsOf(seen, links).map(({ operation, employeeId }) => `${operation}@${employeeId}`);

describe('what a changed record means for its employees', () => {
  const changed = appointment({ subject: 'neu' });
  const cases: readonly (readonly [string, Sight, readonly KnownLink[], readonly string[]])[] = [
    ['a new record is created for each', sight({ employeeIds: ['1', '2'] }), [], ['create@1', 'create@2']],
    ['one that is outside of the filter is not', sight({ inFilter: false }), [], []],
    ['a linked one is updated, also outside of the filter', sight({ inFilter: false, record: changed }), [link()], ['update@1']],
    ['one that agrees with the link is our own write, or none', sight(), [link()], []],
    ['a link whose item may not exist yet proves nothing', sight(), [link({ state: 'pending' })], ['update@1']],
    ['one that cannot be read is queued, so that its row says why', sight({ record: null }), [link()], ['update@1']],
    ['who left gets it deleted', sight(), [link(), link({ id: 2, employeeId: '2' })], ['delete@2']],
    [
      'a deletion goes to all who have a link',
      { state: 'deleted', erpId: '7' },
      [link(), link({ id: 2, employeeId: '2' })],
      ['delete@1', 'delete@2'],
    ],
    ['a deletion of what was never linked to nobody', { state: 'deleted', erpId: '7' }, [], []],
  ];
  for (const [what, seen, links, expected] of cases) {
    it(what, () => {
      assert.deepEqual(rows(seen, links), expected);
    });
  }

  it('tells sights apart by contents, employees and filter', () => {
    const others = [sight({ record: changed }), sight({ employeeIds: ['1', '2'] }), sight({ inFilter: false }), sight({ record: null })];
    assert.equal(new Set([sight(), ...others].map(digestOf)).size, 5);
    assert.equal(digestOf(sight()), digestOf(sight()));
  });
});
