/** Headless Chromium for the tests that look at pages as a person does. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const findChromium = (): string | undefined => {
  const given = process.env['CHROMIUM'] ?? '';
  if (given !== '') return isExecutable(given) ? given : undefined;
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(path.delimiter)];
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
};

/** Starts Chromium; where there is none the tests are skipped with the reason, but not on the build server. */
export const openBrowser = async (context: Mocha.Context): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    const reason = 'No Chromium found: install it, or name it in CHROMIUM.';
    if ((process.env['CI'] ?? '') !== '') throw new Error(reason);
    console.log(`      skipped: ${reason}`);
    context.skip();
  }
  // Nothing but pages of this machine is opened; Chromium's own sandbox does not work for root in a container.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
};

/** A page and everything that went wrong on it: script errors, console errors, answers that failed, addresses beyond this machine. */
export interface WatchedPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

const isLocal = (url: string): boolean => ['127.0.0.1', ''].includes(new URL(url).hostname);

export const openPage = async (browser: Browser, options: BrowserContextOptions): Promise<WatchedPage> => {
  const context = await browser.newContext({ timezoneId: 'Europe/Vienna', viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(`script: ${message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`HTTP ${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!isLocal(request.url())) problems.push(`leaves this machine: ${request.url()}`);
  });
  return { page, problems };
};
