/**
 * Once both sides agree, nothing is written any more, however often everything is looked through (complaint 10: ping-pong). `npm run idle`
 * watches the same site for ten minutes.
 */
import assert from 'node:assert/strict';
import { everything, startIdleSite, sweep } from '../support/idle-site';
import { employees } from '../support/site';
import type { Site } from '../support/site';
import { until } from '../../testing/wait';

const [, , cora] = employees;

describe('an idle site', () => {
  let site: Site;
  before(async function () {
    this.timeout(90_000);
    // A sweep every three seconds instead of every quarter of an hour.
    site = await startIdleSite('0.05');
  });
  after(() => site.stop());

  it('writes nothing on either side and not a row of its own, sweep after sweep', async function () {
    this.timeout(90_000);
    const errors = site.errors.length;
    const before = everything(site);
    const reads = site.simulator.requests.count('SyncFolderItems');
    const folders = 2 * employees.length;
    await until('a sweep by itself', () => site.simulator.requests.count('SyncFolderItems') >= reads + folders, 30_000);
    await sweep(site);
    await sweep(site);
    assert.deepEqual(everything(site), before);
    assert.equal(site.errors.length, errors);
  });

  it('rests with a conflict, a held deletion and private items that stay out', () => {
    const parked = site.journal().flatMap(({ state, noteCode }) => (state === 'conflict' ? [noteCode] : []));
    assert.equal(parked.length, 2);
    assert.ok(parked.includes('deletion-held'));
    assert.equal(site.erp.prepare("SELECT count(*) AS n FROM appointment WHERE subject = 'doctor'").get()?.['n'], 0);
    assert.ok(!site.simulator.items(cora, 'calendar').some(({ subject }) => subject === 'salary'));
  });

  it('would be seen writing: one change shows in the file and in the mailbox', async () => {
    const before = everything(site);
    site.erp.exec("UPDATE appointment SET location = 'Linz' WHERE subject = 'single'");
    await site.quiet();
    const after = everything(site);
    assert.equal(after.exchangeWrites, before.exchangeWrites + 1);
    assert.notEqual(after.fileVersion, before.fileVersion);
    assert.notDeepEqual(after.tables['sync_journal'], before.tables['sync_journal']);
  });
});
