/**
 * A whole site for flow tests: Exchange simulator, ERP file and the real Node-RED, embedded in this process with a shipped flow.
 * The built package is used, as an integrator would install it. One site per test process: Node-RED is a singleton.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import RED from 'node-red';
import type { NodeMessage } from 'node-red';
import { startNodeRed } from '../../demo/node-red';
import { referenceSchema } from '../../lib/erp/schema/reference';
import { startSimulator } from '../../simulator/testing';
import type { Simulator } from '../../simulator/testing';
import { freePort } from './free-port';
import { untilQuiet } from './until';

export const packageFolder = path.join(__dirname, '..', '..');
export const service = { address: 'sync@x.test', password: 'secret-of-the-service' } as const;

/** Employees of the test firm; id is the position, from 1. */
export const employees = ['anna@x.test', 'ben@x.test', 'cora@x.test'] as const;

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** An error as a catch node sees it. */
export interface CaughtError {
  readonly code: string | null;
  readonly message: string;
  readonly source: string;
}

export interface JournalRow {
  readonly id: number;
  readonly direction: string;
  readonly kind: string;
  readonly operation: string;
  readonly state: string;
  readonly employee_id: string;
  readonly note: string | null;
  readonly note_code: string | null;
}

/** Simulator and ERP without Node-RED. */
export interface BothSides {
  readonly folder: string;
  readonly database: string;
  readonly simulator: Simulator;
  /** A second program's connection to the ERP: knows nothing of the sync. */
  readonly erp: DatabaseSync;
  readonly journal: () => readonly JournalRow[];
  /** Environment of the shipped flow. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export interface BothSidesOptions {
  /** Environment variables that differ. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stateFile?: boolean;
  /** SQL that a person ran in the ERP before the sync was ever started. */
  readonly erpBefore?: string;
}

const text = (value: SQLOutputValue | undefined): string => String(value);
const textOrNull = (value: SQLOutputValue | undefined): string | null => (value === null || value === undefined ? null : String(value));

const journalRow = (row: Readonly<Record<string, SQLOutputValue>>): JournalRow => ({
  id: Number(row['id']),
  direction: text(row['direction']),
  kind: text(row['kind']),
  operation: text(row['operation']),
  state: text(row['state']),
  employee_id: text(row['employee_id']),
  note: textOrNull(row['note']),
  note_code: textOrNull(row['note_code']),
});

