/**
 * Chaos: a real Node-RED with the shipped flow, killed at random moments again and again, while people work on both sides without a pause.
 * People, sides and the final comparison are those of the histories.
 */
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { faultsOf } from '../histories/end-state';
import { service, zone } from '../histories/setting';
import { startWorld, type World } from '../histories/world';
import { createRandom, type Random } from '../support/fuzz/random';
import { createNodeRedProcess, type NodeRedProcess } from '../support/node-red-process';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { until, untilQuiet } from '../../testing/wait';
import { type Done, startPeople } from './people';

/** How much of it. */
export interface Chaos {
  readonly kills: number;
  readonly seed: number;
  /** Hears of each life. */
  readonly tell: (line: string) => void;
  /** Called with what is wrong while both sides are still there. */
  readonly keep: (world: World, evidence: Evidence) => void;
}

/** What became of it. */
export interface Outcome {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Whatever else is wrong: rows that did not end, sides that differ. */
  readonly otherwise: readonly string[];
  /** Acts of people. */
  readonly acts: number;
  /** Journal rows that were carried out. */
  readonly rows: number;
  /** Lives that were killed when their flows ran. */
  readonly ran: number;
  readonly seconds: number;
}

/** What whoever looks for the cause needs beside the database. */
export interface Evidence {
  readonly faults: readonly string[];
  readonly lives: readonly string[];
  readonly done: readonly Done[];
}

/** Nobody is there to release what the guard holds; it has tests of its own. */
const noLimits = { deletionCount: '1000000' };
const flow = () => withChanges(shippedFlow('bidirectional-sync.json'), { 'sync-notify': noLimits, 'sync-outbox': noLimits });

const pauseMs = 160;
/** From the start of the process; more than one life in three ends before its flows run. */
const longestStartMs = 3_000;
/** From the moment on when the flows run. */
const longestWorkMs = 2_000;

const environmentOf = ({ erp, simulator }: World): Readonly<Record<string, string>> => ({
  EWS_URL: simulator.url,
  EWS_USER: service.address,
  EWS_PASSWORD: service.password,
  EWS_PLAIN_HTTP: 'true',
  ERP_DRIVER: 'sqlite',
  ERP_DATABASE: erp.file,
  ERP_TIME_ZONE: zone,
  SMTP_HOST: '',
});

const number = ({ erp }: World, query: string): number => Number(erp.database.prepare(query).get()?.['n']);

/** One life: killed on the way to its first work, or in the middle of it. Answers what it was. */
const liveAndDie = async (nodeRed: NodeRedProcess, random: Random): Promise<string> => {
  const began = performance.now();
  const worksFirst = random.chance(0.6);
  if (worksFirst) await nodeRed.start();
  else await nodeRed.spawn();
  await wait(random.below(worksFirst ? longestWorkMs : longestStartMs));
  await nodeRed.kill();
  return `${worksFirst ? 'ran' : 'began'}, killed after ${Math.round(performance.now() - began)} ms`;
};

/** The last life, which nobody kills: until nothing waits and nothing happens. */
const settle = async (world: World, nodeRed: NodeRedProcess): Promise<void> => {
  let isListening = false;
  const hear = world.simulator.onRequest(({ operation }) => {
    if (operation === 'GetStreamingEvents') isListening = true;
  });
  const waiting = (): number =>
    number(world, "SELECT count(*) AS n FROM sync_journal WHERE state IN ('open', 'leased') AND operation <> 'connect'");
  await nodeRed.start();
  await until('the stream is open', () => isListening, 60_000);
  hear();
  for (const quietMs of [1_000, 2_000]) {
    await until(
      () =>
        `no journal row waits: ${JSON.stringify(world.erp.database.prepare("SELECT * FROM sync_journal WHERE state IN ('open', 'leased')").all())}`,
      () => waiting() === 0,
      240_000,
    );
    const happened = () => number(world, 'SELECT count(*) + (SELECT coalesce(sum(version), 0) FROM sync_link) AS n FROM sync_journal');
    await untilQuiet('both sides', () => happened() + 1e6 * world.simulator.requests.total(), quietMs);
  }
};

const isLost = (fault: string): boolean => /^(lost in|an item without link|a record without link)/.test(fault);
const isDoubled = (fault: string): boolean => /^(doubled in|deleted, and there again|a sync id that is there twice)/.test(fault);

/** Kills Node-RED as often as asked, lets it come to rest and compares. */
export const runChaos = async ({ kills, seed, tell, keep }: Chaos): Promise<Outcome> => {
  const began = performance.now();
  const random = createRandom(seed);
  const world = await startWorld();
  world.erp.database.exec('PRAGMA busy_timeout = 10000');
  const nodeRed = createNodeRedProcess({ folder: path.dirname(world.erp.file), environment: environmentOf(world) }, flow());
  const lives: string[] = [];
  try {
    const people = startPeople(world, createRandom(seed + 1), pauseMs);
    for (let life = 1; life <= kills; life += 1) {
      lives.push(`${new Date().toISOString()} ${await liveAndDie(nodeRed, random)}`);
      tell(`life ${life}: ${lives.at(-1) ?? ''}`);
    }
    const faults: string[] = [];
    await people.stop();
    await settle(world, nodeRed).catch((thrown: unknown) => faults.push(String(thrown)));
    await nodeRed.kill();
    faults.push(...(await faultsOf(world)));
    if (faults.length > 0) keep(world, { faults, lives, done: people.done() });
    return {
      lost: faults.filter(isLost),
      doubled: faults.filter(isDoubled),
      otherwise: faults.filter((fault) => !isLost(fault) && !isDoubled(fault)),
      acts: people.done().length,
      rows: number(world, "SELECT count(*) AS n FROM sync_journal WHERE state = 'done'"),
      ran: lives.filter((life) => life.includes(' ran, ')).length,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    await nodeRed.kill();
    await world.close();
  }
};
