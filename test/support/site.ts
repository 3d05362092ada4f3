/**
 * A whole site for flow tests: Exchange simulator, ERP file and the real Node-RED, embedded in this process with a shipped flow.
 * The built package is used, as an integrator would install it. One site per test process: Node-RED is a singleton.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import RED from 'node-red';
import type { NodeMessage } from 'node-red';
import { startNodeRed } from '../../demo/node-red';
import { startTestSite } from '../../testing';
import type { FlowNode, JournalRow, Simulator } from '../../testing';
import { freePort } from './free-port';

export const packageFolder = path.join(__dirname, '..', '..');
export const service = { address: 'sync@x.test', password: 'secret-of-the-service' } as const;

/** Employees of the test firm; id is the position, from 1. */
export const employees = ['anna@x.test', 'ben@x.test', 'cora@x.test'] as const;

export type { FlowNode, JournalRow } from '../../testing';

/** An error as a catch node sees it. */
export interface CaughtError {
  readonly code: string | null;
  readonly message: string;
  readonly source: string;
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
  /** Waits until nothing is written any more. */
  readonly quiet: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface BothSidesOptions {
  /** Environment variables that differ. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of the firm's three; id is the position, from 1. */
  readonly employees?: readonly string[];
  /** SQL that a person ran in the ERP before the sync was ever started. */
  readonly erpBefore?: string;
}

/** Starts both sides with empty mailboxes and an ERP that has employees and two activity types. */
export const startBothSides = async ({
  environment = {},
  employees: firm = employees,
  erpBefore = '',
}: BothSidesOptions = {}): Promise<BothSides> => {
  const site = await startTestSite({
    employees: firm,
    environment: { EWS_USER: service.address, EWS_PASSWORD: service.password, ...environment },
    exchange: { serviceAccounts: [service] },
  });
  site.erp.database.exec("INSERT INTO activity_type (id, no, description) VALUES (1, '5', 'Task'), (2, '7', 'Besprechung')");
  site.erp.database.exec(erpBefore);
  return {
    folder: site.folder,
    database: site.erp.file,
    simulator: site.exchange,
    erp: site.erp.database,
    journal: site.journal,
    environment: site.environment,
    quiet: site.quiet,
    close: site.close,
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
    stopNodeRed,
    stop: async () => {
      await stopNodeRed();
      await sides.close();
    },
  };
};
