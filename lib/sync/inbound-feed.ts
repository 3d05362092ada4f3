/**
 * `ews-notify-in`: notifications say that something changed, SyncFolderItems says what, the journal keeps it, the claim loop sends it.
 * After every (re)connect and in a periodic sweep everything is caught up, so that a lost notification costs time, never a change.
 */
import groupBy from 'lodash/groupBy';
import type { WatchEvent } from '../exchange/connection';
import { SyncError, toSyncError } from '../model/error';
import type { Employee } from '../model/employee';
import type { FirstRun } from '../model/first-run';
import type { Kind } from '../model/kind';
import { createClaimLoop } from './claim-loop';
import { readFirstRun } from './first-run/read-folder';
import type { FirstRunReport } from './first-run/report';
import { createSchedule, type FirstRunOptions } from './first-run/schedule';
import { readFolderChanges } from './folder-changes';
import { isElsewhere, moveFolder } from './relist';
import type { DeletionLimits } from './guard';
import { mappedKinds, tellUnmapped } from './mapped-kinds';
import { buildInbound } from './messages/inbound';
import type { ExchangeRuntime, Feed, FeedEvents, WriteGate, TenantRuntime } from './runtime';

/** Settings of an inbound feed. */
export interface InboundFeedOptions {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly events: FeedEvents & {
    /** First synchronisations have ended. */
    readonly report: (report: FirstRunReport) => void;
  };
  readonly settings: {
    readonly maxInFlight: number;
    readonly firstRun: FirstRunOptions;
    /** ms between sweeps over all mailboxes. */
    readonly sweepMs: number;
    readonly kinds: readonly Kind[];
    readonly deletions: DeletionLimits;
  };
}

/** How often the employee table is read for new and departed employees, ms. */
const employeesMs = 15_000;
/** How often rows are looked for beside the wake-ups, ms. */
const lookMs = 1_000;
/** Stopping waits at most so long for a folder that is being read, ms. */
const stopMs = 10_000;

interface FolderWork {
  running: Promise<void> | null;
  again: boolean;
  retry: NodeJS.Timeout | null;
}

const keyOf = (employeeId: string, kind: Kind): string => `${kind} ${employeeId}`;
const mailboxOf = (employee: Pick<Employee, 'email'>): string => (employee.email ?? '').toLowerCase();

