/** The example of docs/testing-your-flow.md, run as an integrator runs it: mocha, plain JavaScript, the built package by its name. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
/** Inside the package, so that its name leads to it. */
const exampleFile = path.join(root, 'dist', 'our-flow.test.js');

const example = (): string => {
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs', 'testing-your-flow.md'), 'utf8'))?.[1];
  assert.ok(code);
  return code;
};

const run = (code: string) => {
  writeFileSync(exampleFile, code);
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  // Without --exit: what the example leaves open keeps the process alive.
  return spawnSync(process.execPath, [mocha, '--no-config', '--reporter', 'spec', '--timeout', '30000', exampleFile], {
    cwd: root,
    encoding: 'utf8',
    timeout: 90_000,
  });
};

describe('the example of docs/testing-your-flow.md', function () {
  this.timeout(100_000);
  after(() => {
    rmSync(exampleFile, { force: true });
  });

  it('passes, and its process ends by itself', () => {
    const { status, stdout, stderr } = run(example());
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /2 passing/);
  });

  it('fails when the flow does not do what it is tested for', () => {
    const { status, stdout } = run(example().replace('rewired-private-stays-out', 'bidirectional-sync'));
    assert.equal(status, 1);
    assert.match(stdout, /1 failing/);
    assert.match(stdout, /Doctor/);
  });
});
