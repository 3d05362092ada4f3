/** `conflict-resolve`: reads the target as it is now, decides, and ends the rows that need no write. */
import type { Closing } from '../erp/store';
import { differingFields } from '../mapping/compare';
import { storedIn } from '../mapping/mapping';
import { toSyncError, type SyncError } from '../model/error';
import { goneChangeKey } from '../model/link';
import type { AnyItem, ErpEntry, ExchangeEntry, Fields } from '../model/item';
import type { SyncMessage } from '../model/message';
import { fail, ok } from '../model/result';
import type { Result } from '../model/result';
import { createBatcher } from './batcher';
import { decide } from './decide';
import type { ConflictRule } from '../model/employee-options';
import type { DifferingFields, Situation, Verdict } from './decide';
import { dealWithFailure } from './failures';
import { erpNamesOf } from './field-groups';
import { findLostEdits, type LostEdit } from './lost-edits';
import { forAttendee, isShared } from './meetings';
import type { ExchangeRuntime, Resolution, Resolver, TenantRuntime } from './runtime';
import { basesAfter, isErpRecord } from './shapes';
import { createWaiting } from './waiting';
import { whoDecided, type WhoDecided } from './who-decided';
import { expectTenant, keptNote, targetChangedError } from './writing';

/** Settings of a resolver. */
export interface ResolverOptions {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly rule: ConflictRule;
  /**
   * Requirement D12: `skip` leaves an ERP appointment with several participants, and one that is somebody else's meeting, alone when it is
   * changed or deleted in Exchange; what the ERP changes then wins. `sync` treats it like any other.
   */
  readonly conferences: 'skip' | 'sync';
}

interface Target {
  readonly item: AnyItem | null;
  readonly changeKey: string | null;
  readonly modifiedAt: string | null;
  /** An ERP appointment of several employees, or an attendee's copy of a meeting. */
  readonly shared: boolean;
}

const noTarget: Target = { item: null, changeKey: null, modifiedAt: null, shared: false };

const erpTarget = (entry: ErpEntry | undefined, employeeId: string): Target =>
  entry?.employeeIds.includes(employeeId) === true
    ? { item: entry.record, changeKey: null, modifiedAt: entry.modifiedAt, shared: entry.employeeIds.length > 1 }
    : noTarget;

/** Reads the current target of messages in batches: one request or query for many. */
const createTargetReader = (tenant: TenantRuntime, exchange: ExchangeRuntime) => {
  const records = createBatcher<SyncMessage, Target>({
    keyOf: ({ sync }) => sync.kind,
    size: 200,
    run: async (messages) => {
      const ids = messages.map(({ sync }) => sync.erpId ?? '');
      const unreadable = new Map<string, SyncError>();
      const kind = messages[0]?.sync.kind ?? 'appointment';
      const found = await tenant.database.records.read(kind, ids, (id, error) => unreadable.set(id, error));
      const byId = new Map(found.map((entry) => [entry.id, entry]));
      return messages.map(({ sync }) => {
        const error = unreadable.get(sync.erpId ?? '');
        return error === undefined ? ok(erpTarget(byId.get(sync.erpId ?? ''), sync.employee.id)) : fail(error);
      });
    },
  });
  const items = createBatcher<SyncMessage, Target>({
    keyOf: ({ sync }) => sync.employee.email.toLowerCase(),
    size: exchange.batchSize,
    run: async (messages) => {
      const mailbox = messages[0]?.sync.employee.email ?? '';
      const found = await exchange.connection.getMany(
        mailbox,
        messages.map(({ sync }) => sync.exchangeId ?? ''),
      );
      return found.map((result: Result<ExchangeEntry>): Result<Target> => {
        if (!result.ok) return result.error.code === 'item-not-found' ? ok(noTarget) : result;
        const { item, changeKey, modifiedAt, meeting } = result.value;
        return ok({ item, changeKey, modifiedAt, shared: meeting?.role === 'attendee' });
      });
    },
  });
  return async (message: SyncMessage): Promise<Target> => {
    const { direction, base, exchangeId, changeKey } = message.sync;
    if (base === null) return noTarget;
    if (direction === 'inbound') return records.add(message);
    return exchangeId === null || changeKey === goneChangeKey ? noTarget : items.add(message);
  };
};

/** Reads what deletions took whose item is gone from both sides: whoever deleted it may have died before it could look. */
const createLostEditReader = (tenant: TenantRuntime, exchange: ExchangeRuntime) => {
  const edits = createBatcher<SyncMessage, LostEdit | null>({
    keyOf: ({ sync }) => `${sync.kind} ${sync.employee.email.toLowerCase()}`,
    size: exchange.batchSize,
    run: async (messages) => {
      const [{ sync } = { sync: null }] = messages;
      const deleted = messages.flatMap(({ sync: { syncId, base } }) =>
        syncId === null || base === null ? [] : [{ syncId, expected: base.exchange }],
      );
      const found = await findLostEdits({ tenant, exchange }, sync?.employee.email ?? '', sync?.kind ?? 'appointment', deleted);
      return messages.map((message) => ok(found.get(message.sync.syncId ?? '') ?? null));
    },
  });
  return (message: SyncMessage): Promise<LostEdit | null> => edits.add(message);
};

