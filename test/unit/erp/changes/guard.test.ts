import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge, type Holdings, type Missing } from '../../../../lib/erp/changes/guard';

const missing = (count: number, employeeId = '1'): readonly Missing[] =>
  Array.from({ length: count }, (_, at) => ({ linkId: at, employeeId, erpId: `${employeeId}-${at}` }));
const holdings = (linked: number, held = 0) => new Map<string, Holdings>([['1', { linked, held }]]);
const limits = { count: 10, share: 0.1 };

describe('the guard against mass deletion', () => {
  const cases: readonly (readonly [string, number, number, number, boolean, boolean])[] = [
    // what, missing, linked, held before, table empty, held
    ['few of few', 3, 5, 0, false, false],
    ['as many as the count allows', 10, 20, 0, false, false],
    ['many, and a small share', 11, 1000, 0, false, false],
    ['many, and the share that is allowed', 11, 110, 0, false, false],
    ['many, and a large share', 11, 109, 0, false, true],
    ['few more after many were held', 1, 100, 10, false, true],
    ['one, of an empty table', 1, 1000, 0, true, true],
  ];
  for (const [what, count, linked, held, tableEmpty, isHeld] of cases) {
    it(`${isHeld ? 'holds' : 'lets through'} ${what}`, () => {
      const judged = judge(missing(count), holdings(linked, held), { limits, tableEmpty });
      assert.equal(judged.held.length, isHeld ? count : 0);
      assert.equal(judged.carriedOut.length, isHeld ? 0 : count);
    });
  }

  it('judges each employee alone', () => {
    const both = new Map<string, Holdings>([
      ['1', { linked: 20, held: 0 }],
      ['2', { linked: 20, held: 0 }],
    ]);
    const judged = judge([...missing(15), ...missing(2, '2')], both, { limits, tableEmpty: false });
    assert.deepEqual([...new Set(judged.held.map(({ employeeId }) => employeeId))], ['1']);
    assert.equal(judged.carriedOut.length, 2);
  });

  it('decides on everything, and never lets through more than a limit allows', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.nat({ max: 200 }), fc.nat({ max: 20 }), fc.boolean(), (count, more, held, tableEmpty) => {
        const linked = count + held + more;
        const judged = judge(missing(count), holdings(linked, held), { limits, tableEmpty });
        assert.equal(judged.carriedOut.length + judged.held.length, count);
        assert.ok(judged.carriedOut.length <= Math.max(limits.count, limits.share * linked));
      }),
    );
  });
});
