/** What a changed record means for its employees: which journal rows it gets. Pure. */
import { createHash } from 'node:crypto';
import isEqual from 'lodash/isEqual';
import type { ErpRecord } from '../../model/item';
import type { Operation } from '../../model/kind';
import type { LinkState } from '../../model/link';

/** A record as a look found it. */
export type Sight =
  | {
      readonly state: 'there';
      readonly erpId: string;
      readonly employeeIds: readonly string[];
      readonly inFilter: boolean;
      /** Null: it cannot be read; its row will say why. */
      readonly record: ErpRecord | null;
    }
  /** The ERP says that it was deleted. */
  | { readonly state: 'deleted'; readonly erpId: string };

/** What a look has to know of a link. */
export interface KnownLink {
  readonly id: number;
  readonly employeeId: string;
  readonly erpId: string;
  readonly state: LinkState;
  readonly erpBase: ErpRecord;
}

/** An outbound row to be queued. */
export interface News {
  readonly operation: Operation;
  readonly employeeId: string;
  readonly erpId: string;
}

/** Tells two sights of a record apart, whatever its stamp says: stamps are coarse, and some are kept by careless programs. */
export const digestOf = (sight: Sight): string => createHash('sha256').update(JSON.stringify(sight)).digest('base64');

/**
 * Whether link and record agree: our own write (its base is what was read back), or a change of columns that are not synchronised. A
 * pending link's item may not exist yet.
 */
const agrees = (link: KnownLink, record: ErpRecord | null): boolean =>
  link.state === 'active' && record !== null && isEqual(link.erpBase, record);

/**
 * Rows for a record that was not seen like this before. `links`: all links of the record.
 * An employee who takes part and has no link gets it created, one who has a link updated; one who has a link and no longer takes part gets
 * it deleted.
 */
export const newsOf = (sight: Sight, links: readonly KnownLink[]): readonly News[] => {
  const { erpId } = sight;
  const row = (operation: Operation, employeeId: string): News => ({ operation, employeeId, erpId });
  if (sight.state === 'deleted') return links.map((link) => row('delete', link.employeeId));
  const { employeeIds, inFilter, record } = sight;
  const changed = employeeIds.flatMap((employeeId): readonly News[] => {
    const link = links.find((candidate) => candidate.employeeId === employeeId);
    if (link === undefined) return inFilter ? [row('create', employeeId)] : [];
    return agrees(link, record) ? [] : [row('update', employeeId)];
  });
  const left = links.filter((link) => !employeeIds.includes(link.employeeId));
  return [...changed, ...left.map((link) => row('delete', link.employeeId))];
};
