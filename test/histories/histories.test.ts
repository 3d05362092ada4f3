/**
 * Whatever people do on both sides at the same time, and whatever breaks meanwhile: both sides end alike, nothing is lost, doubled or left
 * undone. A short form of `npm run histories`, with histories that are always the same and with new ones.
 */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explore } from './explore';

const longest = 60;
const count = 10;

describe('random histories of both sides, with faults and deaths', function () {
  this.timeout(60_000);
  const endWell = async (seed: number): Promise<void> => {
    const said: string[] = [];
    const folder = path.join(tmpdir(), 'histories');
    await explore({ seed, count, longest, atOnce: count, folder, shortenings: 0, tell: (line) => said.push(line) });
    assert.deepEqual(said, [], `seed ${seed}`);
  };

  it('the same histories as ever end well', () => endWell(7));

  const fresh = Date.now() % 1_000_000;
  it(`new histories end well (seed ${fresh}, repeated by npm run histories -- --seed ${fresh} --count ${count} --longest ${longest})`, () =>
    endWell(fresh));
});
