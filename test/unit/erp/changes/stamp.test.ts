import assert from 'node:assert/strict';
import fc from 'fast-check';
import { instantOf, nextMark, stampText, type StampZone } from '../../../../lib/erp/changes/stamp';
import { toLocalTime } from '../../../../lib/erp/local-time';

const zone = 'Europe/Vienna';
const at = (text: string): number => Date.parse(text);
/** The hours around both changes of the clock in Vienna in 2026, and a day in summer. */
const instant = fc.oneof(
  fc.integer({ min: at('2026-03-28T22:00Z'), max: at('2026-03-29T04:00Z') }),
  fc.integer({ min: at('2026-10-24T22:00Z'), max: at('2026-10-25T04:00Z') }),
  fc.integer({ min: at('2026-07-01T00:00Z'), max: at('2026-07-02T00:00Z') }),
);

describe('change stamps', () => {
  for (const as of ['local', 'utc'] as const) {
    it(`of ${as} time: no stamp between the beginning and now is spelled before the beginning`, () => {
      const spelled = (time: number): string =>
        as === 'local' ? toLocalTime(new Date(time), zone) : new Date(time).toISOString().slice(0, 19);
      fc.assert(
        fc.property(instant, fc.nat({ max: 10 * 3_600_000 }), fc.float({ min: 0, max: 1, noNaN: true }), (from, length, part) => {
          const second = Math.ceil((from + length * part) / 1000) * 1000;
          const until = Math.max(from + length, second);
          assert.ok(spelled(second) >= stampText(from, until, as, zone).slice(0, 19));
        }),
      );
    });
  }

  const instants: readonly (readonly [StampZone, string, string])[] = [
    ['local', '2026-07-01T09:00:00', '2026-07-01T07:00:00.000Z'],
    ['local', '2026-07-01 09:00:00.5', '2026-07-01T07:00:00.500Z'],
    ['utc', '2026-07-01T09:00:00', '2026-07-01T09:00:00.000Z'],
    ['offset', '2026-07-01T09:00:00+02:00', '2026-07-01T07:00:00.000Z'],
    ['offset', '2026-07-01T09:00:00.1234567Z', '2026-07-01T09:00:00.123Z'],
  ];
  for (const [as, text, expected] of instants) {
    it(`reads ${text} as ${as} time`, () => {
      assert.equal(new Date(instantOf(text, as, zone) ?? 0).toISOString(), expected);
    });
  }

  it('tells a text that is no time', () => {
    assert.equal(instantOf('gestern', 'local', zone), null);
  });
});

describe('the mark of a look', () => {
  const mark = { at: at('2026-07-01T10:00Z'), takenAt: at('2026-07-01T12:00Z') };
  const after = (highest: string | null, now: string) =>
    new Date(nextMark(mark, highest === null ? null : at(highest), at(now)).at).toISOString();

  it('follows the highest stamp', () => {
    assert.equal(after('2026-07-01T11:30:00Z', '2026-07-01T12:01Z'), '2026-07-01T11:30:00.000Z');
  });
  it('follows the time while nothing changes, so that the same records are not read for ever', () => {
    assert.equal(after(null, '2026-07-01T12:10Z'), '2026-07-01T10:10:00.000Z');
  });
  it('does not run ahead of the clock', () => {
    assert.equal(after('2099-01-01T00:00Z', '2026-07-01T12:01Z'), '2026-07-01T12:01:00.000Z');
  });
  it('goes back with a clock that is set back', () => {
    assert.equal(after(null, '2026-07-01T09:00Z'), '2026-07-01T09:00:00.000Z');
  });
});
