/** Rows that wait until a person says whether something is removed: codes of `sync_journal.note_code`. */

/** A deletion that the guard holds (requirement N4), and one that a person decided against. */
export const deletionHeld = 'deletion-held';
/** See `deletionHeld`. */
export const deletionKept = 'deletion-kept';
/** A linked item that the employee's options exclude now: does it stay on the other side? And one that stays. */
export const removalHeld = 'removal-held';
/** See `removalHeld`. */
export const removalKept = 'removal-kept';

/** Codes of rows that `release` carries out. */
export const heldCodes = [deletionHeld, removalHeld] as const;
