/** Changes of the ERP that wait for what their mailbox's folder has yet to say: their rows are given back, and come again. */
import type { SyncMessage } from '../model/message';
import type { ExchangeRuntime, Resolution, TenantRuntime } from './runtime';

/** Why a message has to wait; null: it need not, and nothing was done. */
export interface Waiting {
  /** For a first synchronisation, or for the mailbox that the employee moved to. Throws what keeps that from beginning. */
  readonly forListing: (message: SyncMessage) => Promise<Resolution | null>;
  /** For the folder's word about an item that is gone from Exchange. */
  readonly forWord: (message: SyncMessage) => Promise<Resolution | null>;
}

/** A row is due again as soon as the folder was listed; this is for the case that nobody says so, ms. */
const listingWaitMs = 60_000;

/**
 * An item that is gone without its folder having said so may merely have a new id, as after a migration: the folder gets so many attempts
 * and so long to say what happened, ms.
 */
const wordWaitsMs = [1_000, 4_000];

const heldBack = ({ writeGates }: ExchangeRuntime, { sync }: SyncMessage): boolean => {
  const answers = [...writeGates].map((gate) => gate(sync.employee, sync.kind, sync.base === null));
  const error = answers.find((answer) => typeof answer === 'object');
  if (error !== undefined) throw error;
  return answers.includes('held');
};

/** What the messages of one conflict-resolve node may have to wait for. */
export const createWaiting = (tenant: TenantRuntime, exchange: ExchangeRuntime): Waiting => {
  const { store } = tenant.database;

  const forListing: Waiting['forListing'] = async (message) => {
    if (message.sync.direction === 'inbound' || !heldBack(exchange, message)) return null;
    const [note, noteCode] = ['Waits until the first synchronisation of the mailbox has looked for an equal item', 'first-run-waits'];
    await store.release([message.sync.journalId], tenant.instance, { waitMs: listingWaitMs, counts: false, note, noteCode });
    // The folder was listed between question and release: nobody else will say so any more.
    if (!heldBack(exchange, message)) await store.hurry(message.sync.employee.id);
    tenant.workWaiting.raise();
    return { output: 'nothing', message, note: noteCode };
  };

  const forWord: Waiting['forWord'] = async (message) => {
    const { direction, link, exchangeId, attempt, journalId } = message.sync;
    const nobodyListens = exchange.writeGates.size === 0;
    const waitMs = wordWaitsMs[attempt - 1];
    if (direction === 'inbound' || link === null || exchangeId === null || nobodyListens || waitMs === undefined) return null;
    if ((await store.toldDeletions(exchange.name, [exchangeId])).length > 0) return null;
    const [note, noteCode] = ['The item is gone from Exchange; waits until its folder says what happened', 'gone-waits'];
    await store.release([journalId], tenant.instance, { waitMs, counts: true, note, noteCode });
    return { output: 'nothing', message, note: noteCode };
  };

  return { forListing, forWord };
};
