/** A site whose ERP has tables of its own: one of the worked mappings of docs/mappings, through the shipped flow. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { ItemView } from '../../simulator/testing';
import { until, untilQuiet } from '../../testing/wait';
import { shippedFlow } from './shipped-flow';
import { packageFolder, startSite, type Site } from './site';

/** A row of a table or of the journal. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** What a change set off. */
export interface Effects {
  readonly exchangeWrites: number;
  /** New journal rows: direction, kind, operation, state. */
  readonly rows: readonly string[];
}

export interface MappedSite extends Pick<Site, 'simulator' | 'errors' | 'stop'> {
  /** A second program's connection to the ERP: knows nothing of the sync. */
  readonly erp: DatabaseSync;
  readonly run: (sql: string, ...values: readonly SQLInputValue[]) => void;
  /** The first row, undefined when there is none. */
  readonly row: (sql: string, ...values: readonly SQLInputValue[]) => Row | undefined;
  readonly inMailbox: (employee: string, folder: 'calendar' | 'tasks', subject: string) => ItemView | undefined;
  /** Runs a change until it has `arrived` and nothing is written any more. */
  readonly effectsOf: (change: () => unknown, arrived: () => unknown) => Promise<Effects>;
  readonly journal: () => readonly Row[];
}

const read = (file: string): string => readFileSync(path.join(packageFolder, 'docs', 'mappings', file), 'utf8');

/** Starts both sides. `people`: SQL that enters the employees; `change`: the mapping's text as this test needs it. */
export const startMappedSite = async (name: string, people: string, change = (text: string): string => text): Promise<MappedSite> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mapped-erp-'));
  const file = path.join(folder, 'erp.sqlite');
  const erp = new DatabaseSync(file);
  erp.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
  erp.exec(read(`${name}.sqlite.sql`));
  erp.exec(people);
  const mapping = change(read(`${name}.json`));
  const site = await startSite(shippedFlow('bidirectional-sync.json'), { environment: { ERP_DATABASE: file, ERP_MAPPING: mapping } });
  const journal = (): readonly Row[] => erp.prepare('SELECT * FROM sync_journal ORDER BY id').all();
  const quiet = () =>
    untilQuiet('the journal and the requests', () => {
      const rows = journal();
      const waiting = rows.filter(({ state }) => state === 'open' || state === 'leased').length;
      return rows.length * 1_000 + waiting + site.simulator.requests.total() * 1_000_000;
    });
  const openStreams = () => site.simulator.requests.count('GetStreamingEvents') > 0;
  await until(() => `the streams are open; errors: ${JSON.stringify(site.errors)}`, openStreams, 30_000);
  await quiet();
  return {
    simulator: site.simulator,
    errors: site.errors,
    erp,
    run: (sql, ...values) => void erp.prepare(sql).run(...values),
    row: (sql, ...values) => erp.prepare(sql).get(...values),
    inMailbox: (employee, folderName, subject) => site.simulator.items(employee, folderName).find((item) => item.subject === subject),
    effectsOf: async (act, arrived) => {
      await quiet();
      const writes = site.simulator.requests.writes();
      const before = journal().length;
      await act();
      await until('the change has arrived', () => Boolean(arrived()));
      await quiet();
      const rows = journal()
        .slice(before)
        .map((row) => [row['direction'], row['kind'], row['operation'], row['state']].map(String).join(' '));
      return { exchangeWrites: site.simulator.requests.writes() - writes, rows };
    },
    journal,
    stop: async () => {
      await site.stop();
      erp.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
