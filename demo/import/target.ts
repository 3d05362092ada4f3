/** Where imported items go. */
import type { ExchangeItem } from '../../lib/model/item';

/** An employee's mailbox, or the ERP. */
export interface ImportTarget {
  /** Writes items; one result per item, in order: null when it was written, else why not. Rejects when nothing can be written. */
  readonly write: (items: readonly ExchangeItem[]) => Promise<readonly (string | null)[]>;
  readonly close: () => Promise<void>;
}

/** A cause that ends the import; its message is shown to the user. */
export class ImportImpossible extends Error {
  override readonly name = 'ImportImpossible';
}
