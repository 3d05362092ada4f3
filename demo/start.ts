/**
 * `npm start`: the whole product on loopback: sample firm, Exchange simulator, ERP page and Node-RED with the shipped flow. State lives in
 * DEMO_DIR; a restart carries on.
 */
import { once } from 'node:events';
import { copyFile, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import express from 'express';
import RED from 'node-red';
import { startSimulator } from '../simulator/testing';
import { createErpPage } from './erp-page';
import { installSampleFirm, sampleMailboxes } from './sample-firm';
import { readDemoSettings, serviceAccount } from './settings';
import type { DemoSettings } from './settings';

const host = '127.0.0.1';
/** `dist/demo` → the package. */
const packageFolder = path.join(__dirname, '..', '..');
const packageName = '@exchange-erp/node-red-sync';

/** Node-RED finds the pack as if it were installed. */
const linkPackage = async (userFolder: string): Promise<void> => {
  const link = path.join(userFolder, 'node_modules', packageName);
  if ((await readlink(link).catch(() => null)) === packageFolder) return;
  await mkdir(path.dirname(link), { recursive: true });
  await rm(link, { force: true, recursive: true });
  await symlink(packageFolder, link, 'junction');
};

/** The flow reads everything that differs from site to site from the environment. */
const setEnvironment = (settings: DemoSettings): void => {
  const values: Readonly<Record<string, string>> = {
    EWS_URL: `http://${host}:${settings.ewsPort}/EWS/Exchange.asmx`,
    EWS_USER: serviceAccount.address,
    EWS_PASSWORD: serviceAccount.password,
    EWS_PLAIN_HTTP: 'true',
    ERP_DRIVER: 'sqlite',
    ERP_DATABASE: settings.database,
    ERP_TIME_ZONE: 'Europe/Vienna',
  };
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
};

const listen = async (server: Server, port: number, variable: string): Promise<void> => {
  server.listen(port, host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]: unknown[]) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Port ${port} cannot be used (${reason}). Choose another with ${variable}.`);
    }),
  ]);
};

/** No welcome tour in front of the flow. */
const editorTheme = { page: { title: 'ERP ↔ Exchange' }, projects: { enabled: false }, tours: false };

const startNodeRed = async (server: Server, userFolder: string): Promise<void> => {
  const flowFile = path.join(userFolder, 'flows.json');
  if (!existsSync(flowFile)) await copyFile(path.join(packageFolder, 'flows', 'bidirectional-sync.json'), flowFile);
  await linkPackage(userFolder);
  RED.init(server, {
    userDir: userFolder,
    flowFile,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    uiHost: host,
    logging: { console: { level: 'warn', metrics: false, audit: false } },
    editorTheme,
  });
  const started = new Promise<void>((resolve) => RED.events.once('flows:started', () => resolve()));
  await RED.start();
  await started;
};

const start = async (): Promise<void> => {
  const settings = readDemoSettings(process.env);
  const userFolder = path.join(settings.folder, 'node-red');
  await mkdir(userFolder, { recursive: true });
  setEnvironment(settings);
  await installSampleFirm(settings.database, new Date());
  const simulator = await startSimulator({
    port: settings.ewsPort,
    host,
    mailboxes: sampleMailboxes,
    serviceAccounts: [serviceAccount],
    stateFile: path.join(settings.folder, 'exchange.sqlite'),
  });

  const erpPage = createErpPage({ file: settings.database, basePath: '/erp' });
  const app = express();
  app.use('/erp', erpPage);
  const server = createServer(app);
  await listen(server, settings.port, 'PORT');
  await startNodeRed(server, userFolder);
  app.use('/', RED.httpAdmin);
  app.use('/', RED.httpNode);

  const base = `http://${host}:${settings.port}`;
  console.log(`Ready  editor ${base}/  ERP page ${base}/erp/  mailbox page http://${host}:${settings.ewsPort}/`);

  const stop = async (): Promise<void> => {
    await RED.stop();
    server.closeAllConnections();
    server.close();
    await simulator.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
};

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
