/** Many mailboxes are synchronised for the first time a few at a time (requirement S7); one that cannot be reached keeps nobody waiting. */
import assert from 'node:assert/strict';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { startSite } from '../support/site';
import type { BothSides, FlowNode, Site } from '../support/site';
import { until } from '../../testing/wait';

const atOnce = 3;
const firm = Array.from({ length: 12 }, (_, index) => `person${index + 1}@x.test`);
/** Employee 2, who would have one of the first turns. */
const closed = 'person2@x.test';

const fill = ({ simulator, erp }: BothSides): void => {
  const enter = erp.prepare(
    "INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (?, ?, '2026-12-01 09:00:00', '2026-12-01 10:00:00')",
  );
  for (const [index, mailbox] of firm.entries()) {
    enter.run(index + 1, `of the ERP ${index}`);
    simulator.create(mailbox, { kind: 'appointment', subject: `of Exchange ${index}`, start: '2026-12-02T09:00', end: '2026-12-02T10:00' });
  }
};

interface Report {
  readonly names: readonly string[];
  readonly failures: readonly string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const employeeOf = (line: unknown): string => (isObject(line) && isObject(line['employee']) ? String(line['employee']['id']) : '');

const reportsOf = (site: Site): readonly Report[] =>
  site.messagesAt('sync-mail').flatMap(({ topic, payload }): readonly Report[] => {
    const report = topic === 'first-run/report' && isObject(payload) ? payload['report'] : null;
    if (!isObject(report) || !isArray(report['runs']) || !isArray(report['failures'])) return [];
    const failures = report['failures'].map((failure) => `${employeeOf(failure)} ${isObject(failure) ? String(failure['code']) : ''}`);
    return [{ names: [...new Set(report['runs'].map(employeeOf))], failures }];
  });

describe('the first synchronisation of twelve mailboxes, three at a time, one of which is closed to the service', function () {
  this.timeout(60_000);
  let site: Site;
  let open: () => void;
  const control: FlowNode = { id: 'test-control', type: 'sync-control', z: 'sync-tab', erp: 'sync-erp', wires: [[]] };
  const others = firm.filter((mailbox) => mailbox !== closed);
  const ids = (mailboxes: readonly string[]) => mailboxes.map((mailbox) => String(firm.indexOf(mailbox) + 1)).sort();

  before(async () => {
    const flow = [...withChanges(shippedFlow('bidirectional-sync.json'), { 'sync-notify': { atOnce: String(atOnce) } }), control];
    site = await startSite(flow, {
      employees: firm,
      watched: ['sync-mail'],
      prepare: (sides) => {
        fill(sides);
        const action = { kind: 'soapFault', code: 'ErrorImpersonateUserDenied' } as const;
        open = sides.simulator.faults.add({ mailbox: closed, always: true, action });
      },
    });
    await until('it is reported', () => reportsOf(site).length > 0, 30_000);
  });
  after(() => site.stop());

  const inErp = (employee: string) => site.erp.prepare('SELECT subject FROM appointment WHERE employee_id = ?').all(employee).length;
  const inMailbox = (mailbox: string) => site.simulator.items(mailbox, 'calendar').length;

  it('the others are through, and the report names the closed one with the reason', () => {
    const [report, ...more] = reportsOf(site);
    assert.equal(more.length, 0);
    assert.deepEqual([...(report?.names ?? [])].sort(), ids(others));
    assert.deepEqual(report?.failures, ['2 impersonation-denied']);
    for (const mailbox of others) assert.deepEqual([inMailbox(mailbox), inErp(ids([mailbox])[0] ?? '')], [2, 2], mailbox);
    assert.deepEqual([inMailbox(closed), inErp('2')], [1, 1]);
    assert.deepEqual([...new Set(site.errors.map(({ code }) => code))], ['impersonation-denied']);
  });

  it('never more than three had a turn at the same time', () => {
    const turns = site.erp
      .prepare(
        `SELECT employee_id, min(started_at) AS started, max(finished_at) AS finished FROM sync_run WHERE state = 'done' GROUP BY employee_id`,
      )
      .all()
      .map(({ started, finished }) => ({ started: String(started), finished: String(finished) }));
    assert.equal(turns.length, others.length);
    const together = turns.map(({ started: at }) => turns.filter(({ started, finished }) => started <= at && at < finished).length);
    assert.equal(Math.max(...together), atOnce, together.join(' '));
  });

  it('it is completed when the mailbox answers again, and told then', async () => {
    open();
    site.send('test-control', { payload: { action: 'synchronise-now' } });
    await until('the second report', () => reportsOf(site)[1], 30_000);
    assert.deepEqual(reportsOf(site)[1], { names: ['2'], failures: [] });
    assert.deepEqual([inMailbox(closed), inErp('2')], [2, 2]);
    await until('the note is closed', () => site.journal().every(({ operation, state }) => operation !== 'connect' || state === 'done'));
  });
});