const situationOf = (message: SyncMessage, target: Target, rule: ConflictRule): Situation => {
  const { sync, payload } = message;
  const targetBase = sync.base === null ? null : sync.direction === 'inbound' ? sync.base.erp : sync.base.exchange;
  return {
    direction: sync.direction,
    deleted: sync.operation === 'delete',
    desired: payload,
    mapped: sync.mapped ?? null,
    changedFields: sync.changedFields ?? [],
    targetBase: sync.operation === 'create' ? null : targetBase,
    targetNow: target.item,
    targetChangeKey: target.changeKey,
    sourceModifiedAt: sync.sourceModifiedAt,
    targetModifiedAt: target.modifiedAt,
    rule,
    chosen: sync.chosen,
  };
};

const versionsOf = (message: SyncMessage, target: Target, { lost, fields }: Ending) => ({
  base: message.sync.base,
  source: message.sync.source,
  target: target.item,
  ...(fields === undefined ? { lost: lost ?? null } : { fields }),
});

type LinkClosing = Closing['link'];

const keepLink: LinkClosing = { type: 'keep' };

const removeLink = ({ sync }: SyncMessage): LinkClosing =>
  sync.link === null ? keepLink : { type: 'remove', linkId: sync.link.id, version: sync.link.version };

/**
 * The source's new state becomes its base, so that the same change is not looked at again. A target that is gone stays to be compared with
 * what the source was: its deletion is under way.
 */
const advanceLink = ({ sync }: SyncMessage, target: Target, rebase: Fields): LinkClosing => {
  if (sync.link === null || sync.exchangeId === null || target.item === null) return keepLink;
  const bases = basesAfter(sync, rebase);
  // Inbound, `changeKey` is the one just read; outbound, it is still the link's.
  if (bases === null || sync.changeKey === null) return keepLink;
  const role = sync.direction === 'inbound' ? { meetingRole: sync.meeting?.role ?? null } : {};
  return { type: 'update', update: { ...sync.link, ...bases, ...role, exchangeId: sync.exchangeId, changeKey: sync.changeKey } };
};

interface Ending {
  readonly state: 'done' | 'skipped' | 'conflict';
  readonly code: string;
  readonly note: string;
  readonly link: LinkClosing;
  readonly lost?: Fields | null;
  /** Fields that a person has to decide on, by their names in the ERP. */
  readonly fields?: readonly string[];
  readonly requeue?: 'source' | 'target' | 'both';
}

const lostTo = (winner: string, { note, byPerson, lost, link }: WhoDecided & Required<Pick<Ending, 'lost' | 'link'>>): Ending => ({
  state: 'skipped',
  code: byPerson ? 'conflict-not-chosen' : 'conflict-lost',
  note: `Conflict: ${winner} wins, ${note}`,
  link,
  lost,
});

const endingOf = (message: SyncMessage, target: Target, verdict: Exclude<Verdict, { type: 'write' }>): Ending => {
  switch (verdict.type) {
    case 'nothing': {
      if (message.sync.removal === true)
        return { state: 'done', code: 'delete', note: 'Gone from the other side already', link: removeLink(message), requeue: 'source' };
      const link = message.sync.operation === 'delete' ? removeLink(message) : advanceLink(message, target, verdict.rebase);
      return verdict.lost === null
        ? { state: 'skipped', code: 'no-change', note: `Both sides agree already${keptNote(message.sync)}`, link }
        : lostTo('the other side', { ...whoDecided(message.sync, verdict.lost, 'fields'), lost: verdict.lost, link });
    }
    case 'recreate-target':
      return {
        state: 'done',
        code: 'recreated',
        note: 'Deleted on the other side, but edited here: the edit wins, the item is made anew',
        link: removeLink(message),
        requeue: 'source',
      };
    case 'recreate-source':
      return {
        state: 'done',
        code: 'recreated',
        note: 'Deleted here, but edited on the other side: the edit wins, the item is made anew',
        link: removeLink(message),
        requeue: 'target',
      };
    case 'separate':
      return {
        state: 'done',
        code: 'separated',
        note: 'Decided by a person: both versions stay, each as an item of its own on both sides',
        link: removeLink(message),
        requeue: 'both',
      };
    case 'target-deletion-wins':
      return lostTo('the deletion on the other side', {
        ...whoDecided(message.sync, verdict.lost, 'deletion'),
        lost: verdict.lost,
        link: keepLink,
      });
    case 'conflict': {
      const fields = [...new Set(verdict.fields.flatMap(erpNamesOf))];
      const link: LinkClosing = message.sync.link === null ? keepLink : { type: 'park', linkId: message.sync.link.id };
      return { state: 'conflict', code: 'conflict', note: `A person decides: ${fields.join(', ')}`, link, fields };
    }
  }
};

