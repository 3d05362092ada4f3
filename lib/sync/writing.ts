/** What both writers share: their texts, the check of the message they are given, and the end of a failed message. */
import type { JournalOutcome } from '../model/journal';
import { SyncError } from '../model/error';
import type { Decision, KeptPart, SyncContext, SyncMessage } from '../model/message';
import { dealWithFailure } from './failures';
import type { Health } from './health';
import type { TenantRuntime, WriteReport } from './runtime';
import { whoDecided } from './who-decided';

/** The decision of a message; without one the flow left out `conflict-resolve`. */
export const decisionOf = ({ sync }: SyncMessage): Decision => {
  if (sync.decision !== undefined) return sync.decision;
  throw new SyncError('decision-missing', 'item', 'msg.sync.decision is missing. Wire conflict-resolve before the writer.');
};

/** Refuses a message that goes the other way. */
export const expectDirection = ({ sync }: SyncMessage, direction: 'inbound' | 'outbound'): void => {
  if (sync.direction === direction) return;
  const text = `This node writes ${direction} messages only. Separate the directions with a switch on msg.sync.direction.`;
  throw new SyncError('direction-wrong', 'item', text, { direction });
};

/**
 * Refuses a message of another tenant before anything is done for it: its journal row, link and ids mean something else in this database,
 * so that nothing may be noted here. Its row comes again there when its lease ends.
 */
export const expectTenant = ({ name }: TenantRuntime, tenant: string): void => {
  if (tenant === name) return;
  const text = `The item belongs to the ERP "${tenant}", this node works for "${name}". Lead each tenant to its own nodes with a switch on msg.sync.tenant.`;
  throw new SyncError('tenant-wrong', 'item', text, { tenant, own: name });
};

const texts: Readonly<Record<Decision['action'], string>> = { create: 'Created', update: 'Changed', delete: 'Deleted' };

const keptTexts: Readonly<Record<KeptPart, string>> = { exceptions: 'exceptions of the series', recurrence: 'recurrence of the task' };

/** What a note adds when the other side cannot express a part of the item; empty otherwise. */
export const keptNote = ({ kept = [], direction }: Pick<SyncContext, 'kept' | 'direction'>): string => {
  const side = direction === 'inbound' ? 'Exchange' : 'the ERP';
  return kept.length === 0 ? '' : `; only in ${side}: ${kept.map((part) => keptTexts[part]).join(', ')}`;
};

/** Both versions of a decided conflict, with what is lost. */
export const lostVersions = (sync: SyncContext, { expected, lost }: Exclude<Decision, { action: 'create' }>): object => ({
  base: sync.base,
  source: sync.source,
  target: expected,
  lost,
});

/** Note and details of a successful write. A conflict's lost side is kept with both versions, and who decided. */
export const outcomeOf = ({ sync }: SyncMessage, decision: Decision): JournalOutcome => {
  const kept = keptNote(sync);
  const outcome = {
    state: 'done',
    note: `${texts[decision.action]}${kept}`,
    noteCode: decision.action,
    // Options may have changed since: whether the item stays on its own side is judged once more when it is gone from the other one.
    looksAgain: sync.removal === true,
  } as const;
  if (decision.action === 'create' || decision.lost === null) return outcome;
  const { note, byPerson } = whoDecided(sync, decision.lost, decision.action === 'delete' ? 'deletion' : 'fields');
  return {
    ...outcome,
    note: `${outcome.note}; conflict ${note}`,
    noteCode: byPerson ? 'conflict-chosen' : 'conflict-decided',
    details: lostVersions(sync, decision),
  };
};

/** Runs one write of this tenant; a failure is noted in the journal first and rejects only where it is news. */
export const reportWrite = async (
  tenant: TenantRuntime,
  health: Health | null,
  message: SyncMessage,
  write: () => Promise<WriteReport>,
): Promise<WriteReport> => {
  expectTenant(tenant, message.sync.tenant);
  try {
    return await write();
  } catch (thrown) {
    const key = message.sync.employee.email.toLowerCase();
    const outcome = await dealWithFailure(tenant, health, key, message.sync, thrown);
    if (outcome.tell) throw outcome.error;
    return { message, state: 'waiting', note: outcome.error.code };
  } finally {
    tenant.workWaiting.raise();
  }
};

/** The target changed between decision and write: the row comes again and is decided anew. */
export const targetChangedError = (): SyncError =>
  new SyncError('item-changed', 'retry', 'The item changed while it was being written; it is compared and written again.');
