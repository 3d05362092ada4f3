/** The Windows names of time zones, by which Exchange knows them (CLDR's table, by `windows-iana`). */
import { memoize } from 'lodash';
import { IANAZone } from 'luxon';
import { findWindows } from 'windows-iana';

/** The name that ICU knows for a zone; newer names (`Europe/Kyiv`) are missing in CLDR's table. */
const olderName = (zone: string): string => new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;

/** Windows id of an IANA zone, undefined where there is none. Remembered: the table is searched from top to bottom, a zone is dear to check. */
export const windowsZoneOf = memoize((zone: string): string | undefined =>
  IANAZone.isValidZone(zone) ? (findWindows(zone)[0] ?? findWindows(olderName(zone))[0]) : undefined,
);