/** Rows that make the item of a side anew on the other one. */
const requeued = ({ sync }: SyncMessage, side: NonNullable<Ending['requeue']>): NonNullable<Closing['enqueue']> => {
  const { kind, employee, connection, erpId, exchangeId } = sync;
  const anew = { kind, operation: 'create', employeeId: employee.id } as const;
  const inbound = { ...anew, direction: 'inbound', connection, erpId: null, exchangeId } as const;
  const outbound = { ...anew, direction: 'outbound', connection: null, erpId, exchangeId: null } as const;
  if (side === 'both') return [inbound, outbound];
  return [(side === 'source') === (sync.direction === 'inbound') ? inbound : outbound];
};

/** A resolver for one conflict-resolve node. */
export const createResolver = ({ tenant, exchange, rule, conferences }: ResolverOptions): Resolver => {
  const readTarget = createTargetReader(tenant, exchange);
  const readLostEdit = createLostEditReader(tenant, exchange);
  const waiting = createWaiting(tenant, exchange);
  const { store, records } = tenant.database;
  const stored = (item: AnyItem): AnyItem =>
    isErpRecord(item) ? storedIn({ asStored: (record) => records.asStored(record) }, item) : item;
  const differing: DifferingFields = (a, b) => differingFields(stored(a), stored(b), store.timeZone);

  const end = async (message: SyncMessage, target: Target, ending: Ending): Promise<Resolution> => {
    const details = ending.state === 'conflict' || ending.lost != null ? { details: versionsOf(message, target, ending) } : {};
    const [closed] = await tenant.database.store.close([
      {
        journalId: message.sync.journalId,
        instance: tenant.instance,
        outcome: { state: ending.state, note: ending.note, noteCode: ending.code, ...details },
        link: ending.link,
        ...(ending.requeue === undefined ? {} : { enqueue: requeued(message, ending.requeue) }),
      },
    ]);
    // Another message moved the link on meanwhile: the row comes again and is decided anew.
    if (closed !== true) throw targetChangedError();
    tenant.workWaiting.raise();
    return { output: ending.state === 'conflict' ? 'conflict' : 'nothing', message, note: ending.code };
  };

  const resolve = async (given: SyncMessage): Promise<Resolution> => {
    const message = given.sync.connection === null ? { ...given, sync: { ...given.sync, connection: exchange.name } } : given;
    const { direction, employee } = message.sync;
    if (direction === 'outbound' && !exchange.serves({ ...employee, active: true })) {
      const note = `The connection "${exchange.name}" does not serve this employee`;
      return end(message, noTarget, { state: 'skipped', code: 'not-served', note, link: keepLink });
    }
    const held = await waiting.forListing(message);
    if (held !== null) return held;
    const target = await readTarget(message);
    const unsaid = target.item === null ? await waiting.forWord(message) : null;
    if (unsaid !== null) return unsaid;
    const leftToErp = conferences === 'skip' && isShared(message.sync, target.shared);
    if (leftToErp && direction === 'inbound') {
      const note = 'An appointment with several participants, or of somebody else, is not changed from one mailbox';
      // What the mailbox has counts as seen: a later change or deletion in the ERP meets no change of Exchange.
      return end(message, target, { state: 'skipped', code: 'conference', note, link: advanceLink(message, target, {}) });
    }
    const { [message.sync.kind]: options } = await tenant.directory.options(employee.id);
    const decided = decide(situationOf(message, target, leftToErp ? 'erp' : (options.conflictRule ?? rule)), differing);
    const verdict = direction === 'outbound' && target.shared ? forAttendee(decided) : decided;
    if (verdict === null) {
      const note = 'The meeting is the organiser’s; nothing changed that an attendee has of his own';
      return end(message, target, { state: 'skipped', code: 'attendee-meeting', note, link: advanceLink(message, target, {}) });
    }
    // A pending link without an Exchange item: the writer looks for the item by its sync id before it gives up on deleting it.
    if (message.sync.operation === 'delete' && message.sync.direction === 'outbound' && message.sync.exchangeId === null) {
      return write(message, { action: 'delete', expected: null, expectedChangeKey: null, lost: null });
    }
    if (verdict.type === 'write') return write(message, verdict.decision);
    const isGone = message.sync.operation === 'delete' && target.item === null;
    const edit = isGone ? await readLostEdit(message) : null;
    if (edit === null) return end(message, target, endingOf(message, target, verdict));
    return end(message, { ...target, item: edit.item }, endingOf(message, target, { type: 'nothing', lost: edit.lost, rebase: {} }));
  };

  const write = (message: SyncMessage, decision: NonNullable<SyncMessage['sync']['decision']>): Resolution => ({
    output: 'write',
    message: { ...message, sync: { ...message.sync, decision } },
    note: decision.action,
  });

  return {
    resolve: async (message) => {
      expectTenant(tenant, message.sync.tenant);
      try {
        return await resolve(message);
      } catch (thrown) {
        const key = message.sync.employee.email.toLowerCase();
        const outcome = await dealWithFailure(tenant, exchange.health, key, message.sync, toSyncError(thrown));
        if (outcome.tell) throw outcome.error;
        return { output: 'nothing', message, note: outcome.error.code };
      }
    },
  };
};
