/** The synchronisation check in the shipped flow: it finds what the sync has missed, and repairs it when asked to. */
import assert from 'node:assert/strict';
import type { CheckEntry, CheckReport } from '../../lib/monitoring/check-report';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const isReport = (value: unknown): value is { readonly report: CheckReport } =>
  typeof value === 'object' && value !== null && 'report' in value;

describe('the check', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'), { watched: ['sync-lo-report'] });
  });
  afterEach(() => assert.deepEqual(site.leaks(), []));
  after(() => site.stop());

  const check = async (request: object = {}): Promise<CheckReport> => {
    const before = site.messagesAt('sync-lo-report').length;
    site.send('sync-check', { payload: request });
    const { payload } = await until('the report is there', () => site.messagesAt('sync-lo-report')[before]);
    if (!isReport(payload)) throw new Error('no report');
    return payload.report;
  };
  const found = ({ entries }: CheckReport) =>
    entries
      .map(({ label, difference, suggestion: { action, reason } }: CheckEntry) => [label, difference, action, reason].join(' | '))
      .sort();

  it('finds nothing after a synchronisation', async () => {
    for (const [index, subject] of ['hidden', 'changed', 'moved', 'deleted here', 'deleted there'].entries()) {
      site.enter(subject, { start_at: `${day(index + 1)} 09:00:00`, end_at: `${day(index + 1)} 10:00:00` });
    }
    site.simulator.create(anna, { kind: 'appointment', subject: 'from there', start: `${day(3)}T09:00`, end: `${day(3)}T10:00` });
    await until('it is in the ERP', () => site.inErp('from there'));
    await until('all are in the mailbox', () => site.simulator.items(anna, 'calendar').length === 6);
    await site.quiet();
    const report = await check();
    assert.deepEqual(found(report), []);
    assert.deepEqual(report.failures, []);
    assert.equal(report.compared, 6);
    await until('the status shows it', () => site.statusOf('sync-check')?.fill === 'green');
  });

  it('reports what happened behind the back of the sync, with its suggestion, and changes nothing', async () => {
    // As after a restored backup of the journal: what was to be done is not in it any more.
    site.erp.exec('CREATE TABLE unseen (last INTEGER); INSERT INTO unseen SELECT max(id) FROM sync_journal');
    site.erp.exec(`CREATE TRIGGER unseen_rows AFTER INSERT ON sync_journal BEGIN
      UPDATE sync_journal SET state = 'done', note = 'lost', note_code = 'lost' WHERE id = new.id; END`);
    site.enter('only here', { start_at: `${day(4)} 09:00:00`, end_at: `${day(4)} 10:00:00` });
    site.erp.exec("UPDATE appointment SET location = 'Wien' WHERE subject = 'changed'");
    site.erp.exec("DELETE FROM appointment WHERE subject = 'deleted here'");
    const idOf = (subject: string) => site.inMailbox(subject)[0]?.id ?? '';
    site.simulator.update(anna, idOf('moved'), { kind: 'appointment', location: 'Graz' });
    site.simulator.delete(anna, idOf('deleted there'));
    site.simulator.create(anna, { kind: 'appointment', subject: 'only there', start: `${day(5)}T09:00`, end: `${day(5)}T10:00` });
    await site.quiet();
    site.erp.exec('DROP TRIGGER unseen_rows');
    const writes = site.simulator.requests.writes();
    assert.deepEqual(found(await check()), [
      'changed | different | erp-to-exchange | changed-in-erp',
      'deleted here | exchange-only | delete-exchange | deleted-in-erp',
      'deleted there | erp-only | delete-erp | deleted-in-exchange',
      'moved | different | exchange-to-erp | changed-in-exchange',
      'only here | erp-only | erp-to-exchange | never-synchronised',
      'only there | exchange-only | exchange-to-erp | never-synchronised',
    ]);
    await site.quiet();
    assert.equal(site.simulator.requests.writes(), writes);
    assert.equal(site.inErp('only there'), undefined);
  });

  it('repairs it when asked to, through the same nodes as any other change', async () => {
    await check({ correct: true });
    await until('it is in the mailbox', () => site.inMailbox('only here')[0]);
    await until('it is in the ERP', () => site.inErp('only there'));
    await until('the change is there', () => site.inMailbox('changed')[0]?.location === 'Wien');
    await until('the change is here', () => site.inErp('moved')?.['location'] === 'Graz');
    await until('it is gone there', () => site.inMailbox('deleted here').length === 0);
    await until('it is gone here', () => site.inErp('deleted there') === undefined);
    await site.quiet();
    assert.deepEqual(found(await check()), []);
    assert.deepEqual(site.errors, []);
  });

  it('names a mailbox that cannot be read, and checks the others', async () => {
    site.simulator.faults.add({ operation: 'FindItem', action: { kind: 'html500' } });
    const report = await check();
    assert.deepEqual(
      report.failures.map(({ code }) => code),
      ['not-xml'],
    );
    assert.deepEqual(found(report), []);
    await until('the status shows it', () => site.statusOf('sync-check')?.fill === 'red');
  });

  it('refuses a request that it cannot read', async () => {
    site.send('sync-check', { payload: { from: 'yesterday' } });
    assert.equal((await until('the error is caught', () => site.errorOf('request-invalid'))).source, 'diff-report');
  });
});
