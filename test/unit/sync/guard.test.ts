import assert from 'node:assert/strict';
import { defaultLimits, extentOf, isTooMuch } from '../../../lib/sync/guard';

const none = { queued: 0, held: 0, done: 0, links: 0 };

describe('the guard of the in-nodes', () => {
  const cases: readonly (readonly [string, Parameters<typeof extentOf>, boolean])[] = [
    ['lets a few deletions pass, whatever their share', [{ ...none, queued: 10, links: 10 }, 0], false],
    ['lets a small share pass, however many', [{ ...none, queued: 100, links: 1000 }, 0], false],
    ['holds what is beyond both limits', [{ ...none, queued: 11, links: 100 }, 0], true],
    ['holds an emptied calendar', [{ ...none, queued: 500, links: 500 }, 0], true],
    ['counts what was carried out just now, of as many items as there were then', [{ queued: 1, held: 0, done: 10, links: 20 }, 0], true],
    ['counts what is held already', [{ queued: 1, held: 10, done: 0, links: 20 }, 0], true],
    ['counts deletions whose rows did not say so', [{ ...none, queued: 6, links: 20 }, 5], true],
  ];
  for (const [what, given, tooMuch] of cases) it(what, () => assert.equal(isTooMuch(extentOf(...given), defaultLimits), tooMuch));

  it('never says that more was deleted than there was', () => {
    assert.deepEqual(extentOf({ queued: 2, held: 0, done: 3, links: 4 }, 0), { deleted: 5, of: 7 });
  });
});
