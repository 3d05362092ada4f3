/**
 * One import under way in both directions, with a Node-RED that may be killed: the world of the tests that kill. Both sides and the import
 * live in the test's process and go on while Node-RED is dead.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openErpTarget } from '../../demo/import/erp-target';
import { openExchangeTarget } from '../../demo/import/exchange-target';
import { importFiles } from '../../demo/import/run-import';
import { erpContents } from './both-contents';
import type { Content } from './both-contents';
import { assertInStep } from './in-step';
import { createNodeRedProcess } from './node-red-process';
import type { NodeRedProcess } from './node-red-process';
import { employees, startBothSides } from './site';
import type { BothSides } from './site';
import { shippedFlow } from './shipped-flow';
import { until, untilQuiet } from '../../testing/wait';

const [anna] = employees;
const annaId = 1;
const zone = 'Europe/Vienna';

/** Items on each side before the import, synchronised already. */
export const seeds = 12;
const filesPerSide = 5;
const entriesPerFile = 30;
/** Items that the import brings into each side. */
export const importedPerSide = filesPerSide * entriesPerFile;
const changedPerSide = 4;
const deletedPerSide = 2;
/** Items on each side in the end. */
export const expectedItems = 2 * (seeds + importedPerSide - deletedPerSide);

/** Items that the sync wrote: those that came from the ERP and are left, and half of those that the ERP changed. */
const carriers = seeds + importedPerSide - deletedPerSide + changedPerSide / 2;

const two = (number: number): string => String(number).padStart(2, '0');

/** Every fifth appointment is the twin of the one before: alike in everything a person sees. Some are all-day, some are series, some tasks. */
const entryText = (side: string, file: number, index: number): string => {
  const uid = `UID:${side}-${file}-${index}@x.test`;
  const number = index % 5 === 4 ? index - 1 : index;
  const summary = `SUMMARY:${side} ${file}/${number}`;
  if (index % 10 === 2) return ['BEGIN:VTODO', uid, summary, `DUE;VALUE=DATE:202611${two(1 + number)}`, 'END:VTODO'].join('\r\n');
  const day = `2026${two(file + 1)}${two(1 + Math.floor(number / 2))}`;
  const times =
    index % 10 === 6
      ? [`DTSTART;VALUE=DATE:${day}`]
      : [
          `DTSTART;TZID=Europe/Vienna:${day}T${two(8 + (number % 10))}0000`,
          `DTEND;TZID=Europe/Vienna:${day}T${two(8 + (number % 10))}3000`,
        ];
  const rule = index % 10 === 8 ? ['RRULE:FREQ=DAILY;COUNT=3'] : [];
  return ['BEGIN:VEVENT', uid, summary, ...times, ...rule, 'END:VEVENT'].join('\r\n');
};

const writeCalendars = async (folder: string, side: string): Promise<readonly string[]> => {
  const files = Array.from({ length: filesPerSide }, (_, file) => path.join(folder, `${side}-${file}.ics`));
  for (const [file, name] of files.entries()) {
    const entries = Array.from({ length: entriesPerFile }, (_, index) => entryText(side, file, index));
    await writeFile(name, ['BEGIN:VCALENDAR', 'VERSION:2.0', ...entries, 'END:VCALENDAR', ''].join('\r\n'));
  }
  return files;
};

/** The end of a run: everything that may not differ from an undisturbed one. */
export interface EndState {
  readonly mailbox: readonly Content[];
  readonly erp: readonly Content[];
}

/** A world with one Node-RED. */
export interface KillRun extends BothSides {
  readonly nodeRed: NodeRedProcess;
  /** Appointments and tasks that both sides have before the import, and that the changes of `work` concern. */
  readonly seed: () => void;
  /** Starts Node-RED if it is dead, and waits until it is connected, has read every folder, everything is done and nothing has happened for `quietMs` (1000). */
  readonly settle: (quietMs?: number) => Promise<void>;
  /** Imports into both sides at once and changes and deletes seeds meanwhile; resolves when both imports have ended. */
  readonly work: () => Promise<void>;
  /** Asserts that nothing is lost, doubled or unfinished; answers what both sides hold. */
  readonly endState: () => EndState;
  /** Numbers of the sync's own tables; 0 while they are not installed. */
  readonly links: () => number;
  readonly activeLinks: () => number;
  readonly stop: () => Promise<void>;
}

const tableExists = ({ erp }: BothSides, name: string): boolean =>
  erp.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;

const number = ({ erp }: BothSides, query: string): number => Number(erp.prepare(query).get()?.['n']);

const seedBoth = ({ erp, simulator }: BothSides): void => {
  const insert = erp.prepare('INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (?, ?, ?, ?)');
  for (let index = 0; index < seeds; index += 1) {
    const day = `2026-01-${two(1 + index)}`;
    insert.run(annaId, `erp seed ${index}`, `${day} 09:00:00`, `${day} 10:00:00`);
    simulator.create(anna, { kind: 'appointment', subject: `mailbox seed ${index}`, start: `${day}T11:00`, end: `${day}T12:00` });
  }
};

/** Seeds of a side by number: the first ones are changed there, the next ones deleted. Each side changes what came from the other one too. */
const seedWork = (index: number): 'change' | 'delete' | null =>
  index < changedPerSide ? 'change' : index < changedPerSide + deletedPerSide ? 'delete' : null;

