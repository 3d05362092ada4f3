/** The editor of `npm start` in Chromium: palette, icons, help and dialogs of every node, in both languages, without a script error. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openPage } from '../support/browser';
import { demoWithBrowser } from '../support/demo-with-browser';
import { dialogs, leaveDialog, openedDialog } from '../support/editor-dialog';
import { packageFolder } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';

const paletteTypes = [
  'ews-notify-in',
  'erp-outbox-in',
  'item-map',
  'conflict-resolve',
  'ews-write',
  'erp-write',
  'diff-report',
  'mail-alert',
  'sync-control',
] as const;
const configTypes = ['ews-config', 'erp-config'] as const;
const ownTypes: readonly string[] = [...paletteTypes, ...configTypes];

const flow = shippedFlow('bidirectional-sync.json');
const dialogNodes = flow.filter(({ type }) => ownTypes.includes(type) && !type.endsWith('-config'));
const coreNodes = flow.filter(({ type }) => !ownTypes.includes(type) && type !== 'tab' && type !== 'group');
const configNodes = flow.filter(({ type }) => type.endsWith('-config'));

const languages = [
  { locale: 'en-GB', folder: 'en-US', cancel: 'Cancel' },
  { locale: 'de-AT', folder: 'de', cancel: 'Abbrechen' },
] as const;

const namespace = '@exchange-erp/node-red-sync/';
const read = (folder: string, name: string): string => readFileSync(path.join(packageFolder, 'nodes', 'locales', folder, name), 'utf8');
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** First paragraph of a help text, without the marks of Markdown. */
const firstParagraph = (folder: string, type: string): string => {
  const [, text = ''] = /<script[^>]*>\s*([\s\S]*?)\n\s*\n/.exec(read(folder, `${type}.html`)) ?? [];
  return text.replaceAll(/[*`_]/g, '').replaceAll(/\s+/g, ' ').trim();
};

/** The text of a catalogue for a key such as `@exchange-erp/node-red-sync/erp-write:label.erp`. */
const catalogueText = (folder: string, key: string): unknown => {
  const [type = '', name = ''] = key.slice(namespace.length).split(':');
  const catalogue: unknown = JSON.parse(read(folder, `${type}.json`));
  return name.split('.').reduce<unknown>((place, part) => (isObject(place) ? place[part] : undefined), catalogue);
};

/** What a text that was not found looks like. */
const rawKey = /\b[\w-]+\.(label|option|status|tip|error|input|output|step)\b|@exchange-erp|\bundefined\b|\[object/;

/** Script: the open dialog. */
const openTray = "[...document.querySelectorAll('.red-ui-tray')].at(-1).querySelector('.red-ui-tray-body')";

/** Script: every visible field of the dialog (but Node-RED's traps for password managers) with the words that label it. */
const labelsOfFields = `[...${openTray}.querySelectorAll('input, select, textarea')]
  .filter((field) => !field.id.startsWith('red-ui-trap'))
  .filter((field) => field.getClientRects().length > 0)
  .map((field) => [field.id || field.outerHTML.slice(0, 120),
    [...(field.labels ?? [])].map((label) => label.innerText.trim()).join(' ').trim() || (field.getAttribute('aria-label') ?? '')])`;

/** Script: every translated element of the dialog with the key it was made of. */
const textsByKey = `[...${openTray}.querySelectorAll('[data-i18n]')]
  .flatMap((place) => place.dataset.i18n.split(';').map((key) => {
    const [, attribute, name] = /^(?:\\[(\\w+)\\])?(.*)$/.exec(key);
    return [name, attribute ? place.getAttribute(attribute) : place.textContent];
  }))`;

type Pairs = readonly (readonly [string, string])[];

const site = demoWithBrowser();
for (const { locale, folder, cancel } of languages) {
  describe(`the editor in ${locale}`, () => {
    let page: Page;
    let problems: readonly string[];
    before(async () => {
      const { browser, demo } = site();
      ({ page, problems } = await openPage(browser, { locale }));
      await page.goto(demo.editor);
      await page.locator('#sync-notify').waitFor();
    });
    after(() => page.context().close());
    // A dialog that a failed test left open is no matter of the next one.
    beforeEach(async () => {
      if ((await dialogs(page).count()) === 0) return;
      await page.reload();
      await page.locator('#sync-notify').waitFor();
    });
    afterEach(() => {
      assert.deepEqual(problems, []);
    });

    const isChanged = () => page.evaluate<boolean>('RED.nodes.dirty()');

    /** Looks at an open dialog and leaves it with its button to cancel. */
    const lookAndCancel = async (type: string): Promise<void> => {
      const dialog = await openedDialog(page);
      await dialog.locator('.form-row, .node-text-editor').filter({ visible: true }).first().waitFor();
      assert.doesNotMatch(await dialog.innerText(), rawKey);
      if (ownTypes.includes(type)) {
        const labels = await page.evaluate<Pairs>(labelsOfFields);
        assert.ok(labels.length > 0);
        assert.deepEqual(
          labels.filter(([, label]) => label === '').map(([field]) => field),
          [],
          'fields without a label',
        );
        const texts = await page.evaluate<Pairs>(textsByKey);
        const own = texts.filter(([key]) => key.startsWith(namespace));
        assert.ok(own.length > 0);
        assert.deepEqual(
          own,
          own.map(([key]) => [key, catalogueText(folder, key)]),
        );
      }
      await leaveDialog(page, cancel);
      assert.equal(await isChanged(), false);
    };

    for (const type of paletteTypes) {
      it(`${type} is in the palette with its own icon`, async () => {
        const entry = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
        await entry.scrollIntoViewIfNeeded();
        assert.ok(await entry.isVisible());
        const shown = (await entry.innerText()).replaceAll(/\s+/g, ' ').trim();
        assert.equal(shown, type.replaceAll('-', ' '));
        const background = await page.evaluate<string>(
          `getComputedStyle(document.querySelector('.red-ui-palette-node[data-palette-type="${type}"] .red-ui-palette-icon')).backgroundImage`,
        );
        const address = /^url\("(.*)"\)$/.exec(background)?.[1] ?? '';
        assert.ok(address.endsWith(`/icons/${namespace}${type}.svg`), background);
        const width = await page.evaluate<number>(
          `(async () => { const icon = new Image(); icon.src = ${JSON.stringify(address)}; await icon.decode(); return icon.naturalWidth; })()`,
        );
        assert.ok(width > 0);
      });
    }

    for (const type of ownTypes) {
      it(`${type} has its help`, async () => {
        await page.evaluate(`RED.sidebar.help.show(${JSON.stringify(type)})`);
        const first = firstParagraph(folder, type);
        assert.ok(first.length > 20);
        const help = page.locator('.red-ui-help', { hasText: first }).first();
        await help.waitFor();
        assert.doesNotMatch(await help.innerText(), rawKey);
      });
    }

    it('both connections are in the sidebar of config nodes', async () => {
      await page.evaluate("RED.actions.invoke('core:show-config-tab')");
      for (const { name } of configNodes) {
        await page.locator('.red-ui-palette-node-config', { hasText: String(name) }).waitFor();
      }
    });

    for (const { id, type, name } of configNodes) {
      it(`${type}: its dialog opens from the sidebar, every field labelled`, async () => {
        await page.evaluate(`RED.sidebar.config.show(${JSON.stringify(id)})`);
        await page.locator('.red-ui-palette-node-config', { hasText: String(name) }).dblclick();
        await lookAndCancel(type);
      });
    }

    for (const { id, type } of dialogNodes) {
      it(`${type} (${id}): its dialog opens with a double click, every field labelled`, async () => {
        await page.evaluate(`RED.view.reveal(${JSON.stringify(id)}, false)`);
        await page.locator(`[id="${id}"]`).dblclick();
        await lookAndCancel(type);
      });
    }

    // Their dialogs are Node-RED's own: one language is enough.
    for (const { id, type } of folder === 'en-US' ? coreNodes : []) {
      it(`${type} (${id}), a node of the core: its dialog opens`, async () => {
        await page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
        await lookAndCancel(type);
      });
    }

    it('looking changed nothing: there is nothing to deploy', async () => {
      assert.equal(await isChanged(), false);
      assert.equal(await page.locator('.red-ui-flow-node-changed:not(.hide)').filter({ visible: true }).count(), 0);
      assert.match((await page.locator('#red-ui-header-button-deploy').getAttribute('class')) ?? '', /\bdisabled\b/);
    });

    it('no raw key of a text is anywhere', async () => {
      assert.doesNotMatch(await page.locator('body').innerText(), rawKey);
    });
  });
}
