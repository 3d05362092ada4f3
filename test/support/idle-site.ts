/**
 * A site in which everything is there that could keep a sync busy for ever: series with exceptions, a conference, a meeting of somebody else,
 * a conflict that waits for a person, a held deletion, private items that stay out, a category with its colour. And what of it changes.
 */
import { until } from '../../testing/wait';
import { openOutlook } from '../histories/outlook';
import { shippedFlow, withChanges } from './shipped-flow';
import { employees, startSite, type BothSides, type Site } from './site';

const [anna, ben, cora] = employees;

const fill = ({ erp, simulator }: BothSides): void => {
  erp.exec(`UPDATE activity_type SET colour = 'red' WHERE id = 1;
    INSERT INTO appointment (employee_id, subject, start_at, end_at, priority, activity_type_id, sensitivity, recurrence_rule) VALUES
      (1, 'single', '2026-12-01 09:00', '2026-12-01 10:00', 2, 1, 'normal', NULL),
      (2, 'day', '2026-12-01', '2026-12-01', 5, NULL, 'normal', NULL),
      (2, 'disputed', '2026-12-03 09:00', '2026-12-03 10:00', 3, NULL, 'normal', NULL),
      (1, 'conference', '2026-12-04 09:00', '2026-12-04 10:00', 3, NULL, 'normal', NULL),
      (1, 'ERP series', '2026-12-07 09:00:00', '2026-12-07 10:00:00', 3, NULL, 'normal', 'FREQ=DAILY;COUNT=5'),
      (3, 'deleted', '2026-12-01 09:00', '2026-12-01 10:00', 3, NULL, 'normal', NULL);
    INSERT INTO appointment_participant (appointment_id, employee_id) SELECT id, 2 FROM appointment WHERE subject = 'conference';
    INSERT INTO appointment_exception (appointment_id, original_start, deleted, location)
      SELECT id, '2026-12-08 09:00:00', 0, 'elsewhere' FROM appointment WHERE subject = 'ERP series'
      UNION ALL SELECT id, '2026-12-09 09:00:00', 1, NULL FROM appointment WHERE subject = 'ERP series';
    INSERT INTO task (employee_id, subject, status) VALUES (1, 'done', 'completed')`);
  simulator.create(anna, {
    kind: 'appointment',
    subject: 'series',
    start: '2026-12-01T09:00',
    end: '2026-12-01T10:00',
    body: 'a\r\nb\r\n',
    recurrence: { pattern: 'monthly' },
  });
  simulator.create(anna, { kind: 'task', subject: 'open', percentComplete: 30 });
};

const itemOf = ({ simulator }: BothSides, mailbox: string, subject: string): string =>
  simulator.items(mailbox, 'calendar').find((item) => item.subject === subject)?.id ?? '';

const isNoted = (site: Site, noteCode: string): boolean => site.journal().some((row) => row.noteCode === noteCode);

/** People do what the sync leaves to a person, or leaves alone. */
const settleDown = async (site: Site): Promise<void> => {
  const { erp, simulator } = site;
  const rowsOf = (subject: string): number => erp.prepare('SELECT id FROM appointment WHERE subject = ?').all(subject).length;
  const options = [
    ['2', { conflictRule: 'manual' }],
    ['3', { privateToErp: false, privateToExchange: false }],
  ] as const;
  for (const [employee, chosen] of options) site.send('sync-control', { payload: { action: 'set-employee', employee, options: chosen } });
  await until(
    'the options are stored',
    () => erp.prepare('SELECT DISTINCT employee_id FROM sync_employee').all().length === options.length,
  );
  await until('the series is in the ERP', () => rowsOf('series') === 1, 30_000);
  await site.quiet();

  const outlook = openOutlook(simulator, anna, 'demo');
  await outlook.changeOccurrence(itemOf(site, anna, 'series'), 2, { Location: 'elsewhere' });
  await outlook.deleteOccurrence(itemOf(site, anna, 'series'), 3);
  await openOutlook(simulator, ben, 'demo').organise('invited', anna);
  simulator.create(cora, {
    kind: 'appointment',
    subject: 'doctor',
    start: '2026-12-01T14:00',
    end: '2026-12-01T15:00',
    sensitivity: 'Private',
  });
  erp.exec(`INSERT INTO appointment (employee_id, subject, start_at, end_at, sensitivity)
    VALUES (3, 'salary', '2026-12-02 09:00', '2026-12-02 10:00', 'private')`);
  await until('the meeting is in the ERP', () => rowsOf('invited') === 2, 30_000);
  await site.quiet();

  // Both before the sync hears of either.
  erp.exec("UPDATE appointment SET location = 'ERP' WHERE subject = 'disputed'");
  simulator.update(ben, itemOf(site, ben, 'disputed'), { kind: 'appointment', location: 'Exchange' });
  simulator.delete(cora, itemOf(site, cora, 'deleted'));
  await until('a conflict waits', () => site.journal().some((row) => row.state === 'conflict' && row.noteCode !== 'deletion-held'), 30_000);
  await until('a deletion is held', () => isNoted(site, 'deletion-held'), 30_000);
  await site.quiet();
};

/** A site at rest. */
export const startIdleSite = async (sweepMinutes: string): Promise<Site> => {
  // Every single deletion is held.
  const limits = { deletionCount: '0', deletionShare: '0' };
  const flow = withChanges(shippedFlow('bidirectional-sync.json'), { 'sync-notify': { sweepMinutes, ...limits }, 'sync-outbox': limits });
  const site = await startSite(flow, { prepare: fill });
  await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
  await settleDown(site);
  return site;
};

/** Everything in the mailboxes, and everything in the database's file by table; and how often anybody wrote the one or the other. */
export interface Everything {
  readonly tables: Readonly<Record<string, unknown>>;
  readonly mailboxes: unknown;
  readonly exchangeWrites: number;
  /** SQLite's count of commits of others that changed the file. */
  readonly fileVersion: unknown;
}

const folders = ['calendar', 'tasks', 'deleteditems', 'inbox', 'sentitems'] as const;

/** What both sides, the journal, the links and all else of the sync hold now. */
export const everything = ({ erp, simulator }: BothSides): Everything => {
  const names = erp.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return {
    tables: Object.fromEntries(names.map(({ name }) => [String(name), erp.prepare(`SELECT * FROM "${String(name)}"`).all()])),
    mailboxes: employees.map((address) => folders.map((folder) => simulator.items(address, folder))),
    exchangeWrites: simulator.requests.writes(),
    fileVersion: erp.prepare('PRAGMA data_version').get()?.['data_version'],
  };
};

/** One look through all folders now; resolves when it is over. */
export const sweep = async (site: Site): Promise<void> => {
  const reads = site.simulator.requests.count('SyncFolderItems');
  site.send('sync-control', { payload: { action: 'synchronise-now' } });
  await until('all folders were read', () => site.simulator.requests.count('SyncFolderItems') >= reads + 2 * employees.length, 30_000);
  await site.quiet();
};
