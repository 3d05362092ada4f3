/** After tsc: puts everything that is not TypeScript where Node-RED and the servers look for it. */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';

const nodes = (await readdir('nodes')).filter((name) => name.endsWith('.html'));
await mkdir('dist/nodes', { recursive: true });
for (const name of nodes) await cp(`nodes/${name}`, `dist/nodes/${name}`);
for (const [from, to] of [
  ['nodes/locales', 'dist/nodes/locales'],
  ['icons', 'dist/nodes/icons'],
  ['simulator/pages', 'dist/simulator/pages'],
  ['lib/erp/schema/erp-mapping.schema.json', 'dist/lib/erp/schema/erp-mapping.schema.json'],
  ['demo/pages', 'dist/demo/pages'],
  ['demo/sample', 'dist/demo/sample'],
]) {
  if (existsSync(from)) await cp(from, to, { recursive: true });
}
await rm('examples', { recursive: true, force: true });
await cp('flows', 'examples', { recursive: true });
if (existsSync('nodes/editor/editor.ts')) {
  await build({
    entryPoints: ['nodes/editor/editor.ts'],
    outfile: 'resources/editor.js',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  });
}
