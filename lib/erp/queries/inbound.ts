/** What a page of a folder's changes brings into the sync tables. */
import chunk from 'lodash/chunk';
import type { Kysely, Transaction } from 'kysely';
import type { Kind, Operation } from '../../model/kind';
import { unseenChangeKey } from '../../model/link';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { keysOfEmployee } from '../records/window';
import type { InboundPage, NewEntry } from '../store';
import type { Tables } from '../tables';
import { storeFolderState } from './folder-state';
import { queueRows } from './journal';
import { linkPairs, markListed } from './links';
import { relinkItems } from './relist';
import { advanceRun } from './runs';

/** Members of one statement; an engine limits the number of parameters. */
const rowsPerStatement = 100;

/** Keys of the employee's records in the filter that have no link. */
export const unlinkedRecords = async (
  engine: Engine,
  db: Kysely<Tables>,
  compiled: CompiledKind,
  employeeId: string,
): Promise<readonly string[]> => {
  const own = await keysOfEmployee(engine, db, compiled, employeeId);
  if (own.length === 0) return own;
  const links = await db
    .selectFrom('sync_link')
    .select('erp_id')
    .where('employee_id', '=', employeeId)
    .where('kind', '=', compiled.kind)
    .execute();
  const linked = new Set(links.map((row) => row.erp_id));
  return own.filter((id) => !linked.has(id));
};

/** Those of the records that no open row would bring to Exchange anyway. */
const withoutRows = async (
  trx: Transaction<Tables>,
  kind: Kind,
  employeeId: string,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const rows = await trx
    .selectFrom('sync_journal')
    .select('erp_id')
    .where('direction', '=', 'outbound')
    .where('state', 'in', ['open', 'leased'])
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .execute();
  const queued = new Set(rows.map((row) => row.erp_id));
  return ids.filter((id) => !queued.has(id));
};

const recordsToQueue = async (
  engine: Engine,
  trx: Transaction<Tables>,
  compiled: CompiledKind,
  { records, employeeId, kind }: InboundPage,
): Promise<readonly string[]> => {
  if (records === undefined || records.length === 0) return [];
  const unlinked = await withoutRows(trx, kind, employeeId, await unlinkedRecords(engine, trx, compiled, employeeId));
  if (records === 'unlinked') return unlinked;
  const wanted = new Set(records);
  return unlinked.filter((id) => wanted.has(id));
};

/** Queues the changes of a page, links its pairs, and stores the state that goes with them. */
export const appendInbound = async (engine: Engine, trx: Transaction<Tables>, compiled: CompiledKind, page: InboundPage): Promise<void> => {
  const { connection, employeeId, kind, run } = page;
  const shared = { kind, employeeId };
  const inbound = (operation: Operation, exchangeId: string): NewEntry => ({
    ...shared,
    direction: 'inbound',
    operation,
    connection,
    erpId: null,
    exchangeId,
  });
  const outbound = (operation: Operation, erpId: string): NewEntry => ({
    ...shared,
    direction: 'outbound',
    operation,
    connection: null,
    erpId,
    exchangeId: null,
  });
  const relinks = await relinkItems(engine, trx, compiled, connection, page.relinked ?? []);
  const { linked, overtaken } = await linkPairs(trx, page.pairs ?? []);
  const records = await recordsToQueue(engine, trx, compiled, page);
  const toErp = [
    ...page.changes.map(({ operation, exchangeId }) => inbound(operation, exchangeId)),
    ...relinks.moved.flatMap(({ changeKey, exchangeId }) => (changeKey === unseenChangeKey ? [inbound('update', exchangeId)] : [])),
    ...relinks.overtaken.flatMap((relink) => [inbound('create', relink.exchangeId), inbound('delete', relink.oldExchangeId)]),
    ...overtaken.map(({ link }) => inbound('create', link.exchangeId)),
    ...linked.flatMap((pair) => (pair.inbound ? [inbound('update', pair.link.exchangeId)] : [])),
  ];
  const toExchange = [
    ...linked.flatMap((pair) => (pair.outbound ? [outbound('update', pair.link.erpId)] : [])),
    ...records.map((id) => outbound('create', id)),
  ];
  // Rows of one statement share their columns, so the two directions go apart.
  const entries = [...(await queueRows(engine, trx, toErp)), ...(await queueRows(engine, trx, toExchange))];
  for (const ids of chunk(page.listed ?? [], rowsPerStatement)) await markListed(trx, connection, ids);
  await storeFolderState(trx, page, engine.now().toISOString());
  if (run === undefined) return;
  const counts = { linked: linked.length, inbound: toErp.length, outbound: toExchange.length, left: run.left };
  await advanceRun(trx, { ...run, counts, entries }, engine.now());
};
