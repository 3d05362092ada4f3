/** Ids of the folders of a mailbox, asked once: notifications and changes name folders by id. */
import { SyncError } from '../../model/error';
import type { FolderName } from './folders';
import { getFolder } from './operations/get-folder';
import type { EwsOptions } from './options';
import type { SoapClient } from './soap/client';

/** Folder ids of one mailbox. */
export interface FolderIds {
  readonly calendar: string;
  readonly tasks: string;
  readonly deletedItems: string;
}

/** Folder ids by mailbox. */
export interface MailboxFolders {
  /**
   * Asks the server when it was not asked before.
   * @throws SyncError such as `mailbox-not-found`
   */
  readonly of: (mailbox: string) => Promise<FolderIds>;
}

const names = ['calendar', 'tasks', 'deleteditems'] as const;

/** Folder ids through `client`; they never change, a failure is not kept. */
export const createMailboxFolders = (client: SoapClient, options: EwsOptions): MailboxFolders => {
  const known = new Map<string, Promise<FolderIds>>();
  const ask = async (mailbox: string): Promise<FolderIds> => {
    const folders = names.map((distinguished): FolderName => ({ distinguished, mailbox: options.impersonation ? null : mailbox }));
    const results = await client.call(getFolder(folders), { mailbox });
    const ids = results.map((result) => {
      if (!result.ok) throw result.error;
      return result.value;
    });
    const [calendar, tasks, deletedItems] = ids;
    if (calendar === undefined || tasks === undefined || deletedItems === undefined) {
      throw new SyncError('answer-incomplete', 'connection', 'Exchange did not name all folders of the mailbox.');
    }
    return { calendar, tasks, deletedItems };
  };
  return {
    of: (mailbox) => {
      const key = mailbox.toLowerCase();
      const asked = known.get(key) ?? ask(mailbox);
      known.set(key, asked);
      asked.catch(() => known.delete(key));
      return asked;
    },
  };
};
