/** Both sides of a sync for a test: an Exchange simulator and an embedded ERP, started in one call and gone without a trace. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SQLOutputValue } from 'node:sqlite';
import type { NodeInitializer } from 'node-red';
import { startSimulator, type ItemView, type Simulator, type SimulatorOptions } from '../simulator/testing';
import { createTestErp, type ErpView, type TestErp } from './erp';
import { coreNodes, packNodes } from './nodes';
import { until, untilQuiet } from './wait';

/** How a site is started. */
export interface TestSiteOptions {
  /** E-mail addresses: each gets a mailbox and a record in the ERP. Default: `anna@x.test`. */
  readonly employees?: readonly string[];
  /** IANA zone of the ERP's and the mailboxes' local times; default Europe/Vienna. */
  readonly timeZone?: string;
  /** Environment variables that the flow reads besides those of the shipped flow, or instead of them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further settings of the simulator. */
  readonly exchange?: SimulatorOptions;
}

/** One row of the journal: what the sync did or has still to do. */
export interface JournalRow {
  readonly id: number;
  readonly direction: string;
  readonly kind: string;
  readonly operation: string;
  readonly state: string;
  readonly employee: string;
  readonly note: string | null;
  readonly noteCode: string | null;
}

/** A node of a flow as it stands in the flow file. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Properties that an item must have, e.g. `{ subject: 'Jour fixe' }`; a function decides by itself. */
export type Wanted<View> = Partial<View> | ((item: View) => boolean);

/** Both sides, and what a test needs between them. Waiting gives up after 15 s and says what was there instead. */
export interface TestSite {
  readonly exchange: Simulator;
  readonly erp: TestErp;
  /** Folder of everything the site keeps; removed at the end. */
  readonly folder: string;
  /** Environment variables that the shipped flow reads; set in this process until `close`. */
  readonly environment: Readonly<Record<string, string>>;
  /** This package's nodes and Node-RED's own, for `helper.load`. Takes the Node-RED that can be required from the test's folder. */
  readonly nodes: readonly NodeInitializer[];
  /** Reads a flow file. */
  readonly flow: (file: string) => Promise<readonly FlowNode[]>;
  /** Waits for an item in an employee's mailbox (calendar or tasks). */
  readonly inExchange: (employee: string, wanted: Wanted<ItemView>) => Promise<ItemView>;
  /** Waits for a record of an employee in the ERP. */
  readonly inErp: (employee: string, wanted: Wanted<ErpView>) => Promise<ErpView>;
  /** Waits until no such item is left. */
  readonly goneFromExchange: (employee: string, wanted: Wanted<ItemView>) => Promise<void>;
  readonly goneFromErp: (employee: string, wanted: Wanted<ErpView>) => Promise<void>;
  /** Waits until neither side is written and no journal row is open: nothing more comes. */
  readonly quiet: () => Promise<void>;
  readonly journal: () => readonly JournalRow[];
  /** Ends both sides, restores the environment and removes the folder. Unload the flow first. */
  readonly close: () => Promise<void>;
}

const service = { address: 'service@x.test', password: 'secret-of-the-service' } as const;

const environmentOf = (exchange: Simulator, erp: TestErp, timeZone: string): Readonly<Record<string, string>> => ({
  EWS_URL: exchange.url,
  EWS_USER: service.address,
  EWS_PASSWORD: service.password,
  EWS_PLAIN_HTTP: 'true',
  ERP_DRIVER: 'sqlite',
  ERP_DATABASE: erp.file,
  ERP_TIME_ZONE: timeZone,
  SMTP_HOST: '',
});

/** Sets variables in this process; the answer puts back what was there. */
const setEnvironment = (values: Readonly<Record<string, string>>): (() => void) => {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
};

const textOrNull = (value: SQLOutputValue | undefined): string | null => (value === null || value === undefined ? null : String(value));

