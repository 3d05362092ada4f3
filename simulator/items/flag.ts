import { EwsError } from '../errors';
import type { Properties } from '../storage/properties';
import { formatUtc, toUtc } from '../time';
import { child, childText, t } from '../xml/element';

const times = ['StartDate', 'DueDate', 'CompleteDate'] as const;

/** Which times a flag may have, by its status (MS-OXWSCORE 2.2.4.15). */
const isSound = (status: string, has: (name: (typeof times)[number]) => boolean): boolean => {
  if (status === 'Flagged') return !has('CompleteDate') && has('StartDate') === has('DueDate');
  const hasPeriod = has('StartDate') || has('DueDate');
  return status === 'Complete' ? !hasPeriod : !hasPeriod && !has('CompleteDate');
};

/** A new or changed flag as it is kept: its times in UTC, a completed one with the time of its completion. */
export function withFlag(properties: Properties, zone: string, now: Date): Properties {
  const flag = properties['Flag'];
  if (!flag) return properties;
  const status = childText(flag, 'FlagStatus') ?? 'NotFlagged';
  if (!isSound(status, (name) => child(flag, name) !== undefined)) throw new EwsError('ErrorInvalidArgument');
  const kept = times.flatMap((name) => {
    const time = childText(flag, name) ?? (name === 'CompleteDate' && status === 'Complete' ? formatUtc(now) : undefined);
    return time === undefined ? [] : [t(name, toUtc(time, zone))];
  });
  return { ...properties, Flag: t('Flag', [t('FlagStatus', status), ...kept]) };
}
