/** Reads calendar files and writes what they hold; what cannot be imported is listed with its reason. */
import { readFile } from 'node:fs/promises';
import { readCalendar, type CalendarItem, type SkippedEntry } from '../../lib/ical/read-calendar';
import type { ImportTarget } from './target';

/** Something that was not imported. */
export interface SkippedInFile extends SkippedEntry {
  readonly file: string;
}

/** Result of an import. */
export interface ImportReport {
  readonly imported: number;
  /** Entries of the files that came into their series as changed or deleted occurrences. */
  readonly exceptions: number;
  readonly skipped: readonly SkippedInFile[];
}

/** What is told on the way, one call for each entry that is skipped. */
export type OnSkipped = (entry: SkippedInFile) => void;

const contentOf = async (file: string, timeZone: string) => {
  try {
    return readCalendar(await readFile(file), { timeZone });
  } catch (error) {
    return { items: [], exceptions: 0, skipped: [{ what: 'file', reason: error instanceof Error ? error.message : String(error) }] };
  }
};

const nameOf = ({ uid, item }: CalendarItem): string => uid ?? item.subject;

/** Imports files one after the other. Rejects when the target cannot be written to at all. */
export const importFiles = async (
  files: readonly string[],
  target: ImportTarget,
  timeZone: string,
  onSkipped: OnSkipped,
): Promise<ImportReport> => {
  const skipped: SkippedInFile[] = [];
  let imported = 0;
  let exceptions = 0;
  const skip = (entry: SkippedInFile) => {
    skipped.push(entry);
    onSkipped(entry);
  };
  for (const file of files) {
    const content = await contentOf(file, timeZone);
    for (const entry of content.skipped) skip({ file, ...entry });
    exceptions += content.exceptions;
    if (content.items.length === 0) continue;
    const reasons = await target.write(content.items.map(({ item }) => item));
    content.items.forEach((entry, at) => {
      const reason = reasons[at] ?? null;
      if (reason === null) imported += 1;
      else skip({ file, what: nameOf(entry), reason });
    });
  }
  return { imported, exceptions, skipped };
};