/** The rows of the journal; none before the sync has been started for the first time. */
const journalOf = ({ database }: TestErp): readonly JournalRow[] => {
  const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_journal'").get() !== undefined;
  if (!isThere) return [];
  return database
    .prepare('SELECT * FROM sync_journal ORDER BY id')
    .all()
    .map((row) => ({
      id: Number(row['id']),
      direction: String(row['direction']),
      kind: String(row['kind']),
      operation: String(row['operation']),
      state: String(row['state']),
      employee: String(row['employee_id']),
      note: textOrNull(row['note']),
      noteCode: textOrNull(row['note_code']),
    }));
};

const fits = <View extends object>(item: View, wanted: Wanted<View>): boolean =>
  typeof wanted === 'function'
    ? wanted(item)
    : Object.entries(wanted).every(([name, value]) => JSON.stringify(Reflect.get(item, name)) === JSON.stringify(value));

const listed = (what: string, wanted: object, items: readonly object[]): string =>
  `${what} ${typeof wanted === 'function' ? 'that fits' : JSON.stringify(wanted)}; there were: ${JSON.stringify(items)}`;

const readFlow = async (file: string): Promise<readonly FlowNode[]> => {
  const flow: unknown = JSON.parse(await readFile(file, 'utf8'));
  const isFlow = (value: unknown): value is readonly FlowNode[] =>
    Array.isArray(value) && value.every((node: unknown) => typeof node === 'object' && node !== null && 'type' in node);
  if (!isFlow(flow)) throw new Error(`${file} is no flow`);
  return flow;
};

/** Starts a simulator with a mailbox, and an ERP with a record, for each employee. */
export async function startTestSite(options: TestSiteOptions = {}): Promise<TestSite> {
  const { employees = ['anna@x.test'], timeZone = 'Europe/Vienna' } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'exchange-erp-'));
  const erp = createTestErp(path.join(folder, 'erp.sqlite'), employees);
  const exchange = await startSimulator({
    mailboxes: employees.map((address) => ({ address, password: 'demo' })),
    zone: timeZone,
    ...options.exchange,
    serviceAccounts: [service, ...(options.exchange?.serviceAccounts ?? [])],
  });
  const environment = { ...environmentOf(exchange, erp, timeZone), ...options.environment };
  const restoreEnvironment = setEnvironment(environment);
  const inMailbox = (employee: string): readonly ItemView[] => [
    ...exchange.items(employee, 'calendar'),
    ...exchange.items(employee, 'tasks'),
  ];

  return {
    exchange,
    erp,
    folder,
    environment,
    get nodes() {
      return [...packNodes, ...coreNodes(path.join(process.cwd(), 'index.js'))];
    },
    flow: readFlow,
    inExchange: (employee, wanted) =>
      until(
        () => listed(`an item of ${employee} in Exchange`, wanted, inMailbox(employee)),
        () => inMailbox(employee).find((item) => fits(item, wanted)),
      ),
    inErp: (employee, wanted) =>
      until(
        () => listed(`a record of ${employee} in the ERP`, wanted, erp.items(employee)),
        () => erp.items(employee).find((item) => fits(item, wanted)),
      ),
    goneFromExchange: async (employee, wanted) => {
      await until(
        () => listed(`no item of ${employee} in Exchange`, wanted, inMailbox(employee)),
        () => !inMailbox(employee).some((item) => fits(item, wanted)),
      );
    },
    goneFromErp: async (employee, wanted) => {
      await until(
        () => listed(`no record of ${employee} in the ERP`, wanted, erp.items(employee)),
        () => !erp.items(employee).some((item) => fits(item, wanted)),
      );
    },
    quiet: () =>
      untilQuiet('the journal and the requests', () => {
        const rows = journalOf(erp);
        const waiting = rows.filter(({ state }) => state === 'open' || state === 'leased').length;
        return rows.length * 1_000 + waiting + exchange.requests.total() * 1_000_000;
      }),
    journal: () => journalOf(erp),
    close: async () => {
      erp.close();
      await exchange.close();
      restoreEnvironment();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
