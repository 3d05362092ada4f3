/** Node-RED in a process of its own beside both sides, so that a test can kill it at any moment and start it again. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port';
import { packageFolder } from './site';
import type { BothSides, FlowNode } from './site';

/** One Node-RED with one user folder: each start continues what the former life left. */
export interface NodeRedProcess {
  /** Resolves when the process is there; the flows do not run yet. */
  readonly spawn: () => Promise<void>;
  /** Resolves when the flows run; spawns the process when there is none. Rejects with what it printed when it ends before. */
  readonly start: () => Promise<void>;
  /** SIGKILL: the process gets no chance to finish anything. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** How often it was spawned. */
  readonly lives: () => number;
}

interface Life {
  readonly child: ChildProcess;
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
}

const compileCache = path.join(packageFolder, 'node_modules', '.cache', 'node-compile');

const live = (child: ChildProcess): Life => {
  let printed = '';
  const ended = once(child, 'exit').then(() => undefined);
  const started = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (/^running$/m.test(printed)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => reject(new Error(`Node-RED ended before its flows ran:\n${printed}`)));
  });
  // A life that is killed early is nobody's error until somebody waits for it.
  started.catch(() => undefined);
  return { child, started, ended };
};

/** A Node-RED process for a site; not started. */
export const createNodeRedProcess = (sides: Pick<BothSides, 'folder' | 'environment'>, flow: readonly FlowNode[]): NodeRedProcess => {
  let life: Promise<Life> | null = null;
  let lives = 0;

  const spawnLife = async (): Promise<Life> => {
    await writeFile(path.join(sides.folder, 'flows.json'), JSON.stringify(flow));
    const program = ['--require', 'tsx/cjs', path.join(__dirname, 'node-red-child.ts')];
    return live(
      spawn(process.execPath, [...program, sides.folder, packageFolder, String(await freePort())], {
        cwd: packageFolder,
        env: { ...process.env, ...sides.environment, NODE_COMPILE_CACHE: compileCache },
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
  };

  /** Known from the first moment on, so that a kill finds a process that is only just being spawned. */
  const begin = (): Promise<Life> => {
    life = spawnLife();
    lives += 1;
    return life;
  };

  return {
    spawn: async () => {
      if (life !== null) throw new Error('Node-RED runs already');
      await begin();
    },
    start: async () => (await (life ?? begin())).started,
    kill: async () => {
      const ending = await life;
      life = null;
      ending?.child.kill('SIGKILL');
      await ending?.ended;
    },
    lives: () => lives,
  };
};
