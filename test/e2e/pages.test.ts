/** The two pages of `npm start`, used by a person in Chromium: what is done on one is seen on the other, in both languages. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { openPage } from '../support/browser';
import { demoWithBrowser } from '../support/demo-with-browser';

const site = demoWithBrowser();

/** The words a person reads on the pages. */
const languages = [
  {
    locale: 'de-AT',
    subject: 'Betreff',
    location: 'Ort',
    save: 'Speichern',
    remove: 'Löschen',
    erp: { appointment: '+ Termin', task: '+ Aufgabe', due: 'Fällig am' },
    mailbox: { appointment: 'Neuer Termin', task: 'Neue Aufgabe', due: 'Fällig am', title: 'Exchange-Simulator' },
  },
  {
    locale: 'en-GB',
    subject: 'Subject',
    location: 'Location',
    save: 'Save',
    remove: 'Delete',
    erp: { appointment: '+ Appointment', task: '+ Task', due: 'Due date' },
    mailbox: { appointment: 'New appointment', task: 'New task', due: 'Due on', title: 'Exchange simulator' },
  },
] as const;

const hostile = `<img src=x onerror="window.hacked = 1"> "q" 'a' & </b> ; 😀`;

for (const words of languages) {
  describe(`both pages in ${words.locale}`, () => {
    let erp: Page;
    let mailbox: Page;
    let problems: readonly (readonly string[])[];
    const named = (name: string): string => `${name} ${words.locale}`;

    before(async function () {
      this.timeout(60_000);
      const { browser, demo } = site();
      const pages = [await openPage(browser, { locale: words.locale }), await openPage(browser, { locale: words.locale })] as const;
      [erp, mailbox] = [pages[0].page, pages[1].page];
      problems = pages.map((page) => page.problems);
      for (const page of [erp, mailbox]) page.on('dialog', (dialog) => void dialog.accept());
      await erp.goto(demo.erpPage);
      await erp.locator('#employees').getByRole('button', { name: 'Anna Gruber' }).click();
      await mailbox.goto(demo.mailboxPage);
      await mailbox.locator('#mailbox').selectOption('anna.gruber@demo.example');
      await mailbox.locator('#days .entry').first().waitFor();
    });
    after(async () => {
      for (const page of [erp, mailbox]) await page.context().close();
    });
    afterEach(() => {
      assert.deepEqual(problems.flat(), []);
    });

    const appointmentOn = (page: Page, subject: string): Locator => page.locator('#days .entry', { hasText: subject });
    const taskOn = (page: Page, subject: string): Locator => page.locator('#tasks li', { hasText: subject });
    const dialogOf = (page: Page): Locator => page.locator('dialog[open]');
    const save = async (page: Page): Promise<void> => {
      await dialogOf(page).getByRole('button', { name: words.save, exact: true }).click();
      await dialogOf(page).waitFor({ state: 'detached' });
    };
    const fill = (page: Page, label: string, value: string) => dialogOf(page).getByLabel(label, { exact: true }).fill(value);
    const create = async (page: Page, button: string, fields: Readonly<Record<string, string>>): Promise<void> => {
      await page.getByRole('button', { name: button, exact: true }).click();
      for (const [label, value] of Object.entries(fields)) await fill(page, label, value);
      await save(page);
    };
    const remove = async (page: Page, entry: Locator): Promise<void> => {
      await entry.click();
      await dialogOf(page).getByRole('button', { name: words.remove, exact: true }).click();
      await dialogOf(page).waitFor({ state: 'detached' });
    };
    const seenOnce = async (entry: Locator): Promise<void> => {
      await entry.waitFor();
      assert.equal(await entry.count(), 1);
    };
    const gone = (entry: Locator): Promise<void> => entry.waitFor({ state: 'detached' });

    it('are in the language of the browser', async () => {
      for (const page of [erp, mailbox]) assert.equal(await page.locator('html').getAttribute('lang'), words.locale.slice(0, 2));
      await mailbox.getByRole('heading', { name: words.mailbox.title }).waitFor();
      await erp.getByRole('button', { name: words.erp.appointment, exact: true }).waitFor();
    });

    it('an appointment entered in the ERP is seen in the mailbox, follows a change, and is deleted there', async () => {
      const subject = named('Kundentermin');
      await create(erp, words.erp.appointment, { [words.subject]: subject, [words.location]: 'Wien' });
      await seenOnce(appointmentOn(mailbox, subject));
      await seenOnce(appointmentOn(mailbox, subject).filter({ hasText: 'Wien' }).filter({ hasText: '09:00 – 10:00' }));
      await appointmentOn(erp, subject).click();
      await fill(erp, words.location, 'Graz');
      await save(erp);
      await seenOnce(appointmentOn(mailbox, subject).filter({ hasText: 'Graz' }));
      await remove(mailbox, appointmentOn(mailbox, subject));
      await gone(appointmentOn(erp, subject));
    });

    it('an appointment entered in the mailbox is seen in the ERP, follows a change, and is deleted there', async () => {
      const subject = named('Webinar');
      await create(mailbox, words.mailbox.appointment, { [words.subject]: subject, [words.location]: 'Linz' });
      await seenOnce(appointmentOn(erp, subject).filter({ hasText: 'Linz' }).filter({ hasText: '09:00–10:00' }));
      await appointmentOn(mailbox, subject).click();
      await fill(mailbox, words.location, 'Salzburg');
      await save(mailbox);
      await seenOnce(appointmentOn(erp, subject).filter({ hasText: 'Salzburg' }));
      await remove(erp, appointmentOn(erp, subject));
      await gone(appointmentOn(mailbox, subject));
    });

    const taskInMailbox = (subject: string): Locator => mailbox.locator('#task-list li', { hasText: subject });

    it('a task entered in the ERP is ticked off in the mailbox, and the ERP knows', async () => {
      const subject = named('Angebot schreiben');
      await create(erp, words.erp.task, { [words.subject]: subject, [words.erp.due]: '2030-12-31' });
      await seenOnce(taskInMailbox(subject));
      await taskInMailbox(subject).getByRole('checkbox').click();
      await seenOnce(erp.locator('#tasks li.done', { hasText: subject }));
      await remove(erp, taskOn(erp, subject).getByRole('button'));
      await gone(taskInMailbox(subject));
    });

    it('a task entered in the mailbox is ticked off in the ERP, and the mailbox knows', async () => {
      const subject = named('Rückruf');
      await create(mailbox, words.mailbox.task, { [words.subject]: subject, [words.mailbox.due]: '2030-12-31' });
      await seenOnce(taskOn(erp, subject));
      await taskOn(erp, subject).getByRole('checkbox').click();
      await seenOnce(mailbox.locator('#task-list li.done', { hasText: subject }));
      await remove(mailbox, taskInMailbox(subject).getByRole('button'));
      await gone(taskOn(erp, subject));
    });

    it('hostile text is shown as text on both pages, whichever side it comes from', async () => {
      const [fromErp, fromMailbox] = [named(`${hostile} ERP`), named(`${hostile} Exchange`)];
      await create(erp, words.erp.appointment, { [words.subject]: fromErp, [words.location]: hostile, Text: hostile });
      await create(mailbox, words.mailbox.appointment, { [words.subject]: fromMailbox, [words.location]: hostile, Text: hostile });
      await create(erp, words.erp.task, { [words.subject]: fromErp, Text: hostile });
      await create(mailbox, words.mailbox.task, { [words.subject]: fromMailbox, Text: hostile });
      for (const page of [erp, mailbox]) {
        for (const subject of [fromErp, fromMailbox]) {
          await seenOnce(appointmentOn(page, subject));
          await seenOnce(page === erp ? taskOn(erp, subject) : taskInMailbox(subject));
        }
        await appointmentOn(page, fromErp).click();
        assert.equal(await dialogOf(page).getByLabel('Text', { exact: true }).inputValue(), hostile);
        assert.equal(await dialogOf(page).getByLabel(words.location, { exact: true }).inputValue(), hostile);
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('img').count(), 0);
        assert.equal(await page.evaluate<boolean>("'hacked' in window"), false);
      }
    });

    it('another language is one click away', async () => {
      const other = words.locale.startsWith('de') ? { erp: 'English', value: 'en' } : { erp: 'Deutsch', value: 'de' };
      await erp.getByRole('button', { name: other.erp }).click();
      await mailbox.locator('#language').selectOption(other.value);
      const there = languages.find(({ locale }) => locale.startsWith(other.value));
      await erp.getByRole('button', { name: there?.erp.appointment ?? '', exact: true }).waitFor();
      await mailbox.getByRole('heading', { name: there?.mailbox.title ?? '' }).waitFor();
    });
  });
}
