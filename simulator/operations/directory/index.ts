import type { OperationGroup } from '../operation';
import { getServerTimeZones } from './get-server-time-zones';

/** Operations on people, groups, rooms and zones: what a directory knows. */
export const directoryOperations: OperationGroup = { GetServerTimeZones: getServerTimeZones };
