/**
 * Runs all tests and ends with one line `N passed, N failed[, N skipped]`.
 * Unit tests share a process, and so do contract tests; node, flow and browser tests get a process per file, as
 * node-red-node-test-helper and the embedded Node-RED keep global state. Three processes run at a time, as most of a flow test is waiting;
 * browser tests run alone. `npm test -- unit` runs one group.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { validateEnvelopes } from './validate-envelopes.mjs';

/** The longest first. */
const groups = [
  { name: 'contract', together: true, alone: false },
  { name: 'unit', together: true, alone: false },
  { name: 'histories', together: true, alone: false },
  { name: 'flows', together: false, alone: false },
  { name: 'nodes', together: false, alone: false },
  { name: 'package', together: false, alone: false },
  { name: 'e2e', together: false, alone: true },
];
const atOnce = 3;
const wanted = process.argv.slice(2);

const testFiles = async (folder) =>
  (await readdir(folder, { recursive: true }).catch(() => []))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(folder, file))
    .sort();

/** Every process of the run records what goes over EWS. */
const envelopes = await mkdtemp(path.join(tmpdir(), 'envelopes-'));
const recorder = path.join(import.meta.dirname, 'record-envelopes.cjs');
const environment = {
  ...process.env,
  EWS_ENVELOPES: envelopes,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(recorder)}`.trim(),
};

/** Runs one mocha process, prints what it said when it ends and returns its counts; a crash counts as a failure. */
const runMocha = (files) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', '--config', '.mocharc.json', ...files], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    let counts = null;
    const said = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /^#counts (\d+) (\d+) (\d+)$/.exec(line);
      if (match) counts = { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
      else said.push(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    child.on('close', (code) => {
      process.stdout.write(`${said.join('\n')}\n`);
      const result = counts ?? { passed: 0, failed: 0, skipped: 0 };
      if (code !== 0 && result.failed === 0) {
        process.stdout.write(`mocha ended with code ${code} in ${files.join(', ')}\n`);
        result.failed = 1;
      }
      resolve(result);
    });
  });

const runs = { together: [], alone: [] };
for (const group of groups) {
  const files = (await testFiles(path.join('test', group.name))).filter(
    (file) => wanted.length === 0 || wanted.some((word) => file.includes(word)),
  );
  if (files.length > 0) runs[group.alone ? 'alone' : 'together'].push(...(group.together ? [files] : files.map((file) => [file])));
}

const total = { passed: 0, failed: 0, skipped: 0 };
const work = async (waiting) => {
  for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
    const counts = await runMocha(files);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
};
await Promise.all(Array.from({ length: atOnce }, () => work(runs.together)));
await work(runs.alone);
const validated = await validateEnvelopes(envelopes);
await rm(envelopes, { recursive: true, force: true });
if (validated === null) {
  process.stdout.write('\nSKIPPED: the EWS schema is not here (EWS_SCHEMA), so no request and no answer was validated\n');
  total.skipped += 1;
} else {
  const { counts, faults } = validated;
  for (const fault of faults.slice(0, 20)) process.stdout.write(`not valid: ${fault}\n`);
  process.stdout.write(`\nEWS schema: ${counts.response} answers and ${counts.request} requests, ${faults.length} faults\n`);
  total[faults.length > 0 ? 'failed' : 'passed'] += 1;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
