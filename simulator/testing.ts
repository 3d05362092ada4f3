/** The Exchange simulator in-process: started, filled, watched, broken and ended by tests and by the demo. */
import type { Server } from 'node:http';
import { EwsError } from './errors';
import { createCounters, type RequestCounters } from './counters';
import { createFaults, type Faults } from './faults/active';
import { strikeMailbox, type MailboxEffect } from './faults/effects';
import { createCertificate } from './http/certificate';
import { listening } from './http/listening';
import { createRequestLog, type LoggedRequest } from './http/request-log';
import { createThrottle, defaultThrottling } from './http/throttle';
import { refile } from './items/filing';
import { listenersOf } from './listeners';
import { createLogin, loginSchemes } from './login/login';
import { createTokens, type Tokens } from './login/tokens';
import type { MailboxAccount, SimulatorOptions } from './options';
import { realSchedule } from './notifications/schedule';
import { createEwsServer, createSecureEwsServer, type SeenRequest, type ServerParts } from './server';
import { openDatabase } from './storage/database';
import { distinguishedFolder } from './storage/folders';
import { itemsOfFolder } from './storage/items';
import { putGroup } from './storage/groups';
import { addMailbox, findMailbox, listMailboxes, sidOf, type Mailbox } from './storage/mailboxes';
import { createSubscriptions } from './notifications/subscriptions';
import { formatUtc } from './time';
import type { ItemForm } from './user/form';
import { createFromForm, deleteAsUser, idOf, itemOf, updateFromForm, userSession } from './user/mailbox-user';
import { viewOf, type ItemView } from './user/view';
import { serverVersions } from './version';

export type { RequestCounters } from './counters';
export type { ActiveFault, Faults } from './faults/active';
export type { Fault, FaultAction, FaultRule, PlainFault } from './faults/fault';
export type { MailboxEffect } from './faults/effects';
export type { LoggedRequest } from './http/request-log';
export type { ServiceAccount } from './login/accounts';
export type { LoginScheme } from './login/login';
export type { AccessToken } from './login/tokens';
export type { GroupAccount, MailboxAccount, SimulatorOptions } from './options';
export type { Schedule } from './notifications/schedule';
export type { Release } from './version';
export type { AppointmentForm, ItemForm, RecurrenceForm, TaskForm } from './user/form';
export type { ItemView } from './user/view';
export type { SeenRequest } from './server';

/** A running simulator. */
export interface Simulator {
  /** Address of EWS. */
  readonly url: string;
  /** Address of EWS over TLS, where `https` was asked for; clients trust it by `certificate` (PEM). */
  readonly secureUrl?: string;
  readonly certificate?: string;
  /** Address of the page for people. */
  readonly pageUrl: string;
  readonly port: number;
  readonly requests: RequestCounters;
  readonly faults: Faults;
  /** The last 50 requests, newest first. */
  readonly lastRequests: () => readonly LoggedRequest[];
  /** Creates a mailbox, or changes the one with this address. */
  readonly addMailbox: (account: MailboxAccount) => void;
  /** Makes up a token that logs an account in, for some ms or for ever. */
  readonly issueToken: Tokens['issue'];
  readonly revokeToken: Tokens['revoke'];
  /** Security identifier of a mailbox's account, as impersonation by SID names it. */
  readonly sid: (address: string) => string;
  /** Lets a mailbox lose the sync states or subscriptions that clients hold of it, or gives all in it new ids, as a migration does. */
  readonly strike: (effect: MailboxEffect, address: string) => void;
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

const largestRequest = 35 * 1024 * 1024;
const requestTimeout = 120_000;

/** Starts a simulator; it answers as soon as the promise is fulfilled. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', now = () => new Date(), zone = 'Europe/Vienna', statusInterval = 30_000, release = 2016 } = options;
  const database = openDatabase(options.stateFile);
  refile(database);
  const add = (account: MailboxAccount): void => {
    addMailbox(database, { zone, ...account }, formatUtc(now()));
  };
  options.mailboxes?.forEach(add);
  for (const group of options.groups ?? []) putGroup(database, { ...group, rooms: false });
  for (const list of options.rooms ?? []) putGroup(database, { ...list, rooms: true });
  const services = new Map((options.serviceAccounts ?? []).map((account) => [account.address.toLowerCase(), account]));
  const throttling = { ...defaultThrottling, ...options.throttling };
  const subscriptions = createSubscriptions(database, {
    now,
    schedule: options.schedule ?? realSchedule,
    most: throttling.subscriptions,
  });
  const faults = createFaults(options.faultSeed ?? 1);
  const tokens = createTokens(options.tokens ?? [], now);
  const log = createRequestLog();
  const counters = createCounters();
  const requestListeners = listenersOf<[SeenRequest]>();
  const responseListeners = listenersOf<[SeenRequest, string]>();
  const parts: ServerParts = {
    database,
    subscriptions,
    now,
    statusInterval,
    faults,
    zone,
    tokens,
    log,
    login: createLogin({ database, services }, tokens, options.loginSchemes ?? loginSchemes, now),
    throttle: createThrottle(throttling),
    largestRequest: options.largestRequest ?? largestRequest,
    onRequest: (seen) => {
      counters.add(seen.operation);
      return requestListeners.call(seen);
    },
    onResponse: responseListeners.call,
    release,
    autodiscover: {
      database,
      redirects: options.autodiscoverRedirects ?? {},
      baseUrl: () => secureUrl ?? plainUrl,
      version: serverVersions[release],
    },
  };
  const domains = [...new Set(listMailboxes(database).map(({ address }) => address.toLowerCase().split('@')[1] ?? ''))];
  const certificate = options.https === true ? await createCertificate(domains) : undefined;
  const server = createEwsServer(parts, options.requestTimeout ?? requestTimeout);
  const secure = certificate && createSecureEwsServer(parts, options.requestTimeout ?? requestTimeout, certificate);
  const servers = secure ? [server, secure] : [server];
  const close = async (): Promise<void> => {
    for (const each of servers) each.closeAllConnections();
    await Promise.all(servers.map((each) => new Promise((resolve) => each.close(resolve))));
    subscriptions.stop();
    database.close();
  };
  const listen = (each: Server, wanted: number): Promise<number> =>
    listening(each, wanted, host).catch(async (error: unknown) => {
      await close();
      throw error;
    });
  const actualPort = await listen(server, port);
  const plainUrl = `http://${host}:${actualPort}`;
  const securePort = secure && (await listen(secure, options.httpsPort ?? 0));
  const secureUrl = securePort === undefined ? undefined : `https://${host}:${securePort}`;
  const session = (owner: string): ReturnType<typeof userSession> => userSession({ database, now }, owner, zone);

  const mailboxOf = (owner: string): Mailbox => {
    const mailbox = findMailbox(database, owner);
    if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
    return mailbox;
  };

  return {
    url: `${plainUrl}/EWS/Exchange.asmx`,
    ...(secureUrl === undefined ? {} : { secureUrl: `${secureUrl}/EWS/Exchange.asmx` }),
    ...(certificate ? { certificate: certificate.cert } : {}),
    pageUrl: `${plainUrl}/`,
    port: actualPort,
    requests: counters,
    faults,
    lastRequests: log.list,
    addMailbox: add,
    issueToken: tokens.issue,
    revokeToken: tokens.revoke,
    sid: (owner) => sidOf(database, mailboxOf(owner).id),
    strike: (effect, owner) => strikeMailbox({ database, subscriptions }, effect, owner),
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
    dropConnections: () => {
      for (const each of servers) each.closeAllConnections();
    },
    close,
  };
}
