/** The dialog of `item-map` in Chromium, in both languages: common wishes, rows of one's own, marks, and the preview. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { openPage } from '../support/browser';
import { demoWithBrowser } from '../support/demo-with-browser';
import { dialogs, leaveDialog } from '../support/editor-dialog';

const languages = [
  {
    locale: 'en-GB',
    done: 'Done',
    cancel: 'Cancel',
    add: 'Add a row',
    details: 'conversion, default, condition',
    same: 'nothing',
    fault: /Rule appointment location – subject/,
  },
  {
    locale: 'de-AT',
    done: 'Fertig',
    cancel: 'Abbrechen',
    add: 'Zeile hinzufügen',
    details: 'Umwandlung, Vorgabe, Bedingung',
    same: 'nichts',
    fault: /Die Regel appointment location – subject/,
  },
] as const;

const site = demoWithBrowser();
for (const { locale, done, cancel, add, details, same, fault } of languages) {
  describe(`the dialog of item-map in ${locale}`, () => {
    let page: Page;
    let problems: readonly string[];
    before(async () => {
      const { browser, demo } = site();
      ({ page, problems } = await openPage(browser, { locale, viewport: { width: 1400, height: 1400 } }));
      await page.goto(demo.editor);
      await page.locator('#sync-notify').waitFor();
    });
    after(() => page.context().close());

    const mapId = "RED.nodes.filterNodes({ type: 'item-map' })[0].id";
    const dialog = (): Locator => dialogs(page).last();
    const field = (name: string): Locator => dialog().locator(`#node-input-${name}`);
    const preview = (): Locator => field('preview');
    const open = async (): Promise<void> => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/item-map/preview'));
      await page.evaluate(`RED.editor.edit(RED.nodes.node(${mapId}))`);
      await answered;
      await preview().locator('table').first().waitFor();
    };
    const leave = (button: string): Promise<void> => leaveDialog(page, button);
    const line = (text: string): Locator => preview().locator('tr', { hasText: text }).first();
    beforeEach(open);
    afterEach(async () => {
      if ((await dialogs(page).count()) > 0) await leave(cancel);
      assert.deepEqual(problems, []);
    });

    it('shows a sample on the other side; all of it comes back', async () => {
      await preview().getByText(same, { exact: true }).waitFor();
      await line('Agenda:').waitFor();
    });

    it('shows what a change of the sample would write, and its text as text', async () => {
      const sample = await field('sample').inputValue();
      await field('sample').fill(sample.replace('Visit to the customer', '<img src=x onerror=alert(1)>'));
      await field('sample').blur();
      await preview().locator('tr.exchange-erp-changed', { hasText: '<img src=x onerror=alert(1)>' }).waitFor();
      assert.equal(await preview().locator('img').count(), 0);
    });

    it('shows priority and equipment in the body before anything is stored', async () => {
      await field('sample-side').selectOption('erp');
      await field('priorityLabel').fill('Prio');
      await field('equipmentLabel').fill('Extras');
      await field('equipmentLabel').blur();
      await line('Prio: 2\nExtras: Projector, Car 2').waitFor();
    });

    it('offers the activity types of the ERP as defaults, and the row knows', async () => {
      await field('default-task').locator('select').selectOption({ index: 1 });
      await field('kind').selectOption('task');
      const button = dialog().locator('tr[data-pair="categories-activityTypeId"]').getByRole('button', { name: details });
      assert.match((await button.getAttribute('class')) ?? '', /selected/);
    });

    it('adds a row with an expression, marks it when it fails, and stores what works', async () => {
      await dialog().getByRole('button', { name: add }).click();
      const own = dialog().locator('tr:has(.fa-trash)');
      await own.locator('select').first().selectOption('location');
      const way = dialog().locator('fieldset.exchange-erp-way').last();
      await way.locator('select').first().selectOption('expression');
      const expression = way.locator('.exchange-erp-expression input').first();
      await expression.fill('$number(location)');
      await expression.blur();
      await dialog().locator('.exchange-erp-table .exchange-erp-wrong', { hasText: fault }).waitFor();
      await expression.fill('"at " & location');
      await expression.blur();
      await line('at Graz').waitFor();
      assert.equal(await dialog().locator('.exchange-erp-wrong').count(), 0);
      await leave(done);
      const stored = await page.evaluate<unknown>(`RED.nodes.node(${mapId}).rules`);
      const conversion = { type: 'expression', expression: '"at " & location' };
      assert.deepEqual(stored, [
        { kind: 'appointment', exchange: 'location', erp: 'subject', direction: 'inbound', toErp: { conversion } },
      ]);
      await open();
      assert.equal(await own.count(), 1);
      await own.locator('button:has(.fa-trash)').click();
      await leave(done);
      assert.deepEqual(await page.evaluate<unknown>(`RED.nodes.node(${mapId}).rules`), []);
    });

    it('takes rich text along where the plain text goes', async () => {
      await field('rich').check();
      await leave(done);
      const stored = await page.evaluate<unknown>(`RED.nodes.node(${mapId}).rules`);
      const rich = { exchange: 'bodyHtml', erp: 'bodyHtml', direction: 'both' };
      assert.deepEqual(stored, [
        { kind: 'appointment', ...rich },
        { kind: 'task', ...rich },
      ]);
      await open();
      await field('rich').uncheck();
      await leave(done);
    });

    it('fits into a narrow tray', async () => {
      await dialog().locator('tr[data-pair="subject-subject"]').getByRole('button', { name: details }).click();
      const overflow = `(() => { const body = [...document.querySelectorAll('.red-ui-tray')].at(-1).querySelector('.red-ui-tray-body');
        body.style.width = '420px'; return body.scrollWidth - body.clientWidth; })()`;
      assert.ok((await page.evaluate<number>(overflow)) <= 0);
    });
  });
}
