/** The dialog of `erp-config` in Chromium, in both languages: fields of the choice only, the mapping's editor, and what the buttons answer. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { openPage } from '../support/browser';
import { demoWithBrowser } from '../support/demo-with-browser';
import { dialogs, leaveDialog } from '../support/editor-dialog';

const languages = [
  {
    locale: 'en-GB',
    cancel: 'Cancel',
    update: 'Update',
    words: {
      checked: /✓ Employees: \d+, active with a mailbox: \d+/,
      mappingWell: '✓ The mapping has no faults.',
      fault: '✗ /autor is not known',
      schemaWell: '✓ Tables, columns and triggers are there and up to date.',
      applied: '✓ Tables and triggers are installed.',
      unknownDriver: /✗ .*there is no driver "oracle"/,
      closedPort: '✗ Nothing listens on 127.0.0.1:9. Check the port',
    },
  },
  {
    locale: 'de-AT',
    cancel: 'Abbrechen',
    update: 'Aktualisieren',
    words: {
      checked: /✓ Mitarbeiter: \d+, aktiv mit Postfach: \d+/,
      mappingWell: '✓ Die Schemabeschreibung ist in Ordnung.',
      fault: '✗ /autor ist unbekannt',
      schemaWell: '✓ Tabellen, Spalten und Trigger sind vorhanden und aktuell.',
      applied: '✓ Tabellen und Trigger sind installiert.',
      unknownDriver: /✗ .*Den Treiber „oracle“ gibt es nicht/,
      closedPort: '✗ Auf 127.0.0.1:9 antwortet niemand. Den Port prüfen',
    },
  },
] as const;

/** What belongs to SQL Server. */
const serverFields = [
  'server',
  'port',
  'instance',
  'loginMode',
  'password',
  'passwordEnv',
  'encrypt',
  'trustServerCertificate',
  'ca',
  'poolSize',
];
const loginFields = { sql: ['user'], domain: ['domain', 'user'], entra: ['tenantId', 'clientId'] } as const;
const warnings = ['trust-warning', 'encrypt-warning'];
const allLoginFields = ['domain', 'user', 'tenantId', 'clientId'];

