/** What reading a record gives. */
import type { ErpEntry } from '../../model/item';
import type { Result } from '../../model/result';
import type { TellUnreadable } from '../store';

/** A record, or why it cannot be read; the others of its query are not affected. */
export interface Reading {
  readonly id: string;
  /** The employee in charge; null when there is none. */
  readonly inCharge: string | null;
  readonly result: Result<ErpEntry>;
}

/** The entries that can be read; without anyone to tell, one that cannot throws. */
export const readable = (readings: readonly Reading[], tellUnreadable: TellUnreadable | undefined): readonly ErpEntry[] =>
  readings.flatMap((reading) => {
    if (tellUnreadable === undefined || reading.result.ok) return [entryOrThrow(reading)];
    tellUnreadable(reading.id, reading.result.error);
    return [];
  });

/** The entry, or its failure thrown. */
export const entryOrThrow = ({ result }: Reading): ErpEntry => {
  if (result.ok) return result.value;
  throw result.error;
};
