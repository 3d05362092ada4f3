/**
 * What the service does with the store, as small as it can be: the flow's order of calls without Exchange. The same functions run in the
 * test's process and in processes that are killed; whatever they did before, they may run again.
 */
import type { Closing, ErpDatabase, InboundWrite, ClaimedEntry } from '../../../lib/erp/store';
import type { Fields } from '../../../lib/model/item';
import type { Link } from '../../../lib/model/link';
import { appointment, claimOf, done, exchangeAppointment, inboundEntry, link, task } from './subject';

/** Called after each call of the store, at which the service may be between two transactions. */
export type StepDone = () => Promise<void>;

/** How often a row is tried. */
export const maxAttempts = 2;

/** The name under which this service leases. */
export const instance = 'a';

/** Items whose ids begin with S. */
const isSeries = (exchangeId: string): boolean => exchangeId.startsWith('S');

/** A series loses its exception and gets two others. */
const changesOf = (exchangeId: string, kind: 'appointment' | 'task'): Fields => {
  if (kind === 'task') return { status: 'completed' };
  const text = { subject: `changed ${exchangeId}`, body: 'new' };
  if (!isSeries(exchangeId)) return text;
  return {
    ...text,
    exceptions: ['2', '3'].map((day) => ({ originalStart: `2026-04-0${day}T09:00:00`, deleted: false, changes: { subject: day } })),
  };
};

const recordOf = (exchangeId: string, kind: 'appointment' | 'task') =>
  kind === 'task'
    ? task({ subject: `task ${exchangeId}` })
    : // An item whose id begins with P is one that the ERP refuses.
      appointment({
        subject: `visit ${exchangeId}`,
        activityTypeId: exchangeId.startsWith('P') ? '99' : null,
        ...(isSeries(exchangeId)
          ? { recurrenceRule: 'FREQ=DAILY', exceptions: [{ originalStart: '2026-04-01T09:00:00', deleted: true }] }
          : {}),
      });

const createOf = ({ entry }: ClaimedEntry, exchangeId: string): InboundWrite['action'] => {
  const { connection, state, changeKey, erpBase, exchangeBase } = link();
  return {
    type: 'create',
    record: recordOf(exchangeId, entry.kind),
    link: {
      kind: entry.kind,
      employeeId: entry.employeeId,
      connection,
      syncId: `s-${exchangeId}`,
      state,
      exchangeId,
      changeKey,
      erpBase,
      exchangeBase,
    },
  };
};

const actionOf = async (database: ErpDatabase, claimed: ClaimedEntry): Promise<InboundWrite['action']> => {
  const { entry, link: known } = claimed;
  const exchangeId = entry.exchangeId ?? '';
  if (known === null) return createOf(claimed, exchangeId);
  const [stored] = await database.records.read(entry.kind, [known.erpId]);
  if (stored === undefined) throw new Error(`the record of ${exchangeId} is gone`);
  const expected = stored.record;
  if (entry.operation === 'delete') return { type: 'delete', erpId: known.erpId, expected, linkId: known.id, version: known.version };
  const changes = changesOf(exchangeId, entry.kind);
  const update = {
    id: known.id,
    version: known.version,
    erpBase: expected,
    exchangeBase: exchangeAppointment,
    exchangeId,
    changeKey: 'k2',
  };
  return { type: 'update', erpId: known.erpId, changes, expected, link: update };
};

/** Carries the waiting inbound rows out in the ERP. */
export const takeIn = async (database: ErpDatabase, stepDone: StepDone): Promise<void> => {
  const claimed = await database.store.claim(claimOf('inbound', instance, 50));
  await stepDone();
  const writes: InboundWrite[] = [];
  for (const one of claimed) {
    const { id, kind, employeeId } = one.entry;
    writes.push({ journalId: id, instance, outcome: done, kind, employeeId, action: await actionOf(database, one) });
  }
  const results = await database.store.commitInbound(writes);
  await stepDone();
  const failed = writes.flatMap((write, index): Closing[] => {
    const result = results[index];
    if (result?.status !== 'failed') return [];
    return [
      {
        journalId: write.journalId,
        instance,
        outcome: { state: 'failed', note: result.error.message, noteCode: result.error.code },
        link: { type: 'keep' },
      },
    ];
  });
  if (failed.length > 0) await database.store.close(failed);
};

