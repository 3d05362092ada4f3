/** A wrong password of the service account: shown, told and noted; a person corrects it, deploys, and everything arrives. */
import assert from 'node:assert/strict';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { service } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const wrong = 'a-mistyped-secret';

describe('a wrong password', () => {
  let site: FailingSite;
  before(async function () {
    this.timeout(60_000);
    const environment = { EWS_PASSWORD: wrong };
    site = await startFailingSite(shippedFlow('bidirectional-sync.json'), { environment, secrets: [wrong], unreachable: true });
  });
  afterEach(() => assert.deepEqual(site.leaks(), []));
  after(() => site.stop());

  it('is shown as something a person must do, told once, and noted', async () => {
    await until('the status shows it', () => site.statusOf('sync-notify')?.text === 'login refused');
    assert.deepEqual([site.statusOf('sync-notify')?.fill, site.statusOf('sync-notify')?.shape], ['red', 'dot']);
    await until('the error is caught', () => site.errorOf('login-refused'));
    await until('the problem is noted', () => site.problems().includes('login-refused open'));
    assert.equal(site.errors.length, 1);
  });

  it('lets what the ERP has to say wait with the cause as its note', async () => {
    const appointment = site.enter('waiting');
    const row = await until('the row has its note', () => {
      const now = site.rowOf(appointment);
      return now?.['note_code'] === 'login-refused' && now;
    });
    assert.equal(row['state'], 'open');
    // Nothing new is created before the first synchronisation has looked at the mailbox, so it does not get as far as the writer.
    await until('the node that waits shows it', () => site.shown('sync-resolve-out').includes('red dot login refused'));
    // Not tried again for 50 minutes, so that the account is not locked.
    assert.ok(Date.parse(String(row['not_before'])) - Date.now() > 49 * 60_000);
  });

  it('is forgotten when it was corrected and the flow deployed again', async () => {
    process.env['EWS_PASSWORD'] = service.password;
    const answer = await fetch(`${site.editor}flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'reload' },
      body: '{}',
    });
    assert.ok(answer.ok);
    await until('it is in the mailbox', () => site.inMailbox('waiting')[0]);
    await until('the problem is over', () => site.problems().includes('login-refused done'));
    await until('the status is well', () => site.statusOf('sync-notify')?.fill === 'green');
    site.simulator.create('anna@x.test', { kind: 'appointment', subject: 'back', start: '2026-12-02T09:00', end: '2026-12-02T10:00' });
    await until('it is in the ERP', () => site.inErp('back'));
  });
});