/** A feed of inbound messages; nothing happens before `start`. */
export const createInboundFeed = ({ tenant, exchange, events, settings }: InboundFeedOptions): Feed => {
  const { store } = tenant.database;
  const kinds = mappedKinds(tenant, settings.kinds);
  const folders = new Map<string, FolderWork>();
  const failed = new Map<string, SyncError>();
  const recovered = new Set<string>();
  /** Folders that were read in another mailbox than the employee's. */
  let elsewhere = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  /** Null until the employee table was read. */
  let known: string | null = null;
  let served: readonly Employee[] = [];
  let stream: 'connecting' | 'open' | { readonly error: SyncError; readonly retryInMs: number } = 'connecting';
  let erpFailure: { readonly error: SyncError; readonly retryInMs: number } | null = null;
  let inFlight = 0;
  let stopped = true;
  let watching = new AbortController();
  let watchEnded: Promise<void> = Promise.resolve();
  /** Notes about the stream are written one after the other: its end must not overtake its beginning. */
  let noted: Promise<unknown> = Promise.resolve();

  const showStatus = (): void => {
    if (stopped) return;
    if (erpFailure !== null) events.status({ state: 'waiting', ...erpFailure });
    else if (typeof stream === 'object') events.status({ state: 'waiting', ...stream });
    else if (stream === 'connecting') events.status({ state: 'connecting' });
    else {
      const needsPerson = [...failed.values()].some(({ scope }) => scope === 'configuration' || scope === 'login');
      const mailboxes = served.length - failed.size;
      const firstRun = schedule.status();
      events.status({ state: 'running', mailboxes, inFlight, failedMailboxes: failed.size, needsPerson, firstRun });
    }
  };

  const noteStream = (error: SyncError | null): void => {
    const kind = kinds[0] ?? 'appointment';
    noted = noted
      .then(async () => {
        if (error === null) await store.clearProblems(exchange.name, '');
        else await store.noteProblem({ connection: exchange.name, employeeId: '', kind, code: error.code, text: error.message });
      })
      .catch((thrown: unknown) => events.error(toSyncError(thrown), null));
  };

  const mailboxFailed = async (employee: Employee, kind: Kind, error: SyncError): Promise<number> => {
    const { waitMs, tell } = exchange.health.fail(mailboxOf(employee), error);
    failed.set(mailboxOf(employee), error);
    recovered.delete(mailboxOf(employee));
    showStatus();
    if (tell) events.error(error, null);
    await store
      .noteProblem({ connection: exchange.name, employeeId: employee.id, kind, code: error.code, text: error.message })
      .catch((thrown: unknown) => events.error(toSyncError(thrown), null));
    return waitMs;
  };

  const mailboxWorks = async (employee: Employee): Promise<void> => {
    const mailbox = mailboxOf(employee);
    exchange.health.succeed(mailbox);
    // The stream waits 50 minutes after a refused login; now it is known to be taken again.
    if (typeof stream === 'object' && stream.error.scope === 'login') rewatch();
    if (recovered.has(mailbox)) return;
    recovered.add(mailbox);
    failed.delete(mailbox);
    await store.clearProblems(exchange.name, employee.id);
    await store.hurry(employee.id);
    showStatus();
  };

  /** What a lost state leaves to be done is the schedule's. */
  const readAsUsual = async (employee: Employee, kind: Kind): Promise<void> => {
    const rows = await readFolderChanges({ tenant, exchange, employee, kind });
    if (rows === null) await schedule.serve(served, await tenant.directory.employees());
    else if (rows > 0) tenant.workWaiting.raise();
  };

  const readForTheFirstTime = async (employee: Employee, run: FirstRun): Promise<void> => {
    if (run.state === 'waiting') {
      // A folder that was read before tells its deletions now or never.
      if ((await store.folderState(exchange.name, employee.id, run.kind)) !== null)
        await readFolderChanges({ tenant, exchange, employee, kind: run.kind });
      if (!(await store.firstRuns.begin(run.id))) return;
    }
    await readFirstRun({ tenant, exchange, employee, run });
    await schedule.reload();
    await store.hurry(employee.id);
    tenant.workWaiting.raise();
  };

  /** What was read in a former mailbox of the employee is not asked for in the new one. */
  const followMailbox = async (employee: Employee, kind: Kind): Promise<void> => {
    if (!elsewhere.has(keyOf(employee.id, kind))) return;
    await moveFolder({ tenant, exchange, employee, kind });
    elsewhere.delete(keyOf(employee.id, kind));
    await store.hurry(employee.id);
    tenant.workWaiting.raise();
  };

  const readFolder = async (employee: Employee, kind: Kind, work: FolderWork): Promise<void> => {
    const step = schedule.stepOf({ employeeId: employee.id, kind });
    if (step === 'wait') return;
    try {
      await exchange.locks.hold(mailboxOf(employee), async () => {
        await followMailbox(employee, kind);
        await (step === 'usual' ? readAsUsual(employee, kind) : readForTheFirstTime(employee, step));
      });
      await mailboxWorks(employee);
      if (step !== 'usual') schedule.look();
    } catch (thrown) {
      const waitMs = await mailboxFailed(employee, kind, toSyncError(thrown));
      if (!stopped) work.retry = setTimeout(() => requestFolder(employee, kind), waitMs);
      schedule.look();
    }
  };

  const requestFolder = (employee: Employee, kind: Kind): void => {
    if (stopped) return;
    const key = keyOf(employee.id, kind);
    const work = folders.get(key) ?? { running: null, again: false, retry: null };
    folders.set(key, work);
    if (work.running !== null) {
      work.again = true;
      return;
    }
    if (work.retry !== null) clearTimeout(work.retry);
    work.retry = null;
    work.again = false;
    work.running = readFolder(employee, kind, work).then(() => {
      work.running = null;
      if (work.again) requestFolder(employee, kind);
    });
  };

  const schedule = createSchedule({
    tenant,
    connection: exchange.name,
    kinds,
    settings: settings.firstRun,
    read: (employee, kind) => {
      // Without a stream nothing answers; opening it reads every folder.
      if (stream !== 'open') return;
      const work = folders.get(keyOf(employee.id, kind));
      if (work === undefined || (work.running === null && work.retry === null)) requestFolder(employee, kind);
    },
    failureOf: (employee) => failed.get(mailboxOf(employee)) ?? null,
    changed: () => showStatus(),
    report: (report) => events.report(report),
    failed: (error) => {
      if (exchange.health.fail('first runs', error).tell) events.error(error, null);
    },
  });
  /** An address that this feed has not heard of may be another mailbox. */
  const isMoving = (employee: Pick<Employee, 'id' | 'email'>, kind: Kind): boolean => {
    const current = served.find(({ id }) => id === employee.id);
    return elsewhere.has(keyOf(employee.id, kind)) || (current !== undefined && mailboxOf(current) !== mailboxOf(employee));
  };
  const holdsBack = (...[employee, kind, isNew]: Parameters<WriteGate>): boolean =>
    kinds.includes(kind) &&
    (known === null || isMoving(employee, kind) || (isNew && schedule.holdsBack({ employeeId: employee.id, kind })));
  const gate: WriteGate = (employee, kind, isNew) => {
    if (!holdsBack(employee, kind, isNew)) return 'open';
    const current = served.find(({ id }) => id === employee.id);
    const own = current === undefined ? undefined : failed.get(mailboxOf(current));
    return own ?? (typeof stream === 'object' ? stream.error : 'held');
  };

  const requestAll = (employees: readonly Employee[]): void => {
    for (const employee of employees) for (const kind of kinds) requestFolder(employee, kind);
  };

  const byMailbox = (mailbox: string): readonly Employee[] => served.filter((employee) => mailboxOf(employee) === mailbox.toLowerCase());

  const onWatchEvent = (event: WatchEvent): void => {
    switch (event.type) {
      case 'changed':
        if (kinds.includes(event.kind)) for (const employee of byMailbox(event.mailbox)) requestFolder(employee, event.kind);
        return;
      case 'connected':
        stream = 'open';
        exchange.health.succeed('stream');
        noteStream(null);
        requestAll(event.mailboxes.flatMap(byMailbox));
        schedule.look();
        showStatus();
        return;
      case 'lost': {
        const error = toSyncError(event.error);
        stream = { error, retryInMs: event.retryInMs };
        // Whatever waits for this outage goes on as soon as its mailbox answers again.
        recovered.clear();
        noteStream(error);
        showStatus();
        if (exchange.health.fail('stream', error).tell) events.error(error, null);
        return;
      }
      case 'mailbox-failed':
        for (const employee of byMailbox(event.mailbox)) {
          void mailboxFailed(employee, kinds[0] ?? 'appointment', toSyncError(event.error));
        }
        return;
    }
  };

  const watch = async (signal: AbortSignal): Promise<void> => {
    try {
      for await (const event of exchange.connection.watch(served.map(mailboxOf), signal)) {
        if (signal.aborted) return;
        onWatchEvent(event);
      }
    } catch (thrown) {
      // The port promises not to throw; should an adapter break that promise, the sweep still finds every change.
      events.error(toSyncError(thrown), null);
    }
  };

  const rewatch = (): void => {
    watching.abort();
    watching = new AbortController();
    stream = served.length === 0 ? 'open' : 'connecting';
    const { signal } = watching;
    watchEnded = Promise.all([watchEnded, served.length === 0 ? Promise.resolve() : watch(signal)]).then(() => undefined);
    showStatus();
  };

  /** Two employees with one address would fill each other's calendar: only the first is served, and it is said. */
  const withoutDoubleAddresses = (employees: readonly Employee[]): readonly Employee[] =>
    Object.values(groupBy(employees, mailboxOf)).flatMap((group) => {
      const [first, second] = group;
      if (first !== undefined && second !== undefined) tellDoubleAddress(first, second);
      return first === undefined ? [] : [first];
    });

  const tellDoubleAddress = (first: Employee, second: Employee): void => {
    const text = `The employees ${first.id} and ${second.id} have the same e-mail address; only ${first.id} is synchronised. Correct one of them.`;
    const error = new SyncError('address-double', 'configuration', text, { employee: second.id });
    if (exchange.health.fail(`employee ${second.id}`, error).tell) events.error(error, null);
  };

  const findElsewhere = async (employees: readonly Employee[]): Promise<void> => {
    const folders = new Map((await store.folderMailboxes(exchange.name)).map((folder) => [keyOf(folder.employeeId, folder.kind), folder]));
    const moved = employees.flatMap((employee) =>
      kinds.map((kind) => keyOf(employee.id, kind)).filter((key) => isElsewhere(folders.get(key), mailboxOf(employee))),
    );
    elsewhere = new Set(moved);
  };

  const refreshEmployees = async (): Promise<void> => {
    const all = await tenant.directory.employees();
    const now = withoutDoubleAddresses(
      all.filter((employee) => employee.active && mailboxOf(employee) !== '' && exchange.serves(employee)),
    );
    const keys = (employees: readonly Employee[]) => employees.map((employee) => `${employee.id} ${mailboxOf(employee)}`).join('\n');
    const changed = keys(now) !== known;
    if (changed) await findElsewhere(now);
    known = keys(now);
    served = now;
    await schedule.serve(now, all);
    if (changed) rewatch();
  };

  const loop = createClaimLoop({
    tenant,
    direction: 'inbound',
    kinds,
    connection: exchange.name,
    intervalMs: lookMs,
    maxInFlight: settings.maxInFlight,
    deletions: settings.deletions,
    health: exchange.health,
    build: (claimed) => buildInbound(tenant, exchange, claimed),
    events,
    looked: (result) => {
      erpFailure = 'error' in result ? result : null;
      if ('inFlight' in result) inFlight = result.inFlight;
      showStatus();
    },
  });

  const every = (intervalMs: number, task: () => void): void => {
    timers.add(setInterval(task, intervalMs));
  };

  const refresh = (): void => {
    refreshEmployees().catch((thrown: unknown) => {
      const error = toSyncError(thrown);
      const { tell, waitMs } = exchange.health.fail('employees', error);
      erpFailure = { error, retryInMs: Math.min(waitMs, employeesMs) };
      showStatus();
      if (tell) events.error(error, null);
    });
  };

  return {
    start: () => {
      if (!stopped) return;
      stopped = false;
      events.status({ state: 'connecting' });
      exchange.writeGates.add(gate);
      schedule.start();
      tellUnmapped(tenant, settings.kinds, events);
      refresh();
      every(employeesMs, refresh);
      every(settings.sweepMs, () => requestAll(served));
      loop.start();
    },
    stop: async () => {
      stopped = true;
      exchange.writeGates.delete(gate);
      watching.abort();
      for (const timer of timers) clearInterval(timer);
      timers.clear();
      for (const work of folders.values()) if (work.retry !== null) clearTimeout(work.retry);
      const patience = new Promise<void>((resolve) => setTimeout(resolve, stopMs).unref());
      const ended = Promise.all([loop.stop(), schedule.stop(), watchEnded, noted, ...[...folders.values()].map((work) => work.running)]);
      await Promise.race([ended, patience]);
      events.status({ state: 'stopped' });
    },
    synchroniseNow: async (employeeId) => {
      exchange.connection.tryLoginAgain();
      await store.hurry(employeeId);
      requestAll(served.filter((employee) => employeeId === null || employee.id === employeeId));
      loop.wake();
    },
    startFirstRuns: async ({ employeeIds, kinds: wanted, settings: asked }) => {
      const whose = served.filter(({ id }) => employeeIds === null || employeeIds.includes(id));
      const which = kinds.filter((kind) => wanted === null || wanted.includes(kind));
      const chosen = whose.flatMap(({ id }) => which.map((kind) => ({ employeeId: id, kind })));
      await schedule.restart(chosen, asked);
      return chosen.length;
    },
  };
};
