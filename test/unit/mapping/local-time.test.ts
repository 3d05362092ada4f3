import assert from 'node:assert/strict';
import { DateTime, IANAZone } from 'luxon';
import { instantFromLocal, localFromInstant, localText, utcText } from '../../../lib/mapping/local-time';

const dayMs = 86_400_000;
const stepMs = 15 * 60_000;

/** Luxon's own answer, the long way. */
const instantByLuxon = (local: string, zone: string): string => {
  const [first] = DateTime.fromISO(local, { zone })
    .getPossibleOffsets()
    .toSorted((a, b) => a.toMillis() - b.toMillis());
  return (first ?? DateTime.fromISO(local, { zone })).toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
};

/** Days of a year, as milliseconds, on or beside which a zone changes its clock, and one quiet day. */
const daysOf = (year: number, zone: string): readonly number[] => {
  const start = Date.UTC(year, 0, 1);
  const days = Array.from({ length: 365 }, (_, day) => start + day * dayMs);
  const offset = (at: number) => IANAZone.create(zone).offset(at);
  return [...days.filter((at) => offset(at - dayMs) !== offset(at + 2 * dayMs)), start + 20 * dayMs];
};

describe('local times and instants', () => {
  // Half an hour of summer time, a day left out, a change a minute after midnight, two changes around Ramadan.
  for (const zone of ['Europe/Vienna', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Gaza', 'Africa/Casablanca']) {
    it(`are what luxon says around every change of the clock: ${zone}`, () => {
      for (const day of [...daysOf(1965, zone), ...daysOf(2011, zone), ...daysOf(2026, zone)]) {
        for (let at = day; at < day + dayMs; at += stepMs) {
          const text = new Date(at).toISOString().slice(0, 19);
          const local = DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
          assert.equal(localFromInstant(`${text}Z`, zone), local);
          assert.equal(instantFromLocal(text, zone), instantByLuxon(text, zone));
        }
      }
    });
  }

  it('refuse days that no calendar has', () => {
    for (const read of [localText, utcText]) {
      assert.throws(() => read('2026-02-30T09:00:00'), { code: 'time-unreadable' });
      assert.throws(() => read('2026-02-30T09:00:00Z'), { code: 'time-unreadable' });
      assert.equal(read('2026-01-01T24:00:00').slice(0, 19), '2026-01-02T00:00:00');
    }
  });
});
