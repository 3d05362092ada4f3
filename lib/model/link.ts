/** A link joins one ERP record, one employee and one Exchange item (design, section 3). */
import type { ErpRecord, ExchangeItem, Meeting } from './item';
import type { Kind } from './kind';

/**
 * `pending`: the Exchange item is about to be created with this sync id, its answer has not been stored yet;
 * `active`: both ids are known.
 */
export type LinkState = 'pending' | 'active';

/** A link with the last synchronised snapshot of each side in that side's own shape. */
export interface Link {
  readonly id: number;
  /** Grows with every change of the link; a writer that holds an older one starts again. */
  readonly version: number;
  readonly state: LinkState;
  readonly kind: Kind;
  readonly employeeId: string;
  /** Name of the Exchange connection. */
  readonly connection: string;
  readonly syncId: string;
  readonly erpId: string;
  /** Null while pending. */
  readonly exchangeId: string | null;
  /** Version of the item that the base snapshot shows; null while pending. */
  readonly changeKey: string | null;
  readonly erpBase: ErpRecord;
  readonly exchangeBase: ExchangeItem;
  /** Whose the meeting is that the item is part of; null when it is none: a deletion in the mailbox tells nothing of it any more. */
  readonly meetingRole: Meeting['role'] | null;
  /** What a person decided and no write has carried out yet; every write of the link forgets it. */
  readonly decision: LinkDecision | null;
}

/**
 * A person's decision about a link: which side's version is taken, as a whole or field by field (names of the ERP's fields), that both stay
 * as two items, or that a deletion that the guard held is carried out. It stands until it was carried out, whatever changes meanwhile.
 */
export type LinkDecision =
  | { readonly take: 'both' }
  /** `side`: where the item is deleted, or removed while it stays on the other one. */
  | { readonly take: 'deletion'; readonly side: 'erp' | 'exchange' }
  /** `asked`: the fields that were in conflict when it was decided. It stands for them even if one side takes its change back. */
  | { readonly take: 'erp' | 'exchange'; readonly asked?: readonly string[] }
  | {
      readonly take: 'fields';
      readonly fields: Readonly<Record<string, 'erp' | 'exchange'>>;
      /** Not a person's: noted before exceptions are written anew in several requests, to know them for unfinished should they break off. */
      readonly by?: 'sync';
    };

/**
 * Change key of a link whose item was found after an attempt of unknown outcome: a person may have edited it since, so no version of it
 * counts as our own until it was read and compared.
 */
export const unseenChangeKey = '';

/**
 * Change key of a link whose item was found in Deleted Items: for the ERP's changes it is gone. It can be read and written there, and a
 * change would be lost with it.
 */
export const goneChangeKey = 'gone';

/** A link that is not stored yet. */
export type NewLink = Omit<Link, 'id' | 'version' | 'decision' | 'meetingRole'> & Partial<Pick<Link, 'meetingRole'>>;
