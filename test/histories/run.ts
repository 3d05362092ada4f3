/** Lives through one history: people act, things go wrong, the sync dies and lives again; then it comes to rest and the end is looked at. */
import { once } from 'node:events';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { FaultAction } from '../../simulator/testing';
import type { SyncError } from '../../lib/model/error';
import { createAdministrator, type Administrator } from './administrator';
import { startEngine, type Engine } from './engine';
import { faultsOf } from './end-state';
import type { Act, Death, faultActions, History } from './operations';
import { employees, service, zone } from './setting';
import { startWorld, type World } from './world';

/** How a history ended. */
export interface Ending {
  /** What is wrong, empty when nothing is. */
  readonly faults: readonly string[];
  /** What happened when, as the journal tells the time, for whoever looks for the cause. */
  readonly happened: readonly string[];
  /** What catch nodes heard. */
  readonly errors: readonly string[];
  /** The journal and the links as they are at the end. */
  readonly journal: readonly unknown[];
}

const [anna] = employees;

const actions: Readonly<Record<(typeof faultActions)[number], FaultAction>> = {
  dropBefore: { kind: 'dropBefore' },
  dropAfter: { kind: 'dropAfter' },
  truncate: { kind: 'truncate' },
  html500: { kind: 'html500' },
  html200: { kind: 'html200' },
  busyStatus: { kind: 'busy' },
  busyFault: { kind: 'busy', as: 'fault', backOffMs: 5 },
  busyMessages: { kind: 'busy', as: 'messages', backOffMs: 0 },
  transientFault: { kind: 'soapFault', code: 'ErrorInternalServerTransientError' },
  itemErrors: { kind: 'itemErrors', code: 'ErrorInternalServerError', share: 0.5 },
  largeBatch: { kind: 'largeBatch', items: 1 },
  delay: { kind: 'delay', ms: 15 },
  noAnswer: { kind: 'noAnswer' },
};

/** A death that waits for its moment. */
interface Armed {
  readonly at: Death['at'];
  left: number;
}

/** The sync of a world through all its lives. */
const createLives = (world: World, history: History, errors: string[]) => {
  let armed: Armed | null = null;
  const strikes = (at: Death['at']): boolean => {
    if (armed?.at !== at) return false;
    armed.left -= 1;
    if (armed.left > 0) return false;
    armed = null;
    return true;
  };
  const start = (): Engine =>
    startEngine({
      file: world.erp.file,
      url: world.simulator.url,
      user: service.address,
      password: service.password,
      timeZone: zone,
      rule: history.rule,
      error: ({ code, message }: SyncError) => errors.push(`${code}: ${message}`),
      diesAt: (sql) => {
        if (sql === 'rollback' || !strikes('statement')) return false;
        setImmediate(live);
        return true;
      },
    });
  let engine = start();
  const live = (): void => {
    engine.kill();
    engine = start();
  };
  world.simulator.onRequest(({ caller }) => {
    if (caller !== service.address || !strikes('request')) return;
    live();
    throw new Error('nobody is left who sent this request');
  });
  world.simulator.onResponse(({ caller }) => {
    if (caller === service.address && strikes('answer')) live();
  });
  return {
    now: () => engine,
    die: (death: Death) => {
      if (death.at === 'once') live();
      else armed = { at: death.at, left: death.nth };
    },
    disarm: () => {
      armed = null;
    },
  };
};

type Lives = ReturnType<typeof createLives>;

/**
 * Until every folder was read to its end. What is deleted between the last reading and the first one after the loss of the state is not taken for deleted by
 * design: it is missing from a list, which proves nothing, and the check tells of it.
 */
const heard = async ({ simulator }: World, lives: Lives): Promise<void> => {
  simulator.faults.clear();
  lives.disarm();
  const reads = simulator.requests.count('SyncFolderItems');
  const end = performance.now() + patienceMs;
  while (simulator.requests.count('SyncFolderItems') < reads + 4) {
    if (performance.now() > end) throw inVain('every folder is read');
    await look(lives);
    await wait(5);
  }
};

const strike = ({ simulator }: World, effect: Extract<Act, { do: 'strike' }>['effect']): void => {
  if (effect === 'dropSubscriptions') simulator.dropSubscriptions();
  else if (effect === 'dropConnections') simulator.dropConnections();
  else simulator.strike(effect, anna);
};

const patienceMs = 15_000;

const inVain = (what: string): Error => new Error(`waited in vain until ${what}`);

/** Looks that are late are no longer waited for. */
const look = async (lives: Lives): Promise<void> => {
  const late = AbortSignal.timeout(patienceMs);
  await Promise.race([lives.now().lookNow(), once(late, 'abort').then(() => Promise.reject(inVain('every folder is looked at')))]);
};

/** Whether nobody is in the middle of a transaction. */
const isFree = ({ erp }: World): boolean => {
  try {
    erp.database.exec('BEGIN IMMEDIATE');
    erp.database.exec('ROLLBACK');
    return true;
  } catch {
    return false;
  }
};