const changeInErp = ({ erp }: BothSides): void => {
  for (let index = 0; index < seeds; index += 1) {
    const subject = `${index % 2 === 0 ? 'erp' : 'mailbox'} seed ${index}`;
    if (seedWork(index) === 'change') erp.prepare("UPDATE appointment SET location = 'ERP' WHERE subject = ?").run(subject);
    if (seedWork(index) === 'delete') erp.prepare('DELETE FROM appointment WHERE subject = ?').run(subject);
  }
};

const changeInMailbox = ({ simulator }: BothSides): void => {
  const items = simulator.items(anna, 'calendar');
  for (let index = 0; index < seeds; index += 1) {
    const subject = `${index % 2 === 1 ? 'erp' : 'mailbox'} seed ${index}`;
    const id = items.find((item) => item.subject === subject)?.id ?? '';
    if (seedWork(index) === 'change') simulator.update(anna, id, { kind: 'appointment', body: 'mailbox' });
    if (seedWork(index) === 'delete') simulator.delete(anna, id);
  }
};

const runWork = async (sides: BothSides): Promise<void> => {
  const demo = { port: 0, ewsPort: 0, folder: sides.folder, database: sides.database };
  // The importer logs in as the mailbox's owner: its requests are told from those of the sync by their caller.
  const exchange = openExchangeTarget(anna, demo, { ...sides.environment, EWS_USER: anna, EWS_PASSWORD: 'demo' }, zone);
  const erp = openErpTarget(anna, sides.database, zone);
  const [intoMailbox, intoErp] = [await writeCalendars(sides.folder, 'mailbox'), await writeCalendars(sides.folder, 'erp')];
  const importInto = (files: readonly string[], target: typeof erp, change: () => void): Promise<unknown> =>
    files.reduce<Promise<unknown>>(async (before, file, at) => {
      await before;
      if (at === 1) change();
      const { imported, skipped } = await importFiles([file], target, zone, () => undefined);
      assert.deepEqual({ imported, skipped }, { imported: entriesPerFile, skipped: [] });
    }, Promise.resolve());
  try {
    await Promise.all([
      importInto(intoMailbox, exchange, () => changeInMailbox(sides)),
      importInto(intoErp, erp, () => changeInErp(sides)),
    ]);
  } finally {
    await Promise.all([exchange.close(), erp.close()]);
  }
};

/** The sync ids that items carry. */
const syncIdsOf = ({ simulator }: BothSides): readonly string[] =>
  ['calendar', 'tasks']
    .flatMap((folder) => simulator.items(anna, folder))
    .flatMap((item) => Object.entries(item.extended).flatMap(([name, value]) => (/sync/i.test(name) ? [value] : [])));

const assertEnd = (sides: BothSides): EndState => {
  const mailbox = assertInStep(sides, anna, annaId);
  assert.equal(mailbox.length, expectedItems, 'nothing is lost or doubled');
  const syncIds = syncIdsOf(sides);
  assert.equal(new Set(syncIds).size, syncIds.length, 'no sync id is there twice');
  assert.equal(syncIds.length, carriers, 'what the sync wrote carries its sync id');
  assert.equal(sides.simulator.items(anna, 'deleteditems').length, 2 * deletedPerSide, 'nothing else was deleted');
  return { mailbox, erp: erpContents(sides, annaId) };
};

/** A world whose Node-RED is not started yet. */
export const startKillRun = async (): Promise<KillRun> => {
  const sides = await startBothSides();
  const nodeRed = createNodeRedProcess(sides, shippedFlow('bidirectional-sync.json'));
  let streamOfLife = 0;
  sides.simulator.onRequest(({ operation }) => {
    if (operation === 'GetStreamingEvents') streamOfLife = nodeRed.lives();
  });
  /** Lists of changes that a life was told of. A life that has not been told of every folder has only not begun: it is not at rest. */
  const lists = { life: 0, answered: 0 };
  sides.simulator.onResponse(({ operation }) => {
    if (operation !== 'SyncFolderItems') return;
    if (lists.life !== nodeRed.lives()) Object.assign(lists, { life: nodeRed.lives(), answered: 0 });
    lists.answered += 1;
  });
  const wasTold = (): boolean => lists.life === nodeRed.lives() && lists.answered >= 2 * employees.length;
  const waiting = (): number => number(sides, "SELECT count(*) AS n FROM sync_journal WHERE state IN ('open', 'leased')");
  return {
    ...sides,
    nodeRed,
    seed: () => seedBoth(sides),
    work: () => runWork(sides),
    settle: async (quietMs = 1_000) => {
      await nodeRed.start();
      await until('the stream is open', () => streamOfLife === nodeRed.lives(), 20_000);
      await until('every folder was read', wasTold, 20_000);
      await until('no journal row waits', () => waiting() === 0, 45_000);
      await untilQuiet(
        'journal and requests',
        () => sides.journal().length + waiting() * 1e4 + sides.simulator.requests.total() * 1e6,
        quietMs,
      );
      await until('no journal row waits', () => waiting() === 0, 45_000);
    },
    endState: () => assertEnd(sides),
    links: () => (tableExists(sides, 'sync_link') ? number(sides, 'SELECT count(*) AS n FROM sync_link') : 0),
    activeLinks: () => number(sides, "SELECT count(*) AS n FROM sync_link WHERE state = 'active'"),
    stop: async () => {
      await nodeRed.kill();
      await sides.close();
    },
  };
};
