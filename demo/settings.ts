/** Where the demo runs: environment variables PORT, EWS_PORT and DEMO_DIR with their defaults. */
import path from 'node:path';

/** Addresses and files of the demo. */
export interface DemoSettings {
  /** Port of the editor and the ERP page. */
  readonly port: number;
  /** Port of the simulator and the mailbox page. */
  readonly ewsPort: number;
  /** Absolute folder that holds all state. */
  readonly folder: string;
  /** The ERP's SQLite file. */
  readonly database: string;
}

/** The account with which the sync logs in at the simulator; it may impersonate every sample mailbox. */
export const serviceAccount = { address: 'sync@demo.example', password: 'demo' } as const;

const portOf = (environment: NodeJS.ProcessEnv, name: string, standard: number): number => {
  const text = environment[name] ?? '';
  if (text === '') return standard;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${name} must be a port number from 1 to 65535, not "${text}".`);
  return port;
};

/** Reads the settings; throws an Error that names the variable. */
export const readDemoSettings = (environment: NodeJS.ProcessEnv): DemoSettings => {
  const folder = path.resolve(environment['DEMO_DIR'] ?? '.demo');
  return {
    port: portOf(environment, 'PORT', 1880),
    ewsPort: portOf(environment, 'EWS_PORT', 8025),
    folder,
    database: path.join(folder, 'erp.sqlite'),
  };
};
