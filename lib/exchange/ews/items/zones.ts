/**
 * Time zones: Exchange names them as Windows does, the model as IANA does (CLDR's table, by `windows-iana`).
 *
 * One Windows zone stands for many IANA zones; the connection's own zone is preferred, otherwise CLDR's main one is taken. An id that is
 * neither (a customized zone of some client) becomes the connection's zone: an appointment's instants do not depend on it, and an
 * all-day appointment keeps its days because they are read as the nearest midnight.
 */
import { memoize } from 'lodash';
import { IANAZone } from 'luxon';
import { findIana } from 'windows-iana';
import { SyncError } from '../../../model/error';
import { windowsZoneOf } from '../../../model/windows-zone';

/**
 * Windows id of an IANA zone.
 * @throws SyncError `time-zone-unknown` (scope `item`)
 */
export const windowsZone = (zone: string): string => {
  const found = windowsZoneOf(zone);
  if (found !== undefined) return found;
  throw new SyncError('time-zone-unknown', 'item', `Exchange knows no time zone for "${zone}". Use an IANA zone such as Europe/Vienna.`, {
    zone,
  });
};

/** CLDR's main zone of a Windows zone. */
const mainZoneOf = memoize((id: string): string | undefined => findIana(id)[0]);

/**
 * IANA zone of an id that Exchange told.
 * @param preferred IANA zone of the connection
 */
export const ianaZone = (id: string | null, preferred: string): string => {
  if (id === null || id === '') return preferred;
  if (id === 'tzone://Microsoft/Utc') return ianaZone('UTC', preferred);
  const main = mainZoneOf(id);
  if (main !== undefined) return windowsZoneOf(preferred) === id ? preferred : main;
  return id.includes('/') && IANAZone.isValidZone(id) ? id : preferred;
};
