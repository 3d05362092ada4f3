/** The programs of `npm start` and `npm run simulator` as processes of their own, as a stranger runs them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from './free-port';
import { packageFolder } from './site';
import { until } from '../../testing/wait';

/** A running program and everything that it printed. */
export interface Program {
  readonly output: () => string;
  /** Ends it: SIGTERM as a person does with Ctrl+C, SIGKILL as a power cut does. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** Starts a built program and waits for its line `Ready`. */
export const startProgram = async (
  file: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> => {
  const child = spawn(process.execPath, [path.join(packageFolder, 'dist', file), ...parameters], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  await until(
    `${file} is ready`,
    () => {
      if (child.exitCode !== null) throw new Error(`${file} ended: ${output}`);
      return /^Ready\b.*\n/m.test(output);
    },
    60_000,
  );
  return {
    output: () => output,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
};

/** A running demo: the three addresses of its line `Ready`. */
export interface Demo extends Program {
  readonly editor: string;
  readonly erpPage: string;
  readonly mailboxPage: string;
  readonly ewsPort: number;
}

/** Where a demo runs; the same place again is a restart. */
export interface DemoPlace {
  readonly folder: string;
  readonly port: number;
  readonly ewsPort: number;
}

export const demoPlace = async (folder: string): Promise<DemoPlace> => ({ folder, port: await freePort(), ewsPort: await freePort() });

export const startDemo = async ({ folder, port, ewsPort }: DemoPlace): Promise<Demo> => {
  const program = await startProgram('demo/start.js', [], { DEMO_DIR: folder, PORT: String(port), EWS_PORT: String(ewsPort) });
  const line = /^Ready.*$/m.exec(program.output())?.[0] ?? '';
  const [editor = '', erpPage = '', mailboxPage = ''] = line.match(/http:\S+/g) ?? [];
  return { ...program, editor, erpPage, mailboxPage, ewsPort };
};
