/** Every zone of the table: IANA names of the model, Windows names of Exchange, and days and hours that survive both. */
import assert from 'node:assert/strict';
import { WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { ianaZone, windowsZone } from '../../../lib/exchange/ews/items/zones';
import { differingFields } from '../../../lib/mapping/compare';
import { exchangeZone, instantFromLocal, localFromInstant } from '../../../lib/mapping/local-time';
import { createMapping } from '../../../lib/mapping/mapping';
import { erpAppointment, exchangeAppointment } from '../mapping/items';

const windowsIds = WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName);
/** Zones that this machine knows, and newer names that are not in the table. */
const ianaZones = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Europe/Kyiv', 'Asia/Kolkata', 'America/Nuuk', 'Asia/Ho_Chi_Minh'];
const hasWindowsZone = (zone: string): boolean => {
  try {
    return windowsZone(zone) !== '';
  } catch {
    return false;
  }
};
const known = ianaZones.filter(hasWindowsZone);
const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } as const;

describe('time zones of Windows and IANA', () => {
  it('every zone of Exchange has an IANA zone that leads back to it', () => {
    for (const id of windowsIds) assert.equal(windowsZone(ianaZone(id, 'Europe/Vienna')), id);
  });

  it('nearly every zone that this machine knows has a zone of Exchange', () => {
    const missing = ianaZones.filter((zone) => !hasWindowsZone(zone));
    assert.ok(missing.length <= 12, missing.join(', '));
  });

  it('a series of any zone is in the same zone when it comes back, whatever zone the connection and the ERP are in', () => {
    for (const timeZone of known) {
      for (const own of ['Europe/Vienna', 'America/New_York', timeZone]) {
        const back = ianaZone(windowsZone(timeZone), own);
        assert.equal(exchangeZone(back), exchangeZone(timeZone), timeZone);
        const [sent, read] = [exchangeAppointment({ timeZone, recurrence }), exchangeAppointment({ timeZone: back, recurrence })];
        assert.deepEqual(differingFields(sent, read), [], timeZone);
        const erp = erpAppointment({ timeZone, recurrenceRule: 'FREQ=DAILY' });
        assert.deepEqual(differingFields(erp, { ...erp, timeZone: back }), [], timeZone);
      }
    }
  });
});

const weekMs = 7 * 86_400_000;

describe('every zone', () => {
  const mapping = createMapping();

  it('keeps the days of an all-day appointment', () => {
    const item = exchangeAppointment({ allDay: true, start: '2026-03-29', end: '2026-03-30' });
    for (const timeZone of known) {
      const record = mapping.toErp(item, { timeZone, activityTypes: [] });
      assert.ok(record.kind === 'appointment');
      assert.deepEqual([record.start, record.end], [item.start, item.end]);
      const back = mapping.toExchange(record, { timeZone, activityTypes: [] });
      assert.ok(back.kind === 'appointment');
      assert.deepEqual([back.start, back.end], [item.start, item.end]);
    }
  });

  it('gives a local time back, but one that the clock skips, which is later by as much', () => {
    for (const timeZone of windowsIds.map((id) => ianaZone(id, 'UTC'))) {
      // Every half hour of the weeks in which the clocks of the zone change.
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += weekMs) {
        const [begin, end] = [at, at + weekMs].map((millis) => localOffset(new Date(millis).toISOString().replace('.000', ''), timeZone));
        if (begin === end) continue;
        for (let minute = -720; minute < 8 * 24 * 60; minute += 30) {
          const local = new Date(at + minute * 60_000).toISOString().slice(0, 19);
          const instant = instantFromLocal(local, timeZone);
          const back = localFromInstant(instant, timeZone);
          assert.ok(back >= local, `${timeZone} ${local}`);
          if (back !== local) assert.equal(instantFromLocal(back, timeZone), instant);
        }
      }
    }
  });
});

/** How far the clocks of a zone are from UTC, ms. */
const localOffset = (instant: string, zone: string): number => Date.parse(`${localFromInstant(instant, zone)}Z`) - Date.parse(instant);
