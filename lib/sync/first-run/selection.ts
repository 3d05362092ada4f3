/** Which items a first synchronisation brings to the other side (requirement S6). Pure. */
import { DateTime } from 'luxon';
import { inWindow } from '../../mapping/window';
import type { FirstRunSettings, LeftReason } from '../../model/first-run';
import type { ErpRecord } from '../../model/item';

const longestDays = 30;

/** Later than every appointment. */
const farAway = '4500-01-01T00:00:00';

/** "Changes since" as requirement S6 wants it: what lies in the future, or more than 30 days back, becomes 30 days back. UTC instants. */
export const effectiveSince = (wanted: string, now: string): string => {
  const [since, present] = [DateTime.fromISO(wanted, { zone: 'UTC' }), DateTime.fromISO(now, { zone: 'UTC' })];
  const earliest = present.minus({ days: longestDays });
  const meant = !since.isValid || since > present || since < earliest ? earliest : since;
  return meant.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
};

/** A task that is not done counts whenever it was due. */
const endedBefore = (record: ErpRecord, day: string, timeZone: string): boolean =>
  record.kind === 'task' && record.status !== 'completed' ? false : !inWindow(record, `${day}T00:00:00`, farAway, timeZone);

/**
 * Why an item is left alone, null when it is not. The item in the ERP's shape; `modifiedAt`: UTC instant of its last change, null where
 * nobody knows it: then it counts as changed.
 */
export const leftAlone = (
  record: ErpRecord,
  modifiedAt: string | null,
  { startDate, changedSince }: Pick<FirstRunSettings, 'startDate' | 'changedSince'>,
  timeZone: string,
): LeftReason | null => {
  if (startDate !== null && endedBefore(record, startDate, timeZone)) return 'before-start-date';
  if (changedSince !== null && modifiedAt !== null && Date.parse(modifiedAt) < Date.parse(changedSince)) return 'unchanged-since';
  return null;
};
