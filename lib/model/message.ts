/** The message on the wires (design, section 1, "The message"). Plain JSON: it survives cloning. */
import type { MailboxCategory } from './category-colour';
import type { AnyItem, ErpRecord, ExchangeItem, Fields, Meeting } from './item';
import type { Direction, Kind, Operation } from './kind';
import type { LinkDecision } from './link';

/** What the pack needs to finish the job; flows may read it and should not change it. */
export interface SyncContext {
  /** Row of `sync_journal`. */
  readonly journalId: number;
  readonly direction: Direction;
  readonly kind: Kind;
  readonly operation: Operation;
  readonly employee: { readonly id: string; readonly name: string; readonly email: string };
  /** Name of the erp-config. */
  readonly tenant: string;
  /** Name of the ews-config; null on outbound messages until `conflict-resolve` sets its own. */
  readonly connection: string | null;
  readonly erpId: string | null;
  readonly exchangeId: string | null;
  readonly changeKey: string | null;
  readonly syncId: string | null;
  /** Id and version of the link; null when the item is new to the sync. */
  readonly link: { readonly id: number; readonly version: number } | null;
  /** Last synchronised snapshots; null when the item is new to the sync. */
  readonly base: { readonly erp: ErpRecord; readonly exchange: ExchangeItem } | null;
  /** The item as it was read from its source; null for a deletion. */
  readonly source: AnyItem | null;
  /** When the source was changed, UTC; null when unknown. */
  readonly sourceModifiedAt: string | null;
  /** How often the journal row was leased, from 1. */
  readonly attempt: number;
  /** What a person decided about this item; null when nobody did. */
  readonly chosen: LinkDecision | null;
  /** Inbound: the meeting that the source is (of a deleted one, only the role is known); null when it is none, and outbound. */
  readonly meeting: Meeting | null;
  /** Outbound: how many employees' mailboxes hold the ERP's record; none when it is gone. */
  readonly participants?: number;
  /** The deletion is a removal that a person released: the source stays where it is. */
  readonly removal?: true;
  /** Set by `item-map`: its result, to tell later what the flow edited by hand. */
  readonly mapped?: AnyItem;
  /** Set by `item-map`: fields of the target that change because the source changed. */
  readonly changedFields?: readonly string[];
  /** Set by `item-map`, outbound: categories that the mailbox shall list, with their colours. */
  readonly colours?: readonly MailboxCategory[];
  /** Parts of the source that the other side cannot express: they stay as they are where they are, and the journal says so. */
  readonly kept?: readonly KeptPart[];
  /** Set by `conflict-resolve`: what the writer has to do. */
  readonly decision?: Decision;
}

/** Exceptions of a series, or the recurrence of a task. */
export type KeptPart = 'exceptions' | 'recurrence';

/** What `conflict-resolve` decided, carried out by a writer. */
export type Decision =
  | { readonly action: 'create'; readonly item: AnyItem }
  | {
      readonly action: 'update';
      /** Only the fields to write, in the target's shape. */
      readonly changes: Fields;
      /** Fields of the target's base that do not become what was written: what the source has where the target's version won or was merged. */
      readonly rebase: Fields;
      /** The target as it was when the decision was made; a writer that finds another starts again. */
      readonly expected: AnyItem;
      /** Change key that goes with `expected`, outbound only. */
      readonly expectedChangeKey: string | null;
      /**
       * The target has changes of its own that have not travelled yet. Then the link keeps its old change key, or the
       * notification of our write would hide them.
       */
      readonly targetChanged: boolean;
      /** What a decided conflict lost, kept in the journal; null when nothing was lost. */
      readonly lost: Fields | null;
    }
  | {
      readonly action: 'delete';
      /** The target as it was when the decision was made; null when it was never confirmed to exist (a pending link). */
      readonly expected: AnyItem | null;
      /** Change key that goes with `expected`, outbound only. */
      readonly expectedChangeKey: string | null;
      /** What the other side edited and lost by the deletion, kept in the journal; null when nothing was lost. */
      readonly lost: Fields | null;
    };

/** A Node-RED message of this pack. */
export interface SyncMessage {
  readonly _msgid?: string;
  /** `inbound|outbound/kind/create|update|delete`. */
  readonly topic: string;
  /** The item that the next node works on; null for a deletion. Free to edit. */
  readonly payload: AnyItem | null;
  readonly sync: SyncContext;
}

/** Topic of a message. */
export const topicOf = (direction: Direction, kind: Kind, operation: Operation): string => `${direction}/${kind}/${operation}`;
