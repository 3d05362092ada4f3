/** A server that npm started ends with it: npm passes a signal to a shell, and that dies without passing it on. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packageFolder } from '../support/site';
import { until } from '../../testing/wait';

describe('a server started by npm', () => {
  it('ends when the shell between them is killed', async () => {
    const command = `"${process.execPath}" "${path.join(packageFolder, 'dist', 'simulator', 'cli.js')}" --mailbox a@x.test:secret; :`;
    const shell = spawn('sh', ['-c', command], {
      env: { ...process.env, npm_lifecycle_event: 'simulator' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: shell.stdout }).on('line', (line) => lines.push(line));
    const url = await until('it is ready', () => lines.find((line) => line.startsWith('Ready '))?.slice('Ready '.length));
    assert.equal((await fetch(url)).status, 401);
    shell.kill('SIGKILL');
    await once(shell, 'exit');
    await until('it is gone', () =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    );
  });
});
