/**
 * Whose first synchronisation is under way: plans runs for folders that were never read, lets a few employees at a time have their turn,
 * notices when the last row of a run has ended, and reports. What it knows stands in the store; a restart goes on from there.
 */
import groupBy from 'lodash/groupBy';
import type { Folder } from '../../erp/store';
import type { Employee } from '../../model/employee';
import { toSyncError, type SyncError } from '../../model/error';
import { rowsOf, type FirstRun, type FirstRunSettings } from '../../model/first-run';
import type { Kind } from '../../model/kind';
import type { TenantRuntime } from '../runtime';
import { progressOf, withSample, type Sample } from './progress';
import { firstRunReport, hadWork, type FirstRunReport, type FirstRunStatus } from './report';

/** Settings of first synchronisations that begin by themselves. */
export interface FirstRunOptions {
  readonly mode: FirstRunSettings['mode'];
  readonly startDate: string | null;
  /** So many employees at a time. */
  readonly atOnce: number;
}

/** What the schedule needs of its feed. */
export interface Surroundings {
  readonly tenant: TenantRuntime;
  readonly connection: string;
  readonly kinds: readonly Kind[];
  readonly settings: FirstRunOptions;
  /** Reads a folder unless that is under way, or waits after a failure. */
  readonly read: (employee: Employee, kind: Kind) => void;
  readonly failureOf: (employee: Employee) => SyncError | null;
  /** Something changed that the status shows. */
  readonly changed: () => void;
  readonly report: (report: FirstRunReport) => void;
  readonly failed: (error: SyncError) => void;
}

/** First synchronisations of one connection. */
export interface Schedule {
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  /** These employees are served from now on; folders that were never read get their runs. `all`: everybody in the ERP. */
  readonly serve: (served: readonly Employee[], all: readonly Employee[]) => Promise<void>;
  /** What reading a folder means now: its run, `usual` without one, or nothing as long as it waits for its turn. */
  readonly stepOf: (folder: Folder) => FirstRun | 'usual' | 'wait';
  /** Whether new items of the ERP must wait, because an equal one may be found in Exchange yet. */
  readonly holdsBack: (folder: Folder) => boolean;
  /** Looks again at once: a folder was read, or failed. */
  readonly look: () => void;
  /** Knows of a folder that was just read, before its rows are worked on. */
  readonly reload: () => Promise<void>;
  readonly restart: (folders: readonly Folder[], settings: FirstRunSettings) => Promise<void>;
  /** Null when there is nothing under way. */
  readonly status: () => FirstRunStatus | null;
}

/** ms between looks while runs are under way. */
const lookMs = 1_000;
/** Counting rows takes at most this share of the time. */
const countingShare = 20;

const keyOf = ({ employeeId, kind }: Folder): string => JSON.stringify([employeeId, kind]);
const isUnderWay = ({ state }: FirstRun): boolean => state === 'waiting' || state === 'running';
const waitsForPerson = ({ state, settings }: FirstRun): boolean => state === 'waiting' && settings.mode === 'manual';

