/** `npm run pictures`: makes the pictures of the README from the running demo, in a folder of its own. Needs Chromium (CHROMIUM names another one). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const target = path.join('docs', 'images');
const employee = { name: 'Anna Gruber', address: 'anna.gruber@demo.example', appointment: 'Bäckerei' };

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
};

const startDemo = async (folder) => {
  const environment = { DEMO_DIR: folder, PORT: String(await freePort()), EWS_PORT: String(await freePort()) };
  const child = spawn(process.execPath, ['dist/demo/start.js'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Ready')) continue;
    const [editor, erpPage, mailboxPage] = line.match(/http:\S+/g) ?? [];
    return { child, editor, erpPage, mailboxPage };
  }
  throw new Error('The demo ended before it was ready.');
};

/** The flow from edge to edge: without sidebars, and no larger than its groups. */
const takeFlow = async (page, address) => {
  await page.goto(address);
  await page.locator('#sync-notify').waitFor();
  // The whole sample firm has arrived in the mailboxes.
  await page
    .locator('#sync-write-ews')
    .getByText(/\d+ written/)
    .waitFor();
  await page.evaluate(() => {
    for (const action of ['core:toggle-palette', 'core:toggle-sidebar']) globalThis.RED.actions.invoke(action);
    globalThis.RED.view.select({ nodes: [] });
  });
  for (const side of await page.locator('.red-ui-sidebar').all()) await side.waitFor({ state: 'hidden' });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(target, 'flow.png') });
};

const takeErpPage = async (page, address) => {
  await page.goto(address);
  await page.locator('#employees').getByRole('button', { name: employee.name }).click();
  await page.locator('#days .entry', { hasText: employee.appointment }).waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(target, 'erp-page.png') });
};

const takeMailboxPage = async (page, address) => {
  await page.goto(`${address}#${employee.address}`);
  await page.locator('#days .entry', { hasText: employee.appointment }).waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(target, 'mailbox-page.png') });
};

await mkdir(target, { recursive: true });
const folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const demo = await startDemo(folder);
try {
  /** A page of this many CSS pixels, as a picture 1400 pixels wide. */
  const open = async (width, height) => {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Vienna',
      viewport: { width, height },
      deviceScaleFactor: 1400 / width,
    });
    return context.newPage();
  };
  await takeFlow(await open(1000, 930), demo.editor);
  await takeErpPage(await open(1680, 520), demo.erpPage);
  await takeMailboxPage(await open(1680, 520), demo.mailboxPage);
} finally {
  await browser.close();
  demo.child.kill('SIGTERM');
  await once(demo.child, 'exit');
  await rm(folder, { recursive: true, force: true });
}
console.log(`flow.png, erp-page.png, mailbox-page.png in ${target}`);
