/** Links of which both sides were deleted while deletions did not travel: nothing is left that they could link, and keys may be used again. */
import groupBy from 'lodash/groupBy';
import type { ClaimedEntry } from '../../erp/store';
import type { Link } from '../../model/link';
import type { TenantRuntime } from '../runtime';
import type { Built } from './built';

/** Forgets the links of deletions that were left out, where `gone` finds that the other side is gone, too. */
export const forgetEmptyLinks = async (
  built: Built,
  claimed: readonly ClaimedEntry[],
  gone: (links: readonly Link[]) => Promise<readonly Link[]>,
): Promise<Built> => {
  const linkOf = new Map(claimed.map(({ entry, link }) => [entry.id, link]));
  const left = built.closings.filter(({ outcome }) => outcome.noteCode === 'deletion-off');
  const links = left.flatMap(({ journalId }) => linkOf.get(journalId) ?? []);
  if (links.length === 0) return built;
  const empty = new Map((await gone(links)).map(({ id: linkId, version }) => [linkId, { type: 'remove', linkId, version } as const]));
  const closings = built.closings.map((closing) => {
    const removed = left.includes(closing) ? empty.get(linkOf.get(closing.journalId)?.id ?? 0) : undefined;
    return removed === undefined ? closing : { ...closing, link: removed };
  });
  return { ...built, closings };
};

/** Links whose item is gone, as its folder told. */
export const withoutItem = async ({ database: { store } }: TenantRuntime, links: readonly Link[]): Promise<readonly Link[]> => {
  const found: Link[] = [];
  for (const [connection, own] of Object.entries(groupBy(links, 'connection'))) {
    const ids = own.flatMap(({ exchangeId }) => exchangeId ?? []);
    const told = new Set<string | null>(ids.length === 0 ? [] : await store.toldDeletions(connection, ids));
    found.push(...own.filter(({ exchangeId }) => told.has(exchangeId)));
  }
  return found;
};

/** Links whose employee has the record no more. */
export const withoutRecord = async ({ database: { records } }: TenantRuntime, links: readonly Link[]): Promise<readonly Link[]> => {
  const found: Link[] = [];
  for (const own of Object.values(groupBy(links, 'kind'))) {
    const kind = own[0]?.kind ?? 'appointment';
    const unreadable = new Set<string>();
    const entries = await records.read(
      kind,
      own.map(({ erpId }) => erpId),
      (id) => unreadable.add(id),
    );
    const has = ({ erpId, employeeId }: Link): boolean =>
      unreadable.has(erpId) || entries.some(({ id, employeeIds }) => id === erpId && employeeIds.includes(employeeId));
    found.push(...own.filter((link) => !has(link)));
  }
  return found;
};
