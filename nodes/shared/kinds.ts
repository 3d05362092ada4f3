/** The kinds of items that a node handles, ticked in its dialog. */
import { SyncError } from '../../lib/model/error';
import type { Kind } from '../../lib/model/kind';
import { yesOrNo } from './settings';

/** Ticks of a dialog; a tick that was never stored counts as set. */
export interface KindTicks {
  readonly appointments?: unknown;
  readonly tasks?: unknown;
}

/** Ticked kinds, at least one. */
export const tickedKinds = (ticks: KindTicks): readonly Kind[] => {
  const kinds: Kind[] = [];
  if (yesOrNo(ticks.appointments ?? true, 'Appointments')) kinds.push('appointment');
  if (yesOrNo(ticks.tasks ?? true, 'Tasks')) kinds.push('task');
  if (kinds.length > 0) return kinds;
  throw new SyncError('kinds-missing', 'configuration', 'No kind of item is ticked: choose appointments, tasks or both.');
};
