/** The calendars from the wild, and what they hold, counted without the importer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from './site';

/** Where the calendars lie; not part of the repository. */
const calendarFolder = process.env['CALENDARS'] ?? path.join(packageFolder, '..', 'shared', 'data', 'calendars');

/** Absolute paths of all calendar files; empty where they are absent. */
export const calendarFiles: readonly string[] = existsSync(calendarFolder)
  ? readdirSync(calendarFolder)
      .filter((name) => name.endsWith('.ics'))
      .toSorted()
      .map((name) => path.join(calendarFolder, name))
  : [];

/** Lines of a file; an importer counts them the same way, from 1. */
const linesOf = (file: string): readonly string[] => readFileSync(file, 'latin1').split(/\r\n|\r|\n/);

const beginsEntry = (line: string | undefined): boolean => /^BEGIN:(VEVENT|VTODO)\s*$/i.test(line ?? '');

/** How many events and tasks a file holds. */
export const entriesIn = (file: string): number => linesOf(file).filter(beginsEntry).length;

/** How many events and tasks are left out with the component that begins at a line: itself, or those inside. */
export const entriesAt = (file: string, line: number): number => {
  const lines = linesOf(file).slice(line - 1);
  if (beginsEntry(lines[0])) return 1;
  const end = (lines[0] ?? '').replace(/^BEGIN/i, 'END').trim();
  const last = lines.findIndex((candidate) => candidate.trim() === end);
  return lines.slice(0, last < 0 ? undefined : last).filter(beginsEntry).length;
};
