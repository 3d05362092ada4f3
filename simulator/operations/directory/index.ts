import type { OperationGroup } from '../operation';
import { getServerTimeZones } from './get-server-time-zones';
import { getUserAvailability } from './get-user-availability';

/** Operations on people, groups, rooms and zones: what a directory knows. */
export const directoryOperations: OperationGroup = {
  GetServerTimeZones: getServerTimeZones,
  GetUserAvailabilityRequest: getUserAvailability,
};
