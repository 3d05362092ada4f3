/** Puts categories with their colours into the lists of mailboxes, where Outlook looks for them. */
import { uniqBy } from 'lodash';
import type { MailboxCategory } from '../../model/category-colour';
import { SyncError, toSyncError } from '../../model/error';
import { categoryKey, categoryListData, emptyCategoryList, readCategoryList, withCategories } from './category-list';
import type { CategoryList } from './category-list';
import { getUserConfiguration, writeUserConfiguration } from './operations/user-configuration';
import type { ConfigurationName } from './operations/user-configuration';
import type { EwsOptions } from './options';
import type { SoapClient } from './soap/client';

/** See `ExchangeConnection.ensureCategories`. */
export type EnsureCategories = (mailbox: string, categories: readonly MailboxCategory[]) => Promise<void>;

/** What is known of so many mailboxes is kept; of others it is asked again. */
const mostMailboxes = 5000;
/** Nothing tells that another writer came between, so the list is read after each write, and written again so often. */
const attempts = 3;

const raceLost = (): SyncError =>
  new SyncError('item-changed', 'retry', 'The list of categories was changed in Exchange meanwhile; its colours are added later.');

/** Ensuring through `client`. */
export const createCategories = (client: SoapClient, options: EwsOptions): EnsureCategories => {
  /** Names that a mailbox has, and the work that goes on in it. */
  const known = new Map<string, ReadonlySet<string>>();
  const working = new Map<string, Promise<void>>();

  const namedIn = (mailbox: string): ConfigurationName => ({
    folder: { distinguished: 'calendar', mailbox: options.impersonation ? null : mailbox },
    name: 'CategoryList',
  });

  /** Null when the mailbox has no list yet. */
  const read = async (mailbox: string): Promise<CategoryList | null> => {
    try {
      return readCategoryList(await client.call(getUserConfiguration(namedIn(mailbox)), { mailbox }));
    } catch (thrown) {
      if (toSyncError(thrown).code === 'item-not-found') return null;
      throw thrown;
    }
  };

  const write = async (mailbox: string, list: CategoryList, manner: 'Create' | 'Update'): Promise<void> => {
    try {
      await client.call(writeUserConfiguration(manner, namedIn(mailbox), categoryListData(list)), { mailbox });
    } catch (thrown) {
      // Somebody created it or took it away meanwhile: the next reading tells.
      if (!['item-not-found', 'server-error'].includes(toSyncError(thrown).code)) throw thrown;
    }
  };

  const remember = (key: string, names: ReadonlySet<string>): void => {
    known.delete(key);
    known.set(key, names);
    const [oldest] = known.keys();
    if (known.size > mostMailboxes && oldest !== undefined) known.delete(oldest);
  };

  const missingIn = (names: ReadonlySet<string>, categories: readonly MailboxCategory[]): readonly MailboxCategory[] =>
    uniqBy(
      categories.filter(({ name }) => !names.has(categoryKey(name))),
      ({ name }) => categoryKey(name),
    );

  const ensure = async (mailbox: string, key: string, categories: readonly MailboxCategory[]): Promise<void> => {
    if (missingIn(known.get(key) ?? new Set(), categories).length === 0) return;
    for (let attempt = 0; ; attempt += 1) {
      const found = await read(mailbox);
      const missing = missingIn(found?.names ?? new Set(), categories);
      if (found !== null && missing.length === 0) {
        remember(key, found.names);
        return;
      }
      if (attempt === attempts) throw raceLost();
      await write(mailbox, withCategories(found ?? emptyCategoryList, missing), found === null ? 'Create' : 'Update');
    }
  };

  return (mailbox, categories) => {
    const key = mailbox.toLowerCase();
    const before = working.get(key) ?? Promise.resolve();
    const task = (): Promise<void> => ensure(mailbox, key, categories);
    const run = before.then(task, task);
    working.set(key, run);
    const forget = (): void => {
      if (working.get(key) === run) working.delete(key);
    };
    run.then(forget, forget);
    return run;
  };
};
