/** What people do to single occurrences of a series, on either side. */
import { DateTime } from 'luxon';
import { ical } from '../../lib/model/ical-js';
import type { Memory } from './memory';
import type { Act } from './operations';
import type { Outlook } from './outlook';
import { employees, zone } from './setting';
import type { World } from './world';

type OccurrenceAct = Extract<Act, { do: 'occurrence' }>;

const [anna] = employees;

/** When the n-th occurrence of a series in the ERP begins by its rule; null when there are fewer. */
const originalStart = (start: string, rule: string, nth: number): string | null => {
  const from = ical.Time.fromString(start.length === 10 ? start : start.slice(0, 16).replace(' ', 'T').concat(':00'), undefined);
  const iterator = ical.Recur.fromString(rule).iterator(from);
  const starts = Array.from({ length: nth }, () => iterator.next());
  const found = starts.at(-1);
  return found?.toString() ?? null;
};

/** Early in the morning of its day, when no clock is changed any more and no other occurrence of the series begins. */
const movedOn = (day: DateTime, serial: number): { readonly start: DateTime; readonly end: DateTime } => {
  const start = day
    .startOf('day')
    .set({ hour: 3 })
    .plus({ minutes: serial % 240 });
  return { start, end: start.plus({ minutes: 30 }) };
};

const placeOf = (serial: number): string => `occurrence ${serial}`;
const utc = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm");
const local = (time: DateTime): string => time.toFormat("yyyy-MM-dd'T'HH:mm:ss");

/** A person in the ERP changes, moves or deletes one. Whole days are moved nowhere: they get another place. */
export const changeInErp = ({ erp, memory }: Pick<World, 'erp' | 'memory'>, { pick, nth, change }: OccurrenceAct, serial: number): void => {
  const series = erp.items(anna).filter((view) => view.kind === 'appointment' && view.recurrenceRule !== null);
  const view = series[pick % series.length];
  if (view?.kind !== 'appointment') return;
  const original = originalStart(view.start, view.recurrenceRule ?? '', nth);
  if (original === null) return;
  memory.forgetOccurrences();
  const times = change === 'time' && !view.allDay ? movedOn(DateTime.fromISO(original, { zone }), serial) : null;
  const place = change === 'delete' || times !== null ? null : placeOf(serial);
  // The sync spells the time its own way; the ERP's program knows which row is that of the occurrence.
  erp.database
    .prepare("DELETE FROM appointment_exception WHERE appointment_id = ? AND replace(original_start, ' ', 'T') = ?")
    .run(view.id, original);
  erp.database
    .prepare(
      'INSERT INTO appointment_exception (appointment_id, original_start, deleted, location, start_at, end_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(
      view.id,
      original,
      change === 'delete' ? 1 : 0,
      place,
      times === null ? null : local(times.start),
      times === null ? null : local(times.end),
    );
  if (place !== null) memory.wrote([], 'occurrence', place);
  if (times !== null) memory.wrote([], 'moved', utc(times.start));
};

/** A person in Exchange does. */
export const changeInExchange = async (
  { simulator, memory, outlook }: Pick<World, 'simulator'> & { readonly memory: Memory; readonly outlook: Outlook },
  { pick, nth, change }: OccurrenceAct,
  serial: number,
): Promise<void> => {
  const series = simulator.items(anna, 'calendar').filter(({ isSeries }) => isSeries === true);
  const view = series[pick % series.length];
  if (view === undefined) return;
  memory.forgetOccurrences();
  if (change === 'delete') {
    await outlook.deleteOccurrence(view.id, nth);
    return;
  }
  if (change === 'place' || view.allDay === true) {
    if (await outlook.changeOccurrence(view.id, nth, { Location: placeOf(serial) })) memory.wrote([], 'occurrence', placeOf(serial));
    return;
  }
  const begins = await outlook.occurrenceStart(view.id, nth);
  if (begins === null) return;
  const { start, end } = movedOn(DateTime.fromISO(begins, { zone }), serial);
  const times = { Start: `${utc(start)}:00Z`, End: `${utc(end)}:00Z` };
  if (await outlook.changeOccurrence(view.id, nth, times)) memory.wrote([], 'moved', utc(start));
};
