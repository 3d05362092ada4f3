/**
 * Calendars from the wild, all of them: imported into a mailbox they arrive in the ERP, imported into the ERP they arrive in a mailbox, and
 * a comparison afterwards finds no difference. Nothing is left out in silence.
 */
import assert from 'node:assert/strict';
import type { CheckReport } from '../../lib/monitoring/check-report';
import { calendarFiles, entriesAt, entriesIn } from '../support/calendar-files';
import { importCalendars, type Import } from '../support/import-calendars';
import { erpContents, mailboxContents } from '../support/both-contents';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna, ben] = employees;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isReport = (value: unknown): value is CheckReport => isObject(value) && Array.isArray(value['entries']);

/** The check of the flow, over everything. */
const compare = async (site: Site, employee: string): Promise<CheckReport> => {
  const before = site.messagesAt('sync-lo-report').length;
  site.send('sync-check', { payload: { from: '1600-01-01T00:00:00Z', to: '2101-01-01T00:00:00Z', employees: [employee] } });
  const message = await until('the report', () => site.messagesAt('sync-lo-report')[before], 60_000);
  const { payload } = message;
  assert.ok(isObject(payload) && isReport(payload['report']));
  return payload['report'];
};

/** How rows end that a newer one, or the sync's own write, made needless. */
const unneeded: ReadonlySet<string> = new Set(['superseded', 'echo', 'no-change']);

/** What went into one side arrives on the other. */
const directions = [
  { title: 'into a mailbox', to: 'exchange', employee: anna, employeeId: 1, direction: 'inbound' },
  { title: 'into the ERP', to: 'erp', employee: ben, employeeId: 2, direction: 'outbound' },
] as const;

describe('calendars from the wild', function () {
  let site: Site;
  before(async function () {
    if (calendarFiles.length === 0) {
      console.log('    skipped: ../shared/data/calendars is not on this machine');
      this.skip();
    }
    this.timeout(60_000);
    site = await startSite(shippedFlow('bidirectional-sync.json'), { watched: ['sync-lo-report'] });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await site.quiet();
  });
  after(() => (calendarFiles.length === 0 ? undefined : site.stop()));

  for (const { title, to, employee, employeeId, direction } of directions) {
    describe(`imported ${title}`, () => {
      let result: Import;
      let writesBefore: number;
      before(async function () {
        this.timeout(90_000);
        result = await importCalendars(site, to, employee, calendarFiles);
        // The import itself brings the exceptions of series by updates.
        writesBefore = site.simulator.requests.count('UpdateItem') + site.simulator.requests.count('DeleteItem');
        await site.quiet();
      });

      it('every event and task is imported, or skipped with file, name, line and reason', () => {
        for (const { file, what, reason } of result.skipped) {
          assert.ok(calendarFiles.includes(file), file);
          assert.notEqual(what.trim(), '');
          assert.notEqual(reason.trim(), '');
        }
        // What the reader skips has a line; what the target refuses has none, and was an event or a task for certain.
        const leftOut = result.skipped.reduce(
          (sum, { file, line, what }) => sum + (line === undefined ? Number(what !== 'file') : entriesAt(file, line)),
          0,
        );
        const held = calendarFiles.reduce((sum, file) => sum + entriesIn(file), 0);
        assert.equal(result.imported + result.exceptions + leftOut, held);
        assert.ok(result.imported > 1_000, `only ${result.imported} of ${held} were imported`);
      });

      it('each arrives on the other side once, with the same content', () => {
        const inMailbox = mailboxContents(site, employee);
        assert.equal(inMailbox.length, result.imported);
        assert.deepEqual(erpContents(site, employeeId), inMailbox);
      });

      it('every journal row is done or not needed any more, and every item has a link of its own', () => {
        const rows = site.journal().filter((row) => Number(row.employee) === employeeId);
        assert.deepEqual(
          // A series and its exceptions are several changes of one item: the newest is taken, and what is known by then is nothing new.
          rows.filter((row) => row.direction !== direction || !(row.state === 'done' || unneeded.has(row.noteCode ?? ''))),
          [],
        );
        const links = site.erp
          .prepare("SELECT count(*) AS n FROM sync_link WHERE employee_id = ? AND state = 'active'")
          .get(String(employeeId));
        assert.equal(links?.['n'], result.imported);
        assert.deepEqual(site.errors, []);
      });

      it('nothing is written back, and nothing but the exceptions of series is written twice', () => {
        const writes = site.simulator.requests.count('UpdateItem') + site.simulator.requests.count('DeleteItem') - writesBefore;
        if (to === 'exchange') {
          assert.equal(writes, 0);
          assert.equal(mailboxContents(site, employee).length, result.imported);
        } else {
          const series = site.erp
            .prepare(
              `SELECT count(DISTINCT appointment_id) AS n FROM appointment_exception
               WHERE appointment_id IN (SELECT id FROM appointment WHERE employee_id = ?)`,
            )
            .get(employeeId);
          const updates = site.journal().filter((row) => row.operation === 'update' && row.noteCode === 'update');
          assert.equal(updates.filter((row) => Number(row.employee) === employeeId).length, series?.['n']);
        }
      });

      it('the check of the flow compares all of them and finds no difference', async function () {
        this.timeout(90_000);
        const report = await compare(site, employee);
        assert.deepEqual(report.failures, []);
        assert.deepEqual(report.entries, []);
        assert.equal(report.compared, result.imported);
      });
    });
  }

  describe('both imports together', () => {
    it('end in the same contents', () => {
      assert.deepEqual(erpContents(site, 2), erpContents(site, 1));
      assert.deepEqual(mailboxContents(site, ben), mailboxContents(site, anna));
    });
  });
});
