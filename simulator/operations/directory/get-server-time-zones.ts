import { isWindowsZone, shortTimeZoneDefinition, timeZoneDefinition } from '../../time-zones/definition';
import { zoneNames } from '../../time-zones/names';
import { child, m } from '../../xml/element';
import { response, success, type Operation } from '../operation';

/**
 * GetServerTimeZones: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getservertimezones-operation
 * Ids that the server does not know are left out. Without the attribute the definitions are whole (MS-OXWSGTZ).
 */
export const getServerTimeZones: Operation = (request) => {
  const wanted = child(request, 'Ids')?.children.map(({ text }) => text.trim());
  const ids = wanted ? [...new Set(wanted)].filter(isWindowsZone) : Object.keys(zoneNames);
  const isFull = !['false', '0'].includes(request.attributes['ReturnFullTimeZoneData'] ?? 'true');
  const definitions = ids.map((id) => (isFull ? timeZoneDefinition(id) : shortTimeZoneDefinition(id)));
  return response('GetServerTimeZones', [success('GetServerTimeZones', [m('TimeZoneDefinitions', definitions)])]);
};
