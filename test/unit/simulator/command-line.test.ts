import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createProgram, readCommandLine } from '../../../simulator/command-line';

const cli = ['--require', 'tsx/cjs', 'simulator/cli.ts'];

describe('simulator command line', () => {
  it('needs nothing', () => {
    const { simulator, faults } = readCommandLine([]);
    assert.deepEqual([simulator.port, simulator.https, simulator.release, simulator.mailboxes, faults], [0, false, 2016, [], []]);
    assert.deepEqual(simulator.loginSchemes, ['Negotiate', 'NTLM', 'Basic', 'Bearer']);
  });

  it('reads accounts, logins, redirects and faults', () => {
    const { simulator, faults } = readCommandLine(
      [
        ['--mailbox', 'a@x.test:with:colon', '--mailbox', 'b@x.test:b', '--service', 's@x.test:s', '--token', 'a@x.test:t'],
        ['--auth', 'basic,NTLM', '--redirect', 'old.test=x.test', '--redirect', 'a@x.test=https://x.test/?a=b', '--release', '2019'],
        ['--fault', 'html500', '--fault', '{"operation":"CreateItem","nth":2,"action":{"kind":"dropAfter"}}', '--certificate', 'x.pem'],
      ].flat(),
    );
    assert.deepEqual(simulator.mailboxes, [
      { address: 'a@x.test', password: 'with:colon' },
      { address: 'b@x.test', password: 'b' },
    ]);
    assert.deepEqual(simulator.tokens, [{ address: 'a@x.test', token: 't' }]);
    assert.deepEqual([simulator.loginSchemes, simulator.release, simulator.https], [['Basic', 'NTLM'], 2019, true]);
    assert.deepEqual(simulator.autodiscoverRedirects, { 'old.test': 'x.test', 'a@x.test': 'https://x.test/?a=b' });
    assert.deepEqual(faults, [
      { always: true, action: { kind: 'html500' } },
      { operation: 'CreateItem', nth: 2, action: { kind: 'dropAfter' } },
    ]);
  });

  it('shows its options', () => {
    const help = execFileSync(process.execPath, [...cli, '--help'], { encoding: 'utf8' });
    for (const option of [
      '--mailbox',
      '--service',
      '--token',
      '--auth',
      '--https',
      '--certificate',
      '--redirect',
      '--release',
      '--fault',
      '--state',
    ])
      assert.ok(help.includes(option), option);
  });

  it('says what is wrong and does not start', () => {
    for (const parameters of [
      ['--mailbox', 'nobody'],
      ['--port', '99999'],
      ['--auth', 'digest'],
      ['--release', '2007'],
      ['--redirect', 'x'],
      ['--fault', 'explode'],
      ['--fault', '{'],
    ])
      assert.throws(
        () =>
          readCommandLine(
            parameters,
            createProgram()
              .exitOverride()
              .configureOutput({ writeErr: () => undefined }),
          ),
        { code: 'commander.invalidArgument', exitCode: 1 },
        parameters.join(' '),
      );
  });

  it('writes the certificate, and listens with TLS', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'simulator-'));
    const file = path.join(folder, 'x.pem');
    const child = spawn(process.execPath, [...cli, '--mailbox', 'a@x.test:a', '--certificate', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith('Ready ')) break;
    }
    assert.match(lines.join('\n'), /^Mailboxes http:.*\nSecure https:.*\/EWS\/Exchange\.asmx\nReady http:/);
    assert.match(await readFile(file, 'utf8'), /^-----BEGIN CERTIFICATE-----/);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await rm(folder, { recursive: true });
  });
});