const happen = async (world: World, lives: Lives, administrator: Administrator, act: Act): Promise<void> => {
  // A person's program waits for the transaction of another; both share a thread here, so waiting must let the other go on.
  const end = performance.now() + patienceMs;
  while (!isFree(world)) {
    if (performance.now() > end) throw inVain('the ERP is free');
    await turn();
  }
  switch (act.do) {
    case 'create':
      world.create(act);
      break;
    case 'edit':
      world.edit(act);
      break;
    case 'delete':
      world.delete(act);
      break;
    case 'occurrence':
      await world.changeOccurrence(act);
      break;
    case 'move':
    case 'copy':
    case 'restore':
      await world.relocate(act);
      break;
    case 'fault': {
      const operation = act.operation === 'any' ? {} : { operation: act.operation };
      world.simulator.faults.add({ ...operation, account: service.address, times: act.times, action: actions[act.action] });
      break;
    }
    case 'strike':
      if (act.effect === 'loseSyncStates') await heard(world, lives);
      strike(world, act.effect);
      if (act.effect === 'loseSyncStates') await heard(world, lives);
      break;
    case 'option':
      await administrator.setOption(act);
      break;
    case 'defaults':
      await administrator.setDefaults();
      break;
    case 'decide':
      await administrator.decide(act);
      break;
    case 'lock': {
      const unlock = world.erp.lock();
      lives.now().erpWritten();
      await wait(30);
      unlock();
      break;
    }
    case 'kill':
      lives.die(act.death);
      break;
    case 'wait':
      await look(lives);
      await turns(100);
  }
  lives.now().erpWritten();
};

const turns = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await turn();
};

/** Rows that wait or are worked on, problems that are not over among them, and how many there are at all: what changes while anything happens. */
const progress = ({ erp, simulator }: World): { readonly waiting: number; readonly all: string } => {
  if (erp.database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_journal'").get() === undefined) return { waiting: 1, all: '' };
  const row = erp.database
    .prepare(
      `SELECT count(*) AS n, coalesce(sum(state IN ('open', 'leased')), 0) AS waiting,
        (SELECT coalesce(sum(version), 0) || ' ' || count(*) FROM sync_link) AS links FROM sync_journal`,
    )
    .get();
  return { waiting: Number(row?.['waiting']), all: `${String(row?.['n'])} ${String(row?.['links'])} ${simulator.requests.writes()}` };
};

const restWithinMs = 20_000;

/** Until two looks through everything changed nothing; false when it never comes to rest. */
const rest = async (world: World, lives: Lives): Promise<boolean> => {
  const end = performance.now() + restWithinMs;
  let quietLooks = 0;
  while (quietLooks < 2) {
    if (performance.now() > end) return false;
    const before = progress(world).all;
    const reads = world.simulator.requests.count('SyncFolderItems');
    await look(lives);
    for (let spins = 0; progress(world).waiting > 0 && spins < 60; spins += 1) await wait(5);
    await wait(15);
    const after = progress(world);
    const isQuiet = after.waiting === 0 && after.all === before && world.simulator.requests.count('SyncFolderItems') >= reads + 2;
    quietLooks = isQuiet ? quietLooks + 1 : 0;
  }
  return true;
};

/** A person has so many words to give at the end of the worst history. */
const mostWords = 100;

/** Runs a history to its end. */
export const runHistory = async (history: History): Promise<Ending> => {
  const world = await startWorld();
  const happened: string[] = [];
  const errors: string[] = [];
  const lives = createLives(world, history, errors);
  const administrator = createAdministrator(world.memory, lives.now);
  const liveThrough = async (): Promise<readonly string[]> => {
    for (const { pause, ...act } of history.operations) {
      happened.push(`${new Date().toISOString()} ${JSON.stringify(act)}`);
      await happen(world, lives, administrator, act);
      await turns(pause);
    }
    world.simulator.faults.clear();
    lives.disarm();
    await administrator.setDefaults();
    let rests = await rest(world, lives);
    for (let word = 0; rests && (await administrator.decide({ pick: word, look: history.words + word })); word += 1) {
      happened.push(`${new Date().toISOString()} word ${history.words + word}`);
      if (word >= mostWords) throw inVain('nothing waits for a person any more');
      rests = await rest(world, lives);
    }
    lives.now().kill();
    return [...(rests ? [] : ['it never comes to rest']), ...(await faultsOf(world))];
  };
  try {
    const faults = await liveThrough().catch((thrown: unknown) => [String(thrown)]);
    const journal =
      faults.length === 0
        ? []
        : ['sync_journal', 'sync_link'].flatMap((table) => world.erp.database.prepare(`SELECT * FROM ${table}`).all());
    return { faults, happened, errors, journal };
  } finally {
    lives.now().kill();
    await world.close();
  }
};
