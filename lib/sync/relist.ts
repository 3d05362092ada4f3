/**
 * A folder that has to be listed anew: its state was lost, or the employee has another mailbox. Nothing is deleted and nothing doubled:
 * links find their items again, and what another mailbox does not hold is brought there once more.
 */
import type { FolderMailbox, Relisting } from '../erp/store';
import { SyncError } from '../model/error';
import { allPages, listedIn, type FolderReading } from './folder-changes';
import { foundAgain, linksOfFolder, relinkedTo } from './found-again';

const relistingOf = ({ exchange, employee, kind }: FolderReading): Omit<Relisting, 'keepState'> => ({
  connection: exchange.name,
  employeeId: employee.id,
  kind,
  mailbox: employee.email ?? '',
  relinked: [],
  missing: [],
  left: [],
});

/** Those of the ids of which no link knows. */
const strangersOf = async ({ tenant, exchange }: FolderReading, ids: readonly string[]): Promise<readonly string[]> => {
  const known = new Set((await tenant.database.store.linksByExchangeId(exchange.name, ids)).map(({ exchangeId }) => exchangeId));
  return ids.filter((id) => !known.has(id));
};

/** Links whose items are gone find them again among those of a full list; of what is not found nothing is deleted. */
export const relistLost = async (reading: FolderReading, listed: readonly string[]): Promise<void> => {
  const { tenant, exchange, employee, kind } = reading;
  const there = new Set<string | null>(listed);
  const absent = (await linksOfFolder(tenant, exchange, employee.id, kind)).filter(({ exchangeId }) => !there.has(exchangeId));
  if (absent.length === 0) return;
  const answers = await exchange.connection.getMany(
    employee.email ?? '',
    absent.map(({ exchangeId }) => exchangeId ?? ''),
  );
  const gone = absent.filter((_, at) => {
    const answer = answers[at];
    return answer?.ok === false && answer.error.code === 'item-not-found';
  });
  if (gone.length === 0) return;
  const found = await foundAgain(reading, gone, await strangersOf(reading, listed));
  const again = new Set(found.map(({ link }) => link.id));
  const missing = gone.flatMap(({ id, exchangeId }) => (again.has(id) || exchangeId === null ? [] : [exchangeId]));
  await tenant.database.store.relist({ ...relistingOf(reading), relinked: relinkedTo(found), missing, keepState: false });
};

/** Whether a folder was read in another mailbox. */
export const isElsewhere = (folder: FolderMailbox | undefined, mailbox: string): boolean =>
  folder !== undefined && folder.mailbox !== null && folder.mailbox.toLowerCase() !== mailbox.toLowerCase();

/**
 * Brings the links of a folder that was read in another mailbox to the employee's: the state is forgotten, links find what moved along, the
 * records of the others are queued outbound. Where the list knows one of the links, the mailbox is the same under a new address.
 */
export const moveFolder = async (reading: FolderReading): Promise<void> => {
  const { tenant, exchange, employee, kind } = reading;
  const { store } = tenant.database;
  const pages = await allPages(reading, null);
  if (pages === null) throw new SyncError('unexpected', 'connection', 'Exchange refused to list the folder from its beginning');
  const listed = listedIn(pages);
  const links = await linksOfFolder(tenant, exchange, employee.id, kind);
  const there = new Set<string | null>(listed);
  if (links.some(({ exchangeId }) => there.has(exchangeId))) {
    await store.relist({ ...relistingOf(reading), keepState: true });
    return;
  }
  const found = await foundAgain(reading, links, await strangersOf(reading, listed));
  const again = new Set(found.map(({ link }) => link.id));
  const left = links.filter(({ id }) => !again.has(id));
  await store.relist({ ...relistingOf(reading), relinked: relinkedTo(found), left, keepState: false });
};
