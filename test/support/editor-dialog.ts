/** Dialogs of the editor in the browser: used when they stand still, as a person does. */
import type { Locator, Page } from 'playwright-core';

/** The open dialogs, the one on top last. */
export const dialogs = (page: Page): Locator => page.locator('.red-ui-tray');

/**
 * Script: the dialog on top has opened. The editor slides it in, then sets its width and fills the sidebar, then lays it out once more, each
 * after a time of its own, and at last raises the stack of dialogs. A press that falls between may end beside its button and does nothing.
 */
const hasOpened = `document.querySelector('#red-ui-editor-stack').style.zIndex === '13'
  && [...document.querySelectorAll('.red-ui-tray')].at(-1)?.getAnimations().length === 0`;

/** The dialog on top when it has opened. */
export const openedDialog = async (page: Page): Promise<Locator> => {
  await page.waitForFunction(hasOpened);
  return dialogs(page).last();
};

/** Leaves the dialog on top by its button of this name, and waits until it is gone. */
export const leaveDialog = async (page: Page, button: string): Promise<void> => {
  const dialog = await openedDialog(page);
  const below = (await dialogs(page).count()) - 1;
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialogs(page).nth(below).waitFor({ state: 'detached' });
};
