/** The command `exchange-erp` out of the packed package, as `npx` runs it in an integrator's folder. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const packageName = '@exchange-erp/node-red-sync';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

describe('the packed command line', () => {
  let folder: string;
  let packed: string;

  before(function () {
    this.timeout(120_000);
    folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
    packed = path.join(folder, 'node_modules', packageName);
    mkdirSync(packed, { recursive: true });
    const output = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const packs: unknown = JSON.parse(output);
    const [pack] = isObject(packs) ? Object.values(packs) : [];
    assert.ok(isObject(pack));
    execFileSync('tar', ['-xzf', path.join(folder, path.basename(String(pack['filename']))), '-C', packed, '--strip-components=1']);
    // What npm would fetch and link.
    symlinkSync(path.join(root, 'node_modules'), path.join(packed, 'node_modules'), 'junction');
    const manifest: unknown = JSON.parse(readFileSync(path.join(packed, 'package.json'), 'utf8'));
    const bin = isObject(manifest) && isObject(manifest['bin']) ? String(manifest['bin']['exchange-erp']) : '';
    chmodSync(path.join(packed, bin), 0o755);
    mkdirSync(path.join(folder, 'node_modules', '.bin'));
    symlinkSync(path.join(packed, bin), path.join(folder, 'node_modules', '.bin', 'exchange-erp'));
    writeFileSync(path.join(folder, 'package.json'), '{}');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const npx = (...parameters: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'exchange-erp', ...parameters], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'de_AT.UTF-8' },
    });
    return { status, stdout, stderr };
  };

  it('prints the install script of SQL Server without a connection', function () {
    this.timeout(30_000);
    const { status, stdout, stderr } = npx('schema', 'print', '--driver', 'mssql');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /sync_journal/);
    assert.match(stdout, /\nGO\n/);
  });

  it('finds the JSON Schema and the German texts that came with it', function () {
    this.timeout(30_000);
    writeFileSync(path.join(folder, 'mapping.json'), '{ "version": 1 }');
    const { status, stdout } = npx('mapping', 'check', 'mapping.json');
    assert.equal(status, 1);
    assert.match(stdout, /\/employees fehlt/);
  });

  it('ends with 2 and says why when it could not run', function () {
    this.timeout(30_000);
    const { status, stdout, stderr } = npx('schema', 'check', '--database', path.join(folder, 'gone.sqlite'));
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /gone\.sqlite/);
    assert.ok(!existsSync(path.join(folder, 'gone.sqlite')));
  });
});
