/** Occurrences of a series that are not as the series says: moved, changed or deleted ones. */

/**
 * One such occurrence, in the shape of its side. `originalStart`: when it would begin by the series' pattern, spelled as the series' own
 * start is (Exchange: UTC instant; ERP: local time in the series' zone; a day for an all-day series).
 */
export type SeriesException<Fields> =
  | { readonly originalStart: string; readonly deleted: true }
  | {
      readonly originalStart: string;
      readonly deleted: false;
      /** Only the fields in which the occurrence is not what the series makes of it; `start` and `end` when it was moved. */
      readonly changes: Partial<Fields>;
    };
