/** Which zone a TZID means: an IANA zone where one can be found, else the VTIMEZONE of the file. */
import { DateTime, IANAZone } from 'luxon';
import { findIana, WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { ical } from '../model/ical-js';
import type { Component } from './content-lines';
import { propertyOf, textOf } from './content-lines';

/** Offset of a zone from UTC, in minutes, at a local time `2026-03-28T09:00:00`. */
type OffsetAt = (local: string) => number;

/** Zones of one calendar. */
export interface Zones {
  /**
   * IANA zone of a TZID; a zone that only a VTIMEZONE describes gets the IANA zone that has the same offsets in the five years
   * from `local`. Null when there is none.
   */
  readonly ianaZone: (tzid: string, local: string) => string | null;
  /** UTC instant of a local time in a zone that only a VTIMEZONE describes; null when there is none. */
  readonly instant: (tzid: string, local: string) => string | null;
}

const offsetIn =
  (zone: string): OffsetAt =>
  (local) =>
    DateTime.fromISO(local, { zone }).offset;

/** The last one to three parts of a path that are an IANA name: `/softwarestudio.org/Tzfile/America/Chicago`. */
const fromPath = (tzid: string): string | null => {
  const parts = tzid.split('/').filter((part) => part !== '');
  const names = [3, 2, 1].filter((count) => count <= parts.length).map((count) => parts.slice(-count).join('/'));
  return names.find((name) => IANAZone.isValidZone(name)) ?? null;
};

const windowsNames = WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName);

/** Exchange cannot tell the zones of one Windows zone apart: the tenant's own is taken where it is one of them. */
const fromWindows = (tzid: string, tenantZone: string): string | null => {
  const name = windowsNames.find((known) => known.toLowerCase() === tzid.toLowerCase());
  if (name === undefined) return null;
  const zones: readonly string[] = findIana(name);
  return zones.includes(tenantZone) ? tenantZone : (zones[0] ?? null);
};

/** Old Outlook names list cities: `Kuala Lumpur, Singapore`. */
const fromCities = (tzid: string): string | null => {
  const cities = tzid
    .replace(/^\([^)]*\)/, '')
    .split(',')
    .map((city) => city.trim().replaceAll(' ', '_').toLowerCase());
  const zones = Intl.supportedValuesOf('timeZone');
  const found = cities.map((city) => zones.find((zone) => zone.includes('/') && zone.split('/').at(-1)?.toLowerCase() === city));
  return found.find((zone) => zone !== undefined) ?? null;
};

const ianaByName = (tzid: string, tenantZone: string): string | null =>
  fromWindows(tzid, tenantZone) ?? (IANAZone.isValidZone(tzid) ? tzid : null) ?? fromPath(tzid);

const offsetsOf = (component: Component): OffsetAt | null => {
  try {
    const zone = new ical.Timezone(ical.Component.fromString(component.source.join('\r\n')));
    return (local) => {
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = local.split(/\D/).map(Number);
      return zone.utcOffset(ical.Time.fromData({ year, month, day, hour, minute, second, isDate: false })) / 60;
    };
  } catch {
    return null;
  }
};

/** Four probes a month over five years find every change of offset that matters. */
const probesFrom = (local: string): readonly string[] => {
  const start = DateTime.fromISO(local, { zone: 'UTC' });
  return Array.from({ length: 240 }, (_, week) => start.plus({ days: week * 7.6 }).toFormat("yyyy-MM-dd'T'12:00:00"));
};

const findEqualZone = (offsetAt: OffsetAt, local: string, tenantZone: string): string | null => {
  const probes = probesFrom(local);
  const candidates = [tenantZone, ...windowsNames.flatMap((name) => findIana(name)[0] ?? []), ...Intl.supportedValuesOf('timeZone')];
  return candidates.find((zone) => probes.every((probe) => offsetIn(zone)(probe) === offsetAt(probe))) ?? null;
};

/** Zones of a calendar with its VTIMEZONEs. `tenantZone`: IANA zone that is preferred where several fit. */
export const createZones = (vtimezones: readonly Component[], tenantZone: string): Zones => {
  const custom = new Map(vtimezones.map((component) => [textOf(component, 'TZID').trim(), component]));
  const offsets = new Map<string, OffsetAt | null>();
  const offsetAt = (tzid: string): OffsetAt | null => {
    const component = custom.get(tzid);
    if (component === undefined) return null;
    const known = offsets.get(tzid);
    if (known !== undefined) return known;
    const found = offsetsOf(component);
    offsets.set(tzid, found);
    return found;
  };
  return {
    ianaZone: (tzid, local) => {
      const component = custom.get(tzid);
      const location = component === undefined ? null : propertyOf(component, 'X-LIC-LOCATION');
      const named = ianaByName(tzid, tenantZone) ?? (location === null ? null : ianaByName(location.value.trim(), tenantZone));
      if (named !== null) return named;
      const own = offsetAt(tzid);
      return own === null ? fromCities(tzid) : findEqualZone(own, local, tenantZone);
    },
    instant: (tzid, local) => {
      const own = offsetAt(tzid);
      if (own === null) return null;
      const time = DateTime.fromISO(local, { zone: 'UTC' }).minus({ minutes: own(local) });
      return time.isValid ? time.toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'") : null;
    },
  };
};
