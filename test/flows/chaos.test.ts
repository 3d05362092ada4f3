/** The short form of `npm run chaos`: a Node-RED with the shipped flow, killed at random moments under load on both sides. */
import assert from 'node:assert/strict';
import { runChaos } from '../chaos/run';

const kills = 4;

describe('Node-RED is killed at random under load on both sides', function () {
  this.timeout(120_000);

  it(`${kills} times, and nothing is lost or doubled`, async () => {
    const seed = Date.now() % 1_000_000;
    const lines: string[] = [];
    const outcome = await runChaos({ kills, seed, tell: (line) => lines.push(line), keep: () => undefined });
    const { lost, doubled, otherwise } = outcome;
    assert.deepEqual({ lost, doubled, otherwise }, { lost: [], doubled: [], otherwise: [] }, `seed ${seed}\n${lines.join('\n')}`);
  });
});
