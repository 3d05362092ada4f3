/** Result of one member of a batch: the others are not affected by a failure. */
import type { SyncError } from './error';

/** Value or failure. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SyncError };

/** A successful result. */
export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
/** A failed result. */
export const fail = (error: SyncError): Result<never> => ({ ok: false, error });