const site = demoWithBrowser();
for (const { locale, cancel, update, words } of languages) {
  describe(`the dialog of erp-config in ${locale}`, () => {
    let page: Page;
    let problems: readonly string[];
    before(async () => {
      const { browser, demo } = site();
      ({ page, problems } = await openPage(browser, { locale, viewport: { width: 1400, height: 1400 } }));
      await page.goto(demo.editor);
      await page.locator('#sync-notify').waitFor();
    });
    after(() => page.context().close());
    beforeEach(async () => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/erp-config/chosen'));
      await page.evaluate("RED.editor.editConfig('', 'erp-config', 'sync-erp')");
      await answered;
    });
    afterEach(async () => {
      if ((await dialogs(page).count()) > 0) await leaveDialog(page, cancel);
      assert.deepEqual(problems, []);
    });

    const field = (name: string): Locator => page.locator(`#node-config-input-${name}`);
    /** Enters a value and waits until the server has said what it stands for. */
    const choose = async (name: string, value: string): Promise<void> => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/erp-config/chosen'));
      await field(name).fill(value);
      await field(name).dispatchEvent('change');
      await answered;
    };
    /** Waits until these fields are shown, and no others of a group. */
    const shown = async (wanted: readonly string[], group: readonly string[]): Promise<void> => {
      for (const name of group) await field(name).waitFor({ state: wanted.includes(name) ? 'visible' : 'hidden' });
    };
    const answer = (text: string | RegExp): Promise<void> => field('answer').filter({ hasText: text }).waitFor();
    const textEditor = "window.monaco.editor.getModels().find((model) => model.getLanguageId() === 'json')";

    it('shows the fields of SQLite for a variable that stands for it', async () => {
      await shown(['database'], ['database', ...serverFields, ...allLoginFields]);
    });

    it('shows the fields of SQL Server and of the chosen login only', async () => {
      await choose('driver', 'mssql');
      await shown(serverFields, serverFields);
      for (const [mode, fields] of Object.entries(loginFields)) {
        await choose('loginMode', mode);
        await shown(fields, allLoginFields);
      }
    });

    it('warns of a certificate that nobody checks, and of a connection that everybody reads', async () => {
      await choose('driver', 'mssql');
      await shown([], warnings);
      await choose('trustServerCertificate', 'true');
      await shown(['trust-warning'], warnings);
      await choose('encrypt', 'false');
      await shown(['encrypt-warning'], warnings);
    });

    it('checks connection and schema, and installs after a question', async () => {
      await field('check').click();
      await answer(words.checked);
      await field('check-schema').click();
      await answer(words.schemaWell);
      const asked: string[] = [];
      page.once('dialog', (question) => {
        asked.push(question.message());
        void question.accept();
      });
      await field('apply').click();
      await answer(words.applied);
      assert.equal(asked.length, 1);
    });

    it('says in the language of the editor what is wrong', async () => {
      await choose('driver', 'oracle');
      await answer(words.unknownDriver);
      await choose('driver', 'mssql');
      for (const [name, value] of Object.entries({ server: '127.0.0.1', port: '9', user: 'sync', password: 'secret-1', mappingFile: '' })) {
        await field(name).fill(value);
      }
      await field('check').click();
      await answer(words.closedPort);
      assert.doesNotMatch(await field('answer').innerText(), /secret-1/);
    });

    it('begins with the reference mapping, names faults by their places, and previews the script without running what is in it', async () => {
      await field('mappingFrom').selectOption('text');
      await page.waitForFunction(`${textEditor}?.getValue().includes('"employees"')`);
      await field('check-mapping').click();
      await answer(words.mappingWell);
      await page.evaluate(`${textEditor}.setValue(${textEditor}.getValue().replace('"author"', '"autor"'))`);
      await field('check-mapping').click();
      await answer(words.fault);
      const hostile = '<img src=x onerror=window.hacked=1>';
      await page.evaluate(
        `${textEditor}.setValue(${textEditor}.getValue().replace('"autor"', '"author"').replace('Reference ERP', '${hostile}'))`,
      );
      await field('preview').click();
      await answer('CREATE TRIGGER');
      assert.ok((await field('answer').innerText()).includes(hostile));
      assert.equal(await page.evaluate('window.hacked'), undefined);
    });

    it('downloads the script that is chosen', async () => {
      await field('mappingFrom').selectOption('reference');
      await field('script').selectOption('uninstall');
      const download = page.waitForEvent('download');
      await field('download').click();
      const saved = await download;
      assert.equal(saved.suggestedFilename(), 'exchange-erp-uninstall-sqlite.sql');
      assert.match(await readFile(await saved.path(), 'utf8'), /DROP TABLE IF EXISTS sync_journal/);
    });

    it('stores the mapping that was entered, and hands no secret back', async () => {
      await field('mappingFrom').selectOption('text');
      await page.waitForFunction(`${textEditor}?.getValue().includes('"employees"')`);
      await choose('driver', 'mssql');
      await field('password').fill('secret-2');
      await leaveDialog(page, update);
      const stored = await page.evaluate<string>("JSON.stringify(RED.nodes.node('sync-erp'), ['version', 'mapping', 'driver'])");
      const node: unknown = JSON.parse(stored);
      assert.equal(Reflect.get(Object(node), 'version'), 2);
      assert.match(String(Reflect.get(Object(node), 'mapping')), /^\{[\s\S]*"employees"/);
      const exported = await page.evaluate<string>("JSON.stringify(RED.nodes.createExportableNodeSet([RED.nodes.node('sync-erp')]))");
      assert.ok(exported.includes('"driver":"mssql"') && !exported.includes('secret-2'));
    });
  });
}