const closingOf = ({ entry }: ClaimedEntry, known: Link | null): Closing => {
  const ends = { journalId: entry.id, instance, outcome: done };
  if (known === null) return { ...ends, link: { type: 'keep' } };
  if (entry.operation === 'delete') return { ...ends, link: { type: 'remove', linkId: known.id, version: known.version } };
  // The item that Exchange would find or create by the sync id.
  const exchangeId = `X-${known.syncId}`;
  const update = { ...known, exchangeId, changeKey: 'k2' };
  const enqueue = inboundEntry({ operation: 'update', employeeId: entry.employeeId, kind: entry.kind, exchangeId });
  return { ...ends, link: { type: 'update', update }, enqueue: [enqueue] };
};

/** Carries the waiting outbound rows out in an Exchange that is only thought of; every item that is written is read once more. */
export const giveOut = async (database: ErpDatabase, stepDone: StepDone): Promise<void> => {
  const claimed = await database.store.claim(claimOf('outbound', instance, 50));
  await stepDone();
  const created = claimed.filter(({ entry, link: known }) => known === null && entry.operation !== 'delete');
  const pending = await database.store.savePending(
    created.map(({ entry }) =>
      link({
        state: 'pending',
        kind: entry.kind,
        employeeId: entry.employeeId,
        syncId: `s-${entry.kind}-${entry.employeeId}-${entry.erpId ?? ''}`,
        erpId: entry.erpId ?? '',
        exchangeId: null,
        changeKey: null,
        erpBase: entry.kind === 'task' ? task() : appointment(),
      }),
    ),
  );
  await stepDone();
  const closings = claimed.map((one) => closingOf(one, one.link ?? pending[created.indexOf(one)] ?? null));
  await database.store.close(closings);
};

/** Stores the first page of a folder unless that was done. */
export const storePage = async ({ store }: ErpDatabase): Promise<void> => {
  if ((await store.folderState('main', '1', 'appointment')) !== null) return;
  const changes = ['X7', 'X8', 'X9'].map((exchangeId) => ({ operation: 'create' as const, exchangeId, changeKey: 'k' }));
  const mailbox = 'anna@x.test';
  const page = {
    connection: 'main',
    employeeId: '1',
    kind: 'appointment',
    mailbox,
    syncState: 'state-1',
    changes,
    records: 'unlinked',
  } as const;
  await store.appendInbound({ ...page, listed: ['X-listed'] });
};

/** Queues what a message brought and leases it, unless it is waiting already. */
export const takeMessage = async ({ store }: ErpDatabase, stepDone: StepDone): Promise<void> => {
  const waiting = await store.unfinishedExchangeIds('main', ['X7']);
  await stepDone();
  if (waiting.length > 0) await store.claim(claimOf('inbound', instance));
  else await store.appendLeased([inboundEntry({ exchangeId: 'X7' }), inboundEntry({ exchangeId: 'X8' })], instance, 60_000);
};

/** Claims what waits. */
export const claimOnly = async ({ store }: ErpDatabase): Promise<void> => {
  await store.claim(claimOf('outbound', instance));
};

/** Claims what waits and gives it back. */
export const claimAndRelease = async ({ store }: ErpDatabase, stepDone: StepDone): Promise<void> => {
  const claimed = await store.claim(claimOf('outbound', instance));
  await stepDone();
  await store.release(
    claimed.map(({ entry }) => entry.id),
    instance,
    { waitMs: 0, counts: true, note: 'busy', noteCode: 'server-busy' },
  );
};

/** Looks for leases that have ended. */
export const expire = async ({ store }: ErpDatabase): Promise<void> => {
  await store.expireLeases(maxAttempts);
};

/** The runs by name, for other processes. */
export const serviceRuns = { takeIn, giveOut, storePage, takeMessage, claimOnly, claimAndRelease, expire } as const;

/** Name of a run. */
export type ServiceRun = keyof typeof serviceRuns;
