/** What Node-RED and the flow library read of the package: types, dialogs, icons, flows, files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const read = (...parts: string[]): string => readFileSync(path.join(root, ...parts), 'utf8');
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const parsed = (text: string): unknown => JSON.parse(text);

const manifest = parsed(read('package.json'));
const section = isObject(manifest) ? manifest['node-red'] : undefined;
const registered = isObject(section) && isObject(section['nodes']) ? section['nodes'] : {};
const types = Object.keys(registered);

/** Types of the core that the shipped flows may use: one missing type stops every tab. */
const coreTypes = ['tab', 'group', 'comment', 'inject', 'debug', 'switch', 'catch', 'status', 'link in', 'link out'];

const flowFiles = readdirSync(path.join(root, 'flows'));
const nodesOf = (file: string): readonly Readonly<Record<string, unknown>>[] => {
  const flow = parsed(read('flows', file));
  return Array.isArray(flow) ? flow.filter(isObject) : [];
};
const defaultsOf = (type: string): readonly string[] => {
  const block = /defaults: \{([\s\S]*?)\n {4}\},/.exec(read('nodes', `${type}.html`))?.[1] ?? '';
  return [...block.matchAll(/^ {6}(\w+):/gm)].map((match) => match[1] ?? '');
};

describe('package', () => {
  it('registers eleven types', () => assert.equal(types.length, 11));

  for (const type of types) {
    it(`${type}: code and dialog register the same literal name`, () => {
      assert.equal(registered[type], `dist/nodes/${type}.js`);
      assert.ok(read('nodes', `${type}.ts`).includes(`registerType('${type}'`));
      assert.ok(read('nodes', `${type}.html`).includes(`RED.nodes.registerType('${type}'`));
    });

    it(`${type}: has a version, and an icon of its own`, () => {
      const html = read('nodes', `${type}.html`);
      assert.ok(defaultsOf(type).includes('version'));
      assert.ok(existsSync(path.join(root, 'icons', `${type}.svg`)));
      if (!html.includes("category: 'config'")) assert.ok(html.includes(`icon: '${type}.svg'`));
    });

    it(`${type}: editor and runtime agree on the credentials`, () => {
      const pattern = /credentials: \{ password: \{ type: 'password' \} \}/;
      assert.equal(pattern.test(read('nodes', `${type}.html`)), pattern.test(read('nodes', `${type}.ts`)));
    });

    it(`${type}: every field of the dialog is stored or has a purpose of its own`, () => {
      const html = read('nodes', `${type}.html`);
      const fields = [...html.matchAll(/<(?:input|select)[^>]* id="node-(?:config-)?input-(\w+)"/g)].map((match) => match[1] ?? '');
      const own = [...defaultsOf(type), 'password', 'mailbox', 'mappingFrom', 'mappingFile', 'script', 'kind', 'rich'];
      assert.deepEqual(
        fields.filter((field) => !own.includes(field)),
        [],
      );
    });

    it(`${type}: colours come from the theme`, () => {
      const style = /<style>([\s\S]*)<\/style>/.exec(read('nodes', `${type}.html`))?.[1] ?? '';
      assert.doesNotMatch(style, /#[0-9a-f]{3,6}\b|rgb/i);
    });
  }

  for (const file of flowFiles) {
    it(`${file}: uses core nodes and ours only`, () => {
      const known = [...types, ...coreTypes];
      const used = nodesOf(file).map(({ type }) => String(type));
      assert.deepEqual(
        used.filter((type) => !known.includes(type)),
        [],
      );
    });

    it(`${file}: stores every property that a dialog knows, and no other`, () => {
      const always = ['id', 'type', 'z', 'g', 'x', 'y', 'wires'];
      for (const node of nodesOf(file)) {
        const type = String(node['type']);
        if (!types.includes(type)) continue;
        const stored = Object.keys(node).filter((key) => !always.includes(key));
        assert.deepEqual(stored.sort(), [...defaultsOf(type)].sort(), `${type} ${String(node['id'])}`);
      }
    });

    it(`${file}: every wire, link, scope and connection leads somewhere`, () => {
      const nodes = nodesOf(file);
      const ids = nodes.map(({ id }) => String(id));
      assert.equal(new Set(ids).size, ids.length);
      for (const { id, wires, links, scope, exchange, erp, z, g, nodes: members } of nodes) {
        const targets = [wires, links, scope, members, exchange, erp, z, g].flat(2).filter((target) => typeof target === 'string');
        assert.deepEqual(
          targets.filter((target) => !ids.includes(target)),
          [],
          String(id),
        );
      }
    });

    it(`${file}: holds no secret and nothing of one site`, () => {
      const text = read('flows', file);
      assert.doesNotMatch(text, /https?:\/\/|"password"|"credentials"/);
    });

    it(`${file}: alarms never watch the node that mails them`, () => {
      const nodes = nodesOf(file);
      const mailers = nodes.filter(({ type }) => type === 'mail-alert').map(({ id }) => id);
      for (const { type, scope } of nodes) {
        if (type !== 'catch' && type !== 'status') continue;
        assert.ok(Array.isArray(scope) && !scope.some((id) => mailers.includes(id)));
      }
    });
  }

  it('exports the JSON Schema of mappings, the same that the program checks by', () => {
    const exported = isObject(manifest) && isObject(manifest['exports']) ? manifest['exports']['./erp-mapping.schema.json'] : undefined;
    assert.equal(read(String(exported)), read('lib/erp/schema/erp-mapping.schema.json'));
  });

  it('packs what is needed and nothing else', function () {
    this.timeout(60_000);
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    const packs = parsed(output);
    const pack = isObject(packs) ? Object.values(packs)[0] : undefined;
    const files =
      isObject(pack) && Array.isArray(pack['files']) ? pack['files'].filter(isObject).map(({ path: name }) => String(name)) : [];
    for (const type of types) {
      for (const name of [`${type}.js`, `${type}.html`, `icons/${type}.svg`, `locales/de/${type}.json`, `locales/en-US/${type}.html`]) {
        assert.ok(files.includes(`dist/nodes/${name}`), name);
      }
    }
    for (const file of flowFiles) assert.ok(files.includes(`examples/${file}`), file);
    const others = [
      ...['resources/editor.js', 'dist/testing/index.js', 'dist/lib/erp/schema/erp-mapping.schema.json'],
      ...['docs/testing-your-flow.md', 'docs/erp-mapping.md', 'docs/mappings/german.json', 'docs/mappings/german.mssql.sql'],
    ];
    for (const file of others) assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((name) => /^(test|dist\/test\/|dist\/demo|dist\/bench|lib|nodes|\.)/.test(name)),
      [],
    );
  });
});
