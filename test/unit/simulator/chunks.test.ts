import assert from 'node:assert/strict';
import { inChunks } from '../../../simulator/http/chunks';

const cut = (envelopes: readonly string[], action: { readonly envelopes?: number; readonly bytes?: number } = {}): readonly string[] => {
  const sent: string[] = [];
  const chunks = inChunks([{ kind: 'chunks', ...action }], (chunk) => sent.push(chunk.toString('latin1')));
  for (const envelope of envelopes) chunks.write(envelope);
  chunks.end();
  return sent;
};

describe('simulator chunks', () => {
  it('are one per envelope without a fault', () => {
    const sent: string[] = [];
    inChunks([], (chunk) => sent.push(chunk.toString())).write('one');
    assert.deepEqual(sent, ['one']);
  });

  it('hold several envelopes, and what is left at the end', () => {
    assert.deepEqual(cut(['1', '2', '3', '4', '5'], { envelopes: 2 }), ['12', '34', '5']);
  });

  it('are cut between bytes, even of one character', () => {
    assert.deepEqual(cut(['aü', 'b'], { bytes: 2 }), ['a\u00c3', '\u00bc', 'b']);
    assert.deepEqual(cut(['ab'], { bytes: 0 }), ['a', 'b']);
    assert.deepEqual(cut(['abc', 'de'], { envelopes: 2, bytes: 2 }), ['ab', 'cd', 'e']);
  });
});
