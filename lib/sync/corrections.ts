/** Turns the corrections of a check into messages: they pass through the journal like every other change. */
import type { NewEntry } from '../erp/store';
import type { SyncMessage } from '../model/message';
import { finishBuilt } from './finish-built';
import { defaultLimits, deletionRowsOf, guardDeletions } from './guard';
import { buildInbound } from './messages/inbound';
import { buildOutbound } from './messages/outbound';
import type { ExchangeRuntime, TenantRuntime } from './runtime';

/** What is needed to lease corrections. */
export interface CorrectionOptions {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly corrections: readonly NewEntry[];
}

/** Rows for the corrections, leased at once, and their messages. Rows that turn out to need nothing are closed; deletions that are too many are held. */
export const leaseCorrections = async ({ tenant, exchange, corrections }: CorrectionOptions): Promise<readonly SyncMessage[]> => {
  const claimed = await tenant.database.store.appendLeased(corrections, tenant.instance, tenant.leaseMs);
  const inbound = claimed.filter((row) => row.entry.direction === 'inbound');
  const outbound = claimed.filter((row) => row.entry.direction === 'outbound');
  const parts = [await buildInbound(tenant, exchange, inbound, true), await buildOutbound(tenant, outbound, true)];
  const messages: SyncMessage[] = [];
  for (const part of parts) {
    const { built } = await guardDeletions(tenant, part, defaultLimits, deletionRowsOf(claimed));
    await finishBuilt(tenant, exchange.health, built);
    messages.push(...built.messages);
  }
  return messages;
};
