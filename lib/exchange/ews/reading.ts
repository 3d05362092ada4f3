/** The reading half of the connection: changes, items, searches. */
import type { Kind } from '../../model/kind';
import { SyncError } from '../../model/error';
import type { ExchangeEntry } from '../../model/item';
import { ok } from '../../model/result';
import type { Result } from '../../model/result';
import { chunk } from 'lodash';
import type { ChangePage, ExchangeConnection, FoundItem } from '../connection';
import { distinguishedFolder } from './folders';
import type { FolderName } from './folders';
import type { ItemReading } from './item-reading';
import type { MailboxFolders } from './mailbox-folders';
import { findItem } from './operations/find-item';
import type { FoundPage, FoundRow } from './operations/find-item';
import { syncFolderItems } from './operations/sync-folder-items';
import type { EwsOptions } from './options';
import { hasSyncId, overlapsWindow } from './restriction';
import type { SoapClient } from './soap/client';
import type { XmlNode } from './xml/compose';

/** What reads. */
export type Reading = Pick<ExchangeConnection, 'changesSince' | 'getMany' | 'findBySyncId' | 'listWindow'>;

/** Sync ids in one search: each is a condition, and Exchange limits the size of a restriction. */
const syncIdsPerSearch = 50;
/** A folder that changes while it is listed is listed again, so often. */
const listAttempts = 3;

/** Reading through `client`. */
export const createReading = (client: SoapClient, folders: MailboxFolders, items: ItemReading, options: EwsOptions): Reading => {
  const folderOf = (mailbox: string, distinguished: FolderName['distinguished']): FolderName => ({
    distinguished,
    mailbox: options.impersonation ? null : mailbox,
  });

  /** Pages until the end; null when the number of items changed meanwhile, so that the offsets may have skipped one. */
  const listOnce = async (mailbox: string, folder: FolderName, restriction: XmlNode | null): Promise<readonly FoundRow[] | null> => {
    const rows: FoundRow[] = [];
    let total: number | null = null;
    for (let offset: number | null = 0; offset !== null;) {
      const page: FoundPage = await client.call(findItem(folder, restriction, offset), { mailbox });
      if (total !== null && page.total !== total) return null;
      total = page.total;
      rows.push(...page.rows);
      offset = page.nextOffset;
    }
    return rows;
  };

  const list = async (mailbox: string, folder: FolderName, restriction: XmlNode | null): Promise<readonly FoundRow[]> => {
    for (let attempt = 0; attempt < listAttempts; attempt += 1) {
      const rows = await listOnce(mailbox, folder, restriction);
      if (rows !== null) return rows;
    }
    throw new SyncError('folder-unsteady', 'retry', 'The folder changed while it was listed; it is listed again later.');
  };

  const getMany: Reading['getMany'] = async (mailbox, ids) => {
    const results = await items.readWhole(
      mailbox,
      ids.map((id) => ({ id })),
    );
    return results.map((result) => (result.ok ? ok(result.value.entry) : result));
  };

  const entriesOf = (results: readonly Result<ExchangeEntry>[]): readonly ExchangeEntry[] =>
    results.flatMap((result) => {
      if (result.ok) return [result.value];
      if (result.error.code === 'item-not-found' || result.error.code === 'item-kind-unknown') return [];
      // An item that is left out would look deleted: rather no list than a wrong one.
      throw result.error;
    });

  return {
    getMany,
    changesSince: async (mailbox: string, kind: Kind, syncState: string | null): Promise<ChangePage> => {
      const { deletedItems } = await folders.of(mailbox);
      return client.call(syncFolderItems(folderOf(mailbox, distinguishedFolder(kind)), syncState, deletedItems), { mailbox });
    },
    findBySyncId: async (mailbox, kind, syncIds) => {
      const elementName = kind === 'appointment' ? 'CalendarItem' : 'Task';
      const found: FoundItem[] = [];
      for (const ids of chunk(syncIds, syncIdsPerSearch)) {
        for (const distinguished of [distinguishedFolder(kind), 'deleteditems'] as const) {
          const rows = await list(mailbox, folderOf(mailbox, distinguished), hasSyncId(ids));
          const deleted = distinguished === 'deleteditems';
          found.push(
            ...rows.flatMap(({ element, id, changeKey, syncId }) =>
              element === elementName && syncId !== null && ids.includes(syncId) ? [{ id, changeKey, syncId, deleted }] : [],
            ),
          );
        }
      }
      return found;
    },
    listWindow: async (mailbox, kind, from, to) => {
      const restriction = kind === 'appointment' ? overlapsWindow(from, to) : null;
      const rows = await list(mailbox, folderOf(mailbox, distinguishedFolder(kind)), restriction);
      return entriesOf(await getMany(mailbox, [...new Set(rows.map((row) => row.id))]));
    },
  };
};
