/** The store port over an engine: what every adapter shares. */
import chunk from 'lodash/chunk';
import isEqual from 'lodash/isEqual';
import { defaultKindOptions } from '../model/employee-options';
import { kinds } from '../model/kind';
import type { Link } from '../model/link';
import { breathe, type Engine } from './engine';
import { closeMany } from './queries/close';
import { commitMany } from './queries/commit';
import * as employees from './queries/employees';
import * as folders from './queries/folder-state';
import * as held from './queries/held';
import * as inbound from './queries/inbound';
import * as journal from './queries/journal';
import * as journalList from './queries/journal-list';
import * as links from './queries/links';
import { decideParked, parkedCount } from './queries/parked';
import { relist } from './queries/relist';
import * as problems from './queries/problems';
import * as runs from './queries/runs';
import { compiledKind, type CompiledKinds } from './records/compile';
import type { ClaimedEntry, ClaimRequest, FirstRunStore, NewEntry, SyncStore } from './store';

/** Members of one transaction or one IN list: bounds the time that the event loop and the write lock are held. */
const batch = 100;
const pageOfLinks = 500;

/** Runs a query per batch and joins the answers. */
const inBatches = async <A, B>(
  members: readonly A[],
  size: number,
  query: (part: readonly A[]) => Promise<readonly B[]>,
): Promise<readonly B[]> => {
  const results: B[] = [];
  for (const part of chunk(members, size)) {
    if (results.length > 0) await breathe();
    results.push(...(await query(part)));
  }
  return results;
};

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();

const claim = (engine: Engine, request: ClaimRequest): Promise<readonly ClaimedEntry[]> =>
  engine.write(async (trx) => {
    const now = engine.now();
    const ids = await engine.lease(trx, {
      direction: request.direction,
      kinds: request.kinds,
      connection: request.connection ?? null,
      owner: request.instance,
      until: later(now, request.leaseMs),
      now: now.toISOString(),
      limit: request.limit,
    });
    return journal.claimedEntries(trx, request.direction, ids);
  });

const appendLeased = (engine: Engine, entries: readonly NewEntry[], instance: string, leaseMs: number): Promise<readonly ClaimedEntry[]> =>
  engine.write(async (trx) => {
    const now = engine.now();
    const claimed: ClaimedEntry[] = [];
    for (const direction of ['inbound', 'outbound'] as const) {
      const own = entries.filter((entry) => entry.direction === direction);
      const ids = await journal.queueRows(engine, trx, own);
      if (ids.length === 0) continue;
      const request = {
        direction,
        kinds,
        connection: null,
        owner: instance,
        until: later(now, leaseMs),
        now: now.toISOString(),
        limit: ids.length,
      };
      claimed.push(...(await journal.claimedEntries(trx, direction, await engine.lease(trx, { ...request, journalIds: ids }))));
    }
    return claimed;
  });

const linksOfEmployee = async (
  engine: Engine,
  ...[employeeId, kind]: Parameters<SyncStore['linksOfEmployee']>
): Promise<readonly Link[]> => {
  const all: Link[] = [];
  while (true) {
    const after = all.at(-1)?.id ?? 0;
    const page = await engine.read((db) => links.linksOfEmployee(db, employeeId, kind, after, pageOfLinks));
    all.push(...page);
    if (page.length < pageOfLinks) return all;
    await breathe();
  }
};

const oldestOpenMs = async (engine: Engine): Promise<number | null> => {
  const times = await engine.read((db) => Promise.all([journalList.oldestOpen(db, 'inbound'), journalList.oldestOpen(db, 'outbound')]));
  const known = times.filter((time) => time !== null).map((time) => Date.parse(time));
  return known.length === 0 ? null : Math.max(0, engine.now().getTime() - Math.min(...known));
};

const clearProblems = async (engine: Engine, connection: string, employeeId: string): Promise<number> => {
  // Read first: this is asked after every answer of a mailbox, and there is nearly never anything to write.
  const ids = await engine.read((db) => problems.openProblems(db, connection, employeeId));
  return ids.length === 0 ? 0 : engine.write((trx) => problems.endProblems(trx, ids, engine.now()));
};

const reopenDue = async ({ read, write, now }: Engine, ...[direction, wanted]: Parameters<SyncStore['reopenDue']>): Promise<number> => {
  let opened = 0;
  for (const kind of wanted) {
    while (true) {
      const ids = await read((db) => journal.dueAgain(db, direction, kind, now(), pageOfLinks));
      if (ids.length > 0) opened += await write((trx) => journal.reopenDue(trx, ids));
      if (ids.length < pageOfLinks) break;
      await breathe();
    }
  }
  return opened;
};

const firstRunStore = ({ read, write, now }: Engine): FirstRunStore => ({
  plan: async (connection, all, settings) => {
    // Read first: this is asked again and again, and there is nearly never anything to plan.
    const unplanned = await read((db) => runs.unplanned(db, connection, all));
    for (const part of chunk(unplanned, batch)) await write((trx) => runs.planRuns(trx, connection, part, settings, now()));
  },
  restart: async (connection, all, settings) => {
    for (const part of chunk(all, batch)) await write((trx) => runs.restartRuns(trx, connection, part, settings, now()));
  },
  begin: (id) => write((trx) => runs.beginRun(trx, id, now())),
  list: (filter) => read((db) => runs.listRuns(db, filter)),
  unfinishedRows: () => read(runs.unfinishedRows),
  finish: async (ids) => {
    for (const id of ids) await write((trx) => runs.finishRun(trx, id, now()));
  },
  reported: async (ids) => {
    for (const part of chunk(ids, batch)) await write((trx) => runs.runsReported(trx, part, now()));
  },
});

