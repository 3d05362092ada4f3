/** The Exchange simulator in-process: started, filled, watched, broken and ended by tests and by the demo. */
import type { AddressInfo } from 'node:net';
import { EwsError } from './errors';
import { createFaults, type Faults } from './faults';
import { writingOperations } from './operations';
import { createEwsServer, type SeenRequest } from './server';
import { openDatabase } from './storage/database';
import { distinguishedFolder } from './storage/folders';
import { itemsOfFolder } from './storage/items';
import { addMailbox } from './storage/mailboxes';
import { createSubscriptions } from './subscriptions';
import type { ItemForm } from './user/form';
import { createFromForm, deleteAsUser, idOf, itemOf, updateFromForm, userSession } from './user/mailbox-user';
import { viewOf, type ItemView } from './user/view';

export type { Fault, FaultAction, Faults } from './faults';
export type { AppointmentForm, ItemForm, RecurrenceForm, TaskForm } from './user/form';
export type { ItemView } from './user/view';
export type { SeenRequest } from './server';

/** A mailbox and its login. */
export interface MailboxAccount {
  readonly address: string;
  readonly password: string;
  readonly name?: string;
}

/** How a simulator is started; without a state file it keeps everything in memory. */
export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly mailboxes?: readonly MailboxAccount[];
  /** Accounts that may impersonate everyone. */
  readonly serviceAccounts?: readonly { readonly address: string; readonly password: string }[];
  readonly stateFile?: string;
  readonly now?: () => Date;
  /** Zone of a person's local times (IANA); default Europe/Vienna. */
  readonly zone?: string;
  /** Time between status events of a stream in ms; default 30 s. */
  readonly statusInterval?: number;
}

/** Requests since the start (or the last reset), by operation. */
export interface RequestCounters {
  readonly count: (operation: string) => number;
  readonly total: () => number;
  /** CreateItem, UpdateItem, DeleteItem and MoveItem together. */
  readonly writes: () => number;
  readonly byOperation: () => Readonly<Record<string, number>>;
  readonly reset: () => void;
}

/** A running simulator. */
export interface Simulator {
  /** Address of EWS. */
  readonly url: string;
  /** Address of the page for people. */
  readonly pageUrl: string;
  readonly port: number;
  readonly requests: RequestCounters;
  readonly faults: Faults;
  readonly addMailbox: (account: MailboxAccount) => void;
  /** Hears of each authenticated request before it is carried out; may be asynchronous, a rejection answers ErrorInternalServerError. */
  readonly onRequest: (listener: (seen: SeenRequest) => void | Promise<void>) => () => void;
  /** Hears of each answer after the work is committed and before it is sent. */
  readonly onResponse: (listener: (seen: SeenRequest, response: string) => void | Promise<void>) => () => void;
  /** What a folder (distinguished name) holds, oldest first. */
  readonly items: (address: string, folder: string) => readonly ItemView[];
  readonly item: (address: string, id: string) => ItemView;
  /** Acts as a person in the mailbox would; answers the item's id (create) or what it now is. */
  readonly create: (address: string, form: ItemForm, folder?: string) => string;
  readonly update: (address: string, id: string, form: ItemForm) => ItemView;
  readonly delete: (address: string, id: string, forGood?: boolean) => void;
  /** Forgets all subscriptions, as a server does that is restarted. */
  readonly dropSubscriptions: () => void;
  /** Cuts every open connection, streams too. */
  readonly dropConnections: () => void;
  readonly close: () => Promise<void>;
}

const listenersOf = <Arguments extends readonly unknown[]>(): {
  readonly add: (listener: (...given: Arguments) => void | Promise<void>) => () => void;
  readonly call: (...given: Arguments) => Promise<void>;
} => {
  const listeners = new Set<(...given: Arguments) => void | Promise<void>>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: async (...given) => {
      for (const listener of [...listeners]) await listener(...given);
    },
  };
};

const createCounters = (): RequestCounters & { readonly add: (operation: string) => void } => {
  const counts = new Map<string, number>();
  const sum = (wanted: (operation: string) => boolean): number =>
    [...counts].reduce((total, [name, count]) => total + (wanted(name) ? count : 0), 0);
  return {
    add: (operation) => void counts.set(operation, (counts.get(operation) ?? 0) + 1),
    count: (operation) => counts.get(operation) ?? 0,
    total: () => sum(() => true),
    writes: () => sum((name) => writingOperations.has(name)),
    byOperation: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  };
};

/** Starts a simulator; it answers as soon as the promise is fulfilled. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', now = () => new Date(), zone = 'Europe/Vienna', statusInterval = 30_000 } = options;
  const database = openDatabase(options.stateFile);
  for (const account of options.mailboxes ?? []) addMailbox(database, account);
  const services = new Map((options.serviceAccounts ?? []).map(({ address, password }) => [address.toLowerCase(), password]));
  const subscriptions = createSubscriptions(database);
  const faults = createFaults();
  const counters = createCounters();
  const requestListeners = listenersOf<[SeenRequest]>();
  const responseListeners = listenersOf<[SeenRequest, string]>();
  const server = createEwsServer({
    database,
    subscriptions,
    now,
    statusInterval,
    services,
    faults,
    zone,
    onRequest: (seen) => {
      counters.add(seen.operation);
      return requestListeners.call(seen);
    },
    onResponse: responseListeners.call,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actualPort = portOf(address);
  const session = (owner: string): ReturnType<typeof userSession> => userSession({ database, now }, owner, zone);

  return {
    url: `http://${host}:${actualPort}/EWS/Exchange.asmx`,
    pageUrl: `http://${host}:${actualPort}/`,
    port: actualPort,
    requests: counters,
    faults,
    addMailbox: (account) => void addMailbox(database, account),
    onRequest: requestListeners.add,
    onResponse: responseListeners.add,
    items: (owner, folderName) => {
      const user = session(owner);
      const folder = distinguishedFolder(database, user.mailbox?.id ?? 0, folderName);
      if (!folder) throw new EwsError('ErrorFolderNotFound');
      return itemsOfFolder(database, folder.id).map((item) => viewOf(item, user));
    },
    item: (owner, id) => viewOf(itemOf(session(owner), id), session(owner)),
    create: (owner, form, folder) => idOf(session(owner), createFromForm(session(owner), form, folder)),
    update: (owner, id, form) => viewOf(updateFromForm(session(owner), id, form), session(owner)),
    delete: (owner, id, forGood) => deleteAsUser(session(owner), id, forGood),
    dropSubscriptions: () => subscriptions.closeAll(),
    dropConnections: () => server.closeAllConnections(),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      subscriptions.stop();
      database.close();
    },
  };
}

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address ? address.port : 0);
