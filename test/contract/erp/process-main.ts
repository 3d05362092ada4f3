/**
 * The program that `other-process.ts` starts: opens the database that the first line of its input names, prints `ready`, begins at the
 * second line, and kills itself before the statement that it was told. `drain` prints the id of every row that it was given; it holds the first
 * ones until the third line.
 */
import { createInterface } from 'node:readline';
import { openErpDatabase, type ErpConnection } from '../../../lib/erp/open';
import type { ErpDatabase } from '../../../lib/erp/store';
import { serviceRuns } from './service-run';
import { claimOf, done } from './subject';

interface Settings {
  readonly run: string;
  readonly dieAt: number | null;
  readonly now: number;
  readonly instance?: string;
  readonly connection: ErpConnection;
}

const isSettings = (value: unknown): value is Settings => typeof value === 'object' && value !== null && 'connection' in value;

const drain = async ({ store }: ErpDatabase, instance: string, goOn: () => Promise<unknown>): Promise<void> => {
  let held = false;
  for (let idle = 0; idle < 3;) {
    const claimed = [...(await store.claim(claimOf('outbound', instance, 7))), ...(await store.claim(claimOf('inbound', instance, 7)))];
    idle = claimed.length === 0 ? idle + 1 : 0;
    if (!held) {
      held = true;
      console.log('holds');
      await goOn();
    }
    const ends = claimed.map(({ entry }) => ({ journalId: entry.id, instance, outcome: done, link: { type: 'keep' } as const }));
    const closed = await store.close(ends);
    for (const [index, { journalId }] of ends.entries()) console.log(`${journalId} ${String(closed[index])}`);
  }
};

const work = async (settings: Settings, word: () => Promise<unknown>): Promise<void> => {
  let count: number | null = null;
  const database = await openErpDatabase({
    connection: settings.connection,
    timeZone: 'Europe/Vienna',
    tenant: 'test',
    now: () => new Date(settings.now),
    beforeStatement: () => {
      if (count !== null && count++ === settings.dieAt) process.kill(process.pid, 'SIGKILL');
    },
  });
  console.log('ready');
  await word();
  count = 0;
  if (settings.run === 'drain') return drain(database, settings.instance ?? 'a', word);
  const [, run] = Object.entries(serviceRuns).find(([name]) => name === settings.run) ?? [];
  if (run === undefined) throw new Error(`there is no run ${settings.run}`);
  await run(database, () => Promise.resolve());
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const start = async (): Promise<void> => {
  const { value } = await lines.next();
  const settings: unknown = JSON.parse(String(value));
  if (!isSettings(settings)) throw new Error('the settings cannot be read');
  await work(settings, () => lines.next());
};

start().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