/** The store over an engine; `collectChanges`: see `changes/collect.ts`. */
export const createSyncStore = (engine: Engine, compiled: CompiledKinds, collectChanges: SyncStore['collectChanges']): SyncStore => {
  const { read, write, now } = engine;
  return {
    timeZone: engine.timeZone,
    folderState: (connection, employeeId, kind) => read((db) => folders.folderState(db, connection, employeeId, kind)),
    resetFolderState: (connection, employeeId, kind) => write((trx) => folders.resetFolderState(trx, connection, employeeId, kind)),
    folderMailboxes: (connection) => read((db) => folders.folderMailboxes(db, connection)),
    relist: (relisting) => write((trx) => relist(engine, trx, compiledKind(compiled, relisting.kind), relisting)),
    firstRuns: firstRunStore(engine),
    unlinkedRecords: (employeeId, kind) => read((db) => inbound.unlinkedRecords(engine, db, compiledKind(compiled, kind), employeeId)),
    appendInbound: (page) => write((trx) => inbound.appendInbound(engine, trx, compiledKind(compiled, page.kind), page)),
    unlistedItems: (connection, employeeId, kind) => read((db) => links.unlistedItems(db, connection, employeeId, kind)),
    linksByExchangeId: (connection, ids) =>
      inBatches(ids, pageOfLinks, (part) => read((db) => links.linksByExchangeId(db, connection, part))),
    linksBySyncId: (ids) => inBatches(ids, pageOfLinks, (part) => read((db) => links.linksBySyncId(db, part))),
    linksOfEmployee: (employeeId, kind) => linksOfEmployee(engine, employeeId, kind),

    collectChanges,
    claim: (request) => claim(engine, request),
    appendLeased: (entries, instance, leaseMs) => inBatches(entries, batch, (part) => appendLeased(engine, part, instance, leaseMs)),
    leasedCount: (instance, direction, connection) => read((db) => journalList.leasedCount(db, instance, direction, connection)),
    leaseOwners: () => read(journalList.leaseOwners),
    unheededDeletions: (connection, ids) =>
      inBatches(ids, pageOfLinks, (part) => read((db) => journalList.unheededDeletions(db, connection, part))),
    toldDeletions: (connection, ids) =>
      inBatches(ids, pageOfLinks, (part) => read((db) => journalList.toldDeletions(db, connection, part))),
    unfinishedExchangeIds: (connection, ids) =>
      inBatches(ids, pageOfLinks, (part) => read((db) => journalList.unfinishedExchangeIds(db, connection, part))),
    release: async (ids, instance, { waitMs, ...how }) => {
      const notBefore = waitMs > 0 ? later(now(), waitMs) : '';
      for (const part of chunk(ids, pageOfLinks)) await write((trx) => journal.release(trx, part, instance, { ...how, notBefore }));
    },
    expireLeases: (maxAttempts) => write((trx) => journal.expireLeases(trx, maxAttempts, now())),
    reopenDue: (direction, wanted) => reopenDue(engine, direction, wanted),
    releaseOwn: (instance) => write((trx) => journal.releaseOwn(trx, instance)),

    commitInbound: (writes) => inBatches(writes, batch, (part) => commitMany(engine, compiled, part)),
    close: (closings) => inBatches(closings, batch, (part) => closeMany(engine, part)),
    savePending: (pending) => inBatches(pending, batch, (part) => write((trx) => links.savePending(trx, part))),

    list: (filter) => read((db) => journalList.list(db, filter)),
    entry: (id) => read((db) => journalList.entry(db, id)),
    counts: async () => ({ rows: await read(journalList.counts), oldestOpenMs: await oldestOpenMs(engine) }),
    reopen: (id) => write((trx) => journalList.reopen(trx, id)),
    expectRewrites: async (ids) => {
      for (const part of chunk(ids, pageOfLinks)) await write((trx) => links.expectRewrites(trx, part));
    },
    keepDetails: async (kept) => {
      for (const row of kept) await write((trx) => journal.keepDetails(trx, row));
    },
    decide: (id, decision) => write((trx) => decideParked(engine, trx, id, decision)),
    finish: (id, state, note) => write((trx) => journalList.finish(trx, id, state, note, now())),
    hurry: (employeeId) => write((trx) => journalList.hurry(trx, employeeId)),
    noteProblem: (problem) => write((trx) => problems.noteProblem(trx, problem, now())),
    clearProblems: (connection, employeeId) => clearProblems(engine, connection, employeeId),

    employeeOptions: () => read(employees.employeeOptions),
    saveEmployeeOptions: (employeeId, options, effects = []) =>
      write(async (trx) => {
        for (const kind of kinds) {
          const own = isEqual(options[kind], defaultKindOptions) ? null : options[kind];
          await employees.saveOptions(trx, employeeId, kind, own, now());
        }
        return employees.carryOutEffects(trx, employeeId, effects, now());
      }),
    parkedCount: () => read(parkedCount),
    employeeCounts: () => read(employees.employeeCounts),
    askedRemovals: (entries) => inBatches(entries, batch, (part) => read((db) => held.askedRemovals(db, part))),
    deletionCounts: (employeeId, kind, direction, since) => read((db) => held.deletionCounts(db, employeeId, kind, direction, since)),
    releaseHeld: async (ids) => {
      let released = 0;
      for (const part of chunk(ids, batch)) released += await write((trx) => held.releaseHeld(trx, part));
      return released;
    },
  };
};
