import type { OperationGroup } from '../operation';
import { convertId } from './convert-id';
import { expandDl } from './expand-dl';
import { getServerTimeZones } from './get-server-time-zones';
import { getUserAvailability } from './get-user-availability';
import { resolveNames } from './resolve-names';
import { getRoomLists, getRooms } from './rooms';

/** Operations on people, groups, rooms and zones: what a directory knows. */
export const directoryOperations: OperationGroup = {
  ConvertId: convertId,
  ExpandDL: expandDl,
  GetRoomLists: getRoomLists,
  GetRooms: getRooms,
  GetServerTimeZones: getServerTimeZones,
  GetUserAvailabilityRequest: getUserAvailability,
  ResolveNames: resolveNames,
};
