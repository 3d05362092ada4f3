/** Node-RED embedded in this process, with the pack as if it were installed. */
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import express from 'express';
import type { Express } from 'express';
import RED from 'node-red';

const packageName = '@exchange-erp/node-red-sync';

/** Where and with what Node-RED runs. */
export interface EmbeddedSettings {
  readonly host: string;
  readonly port: number;
  /** Environment variable that the port comes from, for the error text. */
  readonly portVariable: string;
  readonly userFolder: string;
  /** Absolute path of the flow file. */
  readonly flowFile: string;
  /** Folder of the built package. */
  readonly packageFolder: string;
  /** Further pages of the same server. */
  readonly mount: (app: Express) => void;
}

/** A running Node-RED. */
export interface EmbeddedNodeRed {
  readonly stop: () => Promise<void>;
}

const linkPackage = async (userFolder: string, packageFolder: string): Promise<void> => {
  const link = path.join(userFolder, 'node_modules', packageName);
  if ((await readlink(link).catch(() => null)) === packageFolder) return;
  await mkdir(path.dirname(link), { recursive: true });
  await rm(link, { force: true, recursive: true });
  await symlink(packageFolder, link, 'junction');
};

/** Key of Node-RED's credentials file; made at the first start, readable by its owner only. */
const credentialSecret = async (userFolder: string): Promise<string> => {
  const file = path.join(userFolder, '.credential-secret');
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== null) return known;
  const secret = randomBytes(32).toString('hex');
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
};

/** No welcome tour in front of the flow; the editor asks no catalogue on the internet for further nodes. */
const editorTheme = { page: { title: 'ERP ↔ Exchange' }, palette: { catalogues: [] }, projects: { enabled: false }, tours: false };

/** Nothing leaves this machine, and nobody is asked about it in front of the flow. */
const telemetry = { enabled: false, updateNotification: false };

/** Names port and remedy of a server that could not be started. */
export const portError = (port: number, variable: string, error: unknown): Error => {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`Port ${port} cannot be used (${reason}). Choose another with ${variable}.`);
};

/** Starts Node-RED and resolves when its flows run. Rejects with an Error that names the port and its variable. */
export const startNodeRed = async (settings: EmbeddedSettings): Promise<EmbeddedNodeRed> => {
  const { host, port, userFolder, flowFile, packageFolder } = settings;
  await linkPackage(userFolder, packageFolder);
  const app = express();
  settings.mount(app);
  const server = createServer(app);
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw portError(port, settings.portVariable, error);
  });
  const runtimeSettings = {
    uiPort: port,
    uiHost: host,
    userDir: userFolder,
    flowFile,
    credentialSecret: await credentialSecret(userFolder),
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    logging: { console: { level: 'warn', metrics: false, audit: false } },
    editorTheme,
    telemetry,
  } as const;
  RED.init(server, runtimeSettings);
  const started = new Promise<void>((resolve) => RED.events.once('flows:started', () => resolve()));
  await RED.start();
  app.use('/', RED.httpAdmin);
  app.use('/', RED.httpNode);
  await started;
  return {
    stop: async () => {
      await RED.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
