/** The short form of `npm run fuzz`. */
import assert from 'node:assert/strict';
import { schemaAvailable } from '../../../support/ews-schema';
import { runFuzz } from '../../../support/fuzz/run';

const count = 700;
/** A simulator that has just been started holds about 130 MB, its heap may have 256 more; what grows without bounds exceeds this soon. */
const mostMb = 700;

describe('EWS, fuzzed', function () {
  this.timeout(120_000);
  const fresh = Date.now() % 1_000_000;
  for (const [name, seed] of [
    ['a fixed seed', 20_261_122],
    ['a fresh seed', fresh],
  ] as const)
    it(`answers valid, broken and hostile requests of ${name} (${seed})`, async function () {
      const { sent, peakMb, problems } = await runFuzz({ count, seed });
      assert.deepEqual(problems, []);
      assert.equal(sent.valid + sent.broken + sent.hostile, count);
      assert.ok(sent.valid > 0 && sent.broken > 0 && sent.hostile > 0);
      assert.ok(peakMb < mostMb, `${peakMb} MB`);
      if (!schemaAvailable) this.skip();
    });
});
