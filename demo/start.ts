/**
 * `npm start`: the whole product on loopback: sample firm, Exchange simulator, ERP page and Node-RED with the shipped flow. State lives in
 * DEMO_DIR; a restart carries on.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { whenLauncherEnds } from '../simulator/launcher';
import { startSimulator } from '../simulator/testing';
import { createErpPage } from './erp-page';
import { portError, startNodeRed } from './node-red';
import { installSampleFirm, sampleMailboxes } from './sample-firm';
import { readDemoSettings, serviceAccount } from './settings';
import type { DemoSettings } from './settings';

const host = '127.0.0.1';
/** `dist/demo` → the package. */
const packageFolder = path.join(__dirname, '..', '..');

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
  }).catch((error: unknown) => {
    throw portError(settings.ewsPort, 'EWS_PORT', error);
  });

  const flowFile = path.join(userFolder, 'flows.json');
  if (!existsSync(flowFile)) await copyFile(path.join(packageFolder, 'flows', 'bidirectional-sync.json'), flowFile);
  const erpPage = createErpPage({ file: settings.database, basePath: '/erp' });
  const nodeRed = await startNodeRed({
    host,
    port: settings.port,
    portVariable: 'PORT',
    userFolder,
    flowFile,
    packageFolder,
    mount: (app) => app.use('/erp', erpPage),
  });

  let stopping: Promise<void> | null = null;
  const stop = (): void => {
    stopping ??= nodeRed
      .stop()
      .then(() => simulator.close())
      .finally(() => process.exit(0));
  };
  // Before the line: who reads it may stop us at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  whenLauncherEnds(stop);

  const base = `http://${host}:${settings.port}`;
  console.log(`Ready  editor ${base}/  ERP page ${base}/erp/  mailbox page http://${host}:${settings.ewsPort}/`);
};

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