/** The schedule of one inbound feed; nothing happens before `start`. */
export const createSchedule = (surroundings: Surroundings): Schedule => {
  const { tenant, connection, kinds, settings, read, failureOf, changed } = surroundings;
  const { firstRuns } = tenant.database.store;
  let served: ReadonlyMap<string, Employee> = new Map();
  /** Null until the employees were read: nobody knows then whose items must wait. */
  let everybody: ReadonlySet<string> | null = null;
  let runs: readonly FirstRun[] = [];
  let underWay: ReadonlyMap<string, FirstRun> = new Map();
  /** Waiting runs whose turn it is. */
  const turns = new Set<number>();
  let unfinished: ReadonlyMap<number, number> = new Map();
  let samples: readonly Sample[] = [];
  let timer: NodeJS.Timeout | null = null;
  let stopped = true;
  let again = false;
  let looking: Promise<void> | null = null;

  const employeeOf = ({ employeeId }: Folder): Employee | null => served.get(employeeId) ?? null;
  const isOurs = (run: FirstRun): boolean => kinds.includes(run.kind) && employeeOf(run) !== null;
  const isFailing = (run: FirstRun): boolean => {
    const employee = employeeOf(run);
    return employee !== null && failureOf(employee) !== null;
  };

  const load = async (): Promise<void> => {
    runs = await firstRuns.list({ connection, unreported: true });
    underWay = new Map(runs.filter(isUnderWay).map((run) => [keyOf(run), run]));
    for (const id of turns) if (!runs.some((run) => run.id === id && isUnderWay(run))) turns.delete(id);
  };

  /** Ends the runs whose last row has ended. */
  const finish = async (): Promise<void> => {
    const listed = runs.filter((run) => run.state === 'running' && run.listed);
    unfinished = listed.some((run) => rowsOf(run) > 0) ? await firstRuns.unfinishedRows() : new Map<number, number>();
    const done = listed.filter(({ id }) => !unfinished.has(id)).map(({ id }) => id);
    if (done.length === 0) return;
    await firstRuns.finish(done);
    await load();
  };

  /** A mailbox that fails takes nobody's place. */
  const takeTurns = (): void => {
    const ours = [...underWay.values()].filter((run) => isOurs(run) && !waitsForPerson(run));
    const hasTurn = (run: FirstRun): boolean => run.state === 'running' || turns.has(run.id);
    const busy = new Set(ours.filter((run) => hasTurn(run) && !isFailing(run)).map(({ employeeId }) => employeeId));
    for (const [employeeId, group] of Object.entries(groupBy(ours, (run) => run.employeeId))) {
      if (!busy.has(employeeId) && busy.size >= settings.atOnce && !group.some(hasTurn)) continue;
      if (!group.some(isFailing)) busy.add(employeeId);
      for (const run of group) turns.add(run.id);
    }
    for (const run of ours) {
      const employee = employeeOf(run);
      if (employee !== null && hasTurn(run) && !run.listed) read(employee, run.kind);
    }
  };

  const report = async (): Promise<void> => {
    const done = runs.filter(({ state }) => state === 'done');
    const open = runs.filter((run) => isUnderWay(run) && isOurs(run) && !waitsForPerson(run));
    if (done.length === 0 || open.some((run) => !isFailing(run))) return;
    await firstRuns.reported(done.map(({ id }) => id));
    runs = runs.filter((run) => run.state !== 'done');
    samples = [];
    const worked = done.filter(hadWork);
    if (worked.length === 0) return;
    const failing = [...new Set(open.map(({ employeeId }) => employeeId))].flatMap((employeeId) => {
      const employee = served.get(employeeId);
      const error = employee === undefined ? null : failureOf(employee);
      return employee === undefined || error === null ? [] : [{ employee, error }];
    });
    surroundings.report(firstRunReport({ tenant: tenant.name, connection }, worked, failing, await tenant.directory.employees()));
  };

  const sample = (): void => {
    const total = runs.reduce((sum, run) => sum + rowsOf(run), 0);
    const open = runs.reduce((sum, run) => sum + (run.state === 'running' ? Math.min(rowsOf(run), unfinished.get(run.id) ?? 0) : 0), 0);
    samples = withSample(samples, { at: performance.now(), done: total - open, total });
  };

  const lookOnce = async (): Promise<number> => {
    const begun = performance.now();
    await load();
    await finish();
    sample();
    takeTurns();
    await report();
    changed();
    return Math.max(lookMs, (performance.now() - begun) * countingShare);
  };

  const isIdle = (): boolean =>
    [...underWay.values()].every((run) => !isOurs(run) || waitsForPerson(run)) && !runs.some(({ state }) => state === 'done');

  const look = (): void => {
    if (stopped || everybody === null) return;
    if (looking !== null) {
      again = true;
      return;
    }
    if (timer !== null) clearTimeout(timer);
    timer = null;
    again = false;
    looking = lookOnce()
      .catch((thrown: unknown) => {
        surroundings.failed(toSyncError(thrown));
        return lookMs;
      })
      .then((waitMs) => {
        looking = null;
        if (again) look();
        else if (!stopped && !isIdle()) timer = setTimeout(look, waitMs);
      });
  };

  const status = (): FirstRunStatus | null => {
    const shown = runs.filter((run) => (isUnderWay(run) ? isOurs(run) && !waitsForPerson(run) : true));
    if (!shown.some(isUnderWay)) return null;
    const byEmployee = Object.values(groupBy(shown, (run) => run.employeeId));
    const finished = byEmployee.filter((group) => group.every((run) => !isUnderWay(run))).length;
    return { ...progressOf(samples), finished, mailboxes: byEmployee.length };
  };

  return {
    start: () => {
      stopped = false;
    },
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
    serve: async (employees, all) => {
      const folders = employees.flatMap(({ id }) => kinds.map((kind) => ({ employeeId: id, kind })));
      await firstRuns.plan(connection, folders, { mode: settings.mode, startDate: settings.startDate, changedSince: null });
      await load();
      served = new Map(employees.map((employee) => [employee.id, employee]));
      everybody = new Set(all.map(({ id }) => id));
      look();
    },
    stepOf: (folder) => {
      if (everybody === null) return 'wait';
      const run = underWay.get(keyOf(folder));
      if (run === undefined || (run.state === 'running' && run.listed)) return 'usual';
      return run.state === 'running' || turns.has(run.id) ? run : 'wait';
    },
    holdsBack: (folder) => {
      if (!kinds.includes(folder.kind)) return false;
      const run = underWay.get(keyOf(folder));
      return everybody?.has(folder.employeeId) !== true || (run !== undefined && !run.listed);
    },
    look,
    reload: load,
    restart: async (folders, wanted) => {
      await firstRuns.restart(connection, folders, wanted);
      await load();
      look();
    },
    status,
  };
};
