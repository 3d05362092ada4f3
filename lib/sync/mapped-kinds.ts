/** In-nodes look for the kinds that the schema mapping has; the others are told once, not asked for again and again. */
import { SyncError } from '../model/error';
import type { Kind } from '../model/kind';
import type { FeedEvents, TenantRuntime } from './runtime';

/** Those of the wanted kinds that the ERP has. */
export const mappedKinds = ({ database }: TenantRuntime, wanted: readonly Kind[]): readonly Kind[] =>
  wanted.filter((kind) => database.kinds.includes(kind));

/** Says which of the wanted kinds the ERP does not have. */
export const tellUnmapped = ({ name, database }: TenantRuntime, wanted: readonly Kind[], events: Pick<FeedEvents, 'error'>): void => {
  for (const kind of wanted) {
    if (database.kinds.includes(kind)) continue;
    const text = `ERP ${name}: its schema mapping has no ${kind}. Leave the kind out in this node, or add it to the mapping.`;
    events.error(new SyncError('kind-not-mapped', 'configuration', text, { kind }), null);
  }
};
