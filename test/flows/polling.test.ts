/** An ERP in which no trigger may be installed: the shipped flow over a mapping that polls a change stamp, with a plain program as the ERP. */
import assert from 'node:assert/strict';
import { referenceMapping } from '../../lib/erp/schema/reference-mapping';
import type { ErpAppointmentForm, TestErp } from '../../testing';
import { createTestErp } from '../../testing';
import { until } from '../../testing/wait';
import { shippedFlow } from '../support/shipped-flow';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna, ben] = employees;

const limits = { count: 2, share: 0.1 };
const changes = { by: 'polling', everySeconds: 1, deletionsEveryMinutes: 15, deletions: limits };
const mapping = JSON.stringify({
  ...referenceMapping,
  appointment: { ...referenceMapping.appointment, changes },
  task: { ...referenceMapping.task, changes },
});

const visit = (subject: string): ErpAppointmentForm => ({
  kind: 'appointment',
  subject,
  start: '2026-12-01T09:00:00',
  end: '2026-12-01T10:00:00',
});

describe('an ERP without triggers', () => {
  let site: Site;
  let erp: TestErp;

  before(async function () {
    this.timeout(60_000);
    site = await startSite(shippedFlow('bidirectional-sync.json'), {
      environment: { ERP_MAPPING: mapping },
      watched: ['sync-debug-list'],
    });
    // The site's own second program; employees are there already.
    erp = createTestErp(site.database, []);
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await site.quiet();
    await until('the first look is done', () => marks().length === 2);
  });
  after(async () => {
    await site.stopNodeRed();
    erp.close();
    await site.stop();
  });

  const marks = () => site.erp.prepare('SELECT kind, version, collected_at FROM sync_change_mark').all();
  const versionOf = (kind: string): number => Number(marks().find((mark) => mark['kind'] === kind)?.['version'] ?? 0);
  /** Waits until whatever was committed before now has been looked at. */
  const looked = async (kind = 'appointment'): Promise<void> => {
    const before = versionOf(kind);
    await until('two looks have begun', () => versionOf(kind) >= before + 2);
    await site.quiet();
  };
  /** Keys are compared at the next look. */
  const compare = async (): Promise<void> => {
    site.erp.exec("UPDATE sync_change_mark SET compared_at = ''");
    await until('keys were compared', () => site.erp.prepare("SELECT 1 FROM sync_change_mark WHERE compared_at = ''").get() === undefined);
    await site.quiet();
  };
  const inCalendar = (mailbox: string, subject: string) =>
    site.simulator.items(mailbox, 'calendar').find((item) => item.subject === subject);
  const heldRows = () => site.journal().filter(({ state, noteCode }) => state === 'conflict' && noteCode === 'deletion-held');
  const control = (payload: object): void => site.send('sync-control', { payload });

  it('has none of our triggers', () => {
    const triggers = site.erp.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sync%'").all();
    assert.deepEqual(triggers, []);
  });

  it('brings what is created, changed and deleted in the ERP to Exchange, once', async () => {
    const id = erp.create(anna, visit('Besuch'));
    await until('it is in the calendar', () => inCalendar(anna, 'Besuch'));
    const task = erp.create(anna, { kind: 'task', subject: 'Anrufen' });
    await until('it is in the tasks', () => site.simulator.items(anna, 'tasks').find(({ subject }) => subject === 'Anrufen'));
    erp.update(id, { ...visit('Besuch bei Meier'), location: 'Wien' });
    await until('it has changed', () => inCalendar(anna, 'Besuch bei Meier')?.location === 'Wien');
    erp.delete(id, 'appointment');
    erp.create(anna, visit('bleibt'));
    erp.delete(task, 'task');
    erp.create(anna, { kind: 'task', subject: 'bleibt' });
    await compare();
    await until(
      'both are gone',
      () => inCalendar(anna, 'Besuch bei Meier') === undefined && site.simulator.items(anna, 'tasks').length === 1,
    );
    assert.ok(inCalendar(anna, 'bleibt'));
    assert.deepEqual(heldRows(), []);
  }).timeout(60_000);

  it('does not take our own writes for changes', async () => {
    await looked();
    const rows = site.journal().length;
    const writes = site.simulator.requests.writes();
    site.simulator.create(anna, { kind: 'appointment', subject: 'aus Outlook', start: '2026-12-02T09:00', end: '2026-12-02T10:00' });
    await until('it is in the ERP', () => erp.items(anna).some(({ subject }) => subject === 'aus Outlook'));
    await looked();
    assert.deepEqual(
      site
        .journal()
        .slice(rows)
        .map(({ direction }) => direction),
      ['inbound'],
    );
    assert.equal(site.simulator.requests.writes(), writes);
  }).timeout(60_000);

  it('holds everything when the table is emptied; reopening one deletes it, finishing one keeps it', async () => {
    for (const subject of ['eins', 'zwei', 'drei', 'vier']) erp.create(ben, visit(subject));
    await until('they are in the calendar', () => site.simulator.items(ben, 'calendar').length === 4);
    await site.quiet();
    const calendars = () => [anna, ben].flatMap((mailbox) => site.simulator.items(mailbox, 'calendar').map(({ subject }) => subject));
    const before = calendars();
    site.erp.exec('DELETE FROM appointment');
    await compare();
    assert.deepEqual(calendars(), before);
    const held = heldRows();
    assert.equal(held.length, before.length);
    assert.equal(site.errors.filter(({ code }) => code === 'deletions-held').length, 1);
    const [first, second] = held.filter(({ employee }) => employee === '2');
    assert.ok(first && second);
    control({ action: 'reopen', id: first.id });
    await until('one is gone from the calendar', () => site.simulator.items(ben, 'calendar').length === 3);
    control({ action: 'finish', id: second.id, reason: 'bleibt' });
    await until('the row has ended', () => heldRows().length === before.length - 2);
    await compare();
    assert.equal(calendars().length, before.length - 1);
    assert.equal(heldRows().length, before.length - 2);
    assert.equal(site.errors.filter(({ code }) => code === 'deletions-held').length, 1);
  }).timeout(60_000);

  it('goes on after a restart with what changed meanwhile', async () => {
    const id = erp.create(anna, visit('vor dem Neustart'));
    await until('it is in the calendar', () => inCalendar(anna, 'vor dem Neustart'));
    await site.quiet();
    const deploy = (type: string, flows: unknown): Promise<Response> =>
      fetch(`${site.editor}flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'node-red-deployment-type': type },
        body: JSON.stringify(flows),
      });
    const running: unknown = await (await fetch(`${site.editor}flows`)).json();
    assert.ok((await deploy('full', [])).ok);
    const version = versionOf('appointment');
    erp.update(id, visit('während des Neustarts'));
    assert.ok((await deploy('full', running)).ok);
    await until('the change has arrived', () => inCalendar(anna, 'während des Neustarts'));
    assert.ok(versionOf('appointment') > version);
  }).timeout(60_000);
});