/** Starts both sides with empty mailboxes and an ERP that has employees and two activity types. */
export const startBothSides = async ({ environment = {}, erpBefore = '' }: BothSidesOptions = {}): Promise<BothSides> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'site-'));
  const database = path.join(folder, 'erp.sqlite');
  const erp = new DatabaseSync(database);
  erp.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000');
  for (const statement of referenceSchema) erp.exec(statement);
  employees.forEach((address, index) =>
    erp.prepare('INSERT INTO employee (id, name, email) VALUES (?, ?, ?)').run(index + 1, address.split('@')[0] ?? '', address),
  );
  erp.exec("INSERT INTO activity_type (id, no, description) VALUES (1, '5', 'Task'), (2, '7', 'Besprechung')");
  erp.exec(erpBefore);
  const simulator = await startSimulator({
    mailboxes: employees.map((address) => ({ address, password: 'demo' })),
    serviceAccounts: [service],
  });
  return {
    folder,
    database,
    simulator,
    erp,
    journal: () => erp.prepare('SELECT * FROM sync_journal ORDER BY id').all().map(journalRow),
    environment: {
      EWS_URL: simulator.url,
      EWS_USER: service.address,
      EWS_PASSWORD: service.password,
      EWS_PLAIN_HTTP: 'true',
      ERP_DRIVER: 'sqlite',
      ERP_DATABASE: database,
      ERP_TIME_ZONE: 'Europe/Vienna',
      SMTP_HOST: '',
      ...environment,
    },
    close: async () => {
      erp.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export interface Site extends BothSides {
  readonly editor: string;
  readonly errors: CaughtError[];
  /** Last status of a node. */
  readonly statusOf: (id: string) => { readonly fill?: string; readonly shape?: string; readonly text?: string } | null;
  /** Gives a message to a node, as a wire would. */
  readonly send: (id: string, message: NodeMessage) => void;
  /** Messages that reached a node of the flow. */
  readonly messagesAt: (id: string) => readonly Record<string, unknown>[];
  /** Waits until nothing is written any more. */
  readonly quiet: () => Promise<void>;
  /** Ends Node-RED; both sides stay. */
  readonly stopNodeRed: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const errorsNode = 'test-errors';

/** Catches every error of the tab and makes them visible to the test. */
const withErrorsNode = (flow: readonly FlowNode[]): readonly FlowNode[] => {
  const tab = flow.find((node) => node.type === 'tab')?.id ?? '';
  return [
    ...flow,
    { id: 'test-catch', type: 'catch', z: tab, name: 'all', scope: null, uncaught: false, x: 100, y: 900, wires: [[errorsNode]] },
    { id: errorsNode, type: 'junction', z: tab, x: 300, y: 900, wires: [[]] },
  ];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const caught = (message: unknown): CaughtError => {
  const error = isObject(message) && isObject(message['error']) ? message['error'] : {};
  const source = isObject(error['source']) ? String(error['source']['type']) : '';
  return { code: typeof error['code'] === 'string' ? error['code'] : null, message: String(error['message']), source };
};

export interface SiteOptions extends BothSidesOptions {
  /** Nodes whose incoming messages the test reads. */
  readonly watched?: readonly string[];
  /** Fills both sides before Node-RED starts. */
  readonly prepare?: (sides: BothSides) => void;
}

/** Starts a site with a flow; beside the flow's own catch nodes there is one that the test reads. */
export const startSite = async (flow: readonly FlowNode[], options: SiteOptions = {}): Promise<Site> => {
  const sides = await startBothSides(options);
  options.prepare?.(sides);
  Object.assign(process.env, sides.environment);
  const flowFile = path.join(sides.folder, 'flows.json');
  await writeFile(flowFile, JSON.stringify(withErrorsNode(flow)));
  const statuses = new Map<string, Readonly<Record<string, string>>>();
  const onStatus = ({ id, status }: { readonly id: string; readonly status: Readonly<Record<string, string>> }) => statuses.set(id, status);
  RED.events.on('node-status', onStatus);
  const port = await freePort();
  const nodeRed = await startNodeRed({
    host: '127.0.0.1',
    port,
    portVariable: 'PORT',
    userFolder: sides.folder,
    flowFile,
    packageFolder,
    mount: () => undefined,
  });
  let running = true;
  const stopNodeRed = async (): Promise<void> => {
    if (!running) return;
    running = false;
    RED.events.off('node-status', onStatus);
    await nodeRed.stop();
  };
  const errors: CaughtError[] = [];
  RED.nodes.getNode(errorsNode).on('input', (message) => errors.push(caught(message)));
  const arrived = new Map<string, Record<string, unknown>[]>();
  for (const id of options.watched ?? []) {
    const list: Record<string, unknown>[] = [];
    arrived.set(id, list);
    RED.nodes.getNode(id).on('input', (message) => list.push({ ...message }));
  }
  return {
    ...sides,
    editor: `http://127.0.0.1:${port}/`,
    errors,
    statusOf: (id) => statuses.get(id) ?? null,
    send: (id, message) => RED.nodes.getNode(id).receive(message),
    messagesAt: (id) => arrived.get(id) ?? [],
    quiet: () =>
      untilQuiet('the journal and the requests', () => {
        const row = sides.erp
          .prepare("SELECT count(*) AS rows, coalesce(sum(state IN ('open', 'leased')), 0) AS waiting FROM sync_journal")
          .get();
        return Number(row?.['rows']) * 1_000 + Number(row?.['waiting']) + sides.simulator.requests.total() * 1_000_000;
      }),
    stopNodeRed,
    stop: async () => {
      await stopNodeRed();
      await sides.close();
    },
  };
};
