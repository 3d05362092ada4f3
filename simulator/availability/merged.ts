import type { Period } from '../storage/items';

type Busy = Period & { readonly busyType: string };

/** Kinds of time by their digit in a merged stream (MS-OXWAVLS; 4 has meant working elsewhere since Exchange 2013). */
export const busyTypes: readonly string[] = ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData'];

/** The digit of one interval (ms): the highest counts. */
export const busyDigit = (busy: readonly Busy[], from: number, to: number): number =>
  busy.reduce((most, { starts, ends, busyType }) => (starts < to && ends > from ? Math.max(most, busyTypes.indexOf(busyType)) : most), 0);

/** A time window (ms) as one digit an interval, the last of which may be cut short. */
export function mergedFreeBusy(busy: readonly Busy[], from: number, to: number, interval: number): string {
  const count = Math.ceil((to - from) / interval);
  return Array.from({ length: count }, (_, index) =>
    busyDigit(busy, from + index * interval, Math.min(from + (index + 1) * interval, to)),
  ).join('');
}
