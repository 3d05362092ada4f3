/** The one error type of the pack: a stable code, what to do next, and parameters for the texts in German and English. */

/**
 * What a failure means for the work at hand:
 * `item` - this item fails, the others go on; `retry` - try the same item again, it may have changed meanwhile;
 * `connection` - the other side cannot be reached, everything waits and tries again; `login` - credentials were refused, wait long so
 * that no account is locked; `configuration` - a person must act.
 */
export type ErrorScope = 'item' | 'retry' | 'connection' | 'login' | 'configuration';

/** Values that a text may show; never a secret, never an item's content. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** A failure with a stable code. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  constructor(
    /** Kebab-case, stable, key of the locale text `error.<code>`. */
    readonly code: string,
    readonly scope: ErrorScope,
    /** English text that names place and remedy. */
    message: string,
    readonly params: ErrorParams = {},
    options?: { readonly cause?: unknown; readonly backOffMs?: number },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.backOffMs = options?.backOffMs ?? null;
  }
  /** How long the server asked to wait, ms; null when it did not. */
  readonly backOffMs: number | null;
}

/** Any thrown value as a SyncError; what is unknown becomes `unexpected` and concerns the item at hand. */
export const toSyncError = (thrown: unknown): SyncError => {
  if (thrown instanceof SyncError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SyncError('unexpected', 'item', message, {}, { cause: thrown });
};
