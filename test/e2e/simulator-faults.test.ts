/** The section "Faults" of the mailbox page, used by a person in Chromium, in both languages. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { startSimulator, type Simulator } from '../../simulator/testing';
import { openBrowser, openPage } from '../support/browser';

const anna = { address: 'anna@x.test', password: 'x' };

const languages = [
  {
    locale: 'de-AT',
    title: 'Störungen und Anfragen',
    fault: /^Störung/,
    busy: 'Ausgelastet (HTTP 503)',
    wait: 'Wiederkommen nach (ms)',
    mailbox: /^Postfach/,
    often: 'Wie oft',
    always: 'Jede Anfrage',
    on: 'Einschalten',
    off: 'Ausschalten',
    struck: /eingetreten 2 ×/,
    none: 'Keine Störung ist eingeschaltet.',
  },
  {
    locale: 'en-GB',
    title: 'Faults and requests',
    fault: /^Fault/,
    busy: 'Busy (HTTP 503)',
    wait: 'Come back after (ms)',
    mailbox: /^Mailbox/,
    often: 'How often',
    always: 'Every request',
    on: 'Switch on',
    off: 'Switch off',
    struck: /struck 2 ×/,
    none: 'No fault is switched on.',
  },
] as const;

describe('faults on the mailbox page', () => {
  let browser: Browser;
  let simulator: Simulator;
  before(async function () {
    this.timeout(60_000);
    browser = await openBrowser(this);
    simulator = await startSimulator({ mailboxes: [anna, { address: 'bob@x.test', password: 'x' }] });
  });
  after(async () => {
    await browser.close();
    await simulator.close();
  });
  afterEach(() => simulator.faults.clear());

  const send = (): Promise<Response> =>
    fetch(simulator.url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('anna@x.test:x').toString('base64')}`, 'content-type': 'text/xml' },
      body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:GetFolder xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>',
    });

  for (const words of languages)
    describe(words.locale, () => {
      let page: Page;
      let problems: readonly string[];
      before(async () => {
        ({ page, problems } = await openPage(browser, { locale: words.locale }));
        await page.goto(simulator.pageUrl);
        await page.locator('#mailbox option').first().waitFor({ state: 'attached' });
      });
      after(() => page.context().close());
      const section = () => page.locator('#faults');

      it('switches a fault on, shows how often it struck and the requests, and switches it off', async () => {
        await page.getByRole('heading', { name: words.title }).click();
        await section().getByText(words.none).waitFor();
        const choice = (label: string | RegExp) => section().locator('label', { hasText: label }).locator('select');
        await choice(words.fault).selectOption({ label: words.busy });
        await section().getByLabel(words.wait, { exact: true }).fill('250');
        await choice(words.mailbox).selectOption(anna.address);
        await choice(words.often).selectOption({ label: words.always });
        await section().getByRole('button', { name: words.on, exact: true }).click();
        const row = section().locator('#fault-list li', { hasText: words.busy }).filter({ hasText: anna.address });
        await row.waitFor();
        for (const answer of [await send(), await send()]) assert.match(await answer.text(), /BackOffMilliseconds">250</);
        await row.filter({ hasText: words.struck }).waitFor();
        const failed = section().locator('#request-list tr.failed', { hasText: 'GetFolder' }).first();
        const clock = new Date(simulator.lastRequests()[0]?.time ?? '').toLocaleTimeString('de-AT', { timeZone: 'Europe/Vienna' });
        assert.equal(await failed.locator('td').first().innerText(), clock);
        await row.getByRole('button', { name: words.off }).click();
        await section().getByText(words.none).waitFor();
        assert.equal((await send()).status, 200);
        assert.deepEqual(problems, []);
      });

      it('offers only faults that the server knows', async () => {
        const kinds = await section().locator('select[name=kind] option').count();
        assert.ok(kinds > 15);
        for (let index = 0; index < kinds; index += 1) {
          await section().locator('select[name=kind]').selectOption({ index });
          await section().getByRole('button', { name: words.on, exact: true }).click();
          await section().locator('#fault-list li:not(.empty)').nth(index).waitFor();
        }
        assert.deepEqual(problems, []);
        assert.equal(simulator.faults.list().length, kinds);
        const names = await section().locator('#fault-list li > span').allInnerTexts();
        const labels = await section().locator('select[name=kind] option').allInnerTexts();
        assert.ok(
          names.every((name, index) => name.startsWith(labels[index] ?? '?')),
          names.join('\n'),
        );
      });
    });
});
