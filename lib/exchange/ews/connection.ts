/** The port `ExchangeConnection` over Exchange Web Services. */
import { basicLogin } from '../auth/basic';
import type { ExchangeConnection } from '../connection';
import { createCategories } from './categories';
import { checkConnection } from './check';
import { createAnnouncedItems } from './invitations';
import { createItemReading } from './item-reading';
import { createMailboxFolders } from './mailbox-folders';
import { ewsOptions } from './options';
import type { EwsSettings } from './options';
import { createReading } from './reading';
import { createSeriesWriting } from './series-writing';
import { createSoapClient } from './soap/client';
import { createTransport } from './transport/transport';
import { watchMailboxes } from './watch/watch';
import { createWriting } from './writing';

/**
 * A connection to one Exchange; nothing is sent before the first call.
 * @throws SyncError `setting-invalid` (scope `configuration`), which names the setting and the remedy
 */
export const createEwsConnection = (settings: EwsSettings): ExchangeConnection => {
  const options = ewsOptions(settings);
  const transport = createTransport({ ...options, login: basicLogin(options.user, options.password) });
  const client = createSoapClient(transport, options);
  const folders = createMailboxFolders(client, options);
  const closing = new AbortController();
  const items = createItemReading(client, options);
  const reading = createReading(client, folders, items, options);
  const parts = { reading, settle: createSeriesWriting(client, items, options), announcedItems: createAnnouncedItems(items, options) };
  return {
    ...reading,
    ...createWriting(client, parts, options),
    ensureCategories: createCategories(client, options),
    watch: (mailboxes, signal) => watchMailboxes({ client, folders, options }, mailboxes, AbortSignal.any([signal, closing.signal])),
    check: (mailbox) => checkConnection({ client, transport, options }, mailbox),
    tryLoginAgain: transport.tryLoginAgain,
    close: () => {
      closing.abort();
      return client.close();
    },
  };
};
