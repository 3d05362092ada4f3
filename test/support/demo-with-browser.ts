/** The demo of `npm start` and Chromium, for all tests of a file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser';
import { demoPlace, startDemo } from './demo';
import type { Demo } from './demo';

interface DemoWithBrowser {
  readonly demo: Demo;
  readonly browser: Browser;
}

/** Starts both before the tests of the file and ends them afterwards; answers how to reach them. */
export const demoWithBrowser = (): (() => DemoWithBrowser) => {
  let started: (DemoWithBrowser & { readonly folder: string }) | null = null;
  before('Chromium and the demo', async function () {
    this.timeout(120_000);
    const browser = await openBrowser(this);
    const folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
    started = { browser, folder, demo: await startDemo(await demoPlace(folder)) };
  });
  after(async () => {
    if (started === null) return;
    await started.browser.close();
    await started.demo.end('SIGTERM');
    await rm(started.folder, { recursive: true, force: true });
  });
  return () => {
    if (started === null) throw new Error('not started');
    return started;
  };
};
